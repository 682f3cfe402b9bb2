import { tableOf } from "../../../src/models/feature-pipeline.ts";
import { quoteFeatures } from "../../../src/models/feature-pipeline.ts";
import { fitOnce } from "../../../src/models/fit-once.ts";
import { frozenHash } from "../../../src/models/frozen-model.ts";
import { ModelFitError } from "../../../src/models/model-fit-error.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import type { PriceBars } from "../../../src/processes/history.ts";
import type { QuoteSnapshot } from "../../../src/processes/quotes.ts";
import { NoBarsError, realisedVariance, shortestLife } from "../../../src/processes/realised-variance.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import type { Random } from "../../../src/random/random.ts";
import { createRandom } from "../../../src/random/random.ts";
import { median } from "../../../src/statistics/moments.ts";
import { UserError } from "../../../src/errors/user-error.ts";
import type { HistoryModel, HistoryResult } from "../../results/history.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { Benchmark } from "./benchmarks.ts";
import { bestConstant, har } from "./benchmarks.ts";
import type { ScoredForecast } from "./forecast-scores.ts";
import { scoreForecasts } from "./forecast-scores.ts";
import { historySmiles } from "./history-smiles.ts";
import { historyMoments } from "./history-moments.ts";
import { marketQuotes, realisedQuotes } from "./history-quotes.ts";
import { drawNullWindows } from "./null-windows.ts";

/** Real prices, and option quotes where there are any, with the windows to train and to test on. */
export interface HistoryInput {
  readonly scenario: Scenario;
  /** All bars of the file: features warm up before a window, and lives end after a moment. */
  readonly bars: PriceBars;
  readonly snapshots?: readonly QuoteSnapshot[];
  readonly calm: TimeWindow;
  readonly stress: TimeWindow;
  readonly models: readonly string[];
  readonly masterSeed: number;
  /** Files behind bars and quotes, and what was repaired in them, for the results. */
  readonly prices: HistoryResult["prices"];
  readonly quotes?: NonNullable<HistoryResult["quotes"]>;
  readonly repairs: readonly string[];
}

/** What history says of the models, and the models themselves for the chain. */
export interface HistoryOutcome {
  /** `surrogate` and `costAgainstConstant` are left for the chain to fill. */
  readonly history: Omit<HistoryResult, "tests">;
  /** Frozen on the calm window, by name. */
  readonly fitted: ReadonlyMap<string, FittedModel>;
  /** Models that could not be fitted, and why; their scores are null. */
  readonly failures: readonly { readonly model: string; readonly message: string }[];
}

const DAY = 86_400;
/** Share of the calm window that is held out to score calm. */
const HELD_OUT = 0.2;

/**
 * Scores models on recorded prices. History has no truth: without option quotes the target is the realised variance
 * over the horizon and the score is *forecast failure*; with quotes, real marks are scored beside it. Models are fitted
 * on the calm window only. Inside one window there is no p-value: where at least thirty calm windows can be drawn
 * elsewhere in the file, the failure's place among theirs is given.
 * @throws {UserError} when a window holds too little to train or to score on
 */
