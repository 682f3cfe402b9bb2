import { clopperPearson } from "../../../../src/statistics/binomial-interval.ts";
import {
  censoredMedianInterval,
  censoredQuantile,
  turnbull,
  type CensoredInterval,
} from "../../../../src/statistics/turnbull.ts";
import type { StudyLines } from "../../../results/study.ts";
import { FEWEST_REPLICATES, shareText } from "../../shared/points.ts";
import { severityText, severityWithin } from "../../shared/severity-text.ts";
import type { PlacedThreshold } from "./seek-all.ts";
import type { SeedThreshold } from "./seek-threshold.ts";
import type { VaultPredicate } from "./vault-run.ts";

/** Fewest seeds for the severity at which 5 % have broken. */
export const FEWEST_FOR_FIVE_PERCENT = 60;

/** Thresholds of one model under one preset, by seed. */
export interface ThresholdCell {
  readonly model: string;
  readonly preset: string;
  readonly predicate: VaultPredicate;
  readonly thresholds: readonly SeedThreshold[];
}

/** All cells of a predicate, in the order in which they first come. */
export function cellsOf(found: readonly PlacedThreshold[], { name, excess }: VaultPredicate): ThresholdCell[] {
  const cells = new Map<string, ThresholdCell & { readonly thresholds: PlacedThreshold[] }>();
  for (const threshold of found) {
    const { place, predicate } = threshold;
    if (predicate.name !== name || predicate.excess !== excess) continue;
    const key = `${place.model}|${place.preset}`;
    const cell = cells.get(key) ?? { ...place, predicate, thresholds: [] };
    cell.thresholds.push(threshold);
    cells.set(key, cell);
  }
  const cellList = [...cells.values()];
  for (const { thresholds } of cellList) thresholds.sort((a, b) => a.place.seed - b.place.seed);
  return cellList;
}

/** What is known of each seed's threshold. */
export function intervalsOf({ thresholds }: ThresholdCell): CensoredInterval[] {
  return thresholds.map(({ within }) => within);
}

/** `0.47 [0.31, 0.63]`: the median with its 95 % interval, where there are seeds enough for one. */
export function medianText(cell: ThresholdCell): string {
  const intervals = intervalsOf(cell);
  const median = severityWithin(censoredQuantile(intervals, 0.5));
  if (intervals.length < FEWEST_REPLICATES) return median;
  const { low, high } = censoredMedianInterval(intervals);
  // Ends at the dial's own ends are those of thresholds beyond it.
  return `${median} [${severityText(low >= 1 ? Infinity : low)}, ${severityText(high <= 0 ? -Infinity : high)}]`;
}

/** Severity at which 5 % of seeds have broken; a dash of too few seeds. */
export function fivePercentText(cell: ThresholdCell): string {
  const intervals = intervalsOf(cell);
  if (intervals.length < FEWEST_FOR_FIVE_PERCENT) return "–";
  return severityWithin(censoredQuantile(intervals, 0.05));
}

/** Share of seeds whose threshold is such, with its exact interval. */
export function shareOf({ thresholds }: ThresholdCell, is: (within: CensoredInterval) => boolean): string {
  const { rate, low, high } = clopperPearson(thresholds.filter(({ within }) => is(within)).length, thresholds.length);
  return shareText({ y: rate, low, high });
}

/**
 * Share of seeds that have broken, by severity: Turnbull's estimate.
 * @param grid - severities at which it has the exact interval of the count
 */
export function distributionOf(
  cell: ThresholdCell,
  step: number,
  grid: readonly number[],
): StudyLines["series"][number]["points"] {
  const masses = turnbull(intervalsOf(cell));
  const seeds = cell.thresholds.length;
  return Array.from({ length: Math.round(1 / step) + 1 }, (_, i) => {
    const x = Math.min(1, i * step);
    const sum = masses.filter(({ high }) => high <= x).reduce((total, { mass }) => total + mass, 0);
    const broken = Math.round(sum * seeds);
    const { low, high } = grid.includes(x) ? clopperPearson(broken, seeds) : { low: null, high: null };
    return { x, y: Math.min(1, sum), low, high };
  });
}
