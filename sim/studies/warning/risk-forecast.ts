import { createFeatureTable, setFeatures } from "../../../src/models/feature-pipeline.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { blackGreeks, blackPrice } from "../../../src/pricing/black-scholes.ts";
import { normalQuantile } from "../../../src/random/normal-quantile.ts";
import { mean } from "../../../src/statistics/moments.ts";
import { acerbiSzekelyZ2, christoffersenFromCounts } from "../../../src/statistics/risk-backtests.ts";
import { type Moment, testMoments } from "../../experiment/generalisation/moments.ts";
import { pricersOf, replicateRandom } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyResult } from "../../results/study.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { drawCount, fittedDraw } from "../shared/fitted-draw.ts";
import { meanOf, rangeText, shareText } from "../shared/points.ts";
import { agesBetween, breathe } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Paths, and days of each; a thousand path-days a regime. */
const [PATHS, DAYS] = [100, 10];
/** Share of days whose loss should exceed value at risk. */
const TAIL = 0.025;
/** Equally likely moves of a day that a forecast is made of. */
const MOVES = 120;
/** The book of each day: one option sold at each strike (a share of spot), out of the money, with this life. */
const STRIKES = [0.95, 1, 1.05] as const;
const LIFE_DAYS = 14;
const YEAR_DAYS = 365;
const BASIS_POINTS = 1e4;

/** Losses of one path with their forecasts, day by day, basis points of spot. */
interface Backtest {
  readonly model: string;
  readonly isStress: boolean;
  readonly losses: readonly number[];
  readonly valueAtRisk: readonly number[];
  readonly shortfall: readonly number[];
}

/** Whether a model's own dynamics foresee the losses of the book that is hedged by it. */
export const riskForecast: Study = {
  name: "risk-forecast",
  summary: "Value at risk and expected shortfall of a day's hedged P&L by the model's own dynamics, backtested",
  on: "paths",
  async run(context) {
    const { primarySeverity } = context.scenario.scoring;
    const config = configOf({ ...context, severities: [0, primarySeverity] });
    const pricers = pricersOf(config);
    const ages = agesBetween(0, DAYS * 86_400, 86_400);
    const scenario = { ...config.scenario, scoring: { ...config.scenario.scoring, ages } };
    const tests: Backtest[] = [];
    const paths = drawCount(config.scenario, PATHS);
    for (let index = 0; index < paths; index++) {
      const random = replicateRandom(config, index).fork("test");
      const models = fittedDraw(config, pricers, index);
      for (const severity of [0, primarySeverity]) {
        const moments = testMoments(scenario, pricers, random, severity);
        for (const [name, fitted] of models) {
          tests.push({ model: name, isStress: severity > 0, ...backtest(fitted, moments, pricers) });
        }
      }
      await breathe(context, index + 1, paths);
    }
    return resultOf(context, tests, paths);
  },
};

function backtest(fitted: FittedModel, moments: readonly Moment[], pricers: TruthPricers) {
  const losses: number[] = [];
  const valueAtRisk: number[] = [];
  const shortfall: number[] = [];
  for (let day = 0; day + 1 < moments.length; day++) {
    const [now, next] = [moments[day], moments[day + 1]];
    const strikes = STRIKES.map((share) => share * now.features.spot);
    const { delta, scenarios } = forecast(fitted, now, strikes);
    losses.push(
      (BASIS_POINTS *
        (trueValue(next, strikes, LIFE_DAYS - 1, pricers) -
          trueValue(now, strikes, LIFE_DAYS, pricers) -
          delta * (next.spot - now.spot))) /
        now.spot,
    );
    const worst = scenarios.slice(0, Math.ceil(TAIL * scenarios.length));
    valueAtRisk.push(worst[worst.length - 1]);
    shortfall.push(mean(worst));
  }
  return { losses, valueAtRisk, shortfall };
}

/**
 * Hedge ratio, and losses over equally likely moves of a day, worst first: the price moves by the model's own vol of
 * the nearest tenor at the money, vols stay where the model has them at the new moneyness.
 */
function forecast(fitted: FittedModel, { features }: Moment, strikes: readonly number[]) {
  const { spot } = features;
  const dayYears = 1 / YEAR_DAYS;
  const deviation = volsAt(fitted, features, [spot], [spot], dayYears)[0] * Math.sqrt(dayYears);
  const moved = Array.from({ length: MOVES }, (_, i) => {
    return spot * Math.exp(deviation * normalQuantile((i + 0.5) / MOVES) - 0.5 * deviation ** 2);
  });
  const values = (spots: readonly number[], days: number) => {
    const vols = volsAt(fitted, features, strikes, spots, days / YEAR_DAYS);
    return spots.map((at, row) =>
      strikes.reduce((sum, strike, i) => {
        return sum + blackPrice(isCall(i), at, strike, days / YEAR_DAYS, vols[row * strikes.length + i]);
      }, 0),
    );
  };
  const vols = volsAt(fitted, features, strikes, [spot], LIFE_DAYS / YEAR_DAYS);
  const delta = strikes.reduce(
    (sum, strike, i) => sum + blackGreeks(isCall(i), spot, strike, LIFE_DAYS / YEAR_DAYS, vols[i]).delta,
    0,
  );
  const [before] = values([spot], LIFE_DAYS);
  const after = values(moved, LIFE_DAYS - 1);
  const losses = moved.map((at, i) => (BASIS_POINTS * (after[i] - before - delta * (at - spot))) / spot);
  return { delta, scenarios: losses.sort((a, b) => b - a) };
}

