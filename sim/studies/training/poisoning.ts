import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { selectQuotes } from "../../../src/models/select-quotes.ts";
import { mean, median } from "../../../src/statistics/moments.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import { poisonedQuotes, WING } from "../../experiment/generalisation/poisoned-quotes.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import type { Poison } from "../../scenarios/scenario.ts";
import type { StudyLines, StudyResult, StudyTable } from "../../results/study.ts";
import { errorOn, primaryDraws } from "../shared/fitted-draw.ts";
import { fitOrNothing } from "../shared/fitting.ts";
import { decimalText, medianOf, placesText } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Fresh draws of training and test. */
const MOST_DRAWS = 12;
/** Shares of the training quotes that the adversary owns. */
const BUDGETS = [0, 0.02, 0.05, 0.1, 0.2, 0.4] as const;
/** What it adds to them, vol, in the wings first, where few quotes say otherwise. */
const SIZES = [0.5, -0.3] as const;
const LOWERED = 1;
/** A screened fit leaves out what is this many robust deviations off a first fit. */
const SCREEN = 4;
const ROBUST_DEVIATION = 1.4826;

/** Added error that is called more than nothing, vol points, as in the verdict on a shift gap. */
const NEGLIGIBLE_VP = 0.5;

const fits = ["as given", "screened"] as const;
type Fit = (typeof fits)[number];

/** What one fit makes of one test path: its error, and how far it is from the honest fit; vol points. */
interface Outcome {
  readonly error: number;
  readonly moved: number;
}

/** By fit, size of the poison, budget, then draw. */
type Outcomes = Readonly<Record<Fit, readonly (readonly Outcome[][])[]>>;

interface Arm {
  readonly severity: number;
  readonly outcomes: ReadonlyMap<string, Outcomes>;
}

/** Training quotes poisoned by an adversary with a budget, and what that does to the fitted model. */
export const poisoning: Study = {
  name: "poisoning",
  summary: "What does an adversary who owns a share of the training quotes do to each model, and does screening help?",
  on: "paths",
  async run(context) {
    const { scenario, models } = context;
    const { primarySeverity, ages } = scenario.scoring;
    const { config, pricers, draws } = primaryDraws(context, MOST_DRAWS);
    const arms = [0, primarySeverity].map((severity) => ({
      severity,
      outcomes: new Map(models.map((name) => [name, noOutcomes()])),
    }));
    for (let draw = 0; draw < draws; draw++) {
      const random = replicateRandom(config, draw);
      const clean = trainingQuotes(unpoisoned(config), pricers, random);
      const tests = arms.map(({ severity }) =>
        quoteStream(config, pricers, random.fork("test"), severity, [ages[0]], "listed"),
      );
      for (const name of models) {
        const honest = fitOrNothing(name, clean, random);
        for (const [s, size] of SIZES.entries()) {
          for (const [b, budget] of BUDGETS.entries()) {
            const poison: Poison = { share: budget, shift: size, on: "wings" };
            const poisoned = poisonedQuotes(clean, poison, random.fork("poison"));
            const given = fitOrNothing(name, poisoned, random);
            const screened = given && fitOrNothing(name, screen(given, poisoned), random);
            arms.forEach(({ outcomes }, arm) => {
              const own = outcomes.get(name)!;
              own["as given"][s][b].push(outcomeOf(config, given, honest, tests[arm]));
              own.screened[s][b].push(outcomeOf(config, screened, honest, tests[arm]));
            });
          }
        }
        await breathe(context, draw * models.length + models.indexOf(name) + 1, draws * models.length);
      }
    }
    return resultOf(context, arms, draws);
  },
};

/** The same market before the scenario's own adversary. */
function unpoisoned(config: GeneralisationConfig): GeneralisationConfig {
  const { scenario } = config;
  return { ...config, scenario: { ...scenario, training: { ...scenario.training, poison: undefined } } };
}

function noOutcomes(): Outcomes {
  const none = () => SIZES.map(() => BUDGETS.map((): Outcome[] => []));
  return { "as given": none(), screened: none() };
}

/** A draw without a fit leaves a hole, so that draws stay paired. */
function outcomeOf(
  config: GeneralisationConfig,
  model: FittedModel | undefined,
  honest: FittedModel | undefined,
  test: MarketQuotes,
): Outcome {
  if (model === undefined || honest === undefined) return { error: Number.NaN, moved: Number.NaN };
  const [own, other] = [model, honest].map((each) => each.predictMany(test.features).vol);
  const square = mean(own.map((vol, row) => (vol - other[row]) ** 2));
  return { error: errorOn(config, model, test), moved: 100 * Math.sqrt(square) };
}

/** The quotes without those that lie far off a first fit, in deviations of its own residuals. */
function screen(model: FittedModel, quotes: MarketQuotes) {
  const vols = model.rawMany(quotes.features);
  const residuals = vols.map((vol, row) => quotes.target[row] - vol);
  const centre = median(residuals);
  const spread = ROBUST_DEVIATION * median(residuals.map((residual) => Math.abs(residual - centre)));
  const kept = Array.from(residuals.keys()).filter((row) => Math.abs(residuals[row] - centre) <= SCREEN * spread);
  return selectQuotes(quotes, kept);
}

