import { Assertion } from "chai";

type Matcher = (this: Chai.AssertionStatic, ...args: unknown[]) => void;
type Overwrite = (over: Matcher) => Matcher;

const names = ["closeTo", "approximately"];

/**
 * Gives floats their `closeTo` back: the matchers for contracts, which come with the first network connection, take
 * whole numbers only.
 */
export function keepFloatCloseTo(): void {
  const overwriteMethod = Assertion.overwriteMethod.bind(Assertion) as (name: string, method: Overwrite) => void;
  for (const name of names) overwriteMethod(name, floatsFirst);
  Object.assign(Assertion, {
    overwriteMethod(name: string, method: Overwrite) {
      overwriteMethod(name, method);
      if (names.includes(name)) overwriteMethod(name, floatsFirst);
    },
  });
}

const floatsFirst: Overwrite = (over) =>
  function (...args) {
    const actual: unknown = this._obj;
    const [expected, tolerance] = args;
    if (typeof actual !== "number" || typeof expected !== "number" || typeof tolerance !== "number") {
      return over.apply(this, args);
    }
    this.assert(
      Math.abs(actual - expected) <= tolerance,
      `expected #{this} to be close to ${expected} within ${tolerance}`,
      `expected #{this} not to be close to ${expected} within ${tolerance}`,
      expected,
      actual,
    );
  };
