import { contractDomain } from "../../../src/models/frozen-model.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import type { Random } from "../../../src/random/random.ts";
import { mean, median } from "../../../src/statistics/moments.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import { scoreQuotes } from "../../experiment/generalisation/quote-errors.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import { primaryDraws } from "../shared/fitted-draw.ts";
import { fitOrNothing } from "../shared/fitting.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study } from "../study.ts";
import {
  type Attack,
  attacks,
  emptyErrors,
  type PanelErrors,
  panels,
  POISON,
  type Rule,
  rules,
  type TrainerArm,
  trainersResult,
  VENUE_BIAS,
} from "./trainers/trainers-result.ts";

/** All trainers, each on the quotes of a venue of its own; a smaller panel is the first of them. */
const TRAINERS = panels[panels.length - 1];
/** Fresh draws of markets, venues and test paths. */
const MOST_DRAWS = 24;
/** No quote is lower, vol. */
const SMALLEST_VOL = 0.01;
/** Poison points upwards or downwards. */
const SHIFTS = [POISON, -POISON] as const;

/** What is posted of the trainers' vols. */
const posted: Readonly<Record<Rule, (vols: readonly number[]) => number>> = { median, mean };

/** A venue's trainer: its fit on honest quotes, and on quotes of which all were moved, by direction. */
interface Trainer {
  readonly honest: FittedModel;
  readonly misled: readonly FittedModel[];
}

/** What a panel says of some quotes, trainer by trainer: honestly, and under each attack in each direction. */
interface Said {
  readonly honest: readonly Float64Array[];
  readonly poisoned: Readonly<Record<Attack, readonly (readonly Float64Array[])[]>>;
}

/** Several trainers on venues of their own post a median; some are poisoned. */
export const trainers: Study = {
  name: "trainers",
  summary: `How many of ${panels.join(", ")} independent trainers may be poisoned before the median that they post breaks?`,
  on: "paths",
  async run(context) {
    const { scenario, models } = context;
    const { primarySeverity, ages } = scenario.scoring;
    const { config, pricers, draws } = primaryDraws(context, MOST_DRAWS);
    const arms = [0, primarySeverity].map((severity): TrainerArm => {
      return { severity, errors: new Map(models.map((name) => [name, emptyErrors()])) };
    });
    for (let draw = 0; draw < draws; draw++) {
      const random = replicateRandom(config, draw);
      const market = trainingQuotes(config, pricers, random);
      const venues = Array.from({ length: TRAINERS }, (_, venue) =>
        venueQuotes(config, market, random.fork("venue", venue)),
      );
      const trained = models.map((name) => venues.map((venue, i) => train(name, venue, random.fork("trainer", i))));
      for (const { severity, errors } of arms) {
        const test = quoteStream(config, pricers, random.fork("test"), severity, [ages[0]], "listed");
        models.forEach((name, m) => {
          const whole = trained[m].filter((trainer) => trainer !== undefined);
          if (whole.length === TRAINERS) addErrors(config, errors.get(name)!, sayings(whole, test), test);
        });
      }
      await breathe(context, draw + 1, draws);
    }
    return trainersResult(context, arms, draws);
  },
};

/** The market as one venue quotes it: with noise of its own and a bias that stays. */
function venueQuotes({ scenario }: GeneralisationConfig, market: MarketQuotes, random: Random): MarketQuotes {
  const bias = VENUE_BIAS * random.normal(0, 1);
  const target = market.clean.map((vol, i) => vol + bias + scenario.quoteNoise * random.normal(i, 0));
  return { ...market, target };
}

/** Undefined where the model cannot be fitted on the venue as it is or as it was moved. */
function train(name: string, venue: MarketQuotes, random: Random): Trainer | undefined {
  const honest = fitOrNothing(name, venue, random);
  const misled = SHIFTS.flatMap((shift) => {
    const target = venue.target.map((vol) => Math.max(SMALLEST_VOL, vol + shift));
    return fitOrNothing(name, { ...venue, target }, random) ?? [];
  });
  return honest === undefined || misled.length < SHIFTS.length ? undefined : { honest, misled };
}

function sayings(panel: readonly Trainer[], { features }: MarketQuotes): Said {
  const honest = panel.map((trainer) => trainer.honest.predictMany(features).vol);
  return {
    honest,
    poisoned: {
      trainer: SHIFTS.map((shift) => honest.map((vols) => vols.map((vol) => clamped(vol + shift)))),
      venue: SHIFTS.map((_, direction) => panel.map(({ misled }) => misled[direction].predictMany(features).vol)),
    },
  };
}

/** The worse of poison upwards and downwards, for every panel at every number of poisoned trainers. */
function addErrors(
  config: GeneralisationConfig,
  errors: PanelErrors,
  { honest, poisoned }: Said,
  test: MarketQuotes,
): void {
  const truth = { truth: test.clean, weight: test.weight, vega: test.vega };
  for (const attack of attacks) {
    for (const rule of rules) {
      for (const size of panels) {
        for (let count = 0; count <= size; count++) {
          const byDirection = poisoned[attack].map((moved) => {
            const one = test.clean.map((_, row) =>
              posted[rule](honest.slice(0, size).map((vols, i) => (i < count ? moved[i][row] : vols[row]))),
            );
            return scoreQuotes(truth, one, contractDomain, config.trade).rmse;
          });
          errors[attack][rule].get(size)![count].push(Math.max(...byDirection));
        }
      }
    }
  }
  errors.alone.push(scoreQuotes(truth, honest[0], contractDomain, config.trade).rmse);
}

function clamped(vol: number): number {
  return Math.min(contractDomain[1], Math.max(contractDomain[0], vol));
}
