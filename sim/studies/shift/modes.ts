import { ModelFitError } from "../../../src/models/model-fit-error.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FeatureName, FeatureTable, FittedModel } from "../../../src/models/pricing-model.ts";
import { featureNames } from "../../../src/models/pricing-model.ts";
import { recalibrating, type Recalibration } from "../../../src/models/recalibrating.ts";
import type { Random } from "../../../src/random/random.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom } from "../../experiment/generalisation/replicate.ts";
import type { StudyResult } from "../../results/study.ts";
import { manipulatedVol, type Manipulation } from "../../world/market-quotes.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { errorOn, fittedDraw, primaryDraws } from "../shared/fitted-draw.ts";
import { decimalText, medianOf, rangeText, type Measured } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import { recordedModesStudy } from "./modes/recorded-modes.ts";
import type { Study } from "../study.ts";

const MOST_DRAWS = 16;
const HOUR = 3600;
const DAY = 86_400;
/** Moments of quotes in a recalibration window. */
const WINDOW_MOMENTS = 36;
/** Noise of the quotes in the noisy row, as a multiple of the scenario's. */
const NOISE = 10;

/** What an adversary does to the window in the manipulated row: it wants options cheap and then buys them; ours. */
export const MANIPULATION: Manipulation = { share: 0.2, shift: -0.3 };

/** The quotes that a model is fitted on again. */
export interface RefitWindow {
  readonly seconds: number;
  /** Standard deviation of their noise as a multiple of the scenario's; 1 by default. */
  readonly noise?: number;
  readonly halfLifeSeconds?: number;
  readonly manipulation?: Manipulation;
}

/** How a model meets the new regime. */
interface Mode {
  readonly name: string;
  readonly description: string;
  /** What it is fitted on again; undefined: it keeps its parameters. */
  readonly window?: RefitWindow;
  /** State features stay as they were at the onset. */
  readonly isStatic?: boolean;
}

export const modes: readonly Mode[] = [
  { name: "frozen", description: "parameters of calm, state seen anew at each quote" },
  { name: "static", description: "state too held at its last calm value", isStatic: true },
  {
    name: "recalibrated, 12 h",
    description: "fitted again on the quotes of the last twelve hours",
    window: { seconds: 12 * HOUR },
  },
  {
    name: "recalibrated, 3 d",
    description: "fitted again on the quotes of the last three days, calm ones among them",
    window: { seconds: 72 * HOUR },
  },
  {
    name: "recalibrated, half-life 6 h",
    description: "the same, a quote counting half for every six hours of its age",
    window: { seconds: 72 * HOUR, halfLifeSeconds: 6 * HOUR },
  },
  {
    name: `recalibrated, 12 h, noise × ${NOISE}`,
    description: `fitted again on the last twelve hours of quotes with ${NOISE} times the noise`,
    window: { seconds: 12 * HOUR, noise: NOISE },
  },
  {
    name: "recalibrated, 12 h, manipulated",
    description: `fitted again on the last twelve hours, ${100 * MANIPULATION.share} % of whose quotes, drawn at random, an adversary has made ${-100 * MANIPULATION.shift} vol points too low; share and shift are ours`,
    window: { seconds: 12 * HOUR, manipulation: MANIPULATION },
  },
];

/**
 * Ages of the moments that a model is fitted on again, ascending: evenly over the window that ends one keeper cycle before
 * it is asked. All in seconds since onset; negative before it.
 */
export function recalibrationAges(age: number, lag: number, window: number): number[] {
  const latest = age - lag;
  return Array.from(
    { length: WINDOW_MOMENTS },
    (_, i) => latest - (window * (WINDOW_MOMENTS - 1 - i)) / WINDOW_MOMENTS,
  );
}

