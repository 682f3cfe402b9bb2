import { contractDomain } from "../../../src/models/frozen-model.ts";
import { ModelInputError } from "../../../src/models/model-fit-error.ts";
import type { FeatureInput, FeatureTable, FittedModel, ReturnHistory } from "../../../src/models/pricing-model.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import { scoreQuotes } from "../../experiment/generalisation/quote-errors.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom } from "../../experiment/generalisation/replicate.ts";
import type { StudyHeat, StudyResult, StudyTable } from "../../results/study.ts";
import { fittedDraw, primaryDraws } from "../shared/fitted-draw.ts";
import { decimalText, medianOf } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Fresh draws of training and test. */
const MOST_DRAWS = 40;
/** Seconds by which features are late. */
const LATE = [3600, 6 * 3600, 24 * 3600] as const;
/** What can be missing of a moment; strike and tenor are what is asked for. */
const MISSING: readonly FeatureInput[] = [
  "shortVol",
  "longVol",
  "volOfVol",
  "jumpShare",
  "orderFlow",
  "utilisation",
  "baseFee",
  "surfaceLevel",
  "returns",
];
/** Steps to which a posted vol is rounded, vol, and to which strikes are, shares of spot. */
const VOL_TICKS = [0.001, 0.01, 0.05] as const;
const STRIKE_TICKS = [0.01, 0.05] as const;

/** One way in which what a model sees, or what it says, is degraded. */
interface Degradation {
  readonly name: string;
  vols(model: FittedModel, now: MarketQuotes, late: ReadonlyMap<number, MarketQuotes>): Float64Array;
}

/** The moment's features as they were, strikes and tenors as they are asked for now. */
const lateBy = (seconds: number): Degradation => ({
  name: `${seconds / 3600} h late`,
  vols(model, now, late) {
    const then = late.get(seconds)!.features;
    const { logMoneyness, years } = now.features;
    return model.rawMany({ ...then, logMoneyness, years });
  },
});

/**
 * The feature is no number, or there is no history. A model that stands in for what is missing does so by its own rule;
 * for one that refuses, the calm median stands in, as its keeper would have it.
 */
const without = (feature: FeatureInput): Degradation => ({
  name: `no ${feature}`,
  vols(model, { features }) {
    if (feature === "returns") return model.rawMany({ ...features, returns: features.returns.map(noHistory) });
    const filledWith = (value: number) => {
      return model.rawMany({ ...features, [feature]: new Float64Array(features.count).fill(value) });
    };
    try {
      return filledWith(Number.NaN);
    } catch (error) {
      if (!(error instanceof ModelInputError)) throw error;
      return filledWith(model.trainedOn.typical[feature]);
    }
  },
});

/** A history of the same grid that has seen nothing yet. */
function noHistory({ step }: ReturnHistory): ReturnHistory {
  return { step, end: Number.NaN, values: new Float64Array() };
}

const volTick = (tick: number): Degradation => ({
  name: `vol tick ${100 * tick} vp`,
  vols: (model, { features }) => model.rawMany(features).map((vol) => tick * Math.round(vol / tick)),
});

/** Vols are known at strikes that are whole ticks apart; the nearest one's is used. */
const strikeTick = (tick: number): Degradation => ({
  name: `strikes to ${100 * tick} %`,
  vols(model, { features }) {
    const logMoneyness = features.logMoneyness.map((k) =>
      Math.log(Math.max(tick, tick * Math.round(Math.exp(k) / tick))),
    );
    return model.rawMany({ ...features, logMoneyness } as FeatureTable);
  },
});

const degradations: readonly Degradation[] = [
  ...LATE.map(lateBy),
  ...MISSING.map(without),
  ...VOL_TICKS.map(volTick),
  ...STRIKE_TICKS.map(strikeTick),
];

interface Arm {
  readonly severity: number;
  /** Error as is, then degraded, by draw; vol points. */
  readonly errors: ReadonlyMap<string, { readonly asIs: number[]; readonly degraded: readonly number[][] }>;
}

