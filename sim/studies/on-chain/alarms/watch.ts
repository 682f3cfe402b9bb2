import { LEVEL_YEARS } from "../../../../src/models/calm-split.ts";
import type { FittedModel, QuoteSet } from "../../../../src/models/pricing-model.ts";
import { selectFeatures } from "../../../../src/models/select-quotes.ts";
import { median } from "../../../../src/statistics/moments.ts";
import { YEAR_SECONDS } from "../../../../src/time/year.ts";

/** What a monitor sees at one surface of the market. */
export interface Observation {
  /** Of the surface, on the clock of the quotes. */
  readonly time: number;
  /** ln of the market's vol over the calm fit's, the median over quotes near the money at about seven days. */
  readonly error: number;
  /** Size of the feed's last hourly return in deviations of the vol that the calm fit quotes; NaN where none is new. */
  readonly move: number;
}

/** Quotes within so many deviations of the money are watched. */
const NEAR_THE_MONEY = 1.05;

/** One observation a surface, in order of time. */
export function observe(model: FittedModel, quotes: QuoteSet): Observation[] {
  return observer(model)(quotes);
}

/** Observes quotes that come in pieces, in order of time, as if they came at once. */
export function observer(model: FittedModel): (quotes: QuoteSet) => Observation[] {
  let seenUntil = Number.NaN;
  return (quotes) => {
    const found = observeAfter(model, quotes, seenUntil);
    if (quotes.target.length > 0) seenUntil = quotes.features.returns[quotes.target.length - 1].end;
    return found;
  };
}

/** @param until - end of the history of returns that was seen last */
function observeAfter(model: FittedModel, quotes: QuoteSet, until: number): Observation[] {
  const surfaces = surfacesOf(quotes);
  const rows = surfaces.flatMap((surface) => watchedRows(quotes, surface));
  const { vol } = model.predictMany(selectFeatures(quotes.features, rows));
  const errors = new Map<number, number>(rows.map((row, i) => [row, Math.log(quotes.target[row] / vol[i])]));
  const levels = levelsOf(model, quotes, surfaces);
  let seenUntil = until;
  return surfaces.map(([first, end], i) => {
    const own = Array.from({ length: end - first }, (_, row) => errors.get(first + row)).filter(isNumber);
    const { values, end: latest, step } = quotes.features.returns[first];
    const isNew = latest !== seenUntil && values.length > 0;
    seenUntil = latest;
    const deviation = levels[i] * Math.sqrt(step / YEAR_SECONDS);
    return {
      time: quotes.time[first],
      error: median(own),
      move: isNew ? Math.abs(values[values.length - 1]) / deviation : Number.NaN,
    };
  });
}

type Surface = readonly [first: number, end: number];

/** Rows of equal time, from … to before. */
function surfacesOf({ time }: QuoteSet): Surface[] {
  const surfaces: Surface[] = [];
  for (let first = 0; first < time.length;) {
    let end = first;
    while (end < time.length && time[end] === time[first]) end++;
    surfaces.push([first, end]);
    first = end;
  }
  return surfaces;
}

/** Rows of the tenor nearest to seven days that are near the money; the one nearest to it in any case. */
function watchedRows({ features: { years, logMoneyness }, target }: QuoteSet, [first, end]: Surface): number[] {
  const rows = Array.from({ length: end - first }, (_, i) => first + i);
  const away = (row: number) => Math.abs(years[row] - LEVEL_YEARS);
  const tenor = rows.reduce((best, row) => (away(row) < away(best) ? row : best));
  const own = rows.filter((row) => years[row] === years[tenor]);
  const money = own.reduce((best, row) => (Math.abs(logMoneyness[row]) < Math.abs(logMoneyness[best]) ? row : best));
  const width = NEAR_THE_MONEY * target[money] * Math.sqrt(years[money]);
  return own.filter((row) => row === money || Math.abs(logMoneyness[row]) <= width);
}

/** The model's vol at the money, seven days, at each surface. */
function levelsOf(model: FittedModel, quotes: QuoteSet, surfaces: readonly Surface[]): Float64Array {
  const table = selectFeatures(
    quotes.features,
    surfaces.map(([first]) => first),
  );
  table.logMoneyness.fill(0);
  table.years.fill(LEVEL_YEARS);
  return model.predictMany(table).vol;
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined;
}
