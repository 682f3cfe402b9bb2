import { estimate } from "../../../experiment/estimate.ts";
import type { StudyLines } from "../../../results/study.ts";
import { inPercent } from "../chain-arms.ts";
import type { RunBook, RunPlace } from "./run-book.ts";
import { distributionOf, type ThresholdCell } from "./threshold-cells.ts";

/** One line of a chart: a model under a preset. */
export type ChartLine = Omit<RunPlace, "seed"> & { readonly name: string };

/** Excess cost of a run at a severity, by seed: its loss less perfect pricing's, share of NAV; NaN where it did not run. */
export function excessCosts(
  book: RunBook,
  { model, preset }: Pick<RunPlace, "model" | "preset">,
  severity: number,
  seeds: number,
): number[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const at = { model, preset, seed, severity };
    return (book.at(at)?.loss ?? NaN) - (book.perfectAt(at)?.loss ?? NaN);
  });
}

/** Share of seeds that have broken, by severity. */
export function sharesChart(
  title: string,
  cells: readonly (ThresholdCell & { readonly name: string })[],
  { step, grid }: { readonly step: number; readonly grid: readonly number[] },
): StudyLines {
  return {
    kind: "lines",
    title,
    note: "First passage by severity; the exact 95 % interval over seeds is drawn at the severities that every seed ran.",
    x: { label: "severity", scale: "linear" },
    y: { label: "share of seeds broken", scale: "linear" },
    series: cells.map((cell) => ({ name: cell.name, points: distributionOf(cell, step, grid) })),
  };
}

/** Mean excess cost over whole runs, by severity of the grid. */
export function costChart(
  book: RunBook,
  lines: readonly ChartLine[],
  grid: readonly number[],
  seeds: number,
): StudyLines {
  return {
    kind: "lines",
    title: "Excess cost by severity",
    note: "Over the whole run, mean over seeds with its 95 % interval; a break is the first block at which it is too much.",
    x: { label: "severity", scale: "linear" },
    y: { label: "excess cost, % of NAV", scale: "linear" },
    series: lines.map((line) => ({
      name: line.name,
      points: grid.map((severity) => {
        const { mean, low, high } = estimate(excessCosts(book, line, severity, seeds));
        return { x: severity, y: inPercent(mean), low: inPercent(low), high: inPercent(high) };
      }),
    })),
  };
}
