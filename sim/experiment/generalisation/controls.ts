import { contractDomain } from "../../../src/models/frozen-model.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import type { Random } from "../../../src/random/random.ts";
import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { median } from "../../../src/statistics/moments.ts";
import { tInterval } from "../../../src/statistics/t-interval.ts";
import type { Controls } from "../../results/generalisation.ts";
import type { ControlVerdict } from "../../results/parts.ts";
import type { GeneralisationConfig } from "./config.ts";
import { scoreQuotes } from "./quote-errors.ts";
import type { MarketQuotes } from "./quotes.ts";
import type { ReplicateErrors } from "./replicate.ts";
import { pricersOf, replicateRandom, scoreModelsAlone, trainingQuotes } from "./replicate.ts";

/** Largest difference between two implementations of the truth, vol points. */
const ORACLE_LIMIT = 0.01;
/** Skill that shuffled targets may seem to have. */
const SKILL_LIMIT = 0.05;
/** Quick to refit hundreds of times, and free to follow both shape and level. */
const PERMUTED_MODEL = "smile-level";
/** A gap that no leak needs to close, vol points. */
const NEGLIGIBLE_GAP = 0.5;
/** Flexible enough to learn whatever leaks. */
const LEAKED_MODEL = "ridge";
const KNOWN_BREAK = 1.2;
/** Rounding of squared vol points. */
const KNOWN_BREAK_LIMIT = 1e-6;
export const leakShares = [0, 0.1, 0.5] as const;

/** Truth against a second implementation, one quote a replicate. */
export function oracleControl(replicates: readonly ReplicateErrors[]): NonNullable<Controls["oracle"]> {
  const differences = replicates.flatMap(({ oracleDifference }) =>
    oracleDifference === null ? [] : [oracleDifference],
  );
  const largest = differences.reduce((worst, difference) => Math.max(worst, Math.abs(difference)), 0);
  return {
    maxErrorVp: largest,
    quotes: differences.length,
    limitVp: ORACLE_LIMIT,
    verdict: differences.length === 0 ? "too-few" : largest < ORACLE_LIMIT ? "passed" : "failed",
  };
}

/**
 * Leak: a share of the training days comes from paths under stress, the test paths staying as they are. The median gap
 * at the primary severity has to fall as the share grows.
 */
export function leakControl(
  config: GeneralisationConfig,
  replicates: number,
  model = LEAKED_MODEL,
): NonNullable<Controls["leak"]> {
  const { primarySeverity } = config.scenario.scoring;
  const only = { ...config, models: [model], severities: [primarySeverity] };
  const gapsByShare = leakShares.map((share) =>
    scoreModelsAlone({ ...only, leak: share }, 0, replicates).map(({ models }) => {
      const one = models[model];
      return "failure" in one ? Number.NaN : one.stress[0][0].listed.rmse - one.calm[0].listed.rmse;
    }),
  );
  const points = leakShares.map((share, i) => ({ share, medianGapVp: median(gapsByShare[i].filter(Number.isFinite)) }));
  return { model, points, verdict: leakVerdict(gapsByShare) };
}

/**
 * Passed when the median falls at every step; failed when a paired difference shows that it rises; not run where the
 * stress makes no gap that a leak could close; otherwise too few replicates to tell.
 */
function leakVerdict(gapsByShare: readonly (readonly number[])[]): ControlVerdict {
  const medians = gapsByShare.map((gaps) => median(gaps.filter(Number.isFinite)));
  if (!(medians[0] > NEGLIGIBLE_GAP)) return "not-run";
  if (medians.every((gap, i) => i === 0 || gap < medians[i - 1])) return "passed";
  const rises = gapsByShare.slice(1).some((gaps, i) => {
    const differences = gaps.map((gap, r) => gap - gapsByShare[i][r]).filter(Number.isFinite);
    return medianInterval(differences).low > 0;
  });
  return rises ? "failed" : "too-few";
}

/**
 * Permutation: relative vols shuffled among the quotes of each day leave nothing to learn about the smile's shape, whole
 * days of targets shuffled among days nothing about its level. Skill is 1 − MSE/MSE of the best constant of what was
 * shuffled away, on another replicate's calm days, averaged over a replicate's shuffles. Passed when the one-sided 95 %
 * upper bound of its mean over replicates is at most 0.05, failed when the lower bound is above; between the two there
 * are too few to tell.
 */
export function permutationControl(
  config: GeneralisationConfig,
  replicates: number,
  shuffles: number,
): NonNullable<Controls["permutation"]> {
  const model = modelByName(PERMUTED_MODEL);
  const { quoteNoise } = config.scenario;
  const pricers = pricersOf(config);
  const within: number[] = [];
  const across: number[] = [];
  let test = trainingQuotes(config, pricers, replicateRandom(config, 0));
  for (let index = 1; index <= replicates; index++) {
    const random = replicateRandom(config, index);
    const training = trainingQuotes(config, pricers, random);
    let shape = 0;
    let level = 0;
    for (let shuffle = 0; shuffle < shuffles; shuffle++) {
      const stream = random.fork("permutation", shuffle);
      const refit = (target: Float64Array) => model.fit({ ...training, target }, stream);
      shape += shapeSkill(refit(shuffleWithinDays(training, stream.fork("within"))), test, quoteNoise) / shuffles;
      level += levelSkill(refit(shuffleDays(training, stream.fork("across"))), test, quoteNoise) / shuffles;
    }
    within.push(shape);
    across.push(level);
    test = training;
  }
  const [inDays, overDays] = [within, across].map((skills) => tInterval(skills, 0.9));
  const isPassed = Math.max(inDays.high, overDays.high) <= SKILL_LIMIT;
  const isFailed = Math.max(inDays.low, overDays.low) > SKILL_LIMIT;
  return {
    withinDays: inDays.high,
    acrossDays: overDays.high,
    limit: SKILL_LIMIT,
    verdict: isPassed ? "passed" : isFailed ? "failed" : "too-few",
  };
}

