import { contractDomain } from "../../../src/models/frozen-model.ts";
import { selectFeatures } from "../../../src/models/select-quotes.ts";
import type { FeatureTable, FittedModel } from "../../../src/models/pricing-model.ts";
import { blackGreeks } from "../../../src/pricing/black-scholes.ts";
import { mean, median } from "../../../src/statistics/moments.ts";
import { perfectName } from "../../experiment/generalisation/config.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom } from "../../experiment/generalisation/replicate.ts";
import type { StudyHeat, StudyResult, StudyTable } from "../../results/study.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { fittedDraw, primaryDraws } from "../shared/fitted-draw.ts";
import { decimalText, medianOf, rangeText } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Fresh draws of training and test. */
const REPLICATES = 24;
/** Step of log-moneyness for a smile's slope, in standard deviations at 100 % vol. */
const STEP = 0.01;

/** Errors of the Greeks of one call: model less truth. */
interface GreekErrors {
  /** Black's delta at the model's vol, units of underlying; and with the slope of the model's own smile. */
  readonly delta: number;
  readonly smileDelta: number;
  /** Relative. */
  readonly vega: number;
  /** dDelta/dvol, per 1.00 of vol. */
  readonly vanna: number;
  readonly isFlipped: boolean;
}

/** One model on one path: errors by quote of the design, tenor by tenor; undefined where the truth has no vol. */
interface Shown {
  readonly model: string;
  readonly isStress: boolean;
  readonly errors: readonly (GreekErrors | undefined)[];
}

/** How wrong a model's Greeks are, by moneyness and tenor. */
export const greeks: Study = {
  name: "greeks",
  summary: "Errors of delta, vega and vanna by moneyness and tenor, calm against stress",
  on: "paths",
  async run(context) {
    const { primarySeverity, ages } = context.scenario.scoring;
    const { config, pricers, draws } = primaryDraws(context, REPLICATES);
    const shown: Shown[] = [];
    for (let index = 0; index < draws; index++) {
      const models = fittedDraw(config, pricers, index);
      for (const severity of [0, primarySeverity]) {
        const random = replicateRandom(config, index).fork("test");
        const quotes = quoteStream(config, pricers, random, severity, [ages[0]]);
        const isStress = severity > 0;
        for (const [model, fitted] of models) {
          shown.push({ model, isStress, errors: greekErrors(quotes, pricers, slopedVols(fitted, quotes.features)) });
        }
        shown.push({ model: perfectName, isStress, errors: greekErrors(quotes, pricers, trueVols(quotes, pricers)) });
      }
      await breathe(context, index + 1, draws);
    }
    return resultOf(context, shown, draws);
  },
};

/** Vols of a surface with their slope in log-moneyness. */
interface SlopedVols {
  readonly vol: ArrayLike<number>;
  readonly slope: ArrayLike<number>;
}

function slopedVols(fitted: FittedModel, features: FeatureTable): SlopedVols {
  const all = Array.from({ length: features.count }, (_, row) => row);
  const moved = (sign: number) => {
    const table = selectFeatures(features, all);
    for (let row = 0; row < table.count; row++) {
      table.logMoneyness[row] += sign * STEP * Math.sqrt(table.years[row]);
    }
    return fitted.predictMany(table).vol;
  };
  const [up, down] = [moved(1), moved(-1)];
  const slope = up.map((vol, row) => (vol - down[row]) / (2 * STEP * Math.sqrt(features.years[row])));
  return { vol: fitted.predictMany(features).vol, slope };
}

function trueVols({ clean, features, trueLogMoneyness, state }: MarketQuotes, pricers: TruthPricers): SlopedVols {
  const slope = clean.map((_, row) => {
    const width = STEP * Math.sqrt(features.years[row]);
    const [up, down] = [1, -1].map((sign) =>
      pricers
        .at(state.severity[row])
        .impliedVolOrNaN(state.variance[row], features.years[row], trueLogMoneyness[row] + sign * width),
    );
    return (up - down) / (2 * width);
  });
  return { vol: clean, slope };
}

/**
 * Calls at a spot of 1. The truth's delta is the generator's own; a model's is Black's, once as the protocol takes it
 * and once with the vega times dσ/dS = −σ′(k)/S of its own smile, which in a model homogeneous in price and strike is
 * the exact one.
 */
