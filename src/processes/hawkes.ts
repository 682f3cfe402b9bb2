import type { Random } from "../random/random.ts";
import { ProcessParameterError } from "./process-parameter-error.ts";

/**
 * Self-exciting arrivals with intensity μ + Σ α e^(-β(t - t_i)), a year.
 * @see Hawkes (1971), "Spectra of some self-exciting and mutually exciting point processes"
 */
export interface HawkesParameters {
  /** Base intensity μ, arrivals a year. */
  readonly base: number;
  /** Jump α of the intensity at an arrival, a year. */
  readonly excitation: number;
  /** Decay β, a year. */
  readonly decay: number;
}

const MOST_CANDIDATES = 10_000_000;

/** @throws {ProcessParameterError} when the branching ratio α/β is not below 1, or an intensity is negative */
export function assertHawkes({ base, excitation, decay }: HawkesParameters): void {
  const given = `base ${base}, excitation ${excitation}, decay ${decay}`;
  if (!(base >= 0 && excitation >= 0 && decay > 0 && base + excitation + decay < Infinity)) {
    throw new ProcessParameterError("Hawkes", `intensities are not negative and decay is positive: ${given}`);
  }
  if (!(excitation < decay)) throw new ProcessParameterError("Hawkes", `each arrival causes fewer than one: ${given}`);
}

/**
 * Long-run arrivals a year, μ/(1 - α/β).
 * @throws {ProcessParameterError} when parameters are out of range
 * @see Hawkes (1971), on the mean intensity
 */
export function hawkesMeanIntensity(parameters: HawkesParameters): number {
  assertHawkes(parameters);
  return parameters.base / (1 - parameters.excitation / parameters.decay);
}

/**
 * Arrival times on (0, years], rising, by thinning.
 *
 * Between arrivals the intensity falls, so that its value now bounds it: the next candidate comes at that rate and
 * stays with the share that is left of it. Candidate i draws its gap at (i, 0) and its acceptance at (i, 1).
 * @param years - of 365 days, not negative
 * @returns years; exact draws of the process
 * @throws {ProcessParameterError} when parameters or years are out of range or more than ten million candidates come
 * @see Ogata (1981), "On Lewis' simulation method for point processes"
 */
export function hawkesTimes(parameters: HawkesParameters, years: number, random: Random): Float64Array {
  assertHawkes(parameters);
  requireYears(years);
  const { base, excitation, decay } = parameters;
  const expected = hawkesMeanIntensity(parameters) * years;
  if (expected > MOST_CANDIDATES / 2) throw new ProcessParameterError("Hawkes", `${expected} arrivals are expected`);
  const times: number[] = [];
  let now = 0;
  let excited = 0;
  for (let candidate = 0; base + excited > 0; candidate++) {
    if (candidate === MOST_CANDIDATES) throw new ProcessParameterError("Hawkes", "more than ten million candidates");
    const bound = base + excited;
    const gap = -Math.log(random.uniform(candidate, 0)) / bound;
    now += gap;
    if (!(now <= years)) break;
    excited *= Math.exp(-decay * gap);
    if (random.uniform(candidate, 1) * bound >= base + excited) continue;
    times.push(now);
    excited += excitation;
  }
  return Float64Array.from(times);
}

/**
 * Integral of the intensity between arrivals: independent exponentials of mean 1 when the parameters are right.
 * @param times - years, rising from 0
 * @throws {ProcessParameterError} when parameters are out of range or times do not rise
 * @see Daley & Vere-Jones (2003), "An introduction to the theory of point processes", 7.4
 */
export function hawkesResiduals(parameters: HawkesParameters, times: ArrayLike<number>): Float64Array {
  assertHawkes(parameters);
  requireRising(times, Infinity);
  const { base, excitation, decay } = parameters;
  let excited = 0;
  return Float64Array.from(times, (time, i) => {
    const gap = time - (i > 0 ? times[i - 1] : 0);
    const fallen = excited * Math.exp(-decay * gap);
    const residual = base * gap + (excited - fallen) / decay;
    excited = fallen + excitation;
    return residual;
  });
}

/**
 * Log-likelihood of arrivals on (0, years]: Σ ln λ(t_i) - ∫λ, within a few roundings of its terms; -Infinity where
 * nothing can arrive.
 * @param times - years, rising from 0 to `years`
 * @throws {ProcessParameterError} when parameters are out of range or times do not rise or lie outside
 * @see Ozaki (1979), "Maximum likelihood estimation of Hawkes' self-exciting point processes"
 */
export function hawkesLogLikelihood(parameters: HawkesParameters, times: ArrayLike<number>, years: number): number {
  assertHawkes(parameters);
  requireYears(years);
  requireRising(times, years);
  const { base, excitation, decay } = parameters;
  let excited = 0;
  let sum = -base * years;
  for (let i = 0; i < times.length; i++) {
    excited *= Math.exp(-decay * (times[i] - (i > 0 ? times[i - 1] : 0)));
    sum += Math.log(base + excited) + (excitation / decay) * Math.expm1(-decay * (years - times[i]));
    excited += excitation;
  }
  return sum;
}

/**
 * Expected intensity above the base, on average over the next `years`, a year: arrivals to come excite as well, so that it
 * reverts at β − α, to μ α/(β − α).
 * @param excited - intensity above the base now, a year
 * @param years - of 365 days, not negative
 * @returns a year; relative error below 1e-12
 * @throws {ProcessParameterError} when parameters, excitement or years are out of range
 * @see Hawkes & Oakes (1974), "A cluster process representation of a self-exciting process"
 */
export function hawkesExpectedExcess(parameters: HawkesParameters, excited: number, years: number): number {
  assertHawkes(parameters);
  requireYears(years);
  if (!(excited >= 0 && excited < Infinity)) throw new ProcessParameterError("Hawkes", `an excitement of ${excited}`);
  const { base, excitation, decay } = parameters;
  const speed = decay - excitation;
  const lasting = (base * excitation) / speed;
  // The mean of e^(-speed t) over the span, 1 at none.
  const share = speed * years < 1e-12 ? 1 : -Math.expm1(-speed * years) / (speed * years);
  return lasting + (excited - lasting) * share;
}

function requireYears(years: number): void {
  if (!(years >= 0 && years < Infinity)) throw new ProcessParameterError("Hawkes", `${years} years`);
}

function requireRising(times: ArrayLike<number>, years: number): void {
  for (let i = 0; i < times.length; i++) {
    if (times[i] >= (i > 0 ? times[i - 1] : 0) && times[i] <= years && times[i] < Infinity) continue;
    throw new ProcessParameterError(
      "Hawkes",
      `arrival ${i} at ${times[i]} of ${years} years, not after the one before`,
    );
  }
}