function resultOf({ models, scenario }: StudyContext, arms: readonly Arm[], draws: number): StudyResult {
  const [calm] = arms;
  const threshold = scenario.breaks.pricingVolPoints;
  const places = (at: (own: Outcomes) => string | undefined) =>
    placesText(models.map((name) => [name, at(calm.outcomes.get(name)!)]));
  const breaks = (fit: Fit) => places((own) => errorBreaksAt(own, fit, threshold));
  const moves = (fit: Fit) => places((own) => movedFrom(own, fit, LOWERED, threshold));
  return {
    name: "poisoning",
    title: "Poisoned training data",
    question: "What can an adversary do who owns a share of the training quotes?",
    answer:
      `Lowering quotes by ${-100 * SIZES[LOWERED]} vol points moves what a model says on fresh calm by more than ${threshold} from this share of them on: ${moves("as given")}; with outliers screened out: ${moves("screened")}. ` +
      `The error grows by as much, poison pointing where it hurts more, from: ${breaks("as given")}; screened: ${breaks("screened")}.`,
    charts: SIZES.map((_, size) => chart(calm, size)),
    tables: [
      ...arms.map((arm) => breakTable(arm, threshold)),
      ...arms.map((arm) => table(arm, "moved")),
      ...arms.map((arm) => table(arm, "error")),
    ],
    notes: [
      `${draws} fresh draws of training and test; the adversary adds ${SIZES.map(sizeText).join(" or ")} to its quotes, those further than ${WING} deviation from the money first; medians over draws with 95 % intervals, listed quotes.`,
      "Moved: root mean square distance of what the poisoned and the honest fit say. It counts all listed quotes alike, the error by vega: poison in the wings moves far what little vega hangs on. Error added: against the truth, draw by draw; poison that happens to point where the market goes lowers it, as raised vols do under stress.",
      `Shown: the lower bound is above half a vol point and the median above the scenario's ${threshold}; shares are those tried. A model whose honest vols lie at an end of its domain can be made no worse there.`,
      `Screened: the model is fitted, quotes further than ${SCREEN} robust deviations off it are left out, and it is fitted again; what screening costs without poison is the first column.`,
    ],
  };
}

/** Error that an outcome adds to the honest fit's, draw by draw; that is the fit as given without a budget. */
function addedError(own: Outcomes, fit: Fit, size: number, budget: number): number[] {
  const honest = own["as given"][size][0];
  return own[fit][size][budget].map(({ error }, draw) => error - honest[draw].error);
}

/** The least share of those tried from which on a median is shown to be above the threshold; undefined where none is. */
function leastShare(byBudget: (budget: number) => readonly number[], thresholdVp: number): string | undefined {
  const at = BUDGETS.findIndex((_, budget) => {
    const { y, low } = medianOf(byBudget(budget));
    return y !== null && y > thresholdVp && low !== null && low > NEGLIGIBLE_VP;
  });
  return at < 0 ? undefined : `${100 * BUDGETS[at]} %`;
}

/** From which share on the error breaks, poison pointing to where it hurts more in each draw. */
function errorBreaksAt(own: Outcomes, fit: Fit, thresholdVp: number): string | undefined {
  return leastShare((budget) => {
    const bySize = SIZES.map((_, size) => addedError(own, fit, size, budget));
    return bySize[0].map((_, draw) => Math.max(...bySize.map((added) => added[draw])));
  }, thresholdVp);
}

/** From which share on the adversary moves what a model says. */
function movedFrom(own: Outcomes, fit: Fit, size: number, thresholdVp: number): string | undefined {
  return leastShare((budget) => own[fit][size][budget].map(({ moved }) => moved), thresholdVp);
}

function cellText(own: Outcomes, fit: Fit, size: number, budget: number, what: keyof Outcome): string {
  const values =
    what === "error" ? addedError(own, fit, size, budget) : own[fit][size][budget].map(({ moved }) => moved);
  return decimalText(medianOf(values), 1);
}

function chart({ severity, outcomes }: Arm, size: number): StudyLines {
  return {
    kind: "lines",
    title: `How far ${SIZES[size] > 0 ? "raising" : "lowering"} quotes by ${100 * Math.abs(SIZES[size])} vol points moves a model, severity ${severity}`,
    note: "By the share of training quotes that the adversary owns; models fitted to the quotes as given.",
    x: { label: "share of quotes, %", scale: "linear" },
    y: { label: "distance from the honest fit, vol points", scale: "linear" },
    series: [...outcomes].map(([name, own]) => ({
      name,
      points: BUDGETS.map((budget, b) => ({
        x: 100 * budget,
        ...medianOf(own["as given"][size][b].map(({ moved }) => moved)),
      })),
    })),
  };
}

function breakTable({ severity, outcomes }: Arm, thresholdVp: number): StudyTable {
  return {
    caption: `Severity ${severity}: least share of the quotes from which on more than ${thresholdVp} vol points are shown`,
    head: ["model, fit", ...SIZES.map((size) => `moved by quotes ${sizeText(size)}`), "error added, the worse way"],
    rows: [...outcomes].flatMap(([name, own]) =>
      fits.map((fit) => [
        `${name}, ${fit}`,
        ...SIZES.map((_, size) => movedFrom(own, fit, size, thresholdVp) ?? "not shown"),
        errorBreaksAt(own, fit, thresholdVp) ?? "not shown",
      ]),
    ),
  };
}

/** `+50 vp`. */
function sizeText(size: number): string {
  return `${size > 0 ? "+" : "−"}${100 * Math.abs(size)} vp`;
}

function table({ severity, outcomes }: Arm, what: keyof Outcome): StudyTable {
  return {
    caption: `Severity ${severity}: ${what === "moved" ? "distance from the honest fit" : "error added"}, vol points, by share of quotes poisoned`,
    head: ["model, poison, fit", ...BUDGETS.map((budget) => `${100 * budget} %`)],
    rows: [...outcomes].flatMap(([name, own]) =>
      SIZES.flatMap((size, s) =>
        fits.map((fit) => [
          `${name}, ${sizeText(size)}, ${fit}`,
          ...BUDGETS.map((_, b) => cellText(own, fit, s, b, what)),
        ]),
      ),
    ),
  };
}
