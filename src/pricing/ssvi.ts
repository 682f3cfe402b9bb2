import { requireColumns } from "./columns.ts";
import type { SviRaw } from "./svi.ts";

/**
 * A surface of total variance w(k, θ) = θ/2 (1 + ρφk + √((φk + ρ)² + 1 - ρ²)), θ total variance at the money, with the
 * power law φ(θ) = η θ^-γ (1 + θ)^(γ-1).
 * @see Gatheral & Jacquier (2014), equations 4.1 and 4.5
 */
export interface SsviSurface {
  /** To expiry, rising, years of 365 days. */
  readonly years: readonly number[];
  /** Total variance at the money of each tenor, rising. */
  readonly thetas: readonly number[];
  /** Within (-1, 1). */
  readonly rho: number;
  /** Positive. */
  readonly eta: number;
  /** Within (0, 1). */
  readonly gamma: number;
}

/** Parameters that describe no surface. */
export class SsviParameterError extends Error {
  override readonly name = "SsviParameterError";

  constructor(what: string) {
    super(`an SSVI surface ${what}`);
  }
}

/** @throws {SsviParameterError} naming the first parameter out of its range, or tenors that do not rise */
export function assertSsvi({ years, thetas, rho, eta, gamma }: SsviSurface): void {
  if (!(Math.abs(rho) < 1)) throw new SsviParameterError(`has ρ within (-1, 1), got ${rho}`);
  if (!(eta > 0 && eta < Infinity)) throw new SsviParameterError(`has a positive η, got ${eta}`);
  if (!(gamma > 0 && gamma < 1)) throw new SsviParameterError(`has γ within (0, 1), got ${gamma}`);
  if (years.length === 0 || years.length !== thetas.length) throw new SsviParameterError("has one θ per tenor");
  years.forEach((tenor, i) => {
    if (!(tenor > (i > 0 ? years[i - 1] : 0))) throw new SsviParameterError(`has rising tenors, got ${tenor}`);
    if (!(thetas[i] > 0 && thetas[i] < Infinity)) throw new SsviParameterError(`has positive θ, got ${thetas[i]}`);
  });
}

/**
 * Curvature φ(θ) of the power law, per unit of log-moneyness. Unchecked, for inner loops.
 * @see Gatheral & Jacquier (2014), equation 4.5
 */
export function ssviCurvature({ eta, gamma }: Pick<SsviSurface, "eta" | "gamma">, theta: number): number {
  return eta * Math.pow(theta, -gamma) * Math.pow(1 + theta, gamma - 1);
}

/**
 * Total variance σ²T of a slice with curvature φ at the log-moneyness ln(K/F), within a few roundings.
 *
 * Unchecked, for inner loops: {@link ssviSurfaceVariance} refuses what is no surface.
 * @see Gatheral & Jacquier (2014), equation 4.1
 */
export function ssviTotalVariance(theta: number, phi: number, rho: number, logMoneyness: number): number {
  const x = phi * logMoneyness;
  return 0.5 * theta * (1 + rho * x + Math.sqrt((x + rho) * (x + rho) + 1 - rho * rho));
}

/**
 * Total variance at any tenor: θ runs linearly between tenors, from 0 at no time, and on at the last slope.
 * @param years - to expiry, years of 365 days, positive
 * @param logMoneyness - ln(K/F)
 * @returns σ²T, within a few roundings
 * @throws {SsviParameterError} when the surface is none, `years` is not positive, or a number is none
 * @see Gatheral & Jacquier (2014), equation 4.1
 */
export function ssviSurfaceVariance(surface: SsviSurface, years: number, logMoneyness: number): number {
  assertSsvi(surface);
  return varianceAt(surface, levelAt(surface, years), years, logMoneyness);
}

/**
 * {@link ssviSurfaceVariance} as a vol, √(w/T).
 * @returns annualised, 1 = 100 %
 * @throws as {@link ssviSurfaceVariance}
 */
export function ssviVol(surface: SsviSurface, years: number, logMoneyness: number): number {
  return Math.sqrt(ssviSurfaceVariance(surface, years, logMoneyness) / years);
}

/**
 * {@link ssviVol} at every log-moneyness of a tenor, the same to the bit, written to `out`.
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws as {@link ssviSurfaceVariance}
 */
export function ssviVols(surface: SsviSurface, years: number, logMoneyness: Float64Array, out: Float64Array): void {
  assertSsvi(surface);
  requireColumns("ssviVols", out.length, { logMoneyness });
  const level = levelAt(surface, years);
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(varianceAt(surface, level, years, logMoneyness[i]) / years);
}

