import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import { selectQuotes } from "../../../src/models/select-quotes.ts";
import type { Random } from "../../../src/random/random.ts";
import { momentsOf, WARMUP_DAYS } from "../../experiment/generalisation/moments.ts";
import { quotesAt } from "../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyLines, StudyResult } from "../../results/study.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { SeverityProfile } from "../../world/severity-profile.ts";
import { constantSeverity } from "../../world/severity-profile.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { drawCount } from "../shared/fitted-draw.ts";
import { errorOf, fitOrNothing } from "../shared/fitting.ts";
import { decimalText, medianOf, rangeText } from "../shared/points.ts";
import { breathe } from "../shared/streams.ts";
import { recordedDecay } from "./skill-decay/recorded-decay.ts";
import type { Study, StudyContext } from "../study.ts";

/** Fresh draws. */
const REPLICATES = 14;
/** Days since the last training day. */
const AGES = [1, 7, 14, 30, 60, 90] as const;
const OLDEST = AGES[AGES.length - 1];
/** Severity that a drifting world has reached at the greatest age, and equal steps on the way. */
const [DRIFT_TO, DRIFT_STEPS] = [0.5, 16];
const DAY = 86_400;

const worlds = ["still", "drifting"] as const;
type World = (typeof worlds)[number];

/** Errors of one model in one draw, vol points. */
interface Decay {
  readonly model: string;
  /** Trained once: by world and age. */
  readonly aged: Readonly<Record<World, readonly number[]>>;
  /** Trained again on as many days up to the greatest age: there, in the drifting world. */
  readonly renewed: number;
}

/** What becomes of a model's skill as its training data age. */
export const skillDecay: Study = {
  name: "skill-decay",
  summary: "Error by age of the training data, in a world that stays and in one that drifts; what retraining gives",
  on: "paths",
  recorded: recordedDecay,
  async run(context) {
    const { scenario } = context;
    const config = configOf(context);
    const pricers = pricersOf(config);
    const decays: Decay[] = [];
    const draws = drawCount(scenario, REPLICATES);
    for (let index = 0; index < draws; index++) {
      const random = replicateRandom(config, index);
      const [still, drifting] = worlds.map((world) => quotesOf(scenario, pricers, random.fork("decay"), world));
      for (const model of config.models) decays.push(...decayOf(scenario, model, { still, drifting }, random));
      await breathe(context, index + 1, draws);
    }
    return resultOf(context, decays, draws);
  },
};

/** Quotes of one moment a day: as many days as training has, then up to the greatest age. */
function quotesOf(scenario: Scenario, pricers: TruthPricers, random: Random, world: World): QuoteSet {
  const { days } = scenario.training;
  const end = (WARMUP_DAYS + days) * DAY;
  const drift: SeverityProfile = (seconds) => {
    const share = Math.min(1, Math.max(0, (seconds - end) / (OLDEST * DAY)));
    return (DRIFT_TO * Math.floor(share * DRIFT_STEPS)) / DRIFT_STEPS;
  };
  const times = Array.from({ length: days + OLDEST }, (_, day) => {
    return (WARMUP_DAYS + day) * DAY + Math.floor(24 * random.uniform(day, 0)) * 3600;
  });
  const severityAt = world === "still" ? constantSeverity(0) : drift;
  const moments = momentsOf(scenario, pricers, random.fork("path"), severityAt, times);
  return quotesAt(scenario, pricers, moments, ["standardised"], random.fork("noise"));
}

function decayOf(
  scenario: Scenario,
  model: string,
  quotes: Readonly<Record<World, QuoteSet>>,
  random: Random,
): Decay[] {
  const window = scenario.training.days;
  const perDay = quotes.still.clean.length / (window + OLDEST);
  const between = (world: World, from: number, to: number) =>
    selectQuotes(
      quotes[world],
      Array.from({ length: (to - from) * perDay }, (_, row) => from * perDay + row),
    );
  const errorAt = (fitted: FittedModel, world: World, age: number) => {
    const test = between(world, window + age - 1, window + age);
    return errorOf(fitted, test, test.clean);
  };
  // Both worlds are the same until training ends.
  const once = fitOrNothing(model, between("still", 0, window), random);
  const again = fitOrNothing(model, between("drifting", OLDEST - 1, window + OLDEST - 1), random);
  if (once === undefined || again === undefined) return [];
  const aged = (world: World) => AGES.map((age) => errorAt(once, world, age));
  return [
    {
      model,
      aged: { still: aged("still"), drifting: aged("drifting") },
      renewed: errorAt(again, "drifting", OLDEST),
    },
  ];
}

function resultOf({ models, scenario }: StudyContext, decays: readonly Decay[], draws: number): StudyResult {
  const at = (model: string, pick: (decay: Decay) => number) =>
    medianOf(decays.filter((decay) => decay.model === model).map(pick));
  const known = models.filter((model) => decays.some((decay) => decay.model === model));
  const last = AGES.length - 1;
  const loss = (model: string) => at(model, ({ aged, renewed }) => aged.drifting[last] - renewed);
  const charts = worlds.map((world): StudyLines => ({
    kind: "lines",
    title: world === "still" ? "Error by age in a world that stays calm" : "Error by age in a world that drifts",
    note:
      world === "still"
        ? "Median over draws. What rises here is chance: the law that training saw still holds."
        : `Median over draws; severity rises evenly to ${DRIFT_TO} at the greatest age.`,
    x: { label: "days since the last training day", scale: "log" },
    y: { label: "root mean square error, vol points", scale: "log" },
    series: known.map((name) => ({
      name,
      points: AGES.map((age, i) => ({ x: age, ...at(name, ({ aged }) => aged[world][i]) })),
    })),
  }));
  return {
    name: "skill-decay",
    title: "Skill decay",
    question: "How fast does a model lose its skill as its training data age, and does retraining bring it back?",
    answer: `After ${OLDEST} days of drift to severity ${DRIFT_TO}, a model trained before the drift errs by ${rangeText(
      known,
      (model) => model,
      loss,
      (cost) => decimalText(cost, 1),
    )} vol points more than one trained again.`,
    charts,
    tables: [
      {
        caption: `Error in the drifting world ${OLDEST} days after training, vol points: trained once, trained again on the latest ${scenario.training.days} days, and the paired difference`,
        head: ["model", "trained once", "trained again", "difference"],
        rows: known.map((model) => [
          model,
          decimalText(
            at(model, ({ aged }) => aged.drifting[last]),
            1,
          ),
          decimalText(
            at(model, ({ renewed }) => renewed),
            1,
          ),
          decimalText(loss(model), 1),
        ]),
      },
    ],
    notes: [
      `${draws} fresh draws, medians with 95 % order-statistic intervals; one moment a day in the design of training, scored against the clean surface. Both worlds share their random numbers.`,
    ],
  };
}
