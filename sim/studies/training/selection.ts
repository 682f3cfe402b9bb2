import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import { listModels } from "../../../src/models/models.ts";
import { selectQuotes, weightByAge } from "../../../src/models/select-quotes.ts";
import { walkForward } from "../../../src/models/walk-forward.ts";
import type { Random } from "../../../src/random/random.ts";
import { wilson } from "../../../src/statistics/binomial-interval.ts";
import { median, standardDeviation } from "../../../src/statistics/moments.ts";
import { ranks, spearman } from "../../../src/statistics/spearman.ts";
import { UserError } from "../../../src/errors/user-error.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import { testMoments } from "../../experiment/generalisation/moments.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyHeat, StudyResult, StudyTable } from "../../results/study.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { errorOf, fitOrNothing } from "../shared/fitting.ts";
import { floorHedge, hedgedProfit, modelHedge } from "../shared/hedged-profit.ts";
import { decimalText, medianOf, meanOf } from "../shared/points.ts";
import { agesBetween, breathe, quoteStream } from "../shared/streams.ts";
import { foldPricers, stressFolds } from "./selection/stress-folds.ts";
import { overfittingTable } from "./selection/overfitting.ts";
import type { TrackRecord } from "./selection/overfitting.ts";
import { ladderFindings, scoreLadder } from "./selection/whole-ladder.ts";
import type { LadderScore } from "./selection/whole-ladder.ts";
import type { Study, StudyContext } from "../study.ts";

/** Fresh draws of training and test. */
const REPLICATES = 12;
/** Fewest models that can be ranked. */
const FEWEST_MODELS = 3;
/** Quotes reach a day ahead at most, and features remember the week before: a block's day after stays out. */
const FOLDS = { purge: 1, embargo: 1 } as const;
/** Share of the training days before the first test block, and blocks that the rest is cut in. */
const [WARMUP, BLOCKS] = [0.5, 4] as const;
/** Moments of a stress fold that are scored, and steps of the hedged book, seconds since onset. */
const SCORED = [6, 24, 72].map((hours) => hours * 3600);
/** Severity of the folds' smaller doses, on the same random numbers: less vol of vol, and jumps that are some of all. */
const HALF = 0.5;
const HEDGED = agesBetween(0, 48 * 3600, 3600);
/** Training windows as shares of all days, and half-lives of weights in days. */
const WINDOWS = [0.25, 0.5, 1] as const;
const HALF_LIVES = [Infinity, 7] as const;

/** The objectives, in the order of tables. Lower is better for each. */
const calmObjectives = ["fit", "walk-forward"] as const;

/** What one replicate shows of one model. */
interface Scored extends TrackRecord {
  /** By objective; vol points, or basis points of spot an hour for hedging. */
  readonly errors: ReadonlyMap<string, number>;
  /** By fold at half its size, vol points. */
  readonly halves: ReadonlyMap<string, number>;
}

interface Replicate {
  readonly models: ReadonlyMap<string, Scored>;
  /** sd of hourly profit under the true minimum-variance hedge, basis points: calm, stress. */
  readonly floor: readonly [number, number];
  /** Error by model and variant of training: next calm block, scenario's stress. */
  readonly variants: ReadonlyMap<string, readonly (readonly [number, number])[]>;
  readonly ladder: ReadonlyMap<string, LadderScore>;
}

/** How three ways of choosing a model rank the same models. */
export const selection = selectionOver(REPLICATES);

/**
 * The study over a number of fresh draws of training and test.
 * @param ladder - models among which the choice by hedged P&L is judged, beside those that are asked; all by default
 */
export function selectionOver(replicates: number, ladder?: readonly string[]): Study {
  return {
    name: "selection",
    summary:
      "Which model would one choose by calm error, by synthetic stress, by hedged P&L, and does the choice last?",
    on: "paths",
    async run(context) {
      if (context.models.length < FEWEST_MODELS) {
        throw new UserError({
          where: "--studies selection",
          what: `${context.models.length} models`,
          expected: `at least ${FEWEST_MODELS} to choose among`,
        });
      }
      const { primarySeverity } = context.scenario.scoring;
      const config = configOf({ ...context, severities: [0, primarySeverity] });
      const tried = [...new Set([...(ladder ?? listModels().map(({ name }) => name)), ...context.models])];
      const shown: Replicate[] = [];
      for (let index = 0; index < replicates; index++) {
        shown.push(scoreReplicate(config, index, tried));
        await breathe(context, index + 1, replicates);
      }
      return resultOf(context, shown, tried);
    },
  };
}

