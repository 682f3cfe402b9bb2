import { contractDomain } from "../../../src/models/frozen-model.ts";
import type { FeatureTable } from "../../../src/models/pricing-model.ts";
import { scoreQuotes } from "../../experiment/generalisation/quote-errors.ts";
import { replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import type { StudyResult, StudyTable } from "../../results/study.ts";
import { DriverDesign, driverFits, type DriverFit } from "./drivers/driver-fits.ts";
import {
  driverContributions,
  fitLearned,
  learnedFits,
  learnedVols,
  type LearnedFit,
} from "./drivers/learned-drivers.ts";
import { drivers, EFFECT, withDrivers, type DriverKind } from "./drivers/driver-world.ts";
import { primaryDraws } from "../shared/fitted-draw.ts";
import { decimalText, meanOf, medianOf, shareText, type Measured } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

const MOST_DRAWS = 120;
/** The first of the draws, on which the learned models are fitted too: with each driver and without, seven times. */
const LEARNED_DRAWS = 12;
/** A driver that moves vols by less on average is not relied on, vol points. */
const RELIED_VP = 0.5;
const [BASE] = driverFits;
const question = "Do sparse, dense and learned fits find the drivers that last, and does that narrow their gap?";

/** Error on fresh calm quotes and what stress adds to it, of the drivers alone and of the market as well; vol points. */
interface Scored {
  readonly calm: number;
  readonly driverGap: number;
  readonly gap: number;
}

/** One fit in one draw, vol points; lists are by driver. */
interface DrawnFit extends Scored {
  readonly terms: number;
  readonly contributions: readonly number[];
  readonly without: readonly Scored[];
}

type AnyFit = DriverFit | LearnedFit;
type Drawn = Readonly<Record<AnyFit, readonly DrawnFit[]>>;

/** Linear fits of a quadratic polynomial, then learned models. */
const allFits: readonly AnyFit[] = [...driverFits, ...learnedFits];

/** Feature selection against drivers that are known, because the world was made with them. */
export const driversStudy = driversOver(MOST_DRAWS, LEARNED_DRAWS);

/** The study over a number of fresh markets at most, and the first of them for the learned models. */
export function driversOver(mostDraws: number, learnedDraws: number): Study {
  return {
    name: "drivers",
    summary: question,
    on: "paths",
    async run(context) {
      const { scenario } = context;
      const { primarySeverity, ages } = scenario.scoring;
      const { config, pricers, draws } = primaryDraws(context, mostDraws);
      const drawn = Object.fromEntries(allFits.map((name) => [name, [] as DrawnFit[]])) as Record<AnyFit, DrawnFit[]>;
      for (let draw = 0; draw < draws; draw++) {
        const random = replicateRandom(config, draw).fork("drivers");
        const training = withDrivers(trainingQuotes(config, pricers, random), 0, random.fork("training"));
        const [calm, stress] = [0, primarySeverity].map((severity) =>
          quoteStream(config, pricers, random.fork("test"), severity, [ages[0]]),
        );
        const tests = [
          withDrivers(calm, 0, random.fork("tested")),
          withDrivers(calm, primarySeverity, random.fork("tested")),
          withDrivers(stress, primarySeverity, random.fork("tested")),
        ];
        const design = new DriverDesign(training);
        const scored = (vols: (at: FeatureTable) => Float64Array): Scored => {
          const [inCalm, driven, stressed] = tests.map((quotes) => {
            const truth = { truth: quotes.clean, weight: quotes.weight, vega: quotes.vega };
            return scoreQuotes(truth, vols(quotes.features), contractDomain, config.trade).rmse;
          });
          return { calm: inCalm, driverGap: driven - inCalm, gap: stressed - inCalm };
        };
        const scoredFit = (coefficients: Float64Array) => scored((at) => design.vols(coefficients, at));
        for (const name of driverFits) {
          const coefficients = design.fit(name);
          const contributions = design.meanContributions(coefficients);
          drawn[name].push({
            ...scoredFit(coefficients),
            terms: coefficients.filter((value) => value !== 0).length - 1,
            contributions: drivers.map(({ input }) => 100 * contributions[input]),
            without: drivers.map(({ input }) => scoredFit(design.fit(name, input))),
          });
        }
        for (const name of draw < learnedDraws ? learnedFits : []) {
          const fit = (without?: number) => {
            const fitted = fitLearned(name, training, random.fork("fit"), without);
            return { fitted, vols: (at: FeatureTable) => learnedVols(fitted, training, at, without) };
          };
          const { fitted, vols } = fit();
          drawn[name].push({
            ...scored(vols),
            terms: fitted.diagnostics.degreesOfFreedom,
            contributions: driverContributions(vols, training).map((vol) => 100 * vol),
            without: drivers.map((_, driver) => scored(fit(driver).vols)),
          });
        }
        await breathe(context, draw + 1, draws);
      }
      return resultOf(context, drawn, draws);
    },
  };
}

function resultOf({ scenario }: StudyContext, drawn: Drawn, draws: number): StudyResult {
  const gaps = allFits.map((name) => ({ name, gap: medianOf(drawn[name].map(({ driverGap }) => driverGap)) }));
  const sparser = allFits.slice(1).map((name) => `${name} ${decimalText(versusBase(drawn, name, "driverGap"), 1)}`);
  const { primarySeverity } = scenario.scoring;
  return {
    name: "drivers",
    title: "Named drivers",
    question,
    answer:
      `Of the drivers that a fit relies on, those that also hold under stress: ${allFits.map((name) => `${shareText(precision(drawn[name], ["stable"]))} (${name})`).join(", ")}. ` +
      `When the drivers alone change, the gap less that of ${BASE} is, vol points: ${sparser.join(", ")}.`,
    charts: [
      {
        kind: "bars",
        title: `Shift gap of the drivers alone at severity ${primarySeverity}`,
        note: "The market's own vols stay calm. The same quadratic polynomial of the same ten inputs fitted densely and sparsely, and learned models of the same inputs.",
        unit: "vol points",
        bars: gaps.map(({ name, gap: { y, low, high } }) => ({ name, value: y, low, high })),
      },
      {
        kind: "heat",
        title: "What each fit makes of each driver in calm",
        note: `By construction, ${(100 * EFFECT * Math.sqrt(2 / Math.PI)).toFixed(1)} for the first four and 0 for the last two.`,
        columns: { label: "driver", names: drivers.map(({ feature, kind }) => `${feature}, ${kind}`) },
        rows: { label: "fit", names: [...allFits] },
        unit: "vol points, mean size of the Shapley contribution",
        values: allFits.map((name) =>
          drivers.map((_, d) => medianOf(drawn[name].map(({ contributions }) => contributions[d])).y),
        ),
      },
    ],
    tables: [selectionTable(drawn), gapTable(drawn), withoutTable(drawn)],
    notes: [
      `${draws} fresh markets, the first ${drawn.forest.length} of them for ${learnedFits.join(", ")}; calm training of ${scenario.training.days} days, tested ${scenario.scoring.ages[0] / 3600} h after onset. Quoted vols are the market's own plus ${100 * EFFECT} vol points for each calm standard deviation of a driver: order flow and utilisation always, the rate differential less and less under stress, the base fee the other way round there; two more columns are noise. Under stress all lie ${1 + primarySeverity} times as far from their means. Kinds and sizes are ours.`,
      `A driver is relied on where its mean absolute Shapley contribution in calm is above ${RELIED_VP} vol point. Nothing in calm tells a lasting driver from one that will fade or flip: a perfect calm selection of all four has a precision of 50 % for lasting ones.`,
      "Drivers alone: their states and effects are those of stress while the market's own vols stay calm; with the market too, its change of level hides most of what the drivers do.",
      "Learned models predict ln vol and choose no inputs. Their contributions are exact Shapley values of the drivers, all other inputs as one, of some thirty calm quotes; a driver left out stands at its calm mean.",
      "Penalties are chosen on purged calm validation days; a fit without a driver keeps the penalty of the whole one.",
      "Intervals are 95 % over draws; differences are paired by draw.",
    ],
  };
}

function reliedOn({ contributions }: DrawnFit): readonly DriverKind[] {
  return drivers.filter((_, d) => contributions[d] > RELIED_VP).map(({ kind }) => kind);
}

/** Of what is relied on, the share of these kinds; a draw that relies on nothing has none. */
function precision(fits: readonly DrawnFit[], kinds: readonly DriverKind[]): Measured {
  const shares = fits.map((fit) => {
    const relied = reliedOn(fit);
    return relied.length === 0 ? Number.NaN : relied.filter((kind) => kinds.includes(kind)).length / relied.length;
  });
  return meanOf(shares, [0, 1]);
}

/** Of these kinds, the share that is relied on. */
function recall(fits: readonly DrawnFit[], kinds: readonly DriverKind[]): Measured {
  const there = drivers.filter(({ kind }) => kinds.includes(kind)).length;
  return meanOf(
    fits.map((fit) => reliedOn(fit).filter((kind) => kinds.includes(kind)).length / there),
    [0, 1],
  );
}

function versusBase(drawn: Drawn, name: AnyFit, of: keyof Scored): Measured {
  return medianOf(drawn[name].map((fit, draw) => fit[of] - drawn[BASE][draw][of]));
}

function selectionTable(drawn: Drawn): StudyTable {
  return {
    caption: "Drivers that each fit relies on in calm, against what the world was made with",
    head: [
      "fit",
      "recall of stable",
      "precision: stable",
      "precision: at work in calm",
      "noise relied on",
      "terms, or degrees of freedom",
    ],
    rows: allFits.map((name) => [
      name,
      shareText(recall(drawn[name], ["stable"])),
      shareText(precision(drawn[name], ["stable"])),
      shareText(precision(drawn[name], ["stable", "calm only", "flips"])),
      shareText(recall(drawn[name], ["never"])),
      medianOf(drawn[name].map(({ terms }) => terms)).y,
    ]),
    digits: [0, 0, 0, 0, 0, 0],
  };
}

function gapTable(drawn: Drawn): StudyTable {
  const parts = ["calm", "driverGap", "gap"] as const;
  return {
    caption: `Errors by fit, vol points: medians over draws (less that of ${BASE}, paired)`,
    head: ["fit", "fresh calm error", "shift gap, drivers alone", "shift gap, market too"],
    rows: allFits.map((name) => [
      name,
      ...parts.map((of) => {
        const own = decimalText(medianOf(drawn[name].map((fit) => fit[of])), 1);
        return name === BASE ? own : `${own} (${decimalText(versusBase(drawn, name, of), 1)})`;
      }),
    ]),
  };
}

function withoutTable(drawn: Drawn): StudyTable {
  const change = (name: AnyFit, d: number, of: "calm" | "driverGap") =>
    decimalText(medianOf(drawn[name].map((fit) => fit.without[d][of] - fit[of])), 1);
  return {
    caption:
      "What leaving a driver out adds to the shift gap of the drivers alone (to the fresh calm error), vol points, paired",
    head: ["fit", ...drivers.map(({ feature, kind }) => `${feature}, ${kind}`)],
    rows: allFits.map((name) => [
      name,
      ...drivers.map((_, d) => `${change(name, d, "driverGap")} (${change(name, d, "calm")})`),
    ]),
  };
}
