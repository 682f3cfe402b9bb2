import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import { selectQuotes } from "../../../src/models/select-quotes.ts";
import { qlike } from "../../../src/processes/har.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import { marketQuotes } from "./history-quotes.ts";
import { bridgedHole, longestHole } from "./holes.ts";
import { forecastHorizon, forecastsAt, momentsAt, originsWithin, type RecordedMarket } from "./recorded-market.ts";
import { benchmarksOf, type TrainedTest } from "./trained-test.ts";

/** Losses of forecasters at the same times, none of which overlap. */
export interface LossSeries {
  readonly loss: "qlike" | "squared-vol-error";
  /** Start of each life, or of each day of quotes; Unix seconds, ascending. */
  readonly times: readonly number[];
  /** Seconds from each time that its loss rests on. */
  readonly life: number;
  /** By forecaster; NaN where it has no forecast. */
  readonly losses: ReadonlyMap<string, Float64Array>;
  /** Times left out: holes in the prices they rest on, or a life without a move. */
  readonly leftOut: number;
}

const DAY = 86_400;
/** Prices before an origin that realised vols still remember. */
const MEMORY = 14 * DAY;
const SNAPSHOTS_A_DAY = 4;

/** QLIKE of forecasts of realised variance by frozen models and benchmarks, from origins a horizon apart in a span. */
export function forecastLosses(market: RecordedMarket, trained: TrainedTest, span: TimeWindow): LossSeries {
  const life = forecastHorizon(market);
  const origins = originsWithin(market, span);
  const whole = origins.filter(
    (time) => longestHole(market.bars, { from: time - MEMORY, to: time + life }) <= bridgedHole(market.bars),
  );
  const moments = momentsAt(market, whole);
  const losses = new Map<string, number[]>();
  let times: readonly number[] = [];
  for (const [name, model] of trained.fitted) {
    const moved = forecastsAt(market, model, moments).filter(({ realised }) => realised > 0);
    times = moved.map(({ time }) => time);
    losses.set(
      name,
      moved.map(({ realised, forecast }) => qlike(realised, forecast)),
    );
    if (losses.size > 1) continue;
    for (const benchmark of benchmarksOf(market, trained.test)) {
      const byBenchmark = moved.map(({ time, realised }) => {
        const forecast = benchmark.forecast(time);
        return forecast === undefined ? Number.NaN : qlike(realised, forecast);
      });
      losses.set(benchmark.name, byBenchmark);
    }
  }
  return {
    loss: "qlike",
    times,
    life,
    losses: new Map([...losses].map(([name, values]) => [name, Float64Array.from(values)])),
    leftOut: origins.length - times.length,
  };
}

/** Quotes of a record from a time on, with the days that have any. */
export interface QuotedDays {
  readonly quotes: QuoteSet;
  /** Days since 1970 with a snapshot at all, ascending, and those of them whose prices have no hole. */
  readonly asked: readonly number[];
  readonly days: readonly number[];
}

/**
 * Quotes from a time on, at most four snapshots a day: an index by the hour says little more.
 * @param longestGap - longest hole in the prices of the day before a snapshot, seconds
 */
export function quotedDays(market: RecordedMarket, from: number, longestGap: number): QuotedDays {
  const { snapshots = [], bars } = market;
  const later = snapshots.filter(({ time }) => time >= from).map(({ time }) => time);
  const spell = (time: number) => Math.floor((SNAPSHOTS_A_DAY * time) / DAY);
  const thinned = later.filter((time, i) => i === 0 || spell(time) > spell(later[i - 1]));
  // Past the last bar the index beside the quotes goes on, hours apart.
  const whole = thinned.filter((time) => longestHole(bars, { from: time - DAY, to: time }) <= longestGap);
  const quotes = marketQuotes(momentsAt(market, whole), snapshots);
  return { quotes, asked: [...new Set(later.map((time) => Math.floor(time / DAY)))], days: [...new Set(quotes.day)] };
}

/** Mean squared error of frozen models against quoted vols by UTC day of a span, squared vol points. */
export function quoteLosses(quoted: QuotedDays, { fitted }: TrainedTest, span: TimeWindow): LossSeries {
  const inside = (day: number) => day * DAY >= span.from && (day + 1) * DAY <= span.to;
  const days = quoted.days.filter(inside);
  const place = new Map(days.map((day, index) => [day, index]));
  const rows = [...quoted.quotes.day.keys()].filter((row) => place.has(quoted.quotes.day[row]));
  const quotes = selectQuotes(quoted.quotes, rows);
  const byDay = (model: FittedModel) => {
    const { vol } = model.predictMany(quotes.features);
    const sums = new Float64Array(days.length);
    const counts = new Float64Array(days.length);
    vol.forEach((value, row) => {
      const at = place.get(quotes.day[row])!;
      sums[at] += (100 * (value - quotes.target[row])) ** 2;
      counts[at]++;
    });
    return sums.map((sum, at) => sum / counts[at]);
  };
  return {
    loss: "squared-vol-error",
    times: days.map((day) => day * DAY),
    life: DAY,
    losses: new Map([...fitted].map(([name, model]) => [name, byDay(model)])),
    leftOut: quoted.asked.filter(inside).length - days.length,
  };
}