export function scoreHistory(input: HistoryInput): HistoryOutcome {
  const { calm, stress, bars } = input;
  const random = createRandom(input.masterSeed, "history");
  const horizon = horizonOf(input);
  const heldOutFrom = calm.to - Math.max(horizon, Math.round((HELD_OUT * (calm.to - calm.from)) / DAY) * DAY);
  const early = trainingSet(input, { from: calm.from, to: heldOutFrom });
  const whole = trainingSet(input, calm);
  const quoted = input.snapshots && quotedWindows(input, heldOutFrom);
  const nullWindows = drawNullWindows(bars, calm, stress, random.fork("null"));
  const context = { input, heldOut: { from: heldOutFrom, to: calm.to }, nullWindows, quoted };
  const fitted = new Map<string, FittedModel>();
  const failures: { model: string; message: string }[] = [];
  const models = input.models.map((name) => {
    try {
      const rehearsal = fit(name, early, random);
      const frozen = fit(name, whole, random);
      fitted.set(name, frozen);
      return scoredModel(context, name, rehearsal, frozen);
    } catch (error) {
      if (!(error instanceof ModelFitError)) throw error;
      failures.push({ model: name, message: error.message });
      return unfittedModel(name, input.snapshots !== undefined);
    }
  });
  const history: HistoryOutcome["history"] = {
    prices: input.prices,
    quotes: input.quotes ?? null,
    repairs: [...input.repairs, ...failures.map(({ message }) => message)],
    calm: describeWindow(bars, calm),
    stress: describeWindow(bars, stress),
    target: `${quoted === undefined ? "" : "quoted implied vol; "}realised variance over ${horizon === DAY ? "one day" : `${horizon / DAY} days`}`,
    nullWindows: nullWindows.length,
    models: [...models, ...benchmarksOf(context)],
    path: pathOf(input),
    smiles: input.snapshots === undefined ? [] : historySmiles(input, input.snapshots, [...fitted.values()]),
    surrogate: null,
    outsideTraining: outsideShare(whole, quoted?.stress ?? trainingSet(input, stress)),
    costAgainstConstant: [],
  };
  return { history, fitted, failures };
}

interface Context {
  readonly input: HistoryInput;
  readonly heldOut: TimeWindow;
  readonly nullWindows: readonly TimeWindow[];
  readonly quoted: { readonly fit: QuoteSet; readonly calm: QuoteSet; readonly stress: QuoteSet } | undefined;
}

/** Seconds that forecasts look ahead; origins are as far apart, so that none overlap. */
function horizonOf({ bars }: HistoryInput): number {
  return shortestLife(bars);
}

function fit(name: string, quotes: QuoteSet, random: Random): FittedModel {
  return fitOnce(modelByName(name), quotes, random.fork("fit"));
}

/** Quotes that a window trains on: the market's where there are any, otherwise realised vols of lives within it. */
function trainingSet(input: HistoryInput, window: TimeWindow): QuoteSet {
  const { scenario, bars, snapshots } = input;
  const times = snapshots === undefined ? originsOf(input, window) : snapshotTimes(snapshots, window);
  const moments = times.length === 0 ? [] : momentsAt(input, times);
  const { moneyness } = scenario.training;
  const tenors = scenario.training.tenors.filter((days) => days * DAY >= horizonOf(input));
  const quotes =
    snapshots === undefined
      ? realisedQuotes(bars, moments, tenors, moneyness, window.to)
      : marketQuotes(moments, snapshots);
  if (quotes.target.length === 0) {
    throw new UserError({
      where: snapshots === undefined ? "--history" : "--quotes",
      what: `nothing to learn from between ${isoTime(window.from)} and ${isoTime(window.to)}`,
      expected: snapshots === undefined ? "a window of several days with prices before it" : "snapshots within it",
    });
  }
  return quotes;
}

function quotedWindows(input: HistoryInput, heldOutFrom: number) {
  return {
    fit: trainingSet(input, input.calm),
    calm: trainingSet(input, { from: heldOutFrom, to: input.calm.to }),
    stress: trainingSet(input, input.stress),
  };
}

function momentsAt({ bars, scenario }: HistoryInput, times: readonly number[]) {
  return historyMoments(bars, scenario.oracle, scenario.market.baseFee, times);
}

/** Times a horizon apart from which a whole horizon lies within the window. */
function originsOf(input: HistoryInput, { from, to }: TimeWindow): number[] {
  const horizon = horizonOf(input);
  return Array.from({ length: Math.max(0, Math.floor((to - from) / horizon)) }, (_, i) => from + i * horizon);
}

function snapshotTimes(snapshots: readonly QuoteSnapshot[], { from, to }: TimeWindow): number[] {
  return snapshots.map(({ time }) => time).filter((time) => time >= from && time < to);
}

