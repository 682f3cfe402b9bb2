import { dieboldMariano } from "../../../src/statistics/diebold-mariano.ts";
import { equalAccuracy } from "../../../src/statistics/equal-accuracy.ts";
import { holm } from "../../../src/statistics/holm.ts";
import { mean } from "../../../src/statistics/moments.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import type { HistoryResult } from "../../results/history.ts";
import { finiteOrNull } from "../../results/parts.ts";
import { overlap } from "./holes.ts";
import { forecastLosses, quoteLosses, type LossSeries, type QuotedDays } from "./loss-series.ts";
import { forecastHorizon, type RecordedMarket } from "./recorded-market.ts";
import { byCalm, type TrainedTest } from "./trained-test.ts";

/** What models are compared with. */
const AGAINST = ["har", "best-constant", "realised-vol"];
/** With quotes there is no best constant or HAR of realised variance to compare: the fitted constant stands for them. */
const AGAINST_QUOTES = ["constant", "realised-vol"];
/** Fewest losses for a test. */
const FEWEST_ORIGINS = 30;

type Comparison = HistoryResult["comparisons"][number];

/**
 * Which forecaster loses less from the end of training to the end of the file, by Diebold–Mariano over origins that do
 * not overlap: on all of them, and on those outside the stress windows. Inside one window there is the mean difference
 * and no test. Tests that share a calm window share frozen models, and are compared once.
 * @param quoted - from the end of the first training on; undefined without quotes
 */
export function compareForecasts(
  market: RecordedMarket,
  tests: readonly TrainedTest[],
  quoted: QuotedDays | undefined,
): Comparison[] {
  const { times, barSeconds } = market.bars;
  const end = times[times.length - 1] + barSeconds;
  const windows = tests.map(({ test }) => test);
  return byCalm(tests).flatMap((group) => {
    const [first] = group;
    const span = { from: alignedAfter(first.test.calm.to, first.test.stress.from, forecastHorizon(market)), to: end };
    const names = group.map(({ test }) => test.name);
    const own = windows.filter(({ name }) => names.includes(name));
    const all = [
      forecastLosses(market, first, span),
      ...(quoted === undefined ? [] : [quoteLosses(quoted, first, span)]),
    ];
    return all.flatMap((series) => {
      const calm = outside(
        series,
        windows.map(({ stress }) => stress),
      );
      return [
        comparison(names, "all", series, own),
        ...(calm.times.length < series.times.length ? [comparison(names, "outside-stress", calm, [])] : []),
      ];
    });
  });
}

/** The first time from `from` on that lies whole horizons from `phase`: weeks start on the same day as in the windows. */
function alignedAfter(from: number, phase: number, horizon: number): number {
  return phase - Math.floor((phase - from) / horizon) * horizon;
}

function outside(series: LossSeries, windows: readonly TimeWindow[]): LossSeries {
  return only(series, (time) => !windows.some((window) => overlap({ from: time, to: time + series.life }, window)));
}

function only(series: LossSeries, keeps: (time: number) => boolean): LossSeries {
  const rows = [...series.times.keys()].filter((row) => keeps(series.times[row]));
  return {
    ...series,
    times: rows.map((row) => series.times[row]),
    losses: new Map([...series.losses].map(([name, values]) => [name, Float64Array.from(rows, (row) => values[row])])),
  };
}

function comparison(
  tests: readonly string[],
  span: Comparison["span"],
  series: LossSeries,
  windows: readonly { readonly name: string; readonly stress: TimeWindow }[],
): Comparison {
  const { loss, times, life, losses, leftOut } = series;
  const rows = pairsOf(loss, [...losses.keys()]).map(([model, against]) => {
    const tested = testOf(losses.get(model)!, losses.get(against)!);
    const inWindow = windows.map(({ name, stress }) => {
      const own = only(series, (time) => time >= stress.from && time + life <= stress.to);
      const [a, b] = common(own.losses.get(model)!, own.losses.get(against)!);
      return { name, origins: a.length, difference: a.length === 0 ? null : mean(a) - mean(b) };
    });
    return { model, against, ...tested, windows: inWindow };
  });
  const known = rows.filter(({ p }) => p !== null);
  const adjusted = holm(known.map(({ p }) => p!));
  return {
    tests: [...tests],
    loss,
    span,
    from: times[0] ?? null,
    to: times.length === 0 ? null : times[times.length - 1] + life,
    origins: times.length,
    leftOut,
    rows: rows.map((row) => ({ ...row, adjusted: row.p === null ? null : adjusted[known.indexOf(row)] })),
  };
}

/** Each forecaster against each of those that it has to beat, a pair once. */
function pairsOf(loss: LossSeries["loss"], names: readonly string[]): [string, string][] {
  const benchmarks = (loss === "qlike" ? AGAINST : AGAINST_QUOTES).filter((name) => names.includes(name));
  return names.flatMap((model) =>
    benchmarks.flatMap((against): [string, string][] => {
      const [own, other] = [benchmarks.indexOf(model), benchmarks.indexOf(against)];
      return model === against || (own >= 0 && own < other) ? [] : [[model, against]];
    }),
  );
}

/** Losses of both where both have one. */
function common(a: Float64Array, b: Float64Array): [Float64Array, Float64Array] {
  const rows = [...a.keys()].filter((row) => Number.isFinite(a[row]) && Number.isFinite(b[row]));
  return [Float64Array.from(rows, (row) => a[row]), Float64Array.from(rows, (row) => b[row])];
}

function testOf(model: Float64Array, against: Float64Array) {
  const [a, b] = common(model, against);
  const n = a.length;
  if (n < FEWEST_ORIGINS) {
    const difference = n === 0 ? null : mean(a) - mean(b);
    return { origins: n, difference, statistic: null, p: null, pTruncated: null };
  }
  const { difference, statistic, p } = equalAccuracy(a, b);
  const truncated = dieboldMariano(a, b, Math.floor(Math.cbrt(n)) + 1);
  return { origins: n, difference, statistic: finiteOrNull(statistic), p, pTruncated: truncated.p };
}
