import { UserError } from "../../../../src/errors/user-error.ts";
import type { TimeWindow } from "../../../../src/processes/windows.ts";
import { createRandom } from "../../../../src/random/random.ts";
import { kolmogorovSmirnov, populationStability, wasserstein } from "../../../../src/statistics/drift.ts";
import { quantile } from "../../../../src/statistics/moments.ts";
import { drawNullWindows } from "../../../experiment/history/null-windows.ts";
import { momentsAt, originsWithin, type RecordedMarket } from "../../../experiment/history/recorded-market.ts";
import type { TrainedTest } from "../../../experiment/history/trained-test.ts";
import type { StudyResult } from "../../../results/study.ts";
import { askedIn, stepOf } from "../../shared/recorded.ts";
import { breathe } from "../../shared/streams.ts";
import type { RecordedContext } from "../../study.ts";
import { monitors, type Watched } from "./monitors.ts";

/** Observations a step, and those before a window that calibrate the charts. */
const OBSERVATIONS = 12;
const CALIBRATION = 36;
/** Share of random calm windows that thresholds let alarm. */
const FALSE_ALARMS = 0.1;
const HOUR = 3600;

const drifts = {
  PSI: populationStability,
  KS: (trained: Float64Array, recent: Float64Array) => kolmogorovSmirnov(trained, recent).statistic,
  Wasserstein: wasserstein,
} as const;
const features = ["shortVol", "longVol", "volOfVol", "jumpShare"] as const;

/**
 * How soon monitors of realised vol alarm in the recorded stress windows, with thresholds from random calm ones, and how
 * far features have drifted from training. Errors are not watched: without a truth they come a life late.
 */
export async function recordedMonitoring(context: RecordedContext): Promise<StudyResult> {
  const { market, tests, masterSeed } = context;
  const step = stepOf(market);
  const tick = step / OBSERVATIONS;
  const length = Math.min(...tests.map(({ test: { stress } }) => stress.to - stress.from));
  const lead = CALIBRATION * tick;
  const calm = tests.map(({ test }) => test.calm);
  const apart = [...calm, ...tests.map(({ test }) => test.stress)];
  const random = createRandom(masterSeed, "history", "monitoring");
  const nulls = drawNullWindows(market.bars, { length: length + lead, calm, apart }, random);
  if (nulls.length === 0) {
    throw new UserError({
      where: "--studies monitoring",
      what: "the file holds fewer than thirty random calm windows, so that no threshold can be set",
      expected: "more history, or shorter windows",
    });
  }
  const watch = (from: number, to: number) => watchedOf(market, { from: from - lead, to }, tick);
  const trained = new Map(tests.map((test) => [test, watchedOf(market, test.test.calm, step).logVol] as const));
  const calmOnes: Watched[] = [];
  for (const { from } of nulls) {
    calmOnes.push(watch(from + lead, from + lead + length));
    await breathe(context, calmOnes.length, nulls.length + tests.length);
  }
  // Half of the calm windows set thresholds, the others say what they are worth.
  const [setting, checking] = [0, 1].map((half) => calmOnes.filter((_, i) => i % 2 === half));
  const rows = monitors
    .filter(({ name }) => !name.includes("error"))
    .map((monitor) => {
      const byTest = tests.map((test) => {
        const own = trained.get(test)!;
        const after = (one: Watched) => monitor.statistic(one, own).slice(CALIBRATION);
        const threshold = quantile(
          setting.map((one) => Math.max(...after(one))),
          1 - FALSE_ALARMS,
        );
        const alarmed = checking.filter((one) => after(one).some((value) => value > threshold)).length;
        const { from, to } = test.test.stress;
        const at = after(watch(from, to)).findIndex((value) => value > threshold);
        return { falseAlarms: alarmed / checking.length, alarm: at < 0 ? null : from + (at + 1) * tick };
      });
      return { name: monitor.name, byTest };
    });
  return resultOf(context, rows, nulls, length);
}

/** ln realised vol of the feed at ticks of a window. */
function watchedOf(market: RecordedMarket, { from, to }: TimeWindow, tick: number): Watched {
  const times = Array.from({ length: Math.floor((to - from) / tick) }, (_, i) => from + (i + 1) * tick);
  const logVol = Float64Array.from(momentsAt(market, times), ({ features: { shortVol } }) => Math.log(shortVol));
  return { logVol, error: new Float64Array(logVol.length), calibration: CALIBRATION };
}

interface Monitored {
  readonly name: string;
  readonly byTest: readonly { readonly falseAlarms: number; readonly alarm: number | null }[];
}