/** At-the-money forecasts of a model over a window, beside what was realised. */
function modelForecasts(input: HistoryInput, model: FittedModel, window: TimeWindow): ScoredForecast[] {
  const horizon = horizonOf(input);
  return momentsAt(input, originsOf(input, window)).map(({ time, features }) => {
    const known = { ...features, surfaceLevel: laggedLevel(input, time) };
    const { vol } = model.predictMany(tableOf(quoteFeatures(known, features.spot, horizon / (365 * DAY))));
    return { forecast: vol[0] ** 2, realised: realisedVariance(input.bars, time, time + horizon) };
  });
}

/** Level of the last snapshot before a time; NaN without one. */
function laggedLevel({ snapshots }: HistoryInput, time: number): number {
  const index = snapshots?.findLastIndex((snapshot) => snapshot.time <= time) ?? -1;
  if (index < 0) return Number.NaN;
  const near = snapshots![index].quotes
    .filter(({ strike, forward }) => Math.abs(Math.log(strike / forward)) < 0.05)
    .map(({ markVol }) => markVol);
  return near.length === 0 ? Number.NaN : median(near);
}

function scoredModel(context: Context, name: string, rehearsal: FittedModel, frozen: FittedModel): HistoryModel {
  const { input, heldOut, nullWindows, quoted } = context;
  const calm = scoreForecasts(modelForecasts(input, rehearsal, heldOut));
  const stress = scoreForecasts(modelForecasts(input, frozen, input.stress));
  const nulls = nullWindows.map((window) => scoreForecasts(modelForecasts(input, frozen, window)).qlike);
  return {
    name,
    summary: modelByName(name).summary,
    kind: "model",
    frozenHash: `0x${frozenHash(frozen)}`,
    ...failureOf(calm, stress, nulls),
    quotes: quoted === undefined ? null : quoteScores(quoted, rehearsal, frozen),
  };
}

function failureOf(
  calm: HistoryModel["calm"],
  stress: HistoryModel["stress"],
  nulls: readonly (number | null)[],
): Pick<HistoryModel, "calm" | "stress" | "forecastFailure" | "nullQuantile"> {
  if (calm.qlike === null || stress.qlike === null) {
    return { calm, stress, forecastFailure: null, nullQuantile: null };
  }
  const below = nulls.filter((qlike) => qlike !== null && qlike < stress.qlike!).length;
  return {
    calm,
    stress,
    forecastFailure: stress.qlike - calm.qlike,
    nullQuantile: nulls.length === 0 ? null : below / nulls.length,
  };
}

/** Errors against real marks: on what was fitted, on the held-out calm days by the early fit, and under stress. */
function quoteScores(
  { fit: fitOn, calm, stress }: NonNullable<Context["quoted"]>,
  rehearsal: FittedModel,
  frozen: FittedModel,
): NonNullable<HistoryModel["quotes"]> {
  const [onFit, onCalm, onStress] = [
    scoreMarks(frozen, fitOn),
    scoreMarks(rehearsal, calm),
    scoreMarks(frozen, stress),
  ];
  return { fit: onFit, calm: onCalm, stress: onStress, gapVp: onStress.rmseVp - onCalm.rmseVp };
}

function scoreMarks(model: FittedModel, quotes: QuoteSet) {
  const { vol } = model.predictMany(quotes.features);
  const errors = vol.map((value, i) => 100 * (value - quotes.target[i]));
  const square = errors.reduce((sum, error) => sum + error * error, 0);
  return {
    rmseVp: Math.sqrt(square / errors.length),
    medianAbsoluteVp: median(errors.map(Math.abs)),
    quotes: errors.length,
  };
}