/** Shift gap of frozen, static and recalibrating models. */
export const operatingModes: Study = {
  name: "modes",
  summary: "Shift gap when parameters are frozen, the state is held too, or the model is fitted again under stress",
  on: "paths",
  recorded: recordedModesStudy,
  async run(context) {
    const { scenario, models } = context;
    const { primarySeverity, ages } = scenario.scoring;
    const { config, pricers, draws } = primaryDraws(context, MOST_DRAWS);
    const errors = new ErrorTable(models);
    for (let index = 0; index < draws; index++) {
      const random = replicateRandom(config, index);
      const frozen = fittedDraw(config, pricers, index);
      const asked = [0, primarySeverity].map((severity) =>
        askedAt(config, pricers, random.fork("modes"), severity, ages[0]),
      );
      for (const [name, model] of frozen) {
        for (const mode of modes) {
          const [calm, stress] = asked.map((one) => errorIn(config, mode, name, model, one, random));
          if (typeof calm === "number" && typeof stress === "number") errors.add(name, mode.name, calm, stress);
          else errors.fail(name, mode.name, typeof stress === "number" ? String(calm) : String(stress));
        }
      }
      await breathe(context, index + 1, draws);
    }
    return resultOf(errors, draws, models, scenario.keeper.cycle, primarySeverity, ages[0]);
  },
};

/** What one path asks and offers: the quotes to price, the state at the onset, and quotes to be fitted on, by mode. */
interface Asked {
  readonly quotes: MarketQuotes;
  readonly heldState: FeatureTable;
  readonly windows: ReadonlyMap<string, MarketQuotes>;
}

function askedAt(
  config: GeneralisationConfig,
  pricers: TruthPricers,
  random: Random,
  severity: number,
  age: number,
): Asked {
  // The onset itself is still calm: it is where the state is held.
  const both = quoteStream(config, pricers, random, severity, [0, age], "listed");
  const half = both.clean.length / 2;
  const quotes = rowsOf(both, half, 2 * half);
  const atOnset = rowsOf(both, 0, half).features;
  const { logMoneyness, years } = quotes.features;
  return {
    quotes,
    heldState: { ...atOnset, logMoneyness, years },
    windows: new Map(
      modes.flatMap(({ name, window }) =>
        window === undefined ? [] : [[name, windowQuotes(config, pricers, random, severity, age, window)] as const],
      ),
    ),
  };
}

/**
 * Quotes to be fitted on again, each moment as a day of its own, so that what chooses and what is chosen on are apart.
 * The path is the one that is asked about; nothing after the window's end is simulated.
 */
export function windowQuotes(
  config: GeneralisationConfig,
  pricers: TruthPricers,
  random: Random,
  severity: number,
  age: number,
  { seconds, noise = 1, manipulation }: RefitWindow,
): MarketQuotes {
  const { scenario } = config;
  const noisy = { ...config, scenario: { ...scenario, quoteNoise: noise * scenario.quoteNoise } };
  const moments = recalibrationAges(age, scenario.keeper.cycle, seconds);
  const quotes = quoteStream(noisy, pricers, random, severity, moments, "standardised");
  const perMoment = quotes.clean.length / moments.length;
  const adversary = random.fork("manipulation");
  return {
    ...quotes,
    day: Int32Array.from(quotes.day, (_, row) => Math.floor(row / perMoment)),
    target:
      manipulation === undefined
        ? quotes.target
        : quotes.target.map((quoted, row) => manipulatedVol(quoted, manipulation, adversary, row, 0)),
  };
}

/**
 * A model fitted again as of `now`, on nothing later than a keeper cycle before.
 * @param seen - quotes of the window; later ones than the lag allows are left out
 * @param now - on the clock of the quotes, seconds
 * @throws {ModelFitError} when the window does not determine the model
 */
export function fitAgain(
  name: string,
  { seconds, halfLifeSeconds = Infinity }: RefitWindow,
  seen: MarketQuotes,
  now: number,
  lag: number,
  random: Random,
): FittedModel {
  const recalibration: Recalibration = { windowDays: seconds / DAY, halfLifeDays: halfLifeSeconds / DAY };
  return recalibrating(modelByName(name), recalibration).refit(seen, now, lag, random);
}

/** Rows `from` … `to` − 1 of quotes. */
function rowsOf(quotes: MarketQuotes, from: number, to: number): MarketQuotes {
  const columns = Object.fromEntries(featureNames.map((name) => [name, quotes.features[name].slice(from, to)]));
  return {
    features: {
      count: to - from,
      returns: quotes.features.returns.slice(from, to),
      ...(columns as Record<FeatureName, Float64Array>),
    },
    clean: quotes.clean.slice(from, to),
    target: quotes.target.slice(from, to),
    weight: quotes.weight.slice(from, to),
    time: quotes.time.slice(from, to),
    day: quotes.day.slice(from, to),
    state: { variance: quotes.state.variance.slice(from, to), severity: quotes.state.severity.slice(from, to) },
    trueLogMoneyness: quotes.trueLogMoneyness.slice(from, to),
    vega: quotes.vega.slice(from, to),
  };
}

