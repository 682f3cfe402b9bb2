import type { BatesParameters } from "./bates-parameters.ts";
import { assertBatesParameters, meanSimpleJump } from "./bates-parameters.ts";
import { PricingDomainError } from "./black-scholes.ts";
import { requireColumns } from "./columns.ts";

/** ln E[(S_T/F)^p] = A(p) + B(p) v for a complex exponent p; v is today's variance. */
export interface AffineExponent {
  aRe: number;
  aIm: number;
  bRe: number;
  bIm: number;
}

/** Which paths a transform counts: all, or only those without or with a jump before expiry. */
export type JumpPart = "all" | "without jumps" | "with jumps";

/**
 * Exponent of the moment transform of Bates's model at the complex power `pRe + i pIm`, written to `out`: relative error
 * about 1e-14. Unchecked, for inner loops: parameters are those that `assertBatesParameters` passes.
 *
 * With ξ = κ - ρσp, q = p² - p, d = √(ξ² - σ²q), g = σ²q/(ξ+d)²:
 * B = q/(ξ+d) · (1 - e^(-dT))/(1 - g e^(-dT)) and
 * A = κθ[qT/(ξ+d) - 2/σ² ln(1 + g(1 - e^(-dT))/(1 - g))] + λT(e^(pμ + p²δ²/2) - 1 - pm).
 * Counting only paths without a jump leaves λT(-1 - pm) of the last term; those with one have the rest, whose
 * exponential is e^(-λT(1 + pm)) (e^(λT φ_J) - 1).
 * Writing ξ - d as σ²q/(ξ + d) removes the cancellation, so that σ → 0 and σ = 0 need no special case.
 * @see Albrecher, Mayer, Schoutens & Tistaert (2007), "The little Heston trap", formula 2
 */
export function affineExponent(
  parameters: BatesParameters,
  years: number,
  pRe: number,
  pIm: number,
  out: AffineExponent,
  part: JumpPart = "all",
): void {
  const { kappa, theta, volOfVol, rho } = parameters;
  const variance = volOfVol * volOfVol;
  const squareRe = pRe * pRe - pIm * pIm;
  const squareIm = 2 * pRe * pIm;
  const qRe = squareRe - pRe;
  const qIm = squareIm - pIm;
  const xiRe = kappa - rho * volOfVol * pRe;
  const xiIm = -rho * volOfVol * pIm;

  // d = √(ξ² - σ²q), principal branch.
  const dSquareRe = xiRe * xiRe - xiIm * xiIm - variance * qRe;
  const dSquareIm = 2 * xiRe * xiIm - variance * qIm;
  const dModulus = Math.hypot(dSquareRe, dSquareIm);
  const dLarge = Math.sqrt(0.5 * (dModulus + Math.abs(dSquareRe)));
  const dSmall = dLarge === 0 ? 0 : (0.5 * Math.abs(dSquareIm)) / dLarge;
  const dRe = dSquareRe >= 0 ? dLarge : dSmall;
  const dIm = (dSquareRe >= 0 ? dSmall : dLarge) * (dSquareIm < 0 ? -1 : 1);

  // r = q/(ξ + d), g = σ² r/(ξ + d).
  const sumRe = xiRe + dRe;
  const sumIm = xiIm + dIm;
  const sumNorm = sumRe * sumRe + sumIm * sumIm;
  const rRe = (qRe * sumRe + qIm * sumIm) / sumNorm;
  const rIm = (qIm * sumRe - qRe * sumIm) / sumNorm;
  const hRe = (rRe * sumRe + rIm * sumIm) / sumNorm;
  const hIm = (rIm * sumRe - rRe * sumIm) / sumNorm;
  const gRe = variance * hRe;
  const gIm = variance * hIm;

  // e = e^(-dT) and its complement 1 - e without cancellation.
  const decay = Math.exp(-dRe * years);
  const angle = dIm * years;
  const eRe = decay * Math.cos(angle);
  const eIm = -decay * Math.sin(angle);
  const halfSine = Math.sin(0.5 * angle);
  const complementRe = -Math.expm1(-dRe * years) + 2 * decay * halfSine * halfSine;
  const complementIm = -eIm;

  // B = r (1 - e)/(1 - g e).
  const nearRe = 1 - (gRe * eRe - gIm * eIm);
  const nearIm = -(gRe * eIm + gIm * eRe);
  const nearNorm = nearRe * nearRe + nearIm * nearIm;
  const ratioRe = (complementRe * nearRe + complementIm * nearIm) / nearNorm;
  const ratioIm = (complementIm * nearRe - complementRe * nearIm) / nearNorm;
  out.bRe = rRe * ratioRe - rIm * ratioIm;
  out.bIm = rRe * ratioIm + rIm * ratioRe;

  // w = h (1 - e)/(1 - g), so that ln(1 + σ²w)/σ² = w · ln(1 + z)/z with z = σ²w.
  const farRe = 1 - gRe;
  const farIm = -gIm;
  const farNorm = farRe * farRe + farIm * farIm;
  const shareRe = (complementRe * farRe + complementIm * farIm) / farNorm;
  const shareIm = (complementIm * farRe - complementRe * farIm) / farNorm;
  const wRe = hRe * shareRe - hIm * shareIm;
  const wIm = hRe * shareIm + hIm * shareRe;
  const zRe = variance * wRe;
  const zIm = variance * wIm;
  let logRe: number;
  let logIm: number;
  if (Math.abs(zRe) + Math.abs(zIm) < SMALL_ARGUMENT) {
    // ln(1 + z)/z ≈ 1 - z/2 + z²/3.
    const seriesRe = 1 - 0.5 * zRe + (zRe * zRe - zIm * zIm) / 3;
    const seriesIm = -0.5 * zIm + (2 * zRe * zIm) / 3;
    logRe = wRe * seriesRe - wIm * seriesIm;
    logIm = wRe * seriesIm + wIm * seriesRe;
  } else {
    logRe = (0.5 * Math.log1p(2 * zRe + zRe * zRe + zIm * zIm)) / variance;
    logIm = Math.atan2(zIm, 1 + zRe) / variance;
  }
  out.aRe = kappa * theta * (rRe * years - 2 * logRe);
  out.aIm = kappa * theta * (rIm * years - 2 * logIm);
  if (parameters.jumpIntensity > 0) addJumps(parameters, years, pRe, pIm, out, part);
}