function unfittedModel(name: string, hasQuotes: boolean): HistoryModel {
  const none = { qlike: null, logError: null, origins: 0 };
  const noQuotes = { rmseVp: null, medianAbsoluteVp: null, quotes: 0 };
  return {
    name,
    summary: modelByName(name).summary,
    kind: "model",
    frozenHash: null,
    calm: none,
    stress: none,
    forecastFailure: null,
    nullQuantile: null,
    quotes: hasQuotes ? { fit: noQuotes, calm: noQuotes, stress: noQuotes, gapVp: null } : null,
  };
}

/** Best constant and HAR, fitted and scored as the models are; one that the file has no bars for is left out. */
function benchmarksOf(context: Context): HistoryModel[] {
  const { input } = context;
  const { bars, calm } = input;
  const makers: readonly ((window: TimeWindow) => Benchmark | undefined)[] = [
    (window) => bestConstant(realisedAt(input, originsOf(input, window))),
    (window) => har(bars, window),
  ];
  return makers.flatMap((make) => {
    try {
      const rehearsal = make({ from: calm.from, to: context.heldOut.from });
      const frozen = make(calm);
      return rehearsal === undefined || frozen === undefined ? [] : [scoredBenchmark(context, rehearsal, frozen)];
    } catch (error) {
      if (error instanceof NoBarsError) return [];
      throw error;
    }
  });
}

function scoredBenchmark(
  { input, heldOut, nullWindows }: Context,
  rehearsal: Benchmark,
  frozen: Benchmark,
): HistoryModel {
  const score = (by: Benchmark, window: TimeWindow) => {
    const origins = originsOf(input, window);
    const realised = realisedAt(input, origins);
    return scoreForecasts(origins.map((time, i) => ({ forecast: by.forecast(time), realised: realised[i] })));
  };
  const nulls = nullWindows.map((window) => score(frozen, window).qlike);
  return {
    name: frozen.name,
    summary: frozen.summary,
    kind: "benchmark",
    frozenHash: null,
    ...failureOf(score(rehearsal, heldOut), score(frozen, input.stress), nulls),
    quotes: null,
  };
}

function realisedAt(input: HistoryInput, times: readonly number[]): number[] {
  return times.map((time) => realisedVariance(input.bars, time, time + horizonOf(input)));
}

function describeWindow(bars: PriceBars, { from, to }: TimeWindow): HistoryResult["calm"] {
  const inside = bars.times.filter((time) => time >= from && time < to).length;
  return { from, to, bars: inside, realisedVol: inside < 2 ? null : Math.sqrt(realisedVariance(bars, from, to)) };
}

/** Points of each window in the chart of prices. */
const PATH_POINTS = 300;

/** Price and short realised vol through the calm, then the stress window, with a break between them. */
function pathOf(input: HistoryInput): HistoryResult["path"] {
  const path: HistoryResult["path"] = { times: [], price: [], realisedVol: [] };
  [input.calm, input.stress].forEach(({ from, to }, window) => {
    if (window > 0) push(path, from - 1, null, null);
    const times = Array.from({ length: PATH_POINTS }, (_, i) => from + (i * (to - from)) / PATH_POINTS);
    for (const { time, features } of momentsAt(input, times)) push(path, time, features.spot, features.shortVol);
  });
  return path;
}

function push(path: HistoryResult["path"], time: number, price: number | null, realisedVol: number | null): void {
  path.times.push(time);
  path.price.push(price);
  path.realisedVol.push(realisedVol);
}

/** Share of stress quotes with a realised vol or a moneyness that training never saw. */
function outsideShare(training: QuoteSet, stress: QuoteSet): number | null {
  if (stress.target.length === 0) return null;
  const columns = (["shortVol", "longVol", "logMoneyness"] as const).map((name) => {
    const seen = training.features[name];
    return {
      values: stress.features[name],
      low: seen.reduce((a, b) => Math.min(a, b)),
      high: seen.reduce((a, b) => Math.max(a, b)),
    };
  });
  let outside = 0;
  for (let i = 0; i < stress.target.length; i++) {
    if (columns.some(({ values, low, high }) => values[i] < low || values[i] > high)) outside++;
  }
  return outside / stress.target.length;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
