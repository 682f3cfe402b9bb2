import { comparePairs, pairedShifts, type PairCounts } from "../../../../src/statistics/censored-pairs.ts";
import { holm } from "../../../../src/statistics/holm.ts";
import { fewestAgreeing, signTest, smallestDetectableShare } from "../../../../src/statistics/sign-test.ts";
import {
  censoredMedianInterval,
  censoredMedianSpan,
  type CensoredInterval,
} from "../../../../src/statistics/turnbull.ts";
import type { StudyTable } from "../../../results/study.ts";
import { FEWEST_REPLICATES } from "../../shared/points.ts";
import { shiftEndsText, shiftText } from "../../shared/severity-text.ts";
import { intervalsOf, type ThresholdCell } from "./threshold-cells.ts";

const LEVEL = 0.05;

/** Two cells on the same seeds: does the second break later? */
export interface CellPair {
  /** What both have in common. */
  readonly of: string;
  readonly first: { readonly name: string; readonly cell: ThresholdCell };
  readonly second: { readonly name: string; readonly cell: ThresholdCell };
}

export interface Comparison extends CellPair {
  readonly counts: PairCounts;
  /** Median over seeds of the second's threshold less the first's: what is known of it. */
  readonly shift: CensoredInterval;
  /** Its 95 % interval; undefined of too few seeds. */
  readonly shiftWithin: CensoredInterval | undefined;
  /** Of the exact sign test. */
  readonly p: number;
  /** Holm over the family. */
  readonly adjusted: number;
  readonly isShown: boolean;
}

/** Compares a family of pairs, seed by seed, with Holm's adjustment over it. */
export function compareCells(family: readonly CellPair[]): Comparison[] {
  const compared = family.map((pair) => {
    const [first, second] = [intervalsOf(pair.first.cell), intervalsOf(pair.second.cell)];
    const counts = comparePairs(first, second);
    const shifts = pairedShifts(first, second);
    return {
      ...pair,
      counts,
      shift: censoredMedianSpan(shifts),
      shiftWithin: shifts.length < FEWEST_REPLICATES ? undefined : censoredMedianInterval(shifts),
      p: signTest(counts.later, counts.earlier),
    };
  });
  const adjusted = holm(compared.map(({ p }) => p));
  return compared.map((one, i) => ({ ...one, adjusted: adjusted[i], isShown: adjusted[i] <= LEVEL }));
}

/** `+0.13 [0.00, +0.25]`. */
export function movedText({ shift, shiftWithin }: Comparison): string {
  return shiftWithin === undefined ? shiftText(shift) : `${shiftText(shift)} ${shiftEndsText(shiftWithin)}`;
}

/** `later on 6 of 8 seeds and earlier on 1`. */
export function countsText({ counts }: Comparison): string {
  const { earlier, later, alike, unknown } = counts;
  const ways = [
    { way: "later", seeds: later },
    { way: "earlier", seeds: earlier },
  ].filter(({ seeds }) => seeds > 0);
  const total = earlier + later + alike + unknown;
  if (ways.length === 0) return `later on none of ${seedsText(total)}`;
  return ways.map(({ way, seeds }, i) => `${way} on ${seeds}${i === 0 ? ` of ${seedsText(total)}` : ""}`).join(" and ");
}

export function comparisonTable(caption: string, head: string, family: readonly Comparison[]): StudyTable {
  return {
    caption,
    head: [head, "compared", "earlier, seeds", "later", "alike", "unknown", "median shift", "p", "p, Holm", "shown"],
    digits: [0, 0, 0, 0, 0, 0, 0, 3, 3, 0],
    rows: family.map((one) => [
      one.of,
      `${one.second.name} against ${one.first.name}`,
      one.counts.earlier,
      one.counts.later,
      one.counts.alike,
      one.counts.unknown,
      movedText(one),
      one.p,
      one.adjusted,
      one.isShown ? (one.counts.later > one.counts.earlier ? "later" : "earlier") : "not shown",
    ]),
  };
}

/** What so many seeds can show of a family of comparisons. */
export function powerText(seeds: number, comparisons: number): string {
  const alpha = LEVEL / comparisons;
  const fewest = fewestAgreeing(seeds, alpha);
  const share = smallestDetectableShare(seeds, { alpha });
  if (fewest === undefined || share === undefined) {
    return `${seedsText(seeds)} cannot show a shift among ${comparisons} comparisons, even where all of them agree.`;
  }
  return `The sign test of ${seedsText(seeds)} shows a shift, as the first of ${comparisons} comparisons, where ${fewest} agree; it finds one in four cases of five that goes the same way on ${(100 * share).toFixed(0)} % of all seeds.`;
}

/** `8 seeds`. */
export function seedsText(seeds: number): string {
  return `${seeds} ${seeds === 1 ? "seed" : "seeds"}`;
}