/** Error in vol points, or why the model cannot be fitted again. */
function errorIn(
  config: GeneralisationConfig,
  mode: Mode,
  name: string,
  frozen: FittedModel,
  { quotes, heldState, windows }: Asked,
  random: Random,
): number | string {
  if (mode.window === undefined) return errorOn(config, frozen, quotes, mode.isStatic ? heldState : quotes.features);
  try {
    const stream = random.fork("fit-again", mode.name);
    const { cycle } = config.scenario.keeper;
    const again = fitAgain(name, mode.window, windows.get(mode.name)!, quotes.time[0], cycle, stream);
    return errorOn(config, again, quotes);
  } catch (error) {
    if (error instanceof ModelFitError) return error.message;
    throw error;
  }
}

/** Errors by model and mode over replicates, vol points. */
class ErrorTable {
  readonly #cells: ReadonlyMap<string, { readonly calm: number[]; readonly stress: number[] }>;
  readonly #failures = new Map<string, string>();

  constructor(models: readonly string[]) {
    this.#cells = new Map(
      models.flatMap((model) => modes.map((mode) => [`${model}|${mode.name}`, { calm: [], stress: [] }] as const)),
    );
  }

  add(model: string, mode: string, calm: number, stress: number): void {
    const cell = this.#cells.get(`${model}|${mode}`)!;
    cell.calm.push(calm);
    cell.stress.push(stress);
  }

  fail(model: string, mode: string, why: string): void {
    this.#failures.set(`${model}|${mode}`, `${model}, ${mode}, could not always be fitted: ${why}.`);
  }

  get failures(): readonly string[] {
    return [...this.#failures.values()];
  }

  of(model: string, mode: string): { calm: Measured; stress: Measured; gap: Measured; fits: number } {
    const { calm, stress } = this.#cells.get(`${model}|${mode}`)!;
    const gaps = stress.map((error, i) => error - calm[i]);
    return { calm: medianOf(calm), stress: medianOf(stress), gap: medianOf(gaps), fits: calm.length };
  }
}

function resultOf(
  errors: ErrorTable,
  draws: number,
  models: readonly string[],
  lag: number,
  severity: number,
  age: number,
): StudyResult {
  const text = (mode: string) =>
    rangeText(
      models,
      (model) => model,
      (model) => errors.of(model, mode).stress,
      (error) => decimalText({ ...error, low: null, high: null }, 1),
    );
  return {
    name: "modes",
    title: "Frozen, static, recalibrated",
    question: "Is the failure one of parameters that nobody updates, or would a model fitted again fail too?",
    answer: `Median error at severity ${severity}, vol points: frozen ${text("frozen")}; static ${text("static")}; fitted again on the last 12 h ${text("recalibrated, 12 h")}, and with part of these quotes manipulated ${text("recalibrated, 12 h, manipulated")}.`,
    charts: [
      {
        kind: "heat",
        title: `Median error at severity ${severity}, vol points`,
        note: "Down a column: what keeping the state current, and what fitting again, is worth to a model.",
        columns: { label: "model", names: [...models] },
        rows: { label: "mode", names: modes.map(({ name }) => name) },
        unit: "vol points",
        values: modes.map((mode) => models.map((model) => errors.of(model, mode.name).stress.y)),
      },
    ],
    tables: [
      {
        caption: "Median errors and shift gap by mode, vol points",
        head: ["model and mode", "fresh calm", "stress", "gap", "gap, from", "gap, to", "fits"],
        digits: [0, 1, 1, 1, 1, 1, 0],
        rows: models.flatMap((model) =>
          modes.map((mode) => {
            const { calm, stress, gap, fits } = errors.of(model, mode.name);
            return [`${model}, ${mode.name}`, calm.y, stress.y, gap.y, gap.low, gap.high, fits];
          }),
        ),
      },
    ],
    notes: [
      ...modes.map(({ name, description }) => `${name}: ${description}.`),
      `${draws} fresh draws, listed quotes ${age / HOUR} h after onset. Fitting again sees ${WINDOW_MOMENTS} surfaces, the last one keeper cycle (${lag / 60} min) old.`,
      ...errors.failures,
      "Here fitting again costs nothing; on chain, with gas and guards, it is the study recalibrating-keeper.",
    ],
  };
}