function scoreReplicate(config: GeneralisationConfig, index: number, tried: readonly string[]): Replicate {
  const { scenario, models } = config;
  const random = replicateRandom(config, index);
  const pricers = pricersOf(config);
  const training = trainingQuotes(config, pricers, random);
  const days = new Set(training.day).size;
  const warmup = Math.floor(WARMUP * days);
  const block = Math.max(2, Math.floor((days - warmup - FOLDS.purge) / BLOCKS));
  const folds = walkForward(training, { ...FOLDS, window: Infinity, warmup, block });
  const stressed = [
    ...stressFolds(scenario).map((fold) => {
      const own = { ...config, scenario: fold.scenario };
      const quotesOf = (severity: number) => quoteStream(own, foldPricers(fold), random.fork("test"), severity, SCORED);
      return { name: fold.name, quotes: quotesOf(1), half: quotesOf(HALF) };
    }),
    {
      name: "scenario",
      quotes: quoteStream(config, pricers, random.fork("test"), scenario.scoring.primarySeverity, SCORED),
      half: undefined,
    },
  ];
  const pathAt = (severity: number) => hourly(config, pricers, random, severity);
  const [calmPath, stressPath] = [pathAt(0), pathAt(scenario.scoring.primarySeverity)];
  const scored = new Map<string, Scored>();
  const variants = new Map<string, [number, number][]>();
  const lastTest = folds[folds.length - 1];
  for (const name of models) {
    const fitted = fitOrNothing(name, training, random);
    if (fitted === undefined) continue;
    const daily = folds.flatMap(({ train, test }) => {
      const early = fitOrNothing(name, selectQuotes(training, train), random);
      return early === undefined ? [] : dailyErrors(early, selectQuotes(training, test));
    });
    // A model that some block could not be fitted for has no record to be chosen by.
    if (daily.length < folds.length * block) continue;
    const profit = (path: typeof calmPath) => hedgedProfit(path, pricers, modelHedge(fitted));
    const [calmProfit, stressProfit] = [profit(calmPath), profit(stressPath)];
    const errors = new Map<string, number>([
      ["fit", errorOf(fitted, training, training.target)],
      ["walk-forward", Math.sqrt(daily.reduce((sum, error) => sum + error ** 2, 0) / daily.length)],
      ...stressed.map(({ name: fold, quotes }): [string, number] => [fold, errorOf(fitted, quotes, quotes.clean)]),
      ["hedged, calm", standardDeviation(calmProfit)],
      ["hedged, scenario", standardDeviation(stressProfit)],
    ]);
    const halves = new Map(
      stressed.flatMap(({ name: fold, half }) =>
        half === undefined ? [] : [[fold, errorOf(fitted, half, half.clean)] as const],
      ),
    );
    scored.set(name, { errors, halves, daily, calmProfit, stressProfit });
    variants.set(name, trainingVariants(name, training, lastTest, stressed[stressed.length - 1].quotes, random));
  }
  const floorOf = (path: typeof calmPath) => standardDeviation(hedgedProfit(path, pricers, floorHedge(pricers)));
  const last = stressed[stressed.length - 1].quotes;
  const ladder = scoreLadder(tried, { random, pricers, training, stressed: last, calmPath, stressPath });
  return { models: scored, floor: [floorOf(calmPath), floorOf(stressPath)], variants, ladder };
}

function hourly({ scenario }: GeneralisationConfig, pricers: TruthPricers, random: Random, severity: number) {
  const watched = { ...scenario, scoring: { ...scenario.scoring, ages: HEDGED } };
  return testMoments(watched, pricers, random.fork("test"), severity);
}

