import { fitOnce } from "../../../src/models/fit-once.ts";
import { contractDomain } from "../../../src/models/frozen-model.ts";
import { ModelFitError } from "../../../src/models/model-fit-error.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { selectFeatures } from "../../../src/models/select-quotes.ts";
import { lewisImpliedVol } from "../../../src/pricing/bates-lewis.ts";
import type { Random } from "../../../src/random/random.ts";
import { createRandom } from "../../../src/random/random.ts";
import { TruthPricers } from "../../world/truth-pricers.ts";
import type { AttainableRules, FilterRule } from "./attainable.ts";
import { attainableVols, fitAttainable } from "./attainable.ts";
import type { GeneralisationConfig } from "./config.ts";
import { attainableName, perfectName } from "./config.ts";
import type { MomentDistance } from "./distance.ts";
import { distancesOf } from "./distance.ts";
import type { Moment } from "./moments.ts";
import { testMoments, testMomentsOf, trainingMoments } from "./moments.ts";
import { PriceErrors } from "./price-errors.ts";
import type { QuoteErrors } from "./quote-errors.ts";
import { scoreQuotes } from "./quote-errors.ts";
import { poisonedQuotes } from "./poisoned-quotes.ts";
import type { DesignName, MarketQuotes } from "./quotes.ts";
import { designNames, designSize, quotesAt } from "./quotes.ts";
import type { SurfaceArbitrage } from "./surface-arbitrage.ts";
import { surfaceArbitrage } from "./surface-arbitrage.ts";

/** Errors at one moment, by design. */
export type Cell = Readonly<Record<DesignName, QuoteErrors>> & {
  /** Vega-weighted price error of the listed quotes, basis points of spot. */
  readonly priceBp: number;
};

/** One model in one replicate; all errors in vol points. */
export interface ModelReplicate {
  /** Root mean square error on the quotes it was fitted on: against their noisy vols, and against the clean surface. */
  readonly fitNoisy: number;
  readonly fitClean: number;
  /** Fresh calm path A, by age. */
  readonly calm: readonly Cell[];
  /** Another fresh calm path B, exchangeable with A, by age. */
  readonly placebo: readonly Cell[];
  /** By severity, by age; paths share their random numbers with A. */
  readonly stress: readonly (readonly Cell[])[];
  /** Absolute errors of the standardised quotes at the primary severity and age, tenor by tenor. */
  readonly primaryErrors: readonly number[];
  /** Static arbitrage in its surface at the first age, in calm and at the primary severity; of the first replicates. */
  readonly arbitrage?: readonly [calm: SurfaceArbitrage, stress: SurfaceArbitrage];
}

/** Why a model has no errors in a replicate. */
export interface FailedReplicate {
  readonly failure: string;
}

/** Errors of models by name on one fresh training draw and one fresh test draw. */
export interface ModelErrors {
  /** Range of at-the-money vols that training saw. */
  readonly levelRange: readonly [number, number];
  readonly models: Readonly<Record<string, ModelReplicate | FailedReplicate>>;
}

/** One fresh training draw and one fresh test draw, models and controls scored. Plain JSON. */
export interface ReplicateErrors extends ModelErrors {
  readonly index: number;
  /** Truth less the second implementation's on one listed quote, vol points; null where the quote has no vega. */
  readonly oracleDifference: number | null;
  /** From training by features alone, by severity, by age. */
  readonly distances: readonly (readonly MomentDistance[])[];
}

/** What replicates share: rules of the attainable control. Plain JSON. */
export interface Prepared {
  readonly rules: AttainableRules;
}

/** Fits what all replicates share. */
export function prepareReplicates(config: GeneralisationConfig): Prepared {
  return { rules: fitAttainable(config, pricersOf(config)) };
}

/** Scores replicates `from` … `to` − 1. A replicate depends on its index and the configuration alone. */
export function scoreReplicates(
  config: GeneralisationConfig,
  prepared: Prepared,
  from: number,
  to: number,
): ReplicateErrors[] {
  const pricers = pricersOf(config);
  const replicates: ReplicateErrors[] = [];
  for (let index = from; index < to; index++) replicates.push(scoreReplicate(config, prepared, pricers, index));
  return replicates;
}

/** The models' part of the same replicates, without the controls, whose filter and transforms cost most of a replicate. */
export function scoreModelsAlone(config: GeneralisationConfig, from: number, to: number): ModelErrors[] {
  const pricers = pricersOf(config);
  return Array.from({ length: to - from }, (_, i) => scoreModels(config, drawReplicate(config, pricers, from + i)));
}

/** Streams of a replicate. */
export function replicateRandom({ masterSeed }: GeneralisationConfig, index: number): Random {
  return createRandom(masterSeed, "generalisation", "replicate", index);
}

/** The models as they are fitted in a replicate, in the configuration's order. */
export function fitModels(
  config: GeneralisationConfig,
  pricers: TruthPricers,
  index: number,
): (FittedModel | FailedReplicate)[] {
  const random = replicateRandom(config, index);
  const training = trainingQuotes(config, pricers, random);
  return config.models.map((name) => fitOrFailure(name, training, random));
}