function greekErrors(
  { clean, features, trueLogMoneyness, state }: MarketQuotes,
  pricers: TruthPricers,
  { vol, slope }: SlopedVols,
): (GreekErrors | undefined)[] {
  return Array.from(clean, (truth, row) => {
    if (Number.isNaN(truth) || !Number.isFinite(slope[row])) return undefined;
    const [years, logMoneyness] = [features.years[row], trueLogMoneyness[row]];
    const strike = Math.exp(logMoneyness);
    const own = blackGreeks(true, 1, strike, years, Math.max(contractDomain[0], vol[row]));
    const real = blackGreeks(true, 1, strike, years, truth);
    const delta = pricers.at(state.severity[row]).delta(state.variance[row], years, logMoneyness, true);
    return {
      delta: own.delta - delta,
      smileDelta: own.delta - own.vega * slope[row] - delta,
      vega: own.vega / real.vega - 1,
      vanna: own.vanna - real.vanna,
      isFlipped: own.vanna * real.vanna < 0,
    };
  });
}

function resultOf({ models, scenario }: StudyContext, shown: readonly Shown[], draws: number): StudyResult {
  const known = [...models.filter((name) => shown.some(({ model }) => model === name)), perfectName];
  const of = (model: string, isStress: boolean) =>
    shown.filter((one) => one.model === model && one.isStress === isStress).map(({ errors }) => errors);
  const rmse = (model: string, isStress: boolean, pick: (errors: GreekErrors) => number) =>
    medianOf(
      of(model, isStress).map((errors) => {
        const squares = errors.flatMap((one) => (one === undefined ? [] : [pick(one) ** 2]));
        return Math.sqrt(mean(squares));
      }),
    );
  const flips = (model: string, isStress: boolean) => {
    const all = of(model, isStress)
      .flat()
      .flatMap((one) => (one === undefined ? [] : [one.isFlipped]));
    return (100 * all.filter(Boolean).length) / all.length;
  };
  const table = (isStress: boolean): StudyTable => ({
    caption: `Errors of the Greeks ${isStress ? `at severity ${scenario.scoring.primarySeverity}` : "in calm"}: root mean square over a path's quotes, median over draws with its 95 % interval`,
    head: ["model", "delta", "delta of the own smile", "vega, relative", "vanna", "vanna's sign wrong, %"],
    rows: known.map((model) => [
      model,
      ...(["delta", "smileDelta", "vega", "vanna"] as const).map((greek) =>
        decimalText(
          rmse(model, isStress, (errors) => errors[greek]),
          3,
        ),
      ),
      flips(model, isStress),
    ]),
  });
  const text = (isStress: boolean, of: readonly string[]) =>
    rangeText(
      of,
      (model) => model,
      (model) => rmse(model, isStress, ({ delta }) => delta),
      (error) => decimalText(error, 3),
    );
  const own = known.filter((model) => model !== perfectName);
  return {
    name: "greeks",
    title: "Greeks",
    question: "How wrong are the Greeks that a vault hedges by?",
    answer: `Black's delta at the model's vol errs by ${text(false, own)} in calm and ${text(true, own)} at severity ${scenario.scoring.primarySeverity}. With the true vols the error there is still ${decimalText(
      rmse(perfectName, true, ({ delta }) => delta),
      3,
    )}.`,
    charts: known.map((model) => heatOf(model, scenario, of(model, true))),
    tables: [table(true), table(false)],
    notes: [
      `${draws} fresh draws of training and test, calls in the design of training ${scenario.scoring.ages[0] / 3600} h after onset. The truth's delta is the generator's at constant variance; ${perfectName} quotes the true vols, and what its delta lacks is the smile's slope, not the model.`,
    ],
  };
}

function heatOf(
  model: string,
  { training, scoring }: Scenario,
  paths: readonly (readonly (GreekErrors | undefined)[])[],
): StudyHeat {
  const { tenors, moneyness } = training;
  return {
    kind: "heat",
    title: `${model}: error of delta at severity ${scoring.primarySeverity}`,
    note: "Median absolute error of Black's delta at the model's vol, hundredths of a unit of underlying.",
    columns: { label: "k/(σ√τ)", names: moneyness.map(String) },
    rows: { label: "tenor", names: tenors.map((days) => `${days} d`) },
    unit: "delta × 100",
    values: tenors.map((_, t) =>
      moneyness.map((_, i) => {
        const found = paths.flatMap((errors) => errors[t * moneyness.length + i] ?? []);
        return found.length === 0 ? null : 100 * median(found.map(({ delta }) => Math.abs(delta)));
      }),
    ),
  };
}