/** Late and missing features, and rounding of vols and strikes. */
export const inputs: Study = {
  name: "inputs",
  summary: "What do late or missing features and the rounding of vols and strikes add to each model's error?",
  on: "paths",
  async run(context) {
    const { scenario, models } = context;
    const { primarySeverity, ages } = scenario.scoring;
    const { config, pricers, draws } = primaryDraws(context, MOST_DRAWS);
    const arms = [0, primarySeverity].map((severity): Arm => ({
      severity,
      errors: new Map(models.map((name) => [name, { asIs: [], degraded: degradations.map(() => []) }])),
    }));
    for (let draw = 0; draw < draws; draw++) {
      const fitted = fittedDraw(config, pricers, draw);
      for (const { severity, errors } of arms) {
        const random = replicateRandom(config, draw).fork("test");
        const at = (age: number) => quoteStream(config, pricers, random, severity, [age], "listed");
        const now = at(ages[0]);
        const late = new Map(LATE.map((seconds) => [seconds as number, at(ages[0] - seconds)]));
        for (const [name, model] of fitted) {
          const { asIs, degraded } = errors.get(name)!;
          asIs.push(errorOf(config, model.rawMany(now.features), now));
          degradations.forEach((one, i) => degraded[i].push(errorOf(config, one.vols(model, now, late), now)));
        }
      }
      await breathe(context, draw + 1, draws);
    }
    return resultOf(context, arms, draws);
  },
};

function errorOf({ trade }: GeneralisationConfig, vols: Float64Array, now: MarketQuotes): number {
  return scoreQuotes({ truth: now.clean, weight: now.weight, vega: now.vega }, vols, contractDomain, trade).rmse;
}

/** Places of the degradations that change the error of some model; of the others there is nothing to show. */
function feltBy(arms: readonly Arm[], models: readonly string[]): number[] {
  return [...degradations.keys()].filter((i) =>
    arms.some(({ errors }) =>
      models.some((name) => {
        const { asIs, degraded } = errors.get(name)!;
        return degraded[i].some((error, draw) => error !== asIs[draw]);
      }),
    ),
  );
}

function resultOf({ models, scenario }: StudyContext, arms: readonly Arm[], draws: number): StudyResult {
  const stress = arms[arms.length - 1];
  const felt = feltBy(arms, models);
  const unread = degradations.filter((_, i) => !felt.includes(i)).map(({ name }) => name);
  const worst = models.flatMap((name) => {
    const added = degradations.map((_, i) => addedBy(stress, name, i));
    const most = added.reduce(
      (best, { low }, i) => ((low ?? -Infinity) > (added[best].low ?? -Infinity) ? i : best),
      0,
    );
    const shown = (added[most].low ?? 0) > 0;
    return shown ? [`${decimalText(added[most], 1)} to ${name} (${degradations[most].name})`] : [];
  });
  const others =
    worst.length === models.length
      ? ""
      : ` To ${worst.length === 0 ? "no" : "no other"} model is anything shown to be added.`;
  return {
    name: "inputs",
    title: "Late, missing and rounded",
    question: "What do late or missing features and rounding add to the error?",
    answer:
      `${worst.length === 0 ? "" : `At severity ${stress.severity} the worst of them adds, in vol points, ${worst.join(", ")}.`}${others}`.trim(),
    charts: arms.map((arm) => heat(arm, models, felt)),
    tables: arms.map((arm) => table(arm, models, felt)),
    notes: [
      `${draws} fresh draws; listed quotes ${scenario.scoring.ages[0] / 3600} h after onset; error of the same frozen model on the same quotes less that with nothing degraded, medians over draws with 95 % intervals. Negative: it helped.`,
      "Late: the moment's features are those of so long ago, strike and tenor are now's; what was on the way to the onset sees calm. Missing: learned models stand in for it by their own rule, for the others the calm median does; without returns a model says what calm was like.",
      "Ticks: the model's vol rounded to the nearest, or the vol of the nearest strike of so many per cent of the spot.",
      ...(unread.length === 0 ? [] : [`Left out, since it changes none of these models: ${unread.join(", ")}.`]),
    ],
  };
}

function addedBy({ errors }: Arm, name: string, degradation: number) {
  const { asIs, degraded } = errors.get(name)!;
  return medianOf(degraded[degradation].map((error, draw) => error - asIs[draw]));
}

function heat(arm: Arm, models: readonly string[], felt: readonly number[]): StudyHeat {
  return {
    kind: "heat",
    title: `Error added, severity ${arm.severity}`,
    note: "Medians over draws; the table has the intervals.",
    columns: { label: "model", names: [...models] },
    rows: { label: "degradation", names: felt.map((i) => degradations[i].name) },
    unit: "vol points",
    values: felt.map((i) => models.map((name) => addedBy(arm, name, i).y)),
  };
}

function table(arm: Arm, models: readonly string[], felt: readonly number[]): StudyTable {
  return {
    caption: `Severity ${arm.severity}: error with nothing degraded, and what each degradation adds; vol points`,
    head: ["", ...models],
    rows: [
      ["as is", ...models.map((name) => decimalText(medianOf(arm.errors.get(name)!.asIs), 1))],
      ...felt.map((i) => [degradations[i].name, ...models.map((model) => decimalText(addedBy(arm, model, i), 2))]),
    ],
  };
}