export function pricersOf({ scenario }: GeneralisationConfig): TruthPricers {
  return new TruthPricers(scenario.calm, scenario.crash, scenario.process);
}

/** Replicates whose surfaces are looked at for arbitrage: thousands of places each. */
const ARBITRAGE_REPLICATES = 20;

function scoreReplicate(
  config: GeneralisationConfig,
  { rules }: Prepared,
  pricers: TruthPricers,
  index: number,
): ReplicateErrors {
  const draw = drawReplicate(config, pricers, index);
  const { training, paths, tests, prices } = draw;
  const { levelRange, models } = scoreModels(config, draw, index < ARBITRAGE_REPLICATES);
  const filtered = attainableTraining(training, pricers, rules.calm[0]);
  const attainable = {
    ...fitErrors(config, filtered.quotes, filtered.vols),
    ...scorePaths(config, paths.length, tests, prices, attainableTests(config, pricers, rules, paths, tests)),
  };
  const perfect = {
    ...fitErrors(config, training, training.clean),
    ...scorePaths(config, paths.length, tests, prices, tests.clean),
  };
  return {
    index,
    levelRange,
    models: { ...models, [attainableName]: attainable, [perfectName]: perfect },
    oracleDifference: oracleDifference(pricers, tests, index),
    distances: distancesOf(config, training, tests),
  };
}

/** What a replicate draws, the same whatever is scored on it. */
interface Draw {
  readonly random: Random;
  readonly training: MarketQuotes;
  readonly paths: readonly (readonly Moment[])[];
  /** Path by path, moment by moment, design by design. */
  readonly tests: MarketQuotes;
  readonly prices: PriceErrors;
}

function drawReplicate(config: GeneralisationConfig, pricers: TruthPricers, index: number): Draw {
  const random = replicateRandom(config, index);
  const training = trainingQuotes(config, pricers, random);
  const paths = testPaths(config, pricers, random);
  const tests = quotesAt(config.scenario, pricers, paths.flat(), designNames, random.fork("test-noise"));
  return { random, training, paths, tests, prices: new PriceErrors(tests) };
}

function scoreModels(
  config: GeneralisationConfig,
  { random, training, paths, tests, prices }: Draw,
  withArbitrage = false,
): ModelErrors {
  const moments = [paths[0][0], paths[primaryPath(config)][0]];
  const models: Record<string, ModelReplicate | FailedReplicate> = {};
  let levelRange: readonly [number, number] = [Number.NaN, Number.NaN];
  for (const name of config.models) {
    const fitted = fitOrFailure(name, training, random);
    if ("failure" in fitted) {
      models[name] = fitted;
      continue;
    }
    levelRange = fitted.trainedOn.levelRange;
    const fits = fitErrors(config, training, fitted.rawMany(training.features));
    const raw = fitted.rawMany(tests.features);
    models[name] = { ...fits, ...scorePaths(config, paths.length, tests, prices, raw) };
    if (!withArbitrage) continue;
    const [calm, stress] = moments.map(({ features }) =>
      surfaceArbitrage(fitted, features, config.scenario.training.tenors),
    );
    models[name] = { ...models[name], arbitrage: [calm, stress] };
  }
  return { levelRange, models };
}

/** Vega, in units of the forward, from which prices good to 1e-11 tell vols to far better than 0.01 vol point. */
const SMALLEST_ORACLE_VEGA = 1e-5;

/** Compares one quote of a test path, another one in each replicate, with Lewis's integral. */
function oracleDifference(
  pricers: TruthPricers,
  { features, state, trueLogMoneyness, clean, vega }: MarketQuotes,
  index: number,
): number | null {
  // A step that shares no factor with the design's size visits all of its quotes.
  const row = (index * 7919) % clean.length;
  if (!(vega[row] > SMALLEST_ORACLE_VEGA)) return null;
  const { parameters } = pricers.at(state.severity[row]);
  const second = lewisImpliedVol(parameters, state.variance[row], features.years[row], trueLogMoneyness[row]);
  return 100 * (clean[row] - second);
}

/** Calm training quotes of a replicate, poisoned where the scenario says so; with a leak, some days come from stressed paths. */
export function trainingQuotes(config: GeneralisationConfig, pricers: TruthPricers, random: Random): MarketQuotes {
  const { scenario, leak } = config;
  const calm = trainingMoments(scenario, pricers, random.fork("training"));
  const leaked = Math.round(leak * calm.length);
  const moments = calm.map((moment, day) => {
    // Every k-th day is replaced, so that fit and validation part get their share.
    const isLeaked = Math.floor(((day + 1) * leaked) / calm.length) > Math.floor((day * leaked) / calm.length);
    return isLeaked ? leakedMoment(config, pricers, random.fork("leak", day), moment) : moment;
  });
  const quotes = quotesAt(scenario, pricers, moments, ["standardised"], random.fork("training-noise"));
  const { poison } = scenario.training;
  return poison === undefined ? quotes : poisonedQuotes(quotes, poison, random.fork("training-poison"));
}

