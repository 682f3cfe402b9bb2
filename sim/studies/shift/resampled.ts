import { UserError } from "../../../src/errors/user-error.ts";
import type { PriceBars } from "../../../src/processes/history.ts";
import { ProcessParameterError } from "../../../src/processes/process-parameter-error.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import { createRandom } from "../../../src/random/random.ts";
import { wilson } from "../../../src/statistics/binomial-interval.ts";
import { quantile } from "../../../src/statistics/moments.ts";
import { quotesWithin, type RecordedMarket } from "../../experiment/history/recorded-market.ts";
import type { TrainedTest } from "../../experiment/history/trained-test.ts";
import type { StudyResult, StudyTable } from "../../results/study.ts";
import { decimalText, FEWEST_REPLICATES, medianOf, rangeText, shareText } from "../shared/points.ts";
import { askedIn, fitOn, stepOf } from "../shared/recorded.ts";
import { breathe } from "../shared/streams.ts";
import type { RecordedContext, Study } from "../study.ts";
import {
  blockLaw,
  drawnBars,
  filteredLaw,
  fitWindow,
  meanSquare,
  recordedMoves,
  rowsIn,
  type BarLaw,
} from "./resampled/resampled-bars.ts";

const DAY = 86_400;
/** Histories of each law and window. */
const REPLICATES = 40;
/** Bars of calm before a test, so that realised vols are warm. */
const WARMUP = 14 * DAY;
/** Mean QLIKE of one model in one resampled history: on what it was fitted on, on fresh calm, under stress. */
interface Losses {
  readonly fit: number;
  readonly calm: number;
  readonly stress: number;
}

/** One law of one test. */
interface Arm {
  readonly test: TrainedTest;
  readonly law: string;
  readonly calm: BarLaw;
  readonly stress: BarLaw;
}

/** What one window cannot say: how far failure varies over histories of the same kind. */
export const resampled: Study = resampledOver(REPLICATES);

/** The study over a number of histories of each law and window. */
export function resampledOver(replicates: number): Study {
  return {
    name: "resampled",
    summary: "Forecast failure over many histories resampled from the recorded windows: blocks, and filtered by GJR",
    on: "history",
    run() {
      return Promise.reject(
        new UserError({
          where: "--studies resampled",
          what: "resamples recorded prices, and this run has none",
          expected: "a scenario with history such as sp500, or --history FILE",
        }),
      );
    },
    async recorded(context) {
      const { market, tests, models } = context;
      const notes: string[] = [];
      const arms = tests.flatMap((test) => armsOf(market, test, notes));
      const found = new Map<Arm, ReadonlyMap<string, Losses[]>>();
      for (const [done, arm] of arms.entries()) {
        const losses = new Map<string, Losses[]>(models.map((name) => [name, []]));
        for (let replicate = 0; replicate < replicates; replicate++) {
          for (const [name, one] of lossesOf(context, arm, replicate)) losses.get(name)!.push(one);
          await breathe(context, done * replicates + replicate + 1, arms.length * replicates);
        }
        found.set(arm, losses);
      }
      return resultOf(context, found, notes, replicates);
    },
  };
}

/** Both laws of a test, blocks as long as a horizon in the mean; filtered history needs fifty returns of each window. */
function armsOf({ bars }: RecordedMarket, test: TrainedTest, notes: string[]): Arm[] {
  const { calm, stress, name } = test.test;
  const block = Math.max(1, Math.round(meanBarsIn(bars, calm) * stepOf({ bars })));
  const blocks = { test, law: "blocks", calm: blockLaw(bars, calm, block), stress: blockLaw(bars, stress, block) };
  try {
    const [ofCalm, ofStress] = [fitWindow(bars, calm), fitWindow(bars, stress)];
    const before = rowsIn(bars, { from: stress.from - WARMUP, to: stress.from });
    return [
      blocks,
      {
        test,
        law: "filtered",
        calm: filteredLaw(ofCalm.returns, ofCalm.fit, ofCalm.fit.startVariance),
        stress: filteredLaw(ofStress.returns, ofStress.fit, meanSquare(bars, before)),
      },
    ];
  } catch (error) {
    if (!(error instanceof ProcessParameterError)) throw error;
    notes.push(`No filtered history of ${name}: ${error.message}.`);
    return [blocks];
  }
}

