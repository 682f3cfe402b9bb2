import { median } from "../statistics/moments.ts";
import { CalibrationInputError } from "../pricing/calibration-input-error.ts";
import type { SmileQuotes } from "../pricing/calibration-input-error.ts";
import { calibrateSvi } from "../pricing/svi-calibration.ts";
import type { SviRaw } from "../pricing/svi.ts";
import { sviTotalVariance } from "../pricing/svi.ts";
import { LEVEL_YEARS } from "./calm-split.ts";
import { ModelFitError } from "./model-fit-error.ts";
import type { QuoteSet } from "./pricing-model.ts";
import { wholeOf } from "./select-quotes.ts";

/** Quoted smiles of each calm moment, smoothed tenor by tenor and read at the same nodes. */
export interface CalmSurfaces {
  /** Tenors of the nodes, years, rising. */
  readonly years: readonly number[];
  /** Normalised moneyness x = k/(σ_atm √τ) of the nodes, rising. */
  readonly moneyness: readonly number[];
  readonly moments: readonly CalmMoment[];
}

/** One moment's surface. */
export interface CalmMoment {
  /** First row of the moment in the calm quotes. */
  readonly row: number;
  /** At-the-money vol by tenor; NaN where the moment was not quoted so near or so far. */
  readonly atm: readonly number[];
  /** Vol over at-the-money vol, by tenor and moneyness. */
  readonly ratio: readonly (readonly number[])[];
}

/** Mean of calm surfaces: geometric at the money, arithmetic of ratios. */
export interface MeanSurface {
  readonly years: readonly number[];
  readonly moneyness: readonly number[];
  readonly atm: readonly number[];
  readonly ratio: readonly (readonly number[])[];
}

/** Quotes without which no surface is worth a calibration. */
export const FEWEST_QUOTES = 25;
/** Most tenors that are taken as they are; beyond, expiries come as a calendar has them. */
const MOST_TENORS = 12;
/** Nodes where expiries differ from day to day. */
const CALENDAR_YEARS = [0.5, 1, 2, 3, 7, 14, 30, 60, 90].map((days) => days / 365);
const NODES = 9;
const LEAST_REACH = 0.5;
/** Different strikes that a slice has to have. */
const FEWEST_STRIKES = 5;
/** Moments that have to reach a tenor, of all and at least. */
const NODE_SHARE = 0.5;
const FEWEST_MOMENTS = 3;

/** Several models are fitted on the same quotes in a row; their surfaces are a pure function of these. */
const known = new WeakMap<QuoteSet, CalmSurfaces>();

/**
 * Surfaces of every calm moment: an SVI slice per quoted tenor, total variance linear in time between tenors at equal
 * normalised moneyness.
 * @throws {ModelFitError} when no tenor is quoted at five strikes on half of the moments
 */
export function calmSurfaces(model: string, calm: QuoteSet): CalmSurfaces {
  let surfaces = known.get(calm);
  if (surfaces === undefined) known.set(calm, (surfaces = computeSurfaces(model, calm)));
  return surfaces;
}

interface Slice {
  readonly years: number;
  readonly theta: number;
  readonly svi: SviRaw;
  /** Range of normalised moneyness that was quoted. */
  readonly reach: readonly [number, number];
}

function computeSurfaces(model: string, calm: QuoteSet): CalmSurfaces {
  const moments = slicesByMoment(model, calm);
  const years = nodeYears(moments.map(({ slices }) => slices));
  if (years.length === 0) {
    throw new ModelFitError(
      model,
      `no tenor is quoted at ${FEWEST_STRIKES} strikes on half of the calm moments`,
      `${moments.length} moments`,
    );
  }
  const all = moments.flatMap(({ slices }) => slices);
  const low = Math.min(-LEAST_REACH, median(all.map(({ reach }) => reach[0])));
  const high = Math.max(LEAST_REACH, median(all.map(({ reach }) => reach[1])));
  const moneyness = Array.from({ length: NODES }, (_, i) => low + ((high - low) * i) / (NODES - 1));
  return {
    years,
    moneyness,
    moments: moments.map(({ row, slices }) => ({
      row,
      atm: years.map((tenor) => Math.sqrt(varianceAt(slices, tenor, 0) / tenor)),
      ratio: years.map((tenor) => {
        const theta = varianceAt(slices, tenor, 0);
        return moneyness.map((x) => Math.sqrt(varianceAt(slices, tenor, x) / theta));
      }),
    })),
  };
}

interface SlicedMoment {
  readonly row: number;
  readonly slices: readonly Slice[];
}

