import { contractDomain } from "../../../src/models/frozen-model.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyResult } from "../../results/study.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { drawCount, fittedDraw } from "../shared/fitted-draw.ts";
import { CALIPERS, splitGap, type ErredQuotes, type GapSplit } from "./support/gap-split.ts";
import { decimalText, meanOf, medianOf, shareText, type Measured } from "../shared/points.ts";
import { agesBetween, breathe, quoteStream } from "../shared/streams.ts";
import type { Study } from "../study.ts";

const MOST_DRAWS = 24;
const DAY = 86_400;
/** Moments about the primary age, from half of it to one and a half. */
const STRESS_MOMENTS = 12;

/** The splits of one model at one severity over replicates. */
interface Splits {
  readonly name: string;
  readonly severity: number;
  readonly splits: GapSplit[];
}

/** Splits the shift gap into concept shift, covariate shift and extrapolation, by reweighting calm to stress. */
export const support: Study = {
  name: "support",
  summary: "Does a model fail where calm never was, or where calm was and the truth is another now?",
  on: "paths",
  async run(context) {
    const { scenario, models, masterSeed } = context;
    const severities = scenario.scoring.severities.filter((severity) => severity > 0);
    const config = configOf({ scenario, models, severities: [0, ...severities], masterSeed });
    const pricers = pricersOf(config);
    const [age] = scenario.scoring.ages;
    // As much calm as training saw, a moment a day.
    const calmAges = agesBetween(0, (scenario.training.days - 1) * DAY, DAY);
    const draws = drawCount(scenario, MOST_DRAWS);
    const stressAges = agesBetween(age / 2, 1.5 * age, age / STRESS_MOMENTS);
    const all = models.flatMap((name) => severities.map((severity): Splits => ({ name, severity, splits: [] })));
    for (let index = 0; index < draws; index++) {
      const random = replicateRandom(config, index).fork("support");
      const stream = (severity: number, ages: readonly number[]) =>
        quoteStream(config, pricers, random, severity, ages, "listed");
      const calm = stream(0, calmAges);
      const stressed = new Map(severities.map((severity) => [severity, stream(severity, stressAges)] as const));
      for (const [name, model] of fittedDraw(config, pricers, index)) {
        const still = erred(model, calm);
        for (const own of all.filter((one) => one.name === name)) {
          own.splits.push(splitGap(still, erred(model, stressed.get(own.severity)!)));
        }
      }
      await breathe(context, index + 1, draws);
    }
    return resultOf(all, models, draws, scenario, age);
  },
};

function erred(model: FittedModel, { features, clean, weight }: MarketQuotes): ErredQuotes {
  const [low, high] = contractDomain;
  const errors = model.rawMany(features).map((vol, row) => Math.min(high, Math.max(low, vol)) - clean[row]);
  const { years, logMoneyness, shortVol, longVol } = features;
  return { errors, weight, years, logMoneyness, shortVol, longVol };
}

function resultOf(
  all: readonly Splits[],
  models: readonly string[],
  draws: number,
  { scoring, training }: Scenario,
  age: number,
): StudyResult {
  const primary = scoring.primarySeverity;
  const inside = ({ splits }: Splits) =>
    meanOf(
      splits.map((split) => split.inside),
      [0, 1],
    );
  const of = ({ splits }: Splits, pick: (split: GapSplit) => number) => medianOf(splits.map(pick));
  const series = (pick: (split: GapSplit) => number) =>
    models.map((name) => ({
      name,
      points: all.filter((one) => one.name === name).map((own) => ({ x: own.severity, ...of(own, pick) })),
    }));
  const first = all.filter(({ name }) => name === models[0]);
  const isOneSeverity = first.length === 1;
  const x = { label: "severity", scale: "linear" } as const;
  const y = { label: "vol points", scale: "linear" } as const;
  return {
    name: "support",
    title: "Inside and outside what calm knew",
    question: "Does a model fail where calm never was, or where calm was and the truth is another now?",
    answer: answerOf(
      all,
      first.map((own) => ({ severity: own.severity, inside: inside(own) })),
      primary,
    ),
    charts: isOneSeverity
      ? []
      : [
          {
            kind: "lines",
            title: "Concept shift: calm's features, another truth",
            note: "What no amount of calm data at these features would have taught.",
            x,
            y,
            series: series(({ concept }) => concept),
          },
          {
            kind: "lines",
            title: "Outside the support: features that calm never saw",
            note: "Extrapolation; more varied training could help here.",
            x,
            y,
            series: series(({ outside }) => outside),
          },
          {
            kind: "lines",
            title: "Share of stressed quotes with a calm neighbour",
            note: "By vega, mean over draws; the same for every model.",
            x,
            y: { label: "share", scale: "linear" },
            series: [
              {
                name: "all models",
                points: first.map((own) => ({ x: own.severity, ...inside(own) })),
              },
            ],
          },
        ],
    tables: [
      {
        caption: "The shift gap and its parts, medians in vol points",
        head: [
          "model",
          "severity",
          "gap",
          "concept shift",
          "covariate shift",
          "outside the support",
          "mean share inside",
        ],
        digits: [0, 2, 1, 1, 1, 1, 2],
        rows: all.map((own) => [
          own.name,
          own.severity,
          of(own, ({ gap }) => gap).y,
          of(own, ({ concept }) => concept).y,
          of(own, ({ covariate }) => covariate).y,
          of(own, ({ outside }) => outside).y,
          inside(own).y,
        ]),
      },
    ],
    notes: [
      `${draws} fresh draws, listed quotes from ${age / 2 / 3600} to ${(1.5 * age) / 3600} h after onset against ${training.days} days of calm. In each draw the parts sum to the gap; medians of parts do not.`,
      `A calm neighbour has the same tenor, both realised vols within ${CALIPERS.lnVol} in logarithm and the strike within ${CALIPERS.scaledStrike} in k/√τ. Features beyond these three are not matched.`,
      "The gap here is against all of that calm, not against the twin path of the main table.",
    ],
  };
}

/** Fewest of the stressed quotes with a calm neighbour for the split to say more than "extrapolation". */
const ENOUGH_INSIDE = 0.2;

function answerOf(
  all: readonly Splits[],
  first: readonly { readonly severity: number; readonly inside: Measured }[],
  primary: number,
): string {
  const known = (share: Measured) => `${shareText(share)} of the stressed quotes have a calm neighbour`;
  const at = first.find(({ severity }) => severity === primary)!;
  const overlap = first.filter(({ inside }) => (inside.y ?? 0) >= ENOUGH_INSIDE).at(-1);
  if (overlap === undefined) {
    return `At severity ${primary}, ${known(at.inside)}: nearly all of the gap is extrapolation, and calm cannot say what the same features would have cost.`;
  }
  const parts = all
    .filter(({ severity }) => severity === overlap.severity)
    .map(({ name, splits }) => {
      const [concept, outside] = [
        medianOf(splits.map((one) => one.concept)),
        medianOf(splits.map((one) => one.outside)),
      ];
      return `${decimalText(concept, 1)} and ${decimalText(outside, 1)} for ${name}`;
    });
  const beyond =
    overlap === at ? "" : ` (${shareText(at.inside)} at severity ${primary}, where nearly all is extrapolation)`;
  return `At severity ${overlap.severity}, ${known(overlap.inside)}${beyond}; there the gap is, in vol points, median concept shift and median extrapolation: ${parts.join(", ")}.`;
}
