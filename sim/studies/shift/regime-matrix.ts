import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { median } from "../../../src/statistics/moments.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import { momentsOf, trainingMoments, WARMUP_DAYS } from "../../experiment/generalisation/moments.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { quotesAt } from "../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyHeat, StudyResult } from "../../results/study.ts";
import { constantSeverity } from "../../world/severity-profile.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { drawCount } from "../shared/fitted-draw.ts";
import { errorOf, fitOrNothing } from "../shared/fitting.ts";
import { decimalText, medianOf, rangeText } from "../shared/points.ts";
import { breathe } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Fresh draws of training and test in each regime. */
const REPLICATES = 16;
/** Days of a test path on which its surface is scored. */
const TEST_DAYS = [1, 4, 7];
const DAY = 86_400;

/** Error in vol points by regime trained in, by regime tested in; NaN without a fit. */
type Matrix = readonly (readonly number[])[];

/** How a model trained in one regime does in another, both ways. */
export const regimeMatrix: Study = {
  name: "regime-matrix",
  summary: "Trained on one regime, tested on another, for every pair of severities",
  on: "paths",
  async run(context) {
    const config = configOf(context);
    const pricers = pricersOf(config);
    const byModel = new Map<string, Matrix[]>(config.models.map((name) => [name, []]));
    const draws = drawCount(context.scenario, REPLICATES);
    for (let index = 0; index < draws; index++) {
      const random = replicateRandom(config, index);
      const trainings = config.severities.map((severity) => {
        const moments = trainingMoments(config.scenario, pricers, random.fork("training"), severity);
        return quotesAt(config.scenario, pricers, moments, ["standardised"], random.fork("training-noise"));
      });
      const tests = config.severities.map((severity) => testQuotes(config, pricers, index, severity));
      for (const name of config.models) {
        const fits = trainings.map((training) => fitOrNothing(name, training, random));
        byModel.get(name)!.push(fits.map((fitted) => tests.map((test) => errorOrNothing(fitted, test))));
      }
      await breathe(context, index + 1, draws);
    }
    return resultOf(context, config.severities, byModel);
  },
};

function errorOrNothing(fitted: FittedModel | undefined, test: MarketQuotes): number {
  return fitted === undefined ? Number.NaN : errorOf(fitted, test, test.clean);
}

/** A fresh path that has lived under one severity all along. */
function testQuotes(
  config: GeneralisationConfig,
  pricers: TruthPricers,
  index: number,
  severity: number,
): MarketQuotes {
  const random = replicateRandom(config, index).fork("matrix");
  const times = TEST_DAYS.map((day) => (WARMUP_DAYS + day) * DAY);
  const moments = momentsOf(config.scenario, pricers, random, constantSeverity(severity), times);
  return quotesAt(config.scenario, pricers, moments, ["standardised"], random.fork("noise"));
}

function resultOf(
  { models }: StudyContext,
  severities: readonly number[],
  byModel: ReadonlyMap<string, readonly Matrix[]>,
): StudyResult {
  const cells = (name: string, trained: number, tested: number) =>
    byModel
      .get(name)!
      .map((matrix) => matrix[trained][tested])
      .filter(Number.isFinite);
  const known = models.filter((name) => cells(name, 0, 0).length > 0);
  const last = severities.length - 1;
  const labels = severities.map((severity) => `${severity}`);
  const middle = (name: string, trained: number, tested: number) => {
    const values = cells(name, trained, tested);
    return values.length === 0 ? null : median(values);
  };
  const charts = known.map((name): StudyHeat => ({
    kind: "heat",
    title: `${name}: trained on, tested on`,
    note: "Median error over draws, vol points; on the diagonal is fresh data of the regime trained in.",
    columns: { label: "severity tested on", names: labels },
    rows: { label: "severity trained on", names: labels },
    unit: "vol points",
    values: severities.map((_, trained) => severities.map((_, tested) => middle(name, trained, tested))),
  }));
  const ways = known.map((name) => ({
    name,
    up: medianOf(byModel.get(name)!.map((matrix) => matrix[0][last] - matrix[last][last])),
    down: medianOf(byModel.get(name)!.map((matrix) => matrix[last][0] - matrix[0][0])),
  }));
  const text = (pick: (way: (typeof ways)[number]) => ReturnType<typeof medianOf>) =>
    rangeText(
      ways,
      ({ name }) => name,
      pick,
      (cost) => decimalText(cost, 1),
    );
  return {
    name: "regime-matrix",
    title: "Regime matrix",
    question: "Is a regime hard in itself, or only for those who were trained in another?",
    answer: `At severity ${severities[last]}, a model trained in calm errs by ${text(({ up }) => up)} vol points more than one trained there. In calm, one trained at severity ${severities[last]} errs by ${text(({ down }) => down)} more than one trained in calm.`,
    charts,
    tables: [
      {
        caption: `Cost of the wrong training regime, vol points, paired by draw: median with its 95 % interval`,
        head: ["model", `calm instead of ${severities[last]}`, `${severities[last]} instead of calm`],
        rows: ways.map(({ name, up, down }) => [name, decimalText(up, 1), decimalText(down, 1)]),
      },
    ],
    notes: [
      `${byModel.get(models[0])!.length} fresh draws a cell; regimes last for the whole path, so that no onset and no age is in this; quotes in the design of training, which follows the vol of the regime tested on.`,
    ],
  };
}
