import { requireColumns } from "./columns.ts";

/**
 * Raw parameters of a slice: w(k) = a + b (ρ(k - m) + √((k - m)² + σ²)), w total variance σ²_BS T, k = ln(K/F).
 * @see Gatheral & Jacquier (2014), "Arbitrage-free SVI volatility surfaces", definition 3.1
 */
export interface SviRaw {
  readonly a: number;
  /** Not negative. */
  readonly b: number;
  /** Within (-1, 1). */
  readonly rho: number;
  readonly m: number;
  /** Positive. */
  readonly sigma: number;
}

/**
 * Jump-wings parameters: what traders see of a slice.
 * @see Gatheral & Jacquier (2014), equation 3.5
 */
export interface SviJumpWings {
  /** Annualised variance at the money, v. */
  readonly variance: number;
  /** Slope of the vol at the money, ψ. */
  readonly skew: number;
  /** Slope of the put wing, p. */
  readonly putSlope: number;
  /** Slope of the call wing, c. */
  readonly callSlope: number;
  /** Least annualised variance, ṽ. */
  readonly leastVariance: number;
}

/** Parameters that describe no slice: which, and why. */
export class SviParameterError extends Error {
  override readonly name = "SviParameterError";

  constructor(what: string, parameters: object) {
    super(`an SVI slice ${what}: ${JSON.stringify(parameters)}`);
  }
}

/** @throws {SviParameterError} when b < 0, |ρ| ≥ 1, σ ≤ 0, or the least total variance is negative */
export function assertSviRaw(slice: SviRaw): void {
  const { a, b, rho, m, sigma } = slice;
  if (![a, b, rho, m, sigma].every(Number.isFinite)) throw new SviParameterError("is made of numbers", slice);
  if (b < 0) throw new SviParameterError("has b of at least zero", slice);
  if (Math.abs(rho) >= 1) throw new SviParameterError("has ρ within (-1, 1)", slice);
  if (sigma <= 0) throw new SviParameterError("has a positive σ", slice);
  if (leastTotalVariance(slice) < -1e-15) throw new SviParameterError("has no negative variance", slice);
}

/**
 * Total variance w(k) of a slice, σ²T, within a few roundings of its largest term.
 *
 * Unchecked, for inner loops: what is no slice or no number gives what is no variance; {@link sviVol} refuses it.
 * @param logMoneyness - k = ln(K/F)
 * @see Gatheral & Jacquier (2014), equation 3.1
 */
export function sviTotalVariance({ a, b, rho, m, sigma }: SviRaw, logMoneyness: number): number {
  const distance = logMoneyness - m;
  return a + b * (rho * distance + Math.sqrt(distance * distance + sigma * sigma));
}

/**
 * {@link sviTotalVariance} as a vol, √(w(k)/T).
 * @param years - to expiry, years of 365 days, positive
 * @param logMoneyness - k = ln(K/F)
 * @returns annualised, 1 = 100 %
 * @throws {SviParameterError} when the slice is none, or time or log-moneyness is out of range
 */
export function sviVol(slice: SviRaw, years: number, logMoneyness: number): number {
  assertSviRaw(slice);
  return volAt(slice, years, logMoneyness);
}

/**
 * {@link sviVol} at every log-moneyness, the same to the bit, written to `out`.
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws as {@link sviVol}
 */
export function sviVols(slice: SviRaw, years: number, logMoneyness: Float64Array, out: Float64Array): void {
  assertSviRaw(slice);
  requireColumns("sviVols", out.length, { logMoneyness });
  for (let i = 0; i < out.length; i++) out[i] = volAt(slice, years, logMoneyness[i]);
}

function volAt(slice: SviRaw, years: number, logMoneyness: number): number {
  const vol = Math.sqrt(Math.max(0, sviTotalVariance(slice, logMoneyness)) / years);
  if (Number.isFinite(vol) && years > 0 && years < Infinity) return vol;
  throw new SviParameterError(`has no vol at log-moneyness ${logMoneyness} and ${years} years`, slice);
}

/**
 * Least total variance, a + bσ√(1 - ρ²), reached at k = m - ρσ/√(1 - ρ²). Unchecked.
 * @see Gatheral & Jacquier (2014), section 3.1
 */
export function leastTotalVariance({ a, b, rho, sigma }: SviRaw): number {
  return a + b * sigma * Math.sqrt(1 - rho * rho);
}

/**
 * Durrleman's factor g(k) = (1 - k w'/(2w))² - (w'²/4)(1/w + 1/4) + w''/2, whose sign is the density's.
 *
 * A slice has no butterfly arbitrage when g is nowhere negative (and the wings rise slower than 2). -Infinity where the
 * total variance is not positive.
 * @param logMoneyness - k = ln(K/F)
 * @returns without unit; near its roots good to a few roundings of its largest term
 * @throws {SviParameterError} of what is no slice or no log-moneyness
 * @see Gatheral & Jacquier (2014), lemma 2.2
 */
