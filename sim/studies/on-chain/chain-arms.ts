import { UserError } from "../../../src/errors/user-error.ts";
import { defenceNames, type DefenceName } from "../../../deployments/presets.ts";
import { defencesOf } from "../../../src/protocol/deploy/market-terms.ts";
import type { RunSpec } from "../../engine/run-record.ts";
import type { SettingOrder } from "../../experiment/chain-settings.ts";
import { estimate, meanOf } from "../../experiment/estimate.ts";
import type { JudgedRun } from "../../experiment/finished-run.ts";
import { PERFECT } from "../../experiment/plan.ts";
import { groupRuns } from "../../experiment/run-group.ts";
import { runPlaced } from "../../experiment/run-placed.ts";
import type { Estimate } from "../../results/parts.ts";
import { standardDeviation } from "../../../src/statistics/moments.ts";
import { pairsNeeded } from "../../../src/statistics/power.ts";
import type { StudyBars } from "../../results/study.ts";
import type { StudyContext } from "../study.ts";

/** The model whose variants run, where the run has it. */
const USUAL = "smile-level";
const PERCENT = 100;
/** More seeds than this nobody runs on a chain. */
const MOST_SEEDS = 10_000;

/** Calm, and the worst. */
export const armSeverities = [0, 1] as const;

/**
 * Variants of one model on the same chain seeds, the plain one first; models are fitted as the experiment's own chain
 * seeds are.
 */
export interface ArmPlan {
  /** As it is asked for, `--studies NAME`, and the name of the maker of its variants. */
  readonly study: string;
  readonly model: string;
  readonly preset: string;
  readonly arms: readonly string[];
  /** Plain data for the maker. */
  readonly settings?: unknown;
}

/** The model that a keeper posts. @throws {UserError} when the run has none */
export function postedModel({ models }: Pick<StudyContext, "models">, study: string): string {
  const name = models.includes(USUAL) ? USUAL : models.find((model) => model !== "constant");
  if (name !== undefined) return name;
  throw new UserError({
    where: `--studies ${study}`,
    what: `no model but ${models.join(", ")}`,
    expected: "a model that a keeper posts",
  });
}

/** The scenario's last preset. @throws {UserError} when it lacks a defence that the study is about */
export function presetWith({ scenario: { onChain } }: StudyContext, study: string, defence: DefenceName): string {
  const preset = onChain.presets[onChain.presets.length - 1];
  if (defenceNames(defencesOf(preset)).includes(defence)) return preset;
  throw new UserError({
    where: `--studies ${study}`,
    what: `preset ${preset} lacks the defence ${defence}`,
    expected: "a last preset that has it, such as FULL",
  });
}

/** Runs every arm and perfect pricing on every chain seed, in calm and at severity 1. */
export async function runArms(context: StudyContext, plan: ArmPlan): Promise<ArmRuns> {
  const { scenario, masterSeed, jobs, ownModels, hardhat, signal, advance } = context;
  const { study, model: name, preset, arms, settings } = plan;
  const shared = { scenario: scenario.name, masterSeed, preset, feedback: true };
  const specs = armSeverities.flatMap((severity) =>
    Array.from({ length: scenario.onChain.seeds }, (_, seed): RunSpec[] => [
      { ...shared, severity, seed, model: PERFECT, rung: "P0" },
      ...arms.map((model): RunSpec => ({ ...shared, severity, seed, model })),
    ]).flat(),
  );
  const alone = { ...scenario, onChain: { ...scenario.onChain, models: [name] } };
  const request = { scenario: alone, masterSeed, jobs, history: undefined, ownModels, command: "" };
  const setting: SettingOrder = { request, variants: { maker: study, model: name, settings }, bundles: false };
  let done = 0;
  const onRun = () => advance(++done, specs.length);
  const groups = groupRuns(specs).map((group) => ({ setting: 0, group }));
  const runs = await runPlaced([setting], groups, { jobs, hardhat, signal, onRun });
  return new ArmRuns(plan, runs.flat());
}

/** Finished runs by arm; differences are against the first arm, paired by seed. */
export class ArmRuns {
  readonly #plan: ArmPlan;
  readonly #runs: readonly JudgedRun[];

  constructor(plan: ArmPlan, runs: readonly JudgedRun[]) {
    this.#plan = plan;
    this.#runs = runs;
  }

  /** Runs of an arm at a severity, by seed. */
  of(arm: string, severity: number): JudgedRun[] {
    return this.#runs
      .filter(({ summary: { spec } }) => spec.model === arm && spec.severity === severity)
      .sort((a, b) => a.summary.spec.seed - b.summary.spec.seed);
  }

