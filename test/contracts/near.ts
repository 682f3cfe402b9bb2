import { assert } from "chai";

/**
 * Asserts that two floats differ by at most `tolerance`. The matchers for contracts take over chai's own `closeTo`,
 * which then refuses floats.
 */
export function expectNear(actual: number, expected: number, tolerance: number, message = "value"): void {
  const off = Math.abs(actual - expected);
  assert(off <= tolerance, `${message}: ${actual} is ${off} from ${expected}, more than ${tolerance}`);
}