/** Root mean square error of each day against its market quotes: nobody has the clean surface of the past. */
function dailyErrors(fitted: FittedModel, quotes: QuoteSet): number[] {
  return [...new Set(quotes.day)].map((day) => {
    const rows = Array.from(quotes.day.keys()).filter((row) => quotes.day[row] === day);
    const own = selectQuotes(quotes, rows);
    return errorOf(fitted, own, own.target);
  });
}

/** Errors of a model by window and half-life: on the last calm block, and under the scenario's stress. */
function trainingVariants(
  name: string,
  training: MarketQuotes,
  { train, test }: { readonly train: Int32Array; readonly test: Int32Array },
  stressed: MarketQuotes,
  random: Random,
): [number, number][] {
  const before = selectQuotes(training, train);
  const days = [...new Set(before.day)];
  const next = selectQuotes(training, test);
  return WINDOWS.flatMap((share) => {
    const first = days[Math.floor((1 - share) * days.length)];
    const rows = Array.from(before.day.keys()).filter((row) => before.day[row] >= first);
    return HALF_LIVES.map((halfLife): [number, number] => {
      const fitted = fitOrNothing(name, weightByAge(selectQuotes(before, rows), halfLife), random);
      if (fitted === undefined) return [Number.NaN, Number.NaN];
      return [errorOf(fitted, next, next.target), errorOf(fitted, stressed, stressed.clean)];
    });
  });
}

function resultOf(
  { models: asked, scenario }: StudyContext,
  shown: readonly Replicate[],
  tried: readonly string[],
): StudyResult {
  const models = asked.filter((name) => shown.every((replicate) => replicate.models.has(name)));
  if (models.length < FEWEST_MODELS) {
    throw new UserError({
      where: "--studies selection",
      what: `only ${models.join(", ")} could be fitted on every draw`,
      expected: `at least ${FEWEST_MODELS} models`,
    });
  }
  const objectives = [...shown[0].models.get(models[0])!.errors.keys()];
  const of = (model: string, objective: string) => shown.map((one) => one.models.get(model)!.errors.get(objective)!);
  const middle = (model: string, objective: string) => median(of(model, objective));
  const best = (objective: string) => models.reduce((a, b) => (middle(b, objective) < middle(a, objective) ? b : a));
  const stressObjectives = objectives.filter((name) => !(calmObjectives as readonly string[]).includes(name));
  const correlations = calmObjectives.map((calm) => ({
    calm,
    by: stressObjectives.map((stress) => ({
      stress,
      found: meanOf(
        shown.map((_, i) =>
          spearmanOrNothing(
            models.map((model) => of(model, calm)[i]),
            models.map((model) => of(model, stress)[i]),
          ),
        ),
        [-1, 1],
      ),
    })),
  }));
  const lost = shown.filter((_, i) => {
    const rankOf = (objective: string) => ranks(models.map((model) => of(model, objective)[i]));
    const calm = rankOf("walk-forward");
    const winner = calm.indexOf(Math.min(...calm));
    return rankOf("scenario")[winner] > (models.length + 1) / 2;
  }).length;
  const loses = wilson(lost, shown.length);
  const overfitting = overfittingTable(
    models.map((model) => shown.map((replicate): TrackRecord => replicate.models.get(model)!)),
  );
  const whole = ladderFindings(
    shown.map(({ ladder }) => ladder),
    tried,
    models,
  );
  const [byFit, byWalkForward] = correlations.map(({ by }) => by.find(({ stress }) => stress === "scenario")!.found);
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  return {
    name: "selection",
    title: "Choosing a model",
    question: "Would calm error, synthetic stress and hedged P&L choose the same model, and does the choice last?",
    answer: `By calm walk-forward error one would choose ${best("walk-forward")}, by synthetic stress ${[
      ...new Set(stressFolds(scenario).map(({ name }) => best(name))),
    ].join(
      " or ",
    )}, by the stability of hedged P&L ${best("hedged, calm")} in calm and ${best("hedged, scenario")} under stress; at severity ${scenario.scoring.primarySeverity} ${best("scenario")} errs least. Ranks under that stress correlate with those by fit at ${decimalText(byFit)} and with those by walk-forward at ${decimalText(byWalkForward)}; the walk-forward winner falls into the worse half in ${percent(loses.rate)} [${percent(loses.low)}, ${percent(loses.high)}] of draws. ${whole.sentence}`,
    charts: [
      {
        kind: "heat",
        title: "Rank of each model by objective",
        note: "1 is best; rank of the median over draws.",
        columns: { label: "objective", names: objectives },
        rows: { label: "model", names: models },
        unit: "rank",
        values: transpose(objectives.map((objective) => Array.from(ranks(models.map((m) => middle(m, objective)))))),
      },
      ...variantHeats(models, shown),
    ],
    tables: [
      {
        caption: "Median over draws: errors in vol points, hedged P&L as sd in basis points of spot an hour",
        head: ["model", ...objectives],
        rows: [
          ...models.map((model) => [model, ...objectives.map((objective) => middle(model, objective))]),
          [
            "floor: minimum-variance hedge of the truth",
            ...objectives.map((objective) => {
              const at = ["hedged, calm", "hedged, scenario"].indexOf(objective);
              return at < 0 ? null : median(shown.map(({ floor }) => floor[at]));
            }),
          ],
        ],
      },
      {
        caption: "Spearman's correlation of the ranks of models, mean over draws with its 95 % interval",
        head: ["ranked in calm by", ...stressObjectives],
        rows: correlations.map(({ calm, by }) => [calm, ...by.map(({ found }) => decimalText(found))]),
      },
      doseTable(models, shown),
      overfitting,
      ...whole.tables,
    ],
    notes: [
      `${shown.length} fresh draws of training and test; purged walk-forward with an embargo of a day in four blocks of the later half of the training days, scored against market quotes with their noise.`,
      `Stress folds, sizes ours: ${stressFolds(scenario)
        .map(({ name, what }) => `${name} (${what})`)
        .join("; ")}. Scored 6, 24 and 72 h after onset against the clean surface.`,
      "Correlation of assets is no fold: it cannot move a European vol on one of them; that of spot and vol can.",
      "Clustered jumps are priced as independent ones, as many as are to be expected over each option's life of the excitement now and of what it will cause. Folds at half size share the random numbers of the full ones: their caused jumps are some of those.",
      "Hedged P&L is that of one 14-day option sold at each of 95, 100 and 105 % of spot and hedged hourly at Black's delta of the model's vol, marked at the truth, without costs.",
      whole.note,
    ],
  };
}

