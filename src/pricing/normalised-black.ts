import { PricingDomainError } from "./black-scholes.ts";
import { normalCdf, normalDensity } from "./normal-distribution.ts";

/** Terms of the series in t are dropped below this share of their sum. */
const NEGLIGIBLE = 1e-18;
/** Below this h the recursion of the derivatives loses nothing upwards; above, it is run downwards. */
const UPWARDS = 1.5;

/**
 * Price of an out-of-the-money option over its own vega, b/b', both over √(forward × strike) and in σ√T: with
 * h = distance/σ√T and t = σ√T/2 it is Y(h - t) - Y(h + t), Y(z) = Φ(-z)/φ(z) Mills's ratio.
 *
 * The difference of the two ratios is what cancels in Black's formula for short tenors. Here it is the series
 * 2 Σ J_n t^n over odd n, J_n = ∫ uⁿ e^(-hu - u²/2) du / n!, all of whose terms are positive. Unchecked, for inner loops.
 * @param distance - |ln(forward/strike)|, not negative
 * @param deviation - σ√T, positive
 * @returns relative error a few times 1e-16 × (1 + h²) in the tail, where a relative error of the price is h² times one
 * of the vol
 * @see Jäckel (2015), "Let's Be Rational", for the same difference by other expansions
 */
export function priceOverVega(distance: number, deviation: number): number {
  const h = distance / deviation;
  const t = 0.5 * deviation;
  if (t > 1 && t > 0.4 * h) return millsRatio(h - t) - millsRatio(h + t);
  return h < UPWARDS ? seriesUpwards(h, t) : seriesDownwards(h, t);
}

/**
 * Black's out-of-the-money price over √(forward × strike), with relative precision however small: b = b' {@link
 * priceOverVega}.
 * @param distance - |ln(forward/strike)|, not negative
 * @param deviation - σ√T, positive
 * @returns relative error a few times 1e-16 × (1 + h²), h = distance/deviation
 * @throws {PricingDomainError} when an input is out of its domain
 */
export function normalisedBlackPrice(distance: number, deviation: number): number {
  if (!(distance >= 0 && deviation > 0 && distance + deviation < Infinity)) {
    throw new PricingDomainError("a normalised price needs a distance and a positive deviation", {
      distance,
      deviation,
    });
  }
  // A thousand deviations out, or with a vol beyond all bounds, the vega leaves the doubles.
  if (distance / deviation > 40) return 0;
  if (deviation > 70) return Math.exp(-0.5 * distance);
  return priceOverVega(distance, deviation) * normalisedVega(distance, deviation);
}

/**
 * db/d(σ√T) = e^(-(h² + t²)/2)/√(2π). Unchecked, for inner loops.
 * @see Jäckel (2015), "Let's Be Rational"
 */
export function normalisedVega(distance: number, deviation: number): number {
  const h = distance / deviation;
  return normalDensity(Math.hypot(h, 0.5 * deviation));
}

/** J_(n+1) = (J_(n-1) - h J_n)/(n + 1) from J_0 = Y(h), J_1 = 1 - h Y(h). */
function seriesUpwards(h: number, t: number): number {
  let before = millsRatio(h);
  let here = 1 - h * before;
  let power = t;
  let sum = 0;
  for (let n = 1; ; n += 2) {
    const term = here * power;
    sum += term;
    if (!(term > NEGLIGIBLE * sum)) return 2 * sum;
    const even = (before - h * here) / (n + 1);
    const odd = (here - h * even) / (n + 2);
    before = even;
    here = odd;
    power *= t * t;
  }
}

/** J_(n-1) = (n + 1) J_(n+1) + h J_n downwards from nothing, scaled by J_1 + h J_0 = 1 (Miller's algorithm). */
function seriesDownwards(h: number, t: number): number {
  // What is left of the wrong start falls as e^(-2h√(2n)); the series itself needs some twenty terms.
  const start = 2 * Math.ceil(30 + 110 / (h * h)) + 1;
  let after = 0;
  let here = 1e-300;
  let sum = 0;
  for (let n = start; n > 0; n--) {
    // Horner's rule in t²: at odd n the sum over n, n + 2, … of J t^(n - 1).
    if (n % 2 === 1) sum = here + sum * t * t;
    const before = (n + 1) * after + h * here;
    after = here;
    here = before;
    if (here > 1e150) {
      after *= 1e-300;
      here *= 1e-300;
      sum *= 1e-300;
    }
  }
  return (2 * sum * t) / (after + h * here);
}

/** Y(z) = Φ(-z)/φ(z). */
function millsRatio(z: number): number {
  return normalCdf(-z) / normalDensity(z);
}
