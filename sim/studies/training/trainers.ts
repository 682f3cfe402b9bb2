import { contractDomain } from "../../../src/models/frozen-model.ts";
import type { Random } from "../../../src/random/random.ts";
import { mean, median } from "../../../src/statistics/moments.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import { scoreQuotes } from "../../experiment/generalisation/quote-errors.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import type { StudyLines, StudyResult, StudyTable } from "../../results/study.ts";
import { primaryDraws } from "../shared/fitted-draw.ts";
import { fitOrNothing } from "../shared/fitting.ts";
import { decimalText, medianOf, type Measured } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Trainers, each on the quotes of a venue of its own. */
const TRAINERS = 7;
/** Fresh draws of markets, venues and test paths. */
const MOST_DRAWS = 40;
/** Standard deviation of a venue's own bias, and what a poisoned trainer adds to its model's vol; vols, ours. */
const VENUE_BIAS = 0.01;
const POISON = 0.3;

const rules = ["median", "mean", "first alone"] as const;
type Rule = (typeof rules)[number];

/** What is posted of the trainers' vols. */
const posted: Readonly<Record<Rule, (vols: readonly number[]) => number>> = {
  median,
  mean,
  "first alone": ([first]) => first,
};

/** Errors by rule, then by number of poisoned trainers, then by draw; vol points. */
type Errors = Readonly<Record<Rule, readonly number[][]>>;

/** Several trainers on venues of their own post a median; some are poisoned. */
export const trainers: Study = {
  name: "trainers",
  summary: `How many of ${TRAINERS} independent trainers may be poisoned before the median that they post breaks?`,
  on: "paths",
  async run(context) {
    const { scenario, models } = context;
    const { primarySeverity } = scenario.scoring;
    const { config, pricers, draws } = primaryDraws(context, MOST_DRAWS);
    const arms = [0, primarySeverity].map((severity) => ({
      severity,
      errors: new Map(models.map((name) => [name, emptyErrors()])),
    }));
    for (let draw = 0; draw < draws; draw++) {
      const random = replicateRandom(config, draw);
      const market = trainingQuotes(config, pricers, random);
      const venues = Array.from({ length: TRAINERS }, (_, venue) =>
        venueQuotes(config, market, random.fork("venue", venue)),
      );
      const fitted = models.map((name) =>
        venues.map((venue, i) => fitOrNothing(name, venue, random.fork("trainer", i))),
      );
      for (const { severity, errors } of arms) {
        const test = quoteStream(config, pricers, random.fork("test"), severity, [scenario.scoring.ages[0]], "listed");
        models.forEach((name, m) => {
          const vols = fitted[m].flatMap((model) =>
            model === undefined ? [] : [model.predictMany(test.features).vol],
          );
          if (vols.length === TRAINERS) addErrors(config, errors.get(name)!, vols, test);
        });
      }
      await breathe(context, draw + 1, draws);
    }
    return resultOf(context, arms, draws);
  },
};

interface Arm {
  readonly severity: number;
  readonly errors: ReadonlyMap<string, Errors>;
}

function emptyErrors(): Errors {
  const none = () => Array.from({ length: TRAINERS + 1 }, (): number[] => []);
  return { median: none(), mean: none(), "first alone": none() };
}

/** The market as one venue quotes it: with noise of its own and a bias that stays. */
function venueQuotes({ scenario }: GeneralisationConfig, market: MarketQuotes, random: Random): MarketQuotes {
  const bias = VENUE_BIAS * random.normal(0, 1);
  const target = market.clean.map((vol, i) => vol + bias + scenario.quoteNoise * random.normal(i, 0));
  return { ...market, target };
}

/** The worse of poison upwards and downwards, at every number of poisoned trainers. */
function addErrors(
  config: GeneralisationConfig,
  errors: Errors,
  vols: readonly Float64Array[],
  test: MarketQuotes,
): void {
  const truth = { truth: test.clean, weight: test.weight, vega: test.vega };
  for (const rule of rules) {
    for (let poisoned = 0; poisoned <= TRAINERS; poisoned++) {
      const byDirection = [POISON, -POISON].map((shift) => {
        const one = test.clean.map((_, row) =>
          posted[rule](vols.map((vol, i) => clamped(vol[row] + (i < poisoned ? shift : 0)))),
        );
        return scoreQuotes(truth, one, contractDomain, config.trade).rmse;
      });
      errors[rule][poisoned].push(Math.max(...byDirection));
    }
  }
}