function leakedMoment(config: GeneralisationConfig, pricers: TruthPricers, random: Random, calm: Moment): Moment {
  const { primarySeverity } = config.scenario.scoring;
  const [stressed] = testMoments(config.scenario, pricers, random, primarySeverity);
  return { ...stressed, time: calm.time };
}

/** Moments of calm A, of calm B, then of A's numbers under each severity above 0. */
function testPaths({ scenario, severities }: GeneralisationConfig, pricers: TruthPricers, random: Random): Moment[][] {
  const stressed = severities.filter((severity) => severity !== 0);
  const [calm, ...rest] = testMomentsOf(scenario, pricers, random.fork("test"), [0, ...stressed]);
  return [calm, testMoments(scenario, pricers, random.fork("placebo"), 0), ...rest];
}

function fitOrFailure(name: string, training: MarketQuotes, random: Random): FittedModel | FailedReplicate {
  try {
    return fitOnce(modelByName(name), training, random.fork("fit"));
  } catch (error) {
    if (error instanceof ModelFitError) return { failure: error.message };
    throw error;
  }
}

function fitErrors({ trade }: GeneralisationConfig, quotes: MarketQuotes, raw: Float64Array) {
  const against = (truth: Float64Array) => scoreQuotes({ ...quotes, truth }, raw, contractDomain, trade).rmse;
  return { fitNoisy: against(quotes.target), fitClean: against(quotes.clean) };
}

/** Scores every cell of every path; rows come path by path, age by age, design by design. */
function scorePaths(
  config: GeneralisationConfig,
  paths: number,
  tests: MarketQuotes,
  prices: PriceErrors,
  raw: Float64Array,
) {
  const { scenario, severities, trade } = config;
  const quotes = { truth: tests.clean, weight: tests.weight, vega: tests.vega };
  let row = 0;
  const cells = Array.from({ length: paths }, () =>
    scenario.scoring.ages.map((): Cell => {
      const priceBp = prices.over(raw, contractDomain, row, row + designSize(scenario, "listed"));
      const [listed, standardised] = designNames.map((design) => {
        const from = row;
        row += designSize(scenario, design);
        return scoreQuotes(quotes, raw, contractDomain, trade, from, row);
      });
      return { listed, standardised, priceBp };
    }),
  );
  const [calm, placebo, ...stressed] = cells;
  // Severity 0 is path A itself.
  const stress = severities.map((severity) => (severity === 0 ? calm : stressed.shift()!));
  return { calm, placebo, stress, primaryErrors: primaryErrors(config, tests, raw) };
}

/** Place of the primary severity among the paths: calm A and B come first, and severity 0 is calm A. */
function primaryPath({ scenario, severities }: GeneralisationConfig): number {
  const { primarySeverity } = scenario.scoring;
  return primarySeverity === 0 ? 0 : 2 + severities.filter((severity) => severity > 0).indexOf(primarySeverity);
}

function primaryErrors(config: GeneralisationConfig, tests: MarketQuotes, raw: Float64Array): number[] {
  const { scenario } = config;
  const { ages } = scenario.scoring;
  const [listed, standardised] = designNames.map((design) => designSize(scenario, design));
  const from = primaryPath(config) * ages.length * (listed + standardised) + listed;
  return Array.from({ length: standardised }, (_, i) => {
    const vol = Math.min(contractDomain[1], Math.max(contractDomain[0], raw[from + i]));
    return 100 * Math.abs(vol - tests.clean[from + i]);
  });
}

function attainableTests(
  { scenario, severities }: GeneralisationConfig,
  pricers: TruthPricers,
  { calm, bySeverity }: AttainableRules,
  paths: readonly (readonly Moment[])[],
  tests: MarketQuotes,
): Float64Array {
  const vols = new Float64Array(tests.clean.length);
  const size = designNames.reduce((sum, design) => sum + designSize(scenario, design), 0);
  const rules = [calm, calm, ...bySeverity.filter((_, i) => severities[i] !== 0)];
  let row = 0;
  for (const [path, moments] of paths.entries()) {
    for (let age = 0; age < moments.length; age++, row += size) {
      attainableVols(rules[path][age], pricers, moments[age].severity, tests.features, row, row + size, vols);
    }
  }
  return vols;
}

/** The control's fit is scored on every sixth training day: it was not fitted on them, and transforms cost. */
function attainableTraining(training: MarketQuotes, pricers: TruthPricers, rule: FilterRule) {
  const perDay = training.clean.length / new Set(training.time).size;
  const rows = Array.from(training.clean.keys()).filter((row) => Math.floor(row / perDay) % 6 === 0);
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
  const vols = new Float64Array(rows.length);
  const features = selectFeatures(training.features, rows);
  attainableVols(rule, pricers, 0, features, 0, rows.length, vols);
  const quotes: MarketQuotes = {
    ...training,
    features,
    target: pick(training.target),
    clean: pick(training.clean),
    weight: pick(training.weight),
    vega: pick(training.vega),
  };
  return { quotes, vols };
}