  /** Mean over seeds; null where there is none. */
  mean(arm: string, severity: number, pick: (run: JudgedRun) => number): number | null {
    return estimate(this.of(arm, severity).map(pick)).mean;
  }

  /** Share of the moments asked about at which an arm's alarm stood, per cent; null where no alarm could. */
  alarmed(arm: string, severity: number): number | null {
    const total = (reading: string) =>
      this.of(arm, severity).reduce((sum, { readings }) => sum + (readings[reading] ?? 0), 0);
    const asked = total("asked");
    return asked === 0 ? null : inPercent(total("alarmed") / asked);
  }

  /** Excess cost that an arm saves against another, the first by default; share of NAV. */
  saved(arm: string, severity: number, against = this.#plan.arms[0]): Estimate {
    const [before, after] = [this.#costs(against, severity), this.#costs(arm, severity)];
    return estimate(before.map((cost, seed) => cost - after[seed]));
  }

  /** Mean of what the models counted; null where none counted it. */
  reading(arm: string, severity: number, name: string): number | null {
    const known = this.of(arm, severity).flatMap(({ readings }) => readings[name] ?? []);
    return known.length === 0 ? null : meanOf(known);
  }

  /** What an arm saves at a severity, and how many seeds would show as much with a power of 80 %. */
  power(arm: string, severity: number): string {
    const [before, after] = [this.#costs(this.#plan.arms[0], severity), this.#costs(arm, severity)];
    const saved = before.map((cost, seed) => cost - after[seed]);
    const effect = meanOf(saved);
    if (saved.length < 2 || effect === 0) return "–";
    const needed = pairsNeeded(effect, standardDeviation(saved));
    return needed > MOST_SEEDS ? `> ${MOST_SEEDS.toLocaleString("en")}` : needed.toLocaleString("en");
  }

  /** What the other arms save, with what can be said of it. */
  answer(): string {
    const [plain, ...others] = this.#plan.arms;
    const { model } = this.#plan;
    const told = others.map(
      (arm) =>
        `${arm.replace(`${model}, `, "")} saves ${percentText(this.saved(arm, 1))} (in calm ${percentText(this.saved(arm, 0))})`,
    );
    const seeds = this.of(plain, 1).length;
    const hasIntervals = this.saved(others[0], 1).low !== null;
    const isShown = others.some((arm) => (this.saved(arm, 1).low ?? 0) > 0);
    return (
      `Share of NAV at severity 1 against ${plain}, negative where it costs: ${told.join("; ")}. ` +
      (hasIntervals
        ? `${seeds} seeds${isShown ? "" : "; no saving is shown, since no interval lies above zero"}.`
        : `${seeds === 1 ? "One seed is" : `${seeds} seeds are`} too few for an interval, so nothing is shown.`)
    );
  }

  /** Excess cost by arm, worst severity first. */
  charts(): StudyBars[] {
    const { arms, preset } = this.#plan;
    return armSeverities.toReversed().map((severity) => ({
      kind: "bars",
      title: severity === 0 ? "Excess cost in calm" : `Excess cost at severity ${severity}`,
      note: `Beyond perfect pricing on the same seed, under ${preset}, mean over seeds with its 95 % interval.`,
      unit: "excess cost, % of NAV",
      bars: arms.map((name) => {
        const { mean, low, high } = estimate(this.#costs(name, severity));
        return { name, value: inPercent(mean), low: inPercent(low), high: inPercent(high) };
      }),
    }));
  }

  #costs(arm: string, severity: number): number[] {
    return this.of(arm, severity).map((run) => run.excessCost ?? Number.NaN);
  }
}

/** A share in per cent. */
export function inPercent(share: number | null): number | null {
  return share === null ? null : PERCENT * share;
}

/** `3.10 % [0.20, 6.00]`. */
export function percentText({ mean, low, high }: Estimate): string {
  const text = (value: number) => (PERCENT * value).toFixed(2).replace(/^-/, "−");
  if (mean === null) return "an unknown share";
  return `${text(mean)} %${low === null || high === null ? "" : ` [${text(low)}, ${text(high)}]`}`;
}

/** `0.75 [0.10, 1.40]`, in the unit of the estimate. */
export function pointsText({ mean, low, high }: Estimate): string {
  const text = (value: number) => value.toFixed(2).replace(/^-/, "−");
  if (mean === null) return "unknown";
  return `${text(mean)}${low === null || high === null ? "" : ` [${text(low)}, ${text(high)}]`}`;
}