/** Errors of each fold at half and at full size. */
function doseTable(models: readonly string[], shown: readonly Replicate[]): StudyTable {
  const folds = [...shown[0].models.get(models[0])!.halves.keys()];
  const doses = (model: string, fold: string) => [
    median(shown.map((one) => one.models.get(model)!.halves.get(fold)!)),
    median(shown.map((one) => one.models.get(model)!.errors.get(fold)!)),
  ];
  return {
    caption: "Errors of the synthetic folds by their size, vol points, median over draws",
    head: ["model", ...folds.flatMap((fold) => [`${fold}, half`, "full"])],
    rows: models.map((model) => [model, ...folds.flatMap((fold) => doses(model, fold))]),
  };
}

/** Correlation, or NaN of ranks that do not vary. */
function spearmanOrNothing(a: readonly number[], b: readonly number[]): number {
  return new Set(a).size > 1 && new Set(b).size > 1 ? spearman(a, b) : Number.NaN;
}

function transpose(columns: readonly (readonly number[])[]): number[][] {
  return columns[0].map((_, row) => columns.map((column) => column[row]));
}

function variantHeats(models: readonly string[], shown: readonly Replicate[]): StudyHeat[] {
  const names = WINDOWS.flatMap((share) =>
    HALF_LIVES.map((days) => `${100 * share} % of days${days < Infinity ? `, half-life ${days} d` : ""}`),
  );
  return ["the next calm block", "the scenario's stress"].map((target, at) => ({
    kind: "heat",
    title: `Error on ${target} by training window and half-life of weights`,
    note: "Median over draws, vol points. Short windows and half-lives follow the present and know less of the past.",
    columns: { label: "training", names },
    rows: { label: "model", names: [...models] },
    unit: "vol points",
    values: models.map((model) =>
      names.map((_, i) => medianOf(shown.map(({ variants }) => variants.get(model)![i][at])).y),
    ),
  }));
}