/** Bars a second in a window. */
function meanBarsIn(bars: PriceBars, window: TimeWindow): number {
  return rowsIn(bars, window).length / (window.to - window.from);
}

/**
 * Losses of models in one history: trained on a drawn calm, tested on another one, and on drawn stress after the two weeks
 * that really came before it. All have the calendar of the windows that they stand for.
 */
function lossesOf(
  { market, models, masterSeed }: RecordedContext,
  { test, law, calm: calmLaw, stress: stressLaw }: Arm,
  replicate: number,
): [string, Losses][] {
  const { bars, scenario } = market;
  const { calm, stress, name } = test.test;
  const random = createRandom(masterSeed, "history", "resampled", name, law);
  const path = (part: string, drawn: BarLaw, rows: readonly number[]) =>
    drawn.draw(rows.length, random.fork(part), replicate);
  const before = (window: TimeWindow) => rowsIn(bars, { from: window.from - WARMUP, to: window.from });
  const trainRows = [...before(calm), ...rowsIn(bars, calm)];
  const [warmRows, testRows] = [before(stress), rowsIn(bars, stress)];
  const price = bars.closes[trainRows[0]];
  const marketOf = (rows: readonly number[], moves: ReturnType<BarLaw["draw"]>): RecordedMarket => ({
    scenario,
    bars: drawnBars(bars, rows, moves, price),
  });
  const training = marketOf(trainRows, path("training", calmLaw, trainRows));
  const tested = [
    [...path("warm-up", calmLaw, warmRows), ...path("fresh", calmLaw, testRows)],
    [...recordedMoves(bars, warmRows), ...path("stress", stressLaw, testRows)],
  ];
  const asked = tested.map((moves) => askedIn(marketOf([...warmRows, ...testRows], moves), stress));
  const taught = quotesWithin(training, calm);
  const fitted = askedIn(training, calm);
  return models.flatMap((model): [string, Losses][] => {
    const frozen = fitOn(training, model, taught, random.fork("fits", replicate));
    if (frozen === undefined) return [];
    return [[model, { fit: fitted.lossOf(frozen), calm: asked[0].lossOf(frozen), stress: asked[1].lossOf(frozen) }]];
  });
}

