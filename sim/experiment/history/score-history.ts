import { fitOnce } from "../../../src/models/fit-once.ts";
import { frozenHash } from "../../../src/models/frozen-model.ts";
import { inDomain } from "../../../src/models/in-domain.ts";
import { ModelFitError } from "../../../src/models/model-fit-error.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import type { PriceBars } from "../../../src/processes/history.ts";
import { NoBarsError, realisedVariance } from "../../../src/processes/realised-variance.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import type { Random } from "../../../src/random/random.ts";
import { createRandom } from "../../../src/random/random.ts";
import { median } from "../../../src/statistics/moments.ts";
import type { HistoryModel, HistoryResult } from "../../results/history.ts";
import type { Benchmark } from "./benchmarks.ts";
import { bestConstant, har } from "./benchmarks.ts";
import { scoreForecasts } from "./forecast-scores.ts";
import { historySmiles } from "./history-smiles.ts";
import { drawNullWindows } from "./null-windows.ts";
import type { RecordedMarket } from "./recorded-market.ts";
import {
  forecastHorizon,
  forecastsWithin,
  momentsAt,
  originsWithin,
  realisedAt,
  trainingSet,
  vaultDomain,
} from "./recorded-market.ts";

/** Recorded prices with the windows to train and to test on. */
export interface HistoryInput extends RecordedMarket {
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
  readonly history: Omit<HistoryResult, "tests" | "comparisons" | "across" | "quality">;
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
  const horizon = forecastHorizon(input);
  const heldOutFrom = calm.to - Math.max(horizon, Math.round((HELD_OUT * (calm.to - calm.from)) / DAY) * DAY);
  const early = trainingSet(input, { from: calm.from, to: heldOutFrom });
  const whole = trainingSet(input, calm);
  const quoted = input.snapshots && quotedWindows(input, heldOutFrom);
  const draw = { length: stress.to - stress.from, calm: [calm], apart: [calm, stress] };
  const nullWindows = drawNullWindows(bars, draw, random.fork("null"));
  const context = { input, heldOut: { from: heldOutFrom, to: calm.to }, nullWindows, quoted };
  const fitted = new Map<string, FittedModel>();
  const failures: { model: string; message: string }[] = [];
  const models = input.models.map((name) => {
    try {
      const rehearsal = fit(input, name, early, random);
      const frozen = fit(input, name, whole, random);
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

/** The model frozen on quotes, within what the scenario's vault takes. */
function fit({ scenario }: HistoryInput, name: string, quotes: QuoteSet, random: Random): FittedModel {
  return inDomain(fitOnce(modelByName(name), quotes, random.fork("fit")), vaultDomain(scenario));
}

function quotedWindows(input: HistoryInput, heldOutFrom: number) {
  return {
    fit: trainingSet(input, input.calm),
    calm: trainingSet(input, { from: heldOutFrom, to: input.calm.to }),
    stress: trainingSet(input, input.stress),
  };
}

function scoredModel(context: Context, name: string, rehearsal: FittedModel, frozen: FittedModel): HistoryModel {
  const { input, heldOut, nullWindows, quoted } = context;
  const calm = scoreForecasts(forecastsWithin(input, rehearsal, heldOut));
  const stress = scoreForecasts(forecastsWithin(input, frozen, input.stress));
  const nulls = nullWindows.map((window) => scoreForecasts(forecastsWithin(input, frozen, window)).qlike);
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
    (window) => bestConstant(realisedAt(input, originsWithin(input, window))),
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
    const origins = originsWithin(input, window);
    const realised = realisedAt(input, origins);
    return scoreForecasts(
      origins.flatMap((time, i) => {
        const forecast = by.forecast(time);
        return forecast === undefined ? [] : [{ forecast, realised: realised[i] }];
      }),
    );
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