function addJumps(
  parameters: BatesParameters,
  years: number,
  pRe: number,
  pIm: number,
  out: AffineExponent,
  part: JumpPart,
): void {
  const { jumpIntensity, jumpMean, jumpSd } = parameters;
  const meanJumps = jumpIntensity * years;
  const simple = meanSimpleJump(parameters);
  out.aRe -= meanJumps * (1 + pRe * simple);
  out.aIm -= meanJumps * pIm * simple;
  if (part === "without jumps") return;
  // z = λT φ_J(p).
  const half = 0.5 * jumpSd * jumpSd;
  const size = meanJumps * Math.exp(pRe * jumpMean + (pRe * pRe - pIm * pIm) * half);
  const turn = pIm * jumpMean + 2 * pRe * pIm * half;
  const zRe = size * Math.cos(turn);
  const zIm = size * Math.sin(turn);
  if (part === "all") {
    out.aRe += zRe;
    out.aIm += zIm;
    return;
  }
  // ln(e^z - 1), where e^z - 1 keeps its precision for small z.
  const halfSine = Math.sin(0.5 * zIm);
  const growth = Math.exp(zRe);
  const re = Math.expm1(zRe) - 2 * growth * halfSine * halfSine;
  const im = growth * Math.sin(zIm);
  out.aRe += Math.log(Math.hypot(re, im));
  out.aIm += Math.atan2(im, re);
}

const SMALL_ARGUMENT = 1e-5;

/** {@link AffineExponent} as columns. */
export interface AffineColumns {
  readonly aRe: Float64Array;
  readonly aIm: Float64Array;
  readonly bRe: Float64Array;
  readonly bIm: Float64Array;
}

/**
 * {@link affineExponent} at every power, the same to the bit, written to `out`. On the imaginary axis (pRe = 0) it is the
 * logarithm of the characteristic function of ln(S_T/F).
 * @param years - to expiry, years of 365 days, not negative
 * @throws {BatesParameterError} when a parameter is out of its range
 * @throws {PricingDomainError} when a power or the time is no number, or the moment does not exist there
 * @throws {ColumnLengthError} when the columns differ in length
 */
export function affineExponents(
  parameters: BatesParameters,
  years: number,
  pRe: Float64Array,
  pIm: Float64Array,
  out: AffineColumns,
): void {
  assertBatesParameters(parameters);
  requireColumns("affineExponents", pRe.length, { pIm, ...out });
  if (!(years >= 0 && years < Infinity)) throw new PricingDomainError("a transform needs time", { years });
  const one: AffineExponent = { aRe: 0, aIm: 0, bRe: 0, bIm: 0 };
  for (let i = 0; i < pRe.length; i++) {
    const exists = momentExplosionYears(parameters, pRe[i]) > years;
    if (exists) affineExponent(parameters, years, pRe[i], pIm[i], one);
    if (!exists || !Number.isFinite(one.aRe + one.aIm + one.bRe + one.bIm)) {
      throw new PricingDomainError("the transform does not exist", { i, pRe: pRe[i], pIm: pIm[i], years });
    }
    out.aRe[i] = one.aRe;
    out.aIm[i] = one.aIm;
    out.bRe[i] = one.bRe;
    out.bIm[i] = one.bIm;
  }
}

/**
 * Time at which the moment of real order `power` explodes, years; Infinity when it never does. Unchecked, for inner loops.
 * @see Andersen & Piterbarg (2007), "Moment explosions in stochastic volatility models", proposition 3.1
 */
export function momentExplosionYears(parameters: BatesParameters, power: number): number {
  const { kappa, volOfVol, rho } = parameters;
  if (volOfVol === 0 || (power >= 0 && power <= 1)) return Infinity;
  const xi = kappa - rho * volOfVol * power;
  const dSquare = xi * xi - volOfVol * volOfVol * (power * power - power);
  if (dSquare >= 0) {
    const d = Math.sqrt(dSquare);
    return xi > 0 ? Infinity : Math.log((xi - d) / (xi + d)) / d;
  }
  const gamma = Math.sqrt(-dSquare);
  return (2 / gamma) * (xi > 0 ? Math.PI - Math.atan(gamma / xi) : Math.atan2(gamma, -xi));
}