/** Slices look back alone: those of the first quotes are the first of all, and are not computed twice. */
const knownSlices = new WeakMap<QuoteSet, readonly SlicedMoment[]>();

function slicesByMoment(model: string, calm: QuoteSet): readonly SlicedMoment[] {
  const whole = wholeOf(calm);
  const sliced = knownSlices.get(whole ?? calm);
  if (sliced !== undefined) return sliced.filter(({ row }) => row < calm.features.count);
  const moments = computeSlices(model, calm);
  knownSlices.set(calm, moments);
  return moments;
}

function computeSlices(model: string, calm: QuoteSet): SlicedMoment[] {
  const moments: SlicedMoment[] = [];
  // A tenor's slice hardly differs from that of the day before: the search starts there.
  const previous = new Map<number, SviRaw>();
  for (let from = 0; from < calm.time.length;) {
    let to = from;
    while (to < calm.time.length && calm.time[to] === calm.time[from]) to++;
    const tenors = [...new Set(calm.features.years.subarray(from, to))].sort((a, b) => a - b);
    const slices = tenors.flatMap((years) => sliceOf(model, calm, from, to, years, previous.get(years)) ?? []);
    for (const { years, svi } of slices) previous.set(years, svi);
    if (slices.length > 0) moments.push({ row: from, slices });
    from = to;
  }
  return moments;
}

/** The slice of one tenor; undefined when too few strikes determine none. */
function sliceOf(
  model: string,
  calm: QuoteSet,
  from: number,
  to: number,
  years: number,
  previous: SviRaw | undefined,
): Slice | undefined {
  const { features, target, weight } = calm;
  const rows: number[] = [];
  for (let row = from; row < to; row++) if (features.years[row] === years && weight[row] > 0) rows.push(row);
  const quotes: SmileQuotes = {
    years,
    logMoneyness: rows.map((row) => features.logMoneyness[row]),
    vols: rows.map((row) => target[row]),
    weights: rows.map((row) => weight[row]),
  };
  if (new Set(Array.from(quotes.logMoneyness)).size < FEWEST_STRIKES) return undefined;
  const svi = calibrated(model, `day ${calm.day[from]}`, () => calibrateSvi(quotes, previous)).parameters;
  const theta = sviTotalVariance(svi, 0);
  if (!(theta > 0)) return undefined;
  const reach = rows.map((row) => features.logMoneyness[row] / Math.sqrt(theta));
  return { years, theta, svi, reach: [Math.min(...reach), Math.max(...reach)] };
}

/** Total variance at normalised moneyness, NaN outside the tenors quoted. */
function varianceAt(slices: readonly Slice[], years: number, x: number): number {
  const later = slices.findIndex((slice) => slice.years >= years);
  if (later < 0) return Number.NaN;
  const { years: end, theta, svi } = slices[later];
  const after = sviTotalVariance(svi, x * Math.sqrt(theta));
  if (end === years) return after;
  if (later === 0) return Number.NaN;
  const before = slices[later - 1];
  const share = (years - before.years) / (end - before.years);
  return (1 - share) * sviTotalVariance(before.svi, x * Math.sqrt(before.theta)) + share * after;
}

function nodeYears(moments: readonly (readonly Slice[])[]): number[] {
  const distinct = [...new Set(moments.flatMap((slices) => slices.map(({ years }) => years)))].sort((a, b) => a - b);
  const candidates = distinct.length <= MOST_TENORS ? distinct : CALENDAR_YEARS;
  const needed = Math.max(FEWEST_MOMENTS, NODE_SHARE * moments.length);
  return candidates.filter(
    (years) => moments.filter((slices) => Number.isFinite(varianceAt(slices, years, 0))).length >= needed,
  );
}

/**
 * Mean of the surfaces of moments whose rows lie before `to`.
 * @throws {ModelFitError} when a tenor is left without a moment
 */
export function meanSurface(model: string, surfaces: CalmSurfaces, to: number): MeanSurface {
  const early = surfaces.moments.filter(({ row }) => row < to);
  return meanOf(model, surfaces, early, `before row ${to}`);
}

/**
 * Mean surfaces of `groups` groups of the moments before `to`, from the lowest level at the money to the highest, so that
 * all moments are in and what moves with the level is seen; fewer where moments are, and tenors that a group lacks are
 * left out of it.
 * @throws {ModelFitError} when there is no moment
 */
