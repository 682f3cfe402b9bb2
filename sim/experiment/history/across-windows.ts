import type { Random } from "../../../src/random/random.ts";
import { holm } from "../../../src/statistics/holm.ts";
import { mean } from "../../../src/statistics/moments.ts";
import { placeTest } from "../../../src/statistics/place-test.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import type { HistoryResult } from "../../results/history.ts";
import { forecastLosses, quoteLosses, type LossSeries, type QuotedDays } from "./loss-series.ts";
import { drawNullWindows, FEWEST_WINDOWS } from "./null-windows.ts";
import type { RecordedMarket } from "./recorded-market.ts";
import { byCalm, type TrainedTest } from "./trained-test.ts";

type Across = HistoryResult["across"][number];

/** Fewest stress windows that say anything together. */
const FEWEST_TESTS = 2;

/**
 * Do models fail more in the stress windows than in calm ones? The unit is the window: the place of each among random
 * calm windows as long as the shortest of them, disjoint from all that was trained or tested on, and one exact test on
 * the places of all. Empty below two tests or thirty calm windows.
 * @param quoted - of the whole file; undefined without quotes
 */
export function acrossWindows(
  market: RecordedMarket,
  tests: readonly TrainedTest[],
  quoted: QuotedDays | undefined,
  random: Random,
): Across[] {
  if (tests.length < FEWEST_TESTS) return [];
  const stress = tests.map(({ test }) => test.stress);
  const calm = tests.map(({ test }) => test.calm);
  const length = Math.min(...stress.map(({ from, to }) => to - from));
  const nulls = drawNullWindows(
    market.bars,
    { length, calm, apart: [...stress, ...calm] },
    random.fork("calm-windows"),
  );
  if (nulls.length === 0) return [];
  const blocks = [...stress, ...nulls];
  const span = { from: Math.min(...blocks.map(({ from }) => from)), to: Math.max(...blocks.map(({ to }) => to)) };
  const kinds: ((trained: TrainedTest) => LossSeries)[] = [
    // Origins start with each block, so that a block of weeks holds whole weeks.
    (trained) => joined(blocks.map((block) => forecastLosses(market, trained, block))),
    ...(quoted === undefined ? [] : [(trained: TrainedTest) => quoteLosses(quoted, trained, span)]),
  ];
  return kinds.flatMap((lossesOf) => {
    const byTest = new Map(
      byCalm(tests).flatMap((group) => {
        const series = lossesOf(group[0]);
        return group.map((trained) => [trained, series] as const);
      }),
    );
    const series = tests.map((trained) => byTest.get(trained)!);
    return acrossBy(tests, nulls, series, blocks, random) ?? [];
  });
}

function acrossBy(
  tests: readonly TrainedTest[],
  nulls: readonly TimeWindow[],
  series: readonly LossSeries[],
  blocks: readonly TimeWindow[],
  random: Random,
): Across | undefined {
  const names = [...series[0].losses.keys()].filter((name) => series.every(({ losses }) => losses.has(name)));
  const { loss } = series[0];
  // A block without quotes, or without a forecast of some model, is no block for any.
  const scores = names.map((name) => series.map((one) => blocks.map((block) => meanWithin(one, name, block))));
  const usable = [...blocks.keys()].filter((at) =>
    scores.every((rows) => rows.every((row) => Number.isFinite(row[at]))),
  );
  const kept = usable.filter((at) => at >= tests.length);
  if (usable.length - kept.length < tests.length || kept.length < FEWEST_WINDOWS) return undefined;
  const results = names.map((model, i) => {
    const rows = scores[i].map((row) => usable.map((at) => row[at]));
    const found = placeTest(rows, random.fork("places", loss, model));
    return { model, places: [...found.places], meanPlace: found.meanPlace, p: found.p, found };
  });
  const adjusted = holm(results.map(({ p }) => p));
  const [{ found }] = results;
  return {
    loss,
    windows: tests.map(({ test }) => test.name),
    nullWindows: kept.length,
    nullDays: Math.round((nulls[0].to - nulls[0].from) / 86_400),
    assignments: found.assignments,
    isComplete: found.isComplete,
    rows: results.map(({ model, places, meanPlace, p }, i) => ({ model, places, meanPlace, p, adjusted: adjusted[i] })),
  };
}

function meanWithin({ times, life, losses }: LossSeries, name: string, { from, to }: TimeWindow): number {
  const values = losses.get(name)!;
  const own = [...times.keys()].filter(
    (row) => times[row] >= from && times[row] + life <= to && Number.isFinite(values[row]),
  );
  return own.length === 0 ? Number.NaN : mean(own.map((row) => values[row]));
}

/** Series of disjoint spans as one, in the order given. */
function joined(parts: readonly LossSeries[]): LossSeries {
  const [first] = parts;
  const names = [...first.losses.keys()];
  return {
    ...first,
    times: parts.flatMap(({ times }) => [...times]),
    losses: new Map(
      names.map((name) => [name, Float64Array.from(parts.flatMap(({ losses }) => [...(losses.get(name) ?? [])]))]),
    ),
    leftOut: parts.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}