function clamped(vol: number): number {
  return Math.min(contractDomain[1], Math.max(contractDomain[0], vol));
}

function resultOf({ scenario }: StudyContext, arms: readonly Arm[], draws: number): StudyResult {
  const [calm] = arms;
  const majority = Math.ceil(TRAINERS / 2);
  const below = [...calm.errors].map(([name, { median: errors }]) => {
    return `${name} ${decimalText(addedBy(errors, majority - 1), 1)} and ${decimalText(addedBy(errors, majority), 1)}`;
  });
  return {
    name: "trainers",
    title: "Independent trainers",
    question: "How many poisoned trainers does a posted median bear?",
    answer:
      `What ${majority - 1} and ${majority} poisoned trainers of ${TRAINERS} add to the error of the posted median in calm, vol points: ` +
      `${below.join("; ")}. One poisoned trainer in the mean adds ${[...calm.errors].map(([name, { mean: errors }]) => `${decimalText(addedBy(errors, 1), 1)} (${name})`).join(", ")}.`,
    charts: arms.flatMap(({ severity, errors }) =>
      (["median", "mean"] as const).map((rule) => chart(severity, rule, errors)),
    ),
    tables: arms.map((arm) => breakTable(arm, scenario.breaks.pricingVolPoints)),
    notes: [
      `${draws} fresh markets; on each, ${TRAINERS} trainers fit the same model to quotes of venues of their own (same options, own noise of ${100 * scenario.quoteNoise} vol points, own lasting bias of ${100 * VENUE_BIAS} vol point in standard deviation; ours); medians over draws with 95 % intervals.`,
      `A poisoned trainer adds ${100 * POISON} vol points to what its model says, all of them in the same direction, up or down, whichever hurts more.`,
      `Broken: the added error's lower bound is above half a vol point and its median above the scenario's ${scenario.breaks.pricingVolPoints}.`,
      "A model whose honest vols lie at an end of its domain can be made no worse there: poison adds nothing to what is broken.",
      "A median of honest trainers cancels what is independent between venues, and nothing of what they all have in common: the change of regime is in every one.",
    ],
  };
}

/** Error with so many poisoned beyond that with none, draw by draw. */
function addedBy(errors: readonly (readonly number[])[], poisoned: number): Measured {
  return medianOf(errors[poisoned].map((error, draw) => error - errors[0][draw]));
}

function chart(severity: number, rule: "median" | "mean", errors: ReadonlyMap<string, Errors>): StudyLines {
  return {
    kind: "lines",
    title: `Error of the posted ${rule} by poisoned trainers, severity ${severity}`,
    note:
      rule === "median" ? "Flat up to a minority, then the poison is the price." : "Every poisoned trainer moves it.",
    x: { label: `poisoned trainers of ${TRAINERS}`, scale: "linear" },
    y: { label: "root mean square error, vol points", scale: "linear" },
    series: [...errors].map(([name, byRule]) => ({
      name,
      points: byRule[rule].map((draws, x) => ({ x, ...medianOf(draws) })),
    })),
  };
}

/** Added error that is called more than nothing, vol points, as in the verdict on a shift gap. */
const NEGLIGIBLE_VP = 0.5;

function breakTable({ severity, errors }: Arm, thresholdVp: number): StudyTable {
  return {
    caption: `Severity ${severity}: honest error, what the median saves over one trainer, and the fewest poisoned trainers that break what is posted`,
    head: [
      "model",
      "one honest trainer, vp",
      "honest median, vp",
      "saved, vp",
      ...(["median", "mean"] as const).map((rule) => `${rule} breaks at`),
    ],
    rows: [...errors].map(([name, byRule]) => {
      const [alone] = byRule["first alone"];
      const [together] = byRule.median;
      const saved = medianOf(alone.map((error, draw) => error - together[draw]));
      const breaksAt = (rule: Rule) => {
        const at = byRule[rule].findIndex((_, poisoned) => {
          const { y, low } = addedBy(byRule[rule], poisoned);
          return y !== null && y > thresholdVp && low !== null && low > NEGLIGIBLE_VP;
        });
        return at < 0 ? "none" : `${at} of ${TRAINERS}`;
      };
      return [
        name,
        decimalText(medianOf(alone), 1),
        decimalText(medianOf(together), 1),
        decimalText(saved, 2),
        breaksAt("median"),
        breaksAt("mean"),
      ];
    }),
  };
}