export function sviButterfly(slice: SviRaw, logMoneyness: number): number {
  const { b, rho, m, sigma } = slice;
  const w = sviTotalVariance(slice, logMoneyness);
  if (!Number.isFinite(w)) throw new SviParameterError(`has no variance at log-moneyness ${logMoneyness}`, slice);
  if (!(w > 0)) return -Infinity;
  const distance = logMoneyness - m;
  const root = Math.sqrt(distance * distance + sigma * sigma);
  const slope = b * (rho + distance / root);
  const curvature = (b * sigma * sigma) / (root * root * root);
  const level = 1 - (logMoneyness * slope) / (2 * w);
  const factor = level * level - 0.25 * slope * slope * (1 / w + 0.25) + 0.5 * curvature;
  if (Number.isNaN(factor)) throw new SviParameterError(`has no density at log-moneyness ${logMoneyness}`, slice);
  return factor;
}

/**
 * Asymptotic slopes of the total variance, b(1 - ρ) to the left and b(1 + ρ) to the right, per unit of log-moneyness.
 * @throws {SviParameterError} when the slice is none
 * @see Lee (2004), "The moment formula for implied volatility at extreme strikes": neither exceeds 2
 */
export function sviWingSlopes(slice: SviRaw): { readonly put: number; readonly call: number } {
  assertSviRaw(slice);
  const { b, rho } = slice;
  return { put: b * (1 - rho), call: b * (1 + rho) };
}

/**
 * Jump-wings parameters of a raw slice.
 * @param years - to expiry, years of 365 days, positive
 * @returns annualised variances and slopes of the vol in √years, within a few roundings
 * @throws {SviParameterError} when the slice is none, or has no variance at the money
 * @see Gatheral & Jacquier (2014), equation 3.5
 */
export function toJumpWings(slice: SviRaw, years: number): SviJumpWings {
  assertSviRaw(slice);
  const { b, rho, m, sigma } = slice;
  const w = sviTotalVariance(slice, 0);
  if (!(w > 0 && years > 0)) throw new SviParameterError(`has variance at the money and time, ${years} years`, slice);
  const root = Math.sqrt(w);
  return {
    variance: w / years,
    skew: (b * (rho - m / Math.sqrt(m * m + sigma * sigma))) / (2 * root),
    putSlope: (b * (1 - rho)) / root,
    callSlope: (b * (1 + rho)) / root,
    leastVariance: leastTotalVariance(slice) / years,
  };
}

/**
 * Raw slice of jump-wings parameters, the inverse of {@link toJumpWings}.
 *
 * The published inverse divides by m and by terms that vanish when the skew is that of m = 0; both cases are taken here
 * by their limits. The round trip is good to about 1e-16 over the share of w that the wings make, (w - w̃)/w. A flat slice (no slopes) has any σ; it gets 1.
 * @throws {SviParameterError} when no raw slice has these parameters
 * @see Gatheral & Jacquier (2014), lemma 3.2
 */
export function fromJumpWings(wings: SviJumpWings, years: number): SviRaw {
  const { variance, skew, putSlope, callSlope, leastVariance } = wings;
  const w = variance * years;
  const root = Math.sqrt(w);
  const b = 0.5 * root * (callSlope + putSlope);
  if (!(w > 0 && leastVariance >= 0 && leastVariance <= variance && putSlope >= 0 && callSlope >= 0)) {
    throw new SviParameterError("has 0 ≤ ṽ ≤ v, v > 0 and slopes of at least zero", wings);
  }
  if (b === 0) return { a: w, b: 0, rho: 0, m: 0, sigma: 1 };
  const rho = 1 - (putSlope * root) / b;
  // β = ρ - 2ψ√w/b is m/√(m² + σ²).
  const beta = rho - (2 * skew * root) / b;
  if (!(Math.abs(beta) < 1)) throw new SviParameterError("has a skew between its wings' slopes", wings);
  const rootRho = Math.sqrt(1 - rho * rho);
  const rootBeta = Math.sqrt(1 - beta * beta);
  // w - w̃ = b √(m² + σ²) (1 - ρβ - √(1 - ρ²)√(1 - β²)).
  const share = 1 - rho * beta - rootRho * rootBeta;
  const excess = (variance - leastVariance) * years;
  if (share < 1e-14) {
    throw new SviParameterError("has its least variance away from the money, or its scale cannot be told", wings);
  }
  const scale = excess / (b * share);
  const sigma = scale * rootBeta;
  const slice = { a: leastVariance * years - b * sigma * rootRho, b, rho, m: scale * beta, sigma };
  assertSviRaw(slice);
  return slice;
}
