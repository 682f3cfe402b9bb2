import { tInterval } from "../../src/statistics/t-interval.ts";
import type { SeedResult } from "../results/on-chain.ts";
import type { Estimate } from "../results/parts.ts";
import type { Results } from "../results/results.ts";
import { metrics } from "./metrics.ts";
import type { Metric } from "./metrics.ts";

/** Seeds below which no interval is given. */
const fewestForInterval = 6;

/** Change of one metric in one cell against an earlier run, paired by seed: now less before. */
export interface PairedChange {
  readonly model: string;
  readonly preset: string;
  readonly severity: number;
  readonly metric: string;
  readonly unit: Metric["unit"];
  readonly before: number;
  readonly now: number;
  readonly change: Estimate;
  /** Whether the interval lies on one side of zero, by the metric's own direction. */
  readonly verdict: "better" | "worse" | "changed" | "not shown" | "same";
}

/** Why a comparison may mislead, one sentence each; empty when both runs share draws and scenario. */
export function comparability(before: Results, now: Results): string[] {
  const differs = (what: string, old: string | number, current: string | number) =>
    old === current ? [] : [`${what} differs: ${old} before, ${current} now; seeds are not paired by chance any more`];
  return [
    ...differs("master seed", before.meta.masterSeed, now.meta.masterSeed),
    ...differs("scenario", before.meta.scenario, now.meta.scenario),
    ...(before.meta.scenario === now.meta.scenario && before.meta.scenarioHash !== now.meta.scenarioHash
      ? ["the scenario was edited since: differences hold its change too"]
      : []),
  ];
}

/** Paired differences by model × preset × severity, over the seeds that both runs have. */
export function compareWithBaseline(before: Results, now: Results): PairedChange[] {
  const bySeed = metrics.filter((metric) => metric.bySeed !== undefined);
  return now.onChain
    .filter(({ kind }) => kind === "model")
    .flatMap((cell) => {
      const old = before.onChain.find(
        ({ model, preset, severity }) => model === cell.model && preset === cell.preset && severity === cell.severity,
      );
      if (old === undefined) return [];
      const { model, preset, severity } = cell;
      return bySeed.flatMap((metric) => {
        const pairs = pairUp(old.perSeed, cell.perSeed, metric.bySeed!);
        return pairs.length === 0 ? [] : [{ model, preset, severity, ...changeOf(metric, pairs) }];
      });
    });
}

function pairUp(
  before: readonly SeedResult[],
  now: readonly SeedResult[],
  read: (seed: SeedResult) => number | null,
): { before: number; now: number }[] {
  return now.flatMap((current) => {
    const old = before.find(({ seed }) => seed === current.seed);
    const pair = { before: old === undefined ? null : read(old), now: read(current) };
    return pair.before === null || pair.now === null ? [] : [{ before: pair.before, now: pair.now }];
  });
}

function changeOf(metric: Metric, pairs: readonly { before: number; now: number }[]) {
  const differences = pairs.map(({ before, now }) => now - before);
  const mean = meanOf(differences);
  const n = differences.length;
  const bounds = n < fewestForInterval ? { low: null, high: null } : tInterval(differences);
  const change: Estimate = { mean, low: bounds.low, high: bounds.high, n };
  return {
    metric: metric.name,
    unit: metric.unit,
    before: meanOf(pairs.map((pair) => pair.before)),
    now: meanOf(pairs.map((pair) => pair.now)),
    change,
    verdict: judge(metric, differences, change),
  };
}

function judge(
  { better }: Metric,
  differences: readonly number[],
  { mean, low, high }: Estimate,
): PairedChange["verdict"] {
  if (differences.every((difference) => difference === 0)) return "same";
  if (low === null || high === null || (low <= 0 && high >= 0)) return "not shown";
  if (better === "neither") return "changed";
  return mean! < 0 === (better === "lower") ? "better" : "worse";
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