function resultOf(
  { market, models, tests }: RecordedContext,
  found: ReadonlyMap<Arm, ReadonlyMap<string, Losses[]>>,
  notes: readonly string[],
  replicates: number,
): StudyResult {
  const failures = (arm: Arm, model: string) =>
    found
      .get(arm)!
      .get(model)!
      .map(({ stress, calm }) => stress - calm);
  const arms = [...found.keys()];
  const [first] = arms;
  const tables = tests.map((test) => tableOf(market, models, test, found));
  const positive = (arm: Arm, model: string) => {
    const own = failures(arm, model);
    const worse = own.filter((failure) => failure > 0).length;
    if (own.length === 0) return { y: null, low: null, high: null };
    const { rate, low, high } = wilson(worse, own.length);
    return { y: rate, low, high };
  };
  const [calmest] = tests;
  const blocks = ({ from, to }: TimeWindow) => Math.round((to - from) / stepOf(market));
  return {
    name: "resampled",
    title: "Resampled histories",
    question: "How far would forecast failure vary over other histories of the same kind as the recorded windows?",
    answer: `Over ${replicates} histories of ${calmest.test.name} drawn by blocks, trained anew each time, QLIKE under stress exceeds that of fresh calm by a median of ${rangeText(
      models,
      (model) => model,
      (model) => medianOf(failures(first, model)),
      (failure) => decimalText(failure, 2),
    )}; it is above zero in ${rangeText(
      models,
      (model) => model,
      (model) => positive(first, model),
      shareText,
    )} of histories.`,
    charts: [
      {
        kind: "heat",
        title: "Median failure by window and law",
        note: "Stress less fresh calm, mean QLIKE of a history; what the recorded window showed is one draw.",
        columns: { label: "model", names: [...models] },
        rows: { label: "window and law", names: arms.map(({ test, law }) => `${test.test.name}, ${law}`) },
        unit: "QLIKE",
        values: arms.map((arm) => models.map((model) => medianOf(failures(arm, model)).y)),
      },
    ],
    tables,
    notes: [
      "blocks: bars of the calm and of the stress window in runs of geometric length, a day on average, or a week of daily bars; filtered: GJR on each window's returns, its residuals drawn one by one, stress starting from the variance of the two weeks before it. Calendar, weekends and holes stay those of the record.",
      `Each history has a training draw of its own, a fresh calm, and a stress path after the two weeks that really came before; ${replicates} of each law. Interval of the median over histories, exact by order statistics.`,
      `What a window does not hold no resample brings: ${tests.map(({ test }) => `${test.name} has ${blocks(test.stress)} mean blocks`).join(", ")}. The intervals say how far failure hangs on the order and the draw of these days, not what another crash would do, and blocks break what lasts longer than they do.`,
      "The target is realised variance; quotes cannot be resampled with prices and are left out.",
      ...notes,
    ],
  };
}

/** Losses of a test under each law, beside what was recorded. */
function tableOf(
  market: RecordedMarket,
  models: readonly string[],
  { test, fitted }: TrainedTest,
  found: ReadonlyMap<Arm, ReadonlyMap<string, Losses[]>>,
): StudyTable {
  const arms = [...found].filter(([arm]) => arm.test.test === test);
  const recorded = askedIn({ scenario: market.scenario, bars: market.bars }, test.stress);
  return {
    caption: `${test.name}: mean QLIKE, median over histories with its 95 % interval; beside it what was recorded and the share of histories with a lower loss under stress`,
    head: [
      "model and law",
      "fit",
      "fresh calm",
      "stress",
      "optimism",
      "failure",
      "failure, 5 to 95 % of histories",
      "recorded stress",
      "histories below it",
    ],
    digits: [0, 2, 2, 2, 2, 2, 2, 2, 0],
    rows: models.flatMap((model) =>
      arms.map(([{ law }, losses]) => {
        const own = losses.get(model)!;
        const median = (pick: (one: Losses) => number) => decimalText(medianOf(own.map(pick)));
        const frozen = fitted.get(model);
        const real =
          frozen === undefined || frozen.information === "lagged-surface" ? Number.NaN : recorded.lossOf(frozen);
        const below = own.filter(({ stress }) => stress < real).length;
        return [
          `${model}, ${law}`,
          median(({ fit }) => fit),
          median(({ calm }) => calm),
          median(({ stress }) => stress),
          median(({ calm, fit }) => calm - fit),
          median(({ stress, calm }) => stress - calm),
          rangeOf(own.map(({ stress, calm }) => stress - calm)),
          Number.isFinite(real) ? real : null,
          own.length === 0 || !Number.isFinite(real) ? "–" : `${Math.round((100 * below) / own.length)} %`,
        ];
      }),
    ),
  };
}

/** `0.51 to 33.2`: where nine in ten histories lie. */
function rangeOf(values: readonly number[]): string {
  const known = values.filter(Number.isFinite);
  if (known.length < FEWEST_REPLICATES) return "–";
  const [low, high] = [quantile(known, 0.05), quantile(known, 0.95)].map((y) =>
    decimalText({ y, low: null, high: null }),
  );
  return `${low} to ${high}`;
}
