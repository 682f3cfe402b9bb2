import { contractDomain } from "../../../src/models/frozen-model.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import type { Random } from "../../../src/random/random.ts";
import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { median } from "../../../src/statistics/moments.ts";
import type { Controls } from "../../results/generalisation.ts";
import type { GeneralisationConfig } from "./config.ts";
import { scoreQuotes } from "./quote-errors.ts";
import type { MarketQuotes } from "./quotes.ts";
import type { ModelReplicate, Prepared, ReplicateErrors } from "./replicate.ts";
import { pricersOf, replicateRandom, scoreReplicates, trainingQuotes } from "./replicate.ts";

/** Largest difference between two implementations of the truth, vol points. */
const ORACLE_LIMIT = 0.01;
/** Skill that shuffled targets may seem to have. */
const SKILL_LIMIT = 0.05;
const KNOWN_BREAK = 1.2;
/** Rounding of squared vol points. */
const KNOWN_BREAK_LIMIT = 1e-6;
export const leakShares = [0, 0.1, 0.5] as const;

/** The model that the shuffling and leaking controls exercise: the last one named, by custom the most flexible. */
export function controlModel({ models }: GeneralisationConfig): string {
  return models[models.length - 1];
}

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
  prepared: Prepared,
  replicates: number,
): NonNullable<Controls["leak"]> {
  const model = controlModel(config);
  const { primarySeverity } = config.scenario.scoring;
  const position = config.severities.indexOf(primarySeverity);
  const { calm, bySeverity } = prepared.rules;
  const only = { ...config, models: [model], severities: [primarySeverity] };
  const rules = { rules: { calm, bySeverity: [bySeverity[position]] } };
  const points = leakShares.map((share) => {
    const scored = scoreReplicates({ ...only, leak: share }, rules, 0, replicates).flatMap(({ models }) =>
      "failure" in models[model] ? [] : [models[model] as ModelReplicate],
    );
    const gaps = scored.map(({ stress, calm: [fresh] }) => stress[0][0].listed.rmse - fresh.listed.rmse);
    return { share, medianGapVp: gaps.length === 0 ? null : median(gaps) };
  });
  const falls = points.every(
    ({ medianGapVp }, i) => i === 0 || (medianGapVp ?? Infinity) < (points[i - 1].medianGapVp ?? -Infinity),
  );
  return { model, points, verdict: falls ? "passed" : "failed" };
}

/**
 * Permutation: targets shuffled among the quotes of each day leave nothing to learn about the smile's shape, whole days
 * of targets shuffled among days nothing about its level. Skill is 1 − MSE/MSE of the best constant, on another
 * replicate's calm days, of what was shuffled away; the upper bound of its median has to stay under 0.05.
 */
export function permutationControl(
  config: GeneralisationConfig,
  replicates: number,
): NonNullable<Controls["permutation"]> {
  const model = modelByName(controlModel(config));
  const pricers = pricersOf(config);
  const within: number[] = [];
  const across: number[] = [];
  let test = trainingQuotes(config, pricers, replicateRandom(config, 0));
  for (let index = 1; index <= replicates; index++) {
    const random = replicateRandom(config, index);
    const training = trainingQuotes(config, pricers, random);
    const shuffled = (targets: Float64Array) => model.fit({ ...training, target: targets }, random.fork("permutation"));
    within.push(shapeSkill(shuffled(shuffleWithinDays(training, random.fork("shuffle", "within"))), test));
    across.push(levelSkill(shuffled(shuffleDays(training, random.fork("shuffle", "across"))), training, test));
    test = training;
  }
  const [withinDays, acrossDays] = [within, across].map((skills) => medianInterval(skills).high);
  const isClean = withinDays <= SKILL_LIMIT && acrossDays <= SKILL_LIMIT;
  return { withinDays, acrossDays, limit: SKILL_LIMIT, verdict: isClean ? "passed" : "failed" };
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

function shuffleWithinDays(quotes: QuoteSet, random: Random): Float64Array {
  const target = new Float64Array(quotes.target.length);
  momentRows(quotes).forEach(([from, to], day) => {
    permutation(to - from, random, day).forEach((source, i) => (target[from + i] = quotes.target[from + source]));
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

/** Skill in telling the quotes of a moment apart: vols are taken relative to the moment's mean. */
function shapeSkill(fitted: FittedModel, test: QuoteSet): number {
  const { vol } = fitted.predictMany(test.features);
  let error = 0;
  let baseline = 0;
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

/** Skill in telling moments apart: mean vol of each against the mean of training. */
function levelSkill(fitted: FittedModel, training: QuoteSet, test: QuoteSet): number {
  const { vol } = fitted.predictMany(test.features);
  const constant = meanOf(training.target, 0, training.target.length);
  let error = 0;
  let baseline = 0;
  for (const [from, to] of momentRows(test)) {
    const actual = meanOf(test.clean, from, to);
    error += (meanOf(vol, from, to) - actual) ** 2;
    baseline += (constant - actual) ** 2;
  }
  return 1 - error / baseline;
}

function meanOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i];
  return sum / (to - from);
}
