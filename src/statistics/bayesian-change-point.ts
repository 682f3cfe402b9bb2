import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** What is believed of the run length after each observation. */
export interface RunLengths {
  /** Most probable number of observations since the last change, that one included. */
  readonly mostLikely: Float64Array;
  /** Mean of the run length. */
  readonly expected: Float64Array;
  /** Chance that the run holds at most `recent` observations. */
  readonly changed: Float64Array;
  /** ln of the predictive density of each observation given those before. */
  readonly logPredictive: Float64Array;
}

/** Prior of the mean and variance within a run, and of the runs. */
export interface ChangePointPrior {
  /** Mean number of observations between changes, above 1. */
  readonly meanRun: number;
  /** Prior mean of a run's mean, and the number of observations that it counts as. */
  readonly mean: number;
  readonly meanWeight: number;
  /** Prior guess of a run's variance, and the whole number of observations that it counts as, 1 to 10⁶. */
  readonly variance: number;
  readonly varianceWeight: number;
  /** Run lengths that count as a recent change. */
  readonly recent?: number;
}

/** Run lengths less likely than this are dropped. */
const NEGLIGIBLE = Math.log(1e-12);

/**
 * Bayesian online change-point detection for normal runs with unknown mean and variance and geometric lengths.
 *
 * The recursion is in logarithms; a run's predictive law is Student's t of its normal-inverse-gamma posterior. Runs
 * less likely than 1e-12 are forgotten, which keeps the cost near linear.
 * @throws {TooFewObservationsError} of nothing, or of what is no number
 * @throws {StatisticInputError} of a prior that is none
 * @see Adams & MacKay (2007), "Bayesian online changepoint detection", algorithm 1; Murphy (2007), section 3
 */
export function runLengths(values: ArrayLike<number>, prior: ChangePointPrior): RunLengths {
  requireObservations("change-point detection", values, 1);
  requirePrior(prior);
  const { recent = 5, mean, meanWeight, variance, varianceWeight } = prior;
  const logHazard = -Math.log(prior.meanRun);
  const logSurvival = Math.log1p(-1 / prior.meanRun);
  const constants = new StudentConstants(varianceWeight);
  const result = {
    mostLikely: new Float64Array(values.length),
    expected: new Float64Array(values.length),
    changed: new Float64Array(values.length),
    logPredictive: new Float64Array(values.length),
  };
  const fresh: Run = { length: 0, logShare: 0, mean, squares: variance * varianceWeight };
  let runs: Run[] = [fresh];
  for (let t = 0; t < values.length; t++) {
    const x = values[t];
    const joint = runs.map(
      (run) => run.logShare + logStudent(x, run, meanWeight + run.length, varianceWeight + run.length, constants),
    );
    const evidence = logSum(joint);
    result.logPredictive[t] = evidence;
    // The run that x belongs to: grown by one. A change after x starts the next run empty.
    const grown = runs.map((run, i) => ({ ...grow(run, x, meanWeight), logShare: joint[i] - evidence }));
    let [best, expected, changed] = [grown[0], 0, 0];
    for (const run of grown) {
      const share = Math.exp(run.logShare);
      if (run.logShare > best.logShare) best = run;
      expected += share * run.length;
      if (run.length <= recent) changed += share;
    }
    result.mostLikely[t] = best.length;
    result.expected[t] = expected;
    result.changed[t] = Math.min(1, changed);
    runs = grown.filter((run) => run.logShare > NEGLIGIBLE);
    for (const run of runs) run.logShare += logSurvival;
    runs.push({ ...fresh, logShare: logHazard });
  }
  return result;
}

interface Run {
  length: number;
  logShare: number;
  /** Posterior mean. */
  mean: number;
  /** Posterior variance estimate times its weight. */
  squares: number;
}

function grow(run: Run, x: number, meanWeight: number): Run {
  const weight = meanWeight + run.length;
  const distance = x - run.mean;
  return {
    length: run.length + 1,
    logShare: run.logShare,
    mean: run.mean + distance / (weight + 1),
    squares: run.squares + (weight / (weight + 1)) * distance * distance,
  };
}

/** ln of Student's density with ν degrees, location the mean and scale² = squares/ν (1 + 1/κ). */
function logStudent(x: number, run: Run, weight: number, degrees: number, constants: StudentConstants): number {
  const spread = run.squares * (1 + 1 / weight);
  const distance = x - run.mean;
  return (
    constants.at(degrees) - 0.5 * Math.log(Math.PI * spread) - 0.5 * (degrees + 1) * Math.log1p(distance ** 2 / spread)
  );
}

/** g(ν) = ln Γ((ν + 1)/2) - ln Γ(ν/2), by g(1) = -½ ln π and g(ν + 1) = ln(ν/2) - g(ν). */
class StudentConstants {
  readonly #first: number;
  readonly #values: number[] = [];

  constructor(first: number) {
    this.#first = first;
    let value = -0.5 * Math.log(Math.PI);
    for (let degrees = 1; degrees < first; degrees++) value = Math.log(0.5 * degrees) - value;
    this.#values.push(value);
  }

  at(degrees: number): number {
    for (let next = this.#first + this.#values.length; next <= degrees; next++) {
      this.#values.push(Math.log(0.5 * (next - 1)) - this.#values[this.#values.length - 1]);
    }
    return this.#values[degrees - this.#first];
  }
}

function logSum(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}

function requirePrior({ meanRun, mean, meanWeight, variance, varianceWeight, recent = 5 }: ChangePointPrior): void {
  const isCounted =
    Number.isInteger(varianceWeight) &&
    varianceWeight >= 1 &&
    varianceWeight <= 1e6 &&
    meanWeight > 0 &&
    meanWeight < Infinity;
  const isFinite = Number.isFinite(mean) && variance > 0 && variance < Infinity && meanRun < Infinity;
  if (isCounted && isFinite && meanRun > 1 && recent >= 0) return;
  throw new StatisticInputError(
    "change-point detection",
    `a prior has positive weights (that of the variance whole, at most 1e6) and runs above 1: mean ${mean} × ${meanWeight}, ` +
      `variance ${variance} × ${varianceWeight}, runs of ${meanRun}, recent ${recent}`,
  );
}