interface Level {
  readonly theta: number;
  readonly phi: number;
}

function levelAt(surface: SsviSurface, years: number): Level {
  if (!(years > 0 && years < Infinity)) throw new SsviParameterError(`has no variance for ${years} years`);
  const theta = thetaAt(surface, years);
  return { theta, phi: ssviCurvature(surface, theta) };
}

function varianceAt({ rho }: SsviSurface, { theta, phi }: Level, years: number, logMoneyness: number): number {
  const variance = ssviTotalVariance(theta, phi, rho, logMoneyness);
  if (Number.isFinite(variance)) return variance;
  throw new SsviParameterError(`has no variance at log-moneyness ${logMoneyness} and ${years} years`);
}

/**
 * Raw SVI slice of one tenor: a = θ(1 - ρ²)/2, b = θφ/2, m = -ρ/φ, σ = √(1 - ρ²)/φ.
 * @param index - of the tenor
 * @throws {SsviParameterError} when the surface is none, or has no such tenor
 * @see Gatheral & Jacquier (2014), section 4
 */
export function ssviSlice(surface: SsviSurface, index: number): SviRaw {
  assertSsvi(surface);
  const { rho } = surface;
  const theta = surface.thetas[index];
  if (theta === undefined) throw new SsviParameterError(`has no tenor ${index} among its ${surface.thetas.length}`);
  const phi = ssviCurvature(surface, theta);
  const root = Math.sqrt(1 - rho * rho);
  return { a: 0.5 * theta * root * root, b: 0.5 * theta * phi, rho, m: -rho / phi, sigma: root / phi };
}

/** Conditions that suffice for a surface free of static arbitrage, each with its margin: negative where it fails. */
export interface SsviConditions {
  readonly isFree: boolean;
  /** Least step of θ from tenor to tenor. */
  readonly risingTheta: number;
  /** Least of (1 + √(1 - ρ²))φ/ρ² - ∂(θφ)/∂θ: theorem 4.1's upper bound (∂(θφ)/∂θ ≥ 0 holds for the power law). */
  readonly slowerCurvature: number;
  /** Least of 4 - θφ(1 + |ρ|), theorem 4.2's first condition. */
  readonly wings: number;
  /** Least of 4 - θφ²(1 + |ρ|), theorem 4.2's second condition. */
  readonly curvature: number;
}

/**
 * Sufficient conditions for a surface without butterfly or calendar arbitrage at its own tenors.
 * @returns margins in the units of each bound, exact but for a few roundings
 * @throws {SsviParameterError} when the surface is none
 * @see Gatheral & Jacquier (2014), theorems 4.1 and 4.2
 */
export function ssviConditions(surface: SsviSurface): SsviConditions {
  assertSsvi(surface);
  const { thetas, rho, gamma } = surface;
  const size = 1 + Math.abs(rho);
  let [risingTheta, slowerCurvature, wings, curvature] = [Infinity, Infinity, Infinity, Infinity];
  thetas.forEach((theta, i) => {
    const phi = ssviCurvature(surface, theta);
    if (i > 0) risingTheta = Math.min(risingTheta, theta - thetas[i - 1]);
    // θφ = η (θ/(1 + θ))^(1-γ), so that its derivative is (1 - γ)φ/(1 + θ).
    const slope = ((1 - gamma) * phi) / (1 + theta);
    const bound = rho === 0 ? Infinity : ((1 + Math.sqrt(1 - rho * rho)) * phi) / (rho * rho);
    slowerCurvature = Math.min(slowerCurvature, bound - slope);
    wings = Math.min(wings, 4 - theta * phi * size);
    curvature = Math.min(curvature, 4 - theta * phi * phi * size);
  });
  const isFree = risingTheta >= 0 && slowerCurvature >= 0 && wings > 0 && curvature >= 0;
  return { isFree, risingTheta, slowerCurvature, wings, curvature };
}

function thetaAt({ years, thetas }: SsviSurface, at: number): number {
  const last = years.length - 1;
  let upper = years.findIndex((tenor) => tenor >= at);
  if (upper < 0) upper = last;
  const fromYears = upper > 0 ? years[upper - 1] : 0;
  const fromTheta = upper > 0 ? thetas[upper - 1] : 0;
  return fromTheta + ((thetas[upper] - fromTheta) * (at - fromYears)) / (years[upper] - fromYears);
}