function resultOf(
  { market, tests, models }: RecordedContext,
  rows: readonly Monitored[],
  nulls: readonly TimeWindow[],
  length: number,
): StudyResult {
  const worst = tests.map(({ test }) => worstBar(market, test.stress));
  const soonest = tests.map((_, i) => {
    const known = rows.filter(({ byTest }) => byTest[i].alarm !== null);
    return known.length === 0 ? undefined : known.reduce((a, b) => (b.byTest[i].alarm! < a.byTest[i].alarm! ? b : a));
  });
  const [first] = tests;
  const hours = (seconds: number) => Math.round(seconds / HOUR);
  const early = soonest.filter((row, i) => row !== undefined && row.byTest[i].alarm! <= worst[i]).length;
  const told = soonest[0];
  return {
    name: "monitoring",
    title: "Noticing the shift",
    question: "How soon does monitoring notice the change of regime, and what do false alarms cost?",
    answer: `With thresholds that ${Math.round(100 * FALSE_ALARMS)} % of random calm windows pass, some monitor of realised vol alarms before the end of the worst bar in ${early} of ${tests.length} windows; in ${first.test.name} ${
      told === undefined
        ? "none alarms"
        : `the soonest (${told.name}) ${hours(told.byTest[0].alarm! - first.test.stress.from)} h into the window, whose worst bar ends after ${hours(worst[0] - first.test.stress.from)} h`
    }. Watching several at once alarms more often in calm than any one of them.`,
    charts: [],
    tables: [
      {
        caption:
          "Hours from the window's start to the alarm; – is none in the window. Last row: to the end of the bar with the largest move",
        head: ["monitor", ...tests.map(({ test }) => test.name), "false alarms, checked"],
        digits: [0, ...tests.map(() => 0), 0],
        rows: [
          ...rows.map(({ name, byTest }) => [
            name,
            ...byTest.map(({ alarm }, i) => (alarm === null ? null : hours(alarm - tests[i].test.stress.from))),
            `${Math.round(100 * byTest[0].falseAlarms)} %`,
          ]),
          ["worst bar", ...worst.map((end, i) => hours(end - tests[i].test.stress.from)), ""],
        ],
      },
      driftTable(market, tests),
      {
        caption: `Loss of the frozen models in the same windows, ${market.snapshots === undefined ? "mean QLIKE" : "vol points on real quotes"}`,
        head: ["model", ...tests.map(({ test }) => test.name)],
        digits: [0, ...tests.map(() => 2)],
        rows: lossRows(market, tests, models),
      },
    ],
    notes: [
      `Thresholds come from half of ${nulls.length} random calm windows of ${Math.round(length / (24 * HOUR))} days, each with ${CALIBRATION} observations before it that calibrate the charts; the other half checks them. An observation every ${Math.round(stepOf(market) / OBSERVATIONS / HOUR)} h.`,
      "A stress window that is longer than the calm ones has longer to alarm by chance; false alarms are those of the first window's training.",
      "A window starts days before its worst bar, by choice and not by a change that anybody knows: hours into it are no delay from an onset.",
      "Errors are not watched here: on prices alone they are known a life late, and quotes have no thirty calm windows.",
    ],
  };
}

function lossRows(market: RecordedMarket, tests: readonly TrainedTest[], models: readonly string[]) {
  const asked = tests.map(({ test }) => askedIn(market, test.stress));
  return models.map((model) => [
    model,
    ...tests.map(({ fitted }, i) => {
      const frozen = fitted.get(model);
      const loss = frozen === undefined ? Number.NaN : asked[i].lossOf(frozen);
      return Number.isFinite(loss) ? loss : null;
    }),
  ]);
}

/** Distance of each feature's law in the stress window from that in training, by three measures. */
function driftTable(market: RecordedMarket, tests: readonly TrainedTest[]): StudyResult["tables"][number] {
  const columns = (window: TimeWindow) => {
    const moments = momentsAt(market, originsWithin(market, window));
    return features.map((name) => Float64Array.from(moments, (moment) => moment.features[name]));
  };
  const found = tests.map(({ test }) => [columns(test.calm), columns(test.stress)] as const);
  return {
    caption: "Drift of features from training to the stress window: PSI / KS / Wasserstein (units of the feature)",
    head: ["feature", ...tests.map(({ test }) => test.name)],
    rows: features.map((name, i) => [
      name,
      ...found.map(([calm, stress]) =>
        Object.values(drifts)
          .map((distance) => distance(calm[i], stress[i]).toFixed(2))
          .join(" / "),
      ),
    ]),
  };
}

/** End of the bar with the largest move from close to close in a window, Unix seconds. */
function worstBar({ bars }: RecordedMarket, { from, to }: TimeWindow): number {
  let [largest, end] = [-1, from];
  for (let i = 1; i < bars.times.length; i++) {
    const move = Math.abs(Math.log(bars.closes[i] / bars.closes[i - 1]));
    if (bars.times[i] < from || bars.times[i] >= to || move <= largest) continue;
    [largest, end] = [move, bars.times[i] + bars.barSeconds];
  }
  return end;
}