/** Known break: true vols × 1.2 move each squared error by an amount that algebra gives, quote by quote. */
export function knownBreakControl(
  config: GeneralisationConfig,
  quotes: MarketQuotes,
  fitted: FittedModel,
): NonNullable<Controls["knownBreak"]> {
  const vols = fitted.predictMany(quotes.features).vol;
  const ones = new Float64Array(vols.length).fill(1);
  const squaredError = (truth: Float64Array, i: number) =>
    scoreQuotes({ truth, weight: ones, vega: ones }, vols, contractDomain, config.trade, i, i + 1).rmse ** 2;
  const broken = quotes.clean.map((vol) => KNOWN_BREAK * vol);
  let largest = 0;
  for (let i = 0; i < vols.length; i++) {
    const truth = quotes.clean[i];
    // (σ̂ − 1.2σ)² − (σ̂ − σ)² = 0.44 σ² − 0.4 σ σ̂.
    const exact = 1e4 * ((KNOWN_BREAK ** 2 - 1) * truth * truth - 2 * (KNOWN_BREAK - 1) * truth * vols[i]);
    largest = Math.max(largest, Math.abs(squaredError(broken, i) - squaredError(quotes.clean, i) - exact));
  }
  return { factor: KNOWN_BREAK, maxDeviation: largest, verdict: largest < KNOWN_BREAK_LIMIT ? "passed" : "failed" };
}

/** Rows of each moment, [from, to). */
function momentRows({ time }: QuoteSet): [number, number][] {
  const rows: [number, number][] = [];
  for (let from = 0; from < time.length;) {
    let to = from;
    while (to < time.length && time[to] === time[from]) to++;
    rows.push([from, to]);
    from = to;
  }
  return rows;
}

/** A permutation of 0 … n − 1 (Durstenfeld 1964). */
function permutation(n: number, random: Random, purpose: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random.uniform(i, purpose) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * Vols relative to their day's mean, shuffled within the day, at the mean level of all days. Without the
 * common level a model would still tell days apart, since standardised strikes lie wider on days of higher vol.
 */
function shuffleWithinDays(quotes: QuoteSet, random: Random): Float64Array {
  const target = new Float64Array(quotes.target.length);
  const overall = meanOf(quotes.target, 0, quotes.target.length);
  momentRows(quotes).forEach(([from, to], day) => {
    const scale = overall / meanOf(quotes.target, from, to);
    permutation(to - from, random, day).forEach(
      (source, i) => (target[from + i] = scale * quotes.target[from + source]),
    );
  });
  return target;
}

/** Days have equally many quotes, so that whole days change places. */
function shuffleDays(quotes: QuoteSet, random: Random): Float64Array {
  const rows = momentRows(quotes);
  const target = new Float64Array(quotes.target.length);
  permutation(rows.length, random, 0).forEach((source, day) => {
    target.set(quotes.target.subarray(...rows[source]), rows[day][0]);
  });
  return target;
}

/**
 * Skill in telling the quotes of a moment apart: vols are taken relative to the moment's mean. Market noise counts in
 * both squared errors, so that a surface with nothing to learn gives 0 and not the ratio of two roundings.
 */
function shapeSkill(fitted: FittedModel, test: QuoteSet, noise: number): number {
  const { vol } = fitted.predictMany(test.features);
  let error = vol.length * noise ** 2;
  let baseline = error;
  for (const [from, to] of momentRows(test)) {
    const predicted = meanOf(vol, from, to);
    const actual = meanOf(test.clean, from, to);
    for (let i = from; i < to; i++) {
      error += (vol[i] - predicted - (test.clean[i] - actual)) ** 2;
      baseline += (test.clean[i] - actual) ** 2;
    }
  }
  return 1 - error / baseline;
}

/** Skill in telling moments apart: mean vols of moments, relative to their own mean over all moments. */
function levelSkill(fitted: FittedModel, test: QuoteSet, noise: number): number {
  const { vol } = fitted.predictMany(test.features);
  const rows = momentRows(test);
  const predicted = Float64Array.from(rows, ([from, to]) => meanOf(vol, from, to));
  const actual = Float64Array.from(rows, ([from, to]) => meanOf(test.clean, from, to));
  const [predictedMean, actualMean] = [predicted, actual].map((means) => meanOf(means, 0, means.length));
  let error = rows.length * noise ** 2;
  let baseline = error;
  for (let i = 0; i < rows.length; i++) {
    error += (predicted[i] - predictedMean - (actual[i] - actualMean)) ** 2;
    baseline += (actual[i] - actualMean) ** 2;
  }
  return 1 - error / baseline;
}

function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i];
  return sum / (to - from);
}