export function levelSurfaces(model: string, surfaces: CalmSurfaces, to: number, groups: number): MeanSurface[] {
  const level = surfaces.years.reduce(
    (best, tenor, t) => (Math.abs(tenor - LEVEL_YEARS) < Math.abs(surfaces.years[best] - LEVEL_YEARS) ? t : best),
    0,
  );
  const early = surfaces.moments
    .filter(({ row, atm }) => row < to && Number.isFinite(atm[level]))
    .sort((a, b) => a.atm[level] - b.atm[level] || a.row - b.row);
  const count = Math.max(1, Math.min(groups, Math.floor(early.length / FEWEST_MOMENTS)));
  return Array.from({ length: count }, (_, g) => {
    const own = early.slice(Math.floor((g * early.length) / count), Math.floor(((g + 1) * early.length) / count));
    const present = surfaces.years.map((_, t) => t).filter((t) => own.some(({ atm }) => Number.isFinite(atm[t])));
    const narrowed = {
      years: present.map((t) => surfaces.years[t]),
      moneyness: surfaces.moneyness,
    };
    const moments = own.map(({ row, atm, ratio }) => ({
      row,
      atm: present.map((t) => atm[t]),
      ratio: present.map((t) => ratio[t]),
    }));
    return meanOf(model, narrowed, moments, `of level group ${g + 1} of ${count}`);
  });
}

/**
 * The surface of the last moment before `to` that was quoted at every node.
 * @throws {ModelFitError} when there is none
 */
export function lastSurface(model: string, { years, moneyness, moments }: CalmSurfaces, to: number): MeanSurface {
  const last = moments.findLast(({ row, atm, ratio }) => {
    return row < to && atm.every(Number.isFinite) && ratio.every((tenor) => tenor.every(Number.isFinite));
  });
  if (last === undefined) throw new ModelFitError(model, "no day quotes all tenors", `before row ${to}`);
  return { years, moneyness, atm: last.atm, ratio: last.ratio };
}

function meanOf(
  model: string,
  { years, moneyness }: Pick<CalmSurfaces, "years" | "moneyness">,
  early: readonly CalmMoment[],
  which: string,
): MeanSurface {
  const mean = (values: readonly number[], where: string): number => {
    const finite = values.filter(Number.isFinite);
    if (finite.length === 0) throw new ModelFitError(model, "a tenor without any quoted smile", where);
    return finite.reduce((sum, value) => sum + value, 0) / finite.length;
  };
  const nameOf = (t: number) => `tenor of ${(365 * years[t]).toFixed(2)} days ${which}`;
  return {
    years,
    moneyness,
    atm: years.map((_, t) =>
      Math.exp(
        mean(
          early.map(({ atm }) => Math.log(atm[t])),
          nameOf(t),
        ),
      ),
    ),
    ratio: years.map((_, t) =>
      moneyness.map((_, i) =>
        mean(
          early.map(({ ratio }) => ratio[t][i]),
          nameOf(t),
        ),
      ),
    ),
  };
}

/** A calibration to the moments of calm surfaces whose rows lie before `to`. */
export type SurfaceCalibration<T> = (model: string, surfaces: CalmSurfaces, to: number) => T;

/** The calibration done once for the same surfaces and rows: models that differ in their level alone share a shape. */
export function oncePerSurfaces<T>(calibrate: SurfaceCalibration<T>): SurfaceCalibration<T> {
  const done = new WeakMap<CalmSurfaces, Map<number, T>>();
  return (model, surfaces, to) => {
    let byRow = done.get(surfaces);
    if (byRow === undefined) done.set(surfaces, (byRow = new Map<number, T>()));
    let calibration = byRow.get(to);
    if (calibration === undefined) byRow.set(to, (calibration = calibrate(model, surfaces, to)));
    return calibration;
  };
}

/** A mean surface as quotes to calibrate to, by rising tenor. */
export function quotesOf({ years, moneyness, atm, ratio }: MeanSurface): SmileQuotes[] {
  return years.map((tenor, t) => ({
    years: tenor,
    logMoneyness: moneyness.map((x) => x * atm[t] * Math.sqrt(tenor)),
    vols: ratio[t].map((r) => r * atm[t]),
  }));
}

/** Runs a calibration of a model's fit. @throws {ModelFitError} in the place of the calibration's own error */
export function calibrated<T>(model: string, where: string, calibrate: () => T): T {
  try {
    return calibrate();
  } catch (error) {
    if (error instanceof CalibrationInputError) {
      throw new ModelFitError(model, error.message, `${where}, ${error.where}`, error);
    }
    throw error;
  }
}