/** Vols of every strike at every spot: spot by spot, strike by strike. */
function volsAt(
  fitted: FittedModel,
  features: Moment["features"],
  strikes: readonly number[],
  spots: readonly number[],
  years: number,
): Float64Array {
  const table = createFeatureTable(strikes.length * spots.length);
  let row = 0;
  for (const spot of spots) {
    for (const strike of strikes) setFeatures(table, row++, features, Math.log(strike / spot), years);
  }
  return fitted.predictMany(table).vol;
}

function trueValue(
  { spot, variance, severity }: Moment,
  strikes: readonly number[],
  days: number,
  pricers: TruthPricers,
) {
  const pricer = pricers.at(severity);
  return strikes.reduce((sum, strike, i) => {
    return sum + spot * pricer.price(variance, days / YEAR_DAYS, Math.log(strike / spot), isCall(i));
  }, 0);
}

/** Puts below the money, calls at and above it. */
function isCall(option: number): boolean {
  return STRIKES[option] >= 1;
}

function resultOf({ models, scenario }: StudyContext, tests: readonly Backtest[], paths: number): StudyResult {
  const of = (model: string, isStress: boolean) =>
    tests.filter((one) => one.model === model && one.isStress === isStress);
  const known = models.filter((model) => of(model, false).length > 0);
  const rowOf = (model: string, isStress: boolean) => {
    const own = of(model, isStress);
    const exceptions = own.map(({ losses, valueAtRisk }) =>
      losses.map((loss, day) => (loss > valueAtRisk[day] ? 1 : 0)),
    );
    const transitions: [number, number, number, number] = [0, 0, 0, 0];
    for (const path of exceptions) {
      for (let day = 1; day < path.length; day++) transitions[2 * path[day - 1] + path[day]]++;
    }
    const usable = own.flatMap(({ losses, valueAtRisk, shortfall }) =>
      losses.flatMap((loss, day) => {
        const [risk, tail] = [valueAtRisk[day], shortfall[day]];
        return tail > 0 && tail >= risk ? [{ loss, risk, tail }] : [];
      }),
    );
    const z2 =
      usable.length === 0
        ? null
        : acerbiSzekelyZ2(
            usable.map(({ loss }) => loss),
            usable.map(({ risk }) => risk),
            usable.map(({ tail }) => tail),
            TAIL,
          );
    const { independence } = christoffersenFromCounts(transitions, TAIL);
    return {
      share: meanOf(
        exceptions.map((path) => mean(path)),
        [0, 1],
      ),
      independence: Number.isFinite(independence.p) ? independence.p : null,
      z2,
    };
  };
  const table = (isStress: boolean) => ({
    caption: `Backtest of the 97.5 % value at risk ${isStress ? `at severity ${scenario.scoring.primarySeverity}` : "in calm"}; 2.5 % of days should exceed it`,
    head: [
      "model",
      "days beyond, with path-clustered 95 % interval",
      "p of independent exceptions",
      "Acerbi–Székely Z2",
    ],
    rows: known.map((model) => {
      const { share, independence, z2 } = rowOf(model, isStress);
      return [model, shareText(share), independence, z2];
    }),
    digits: [0, 0, 3, 1],
  });
  const text = (isStress: boolean) =>
    rangeText(
      known,
      (model) => model,
      (model) => rowOf(model, isStress).share,
      shareText,
    );
  return {
    name: "risk-forecast",
    title: "Risk forecast",
    question: "Does a model foresee the losses of a book that is hedged by it?",
    answer: `Days that lose more than the model's 97.5 % value at risk, which should be 2.5 %: ${text(false)} in calm, ${text(true)} at severity ${scenario.scoring.primarySeverity}.`,
    charts: [],
    tables: [table(false), table(true)],
    notes: [
      `${paths} paths of ${DAYS} days from the onset on, each with its own training draw; every day one 14-day option is sold at each of 95, 100 and 105 % of spot and hedged once at Black's delta of the model's vol. Losses are marked at the truth, jumps and moves of vol included, which the forecast does not have: price moves by the model's own vol, vols stay.`,
      "Days of a path depend on each other, so the interval is over paths; transitions are counted within paths. Z2 is 0 of a right forecast and negative where the shortfall is too small.",
    ],
  };
}
