import type { RunSpec } from "../../engine/run-record.ts";
import type { PlacedGroup, SettingOrder } from "../../experiment/chain-settings.ts";
import type { JudgedRun } from "../../experiment/finished-run.ts";
import type { VariantOrder } from "../../experiment/model-variants.ts";
import { PERFECT } from "../../experiment/plan.ts";
import { groupRuns } from "../../experiment/run-group.ts";
import { runPlaced } from "../../experiment/run-placed.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { StudyContext } from "../study.ts";

/** A market on chain: what happens in it, and the defences of its protocol. */
export interface Market {
  readonly scenario: Scenario;
  readonly preset: string;
}

/** What runs in a market at a severity on every chain seed: variants of a model by their names. */
export interface MarketCell {
  /** Place of the market in the list. */
  readonly market: number;
  readonly severity: number;
  readonly variants: readonly string[];
  /** Whether perfect pricing runs before them. */
  readonly control: boolean;
}

/** Runs in several markets; draws are addressed by the seed alone, so that markets share random numbers. */
export interface MarketPlan {
  readonly markets: readonly Market[];
  readonly cells: readonly MarketCell[];
  readonly variants: VariantOrder;
  /** Chain seeds; the first and how many. */
  readonly seeds: readonly [first: number, count: number];
  readonly feedback: boolean;
}

/** Runs every cell of the plan and finds runs by market, severity and variant. */
export async function runMarkets(context: StudyContext, plan: MarketPlan): Promise<MarketRuns> {
  const { masterSeed, jobs, ownModels, hardhat, signal, advance } = context;
  const { markets, cells, variants, feedback } = plan;
  const [first, count] = plan.seeds;
  const settings = markets.map(({ scenario }): SettingOrder => {
    const alone = { ...scenario, onChain: { ...scenario.onChain, models: [variants.model] } };
    return {
      request: { scenario: alone, masterSeed, jobs, history: undefined, ownModels, command: "" },
      variants,
      bundles: false,
    };
  });
  const groups = cells.flatMap(({ market, severity, variants: names, control }): PlacedGroup[] => {
    const { scenario, preset } = markets[market];
    const specs = Array.from({ length: count }, (_, i): RunSpec[] => {
      const shared = { scenario: scenario.name, masterSeed, preset, feedback, severity, seed: first + i };
      const perfect: RunSpec[] = control ? [{ ...shared, model: PERFECT, rung: "P0" }] : [];
      return [...perfect, ...names.map((model) => ({ ...shared, model }))];
    });
    return groupRuns(specs.flat()).map((group) => ({ setting: market, group }));
  });
  const total = groups.reduce((sum, { group }) => sum + group.specs.length, 0);
  let done = 0;
  const onRun = () => advance(++done, total);
  const runs = await runPlaced(settings, groups, { jobs, hardhat, signal, onRun });
  return new MarketRuns(groups, runs);
}

/** Finished runs by market, severity and variant. */
export class MarketRuns {
  readonly #byCell = new Map<string, JudgedRun[]>();

  constructor(groups: readonly PlacedGroup[], runs: readonly (readonly JudgedRun[])[]) {
    groups.forEach(({ setting }, i) => {
      for (const run of runs[i]) {
        const key = keyOf(setting, run.summary.spec.severity, run.summary.spec.model);
        const cell = this.#byCell.get(key);
        if (cell === undefined) this.#byCell.set(key, [run]);
        else cell.push(run);
      }
    });
  }

  /** Runs of a variant, or of perfect pricing, in a market at a severity, by seed; none where it did not run. */
  of(market: number, severity: number, variant: string): readonly JudgedRun[] {
    return this.#byCell.get(keyOf(market, severity, variant)) ?? [];
  }

  /** The same, each run by a number of it. */
  numbers(market: number, severity: number, variant: string, pick: (run: JudgedRun) => number): number[] {
    return this.of(market, severity, variant).map(pick);
  }
}

function keyOf(market: number, severity: number, variant: string): string {
  return `${market}|${severity}|${variant}`;
}

/** Excess cost of a run over perfect pricing on the same seed, share of NAV. */
export function excessCostOf({ excessCost }: JudgedRun): number {
  return excessCost ?? Number.NaN;
}

/** What the contract quoted against the truth, vol points. */
export function effectiveErrorOf({ summary }: JudgedRun): number {
  return summary.quotes.effective;
}

/** Differences of two arms, paired by seed. */
export function paired(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, seed) => value - others[seed]);
}
