import { pricersOf } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import { estimate } from "../../experiment/estimate.ts";
import type { JudgedRun } from "../../experiment/finished-run.ts";
import { PERFECT } from "../../experiment/plan.ts";
import { seedModels } from "../../experiment/seed-models.ts";
import type { Estimate } from "../../results/parts.ts";
import type { StudyBars, StudyResult, StudyTable } from "../../results/study.ts";
import type { Study, StudyContext } from "../study.ts";
import type { Axis, AxisLevel } from "./axes/axis.ts";
import { chainAxes } from "./axes/chain-axes.ts";
import type { HomeOrder } from "./axes/home-variants.ts";
import { inPercent, percentText, pointsText, postedModel } from "./chain-arms.ts";
import { effectiveErrorOf, excessCostOf, paired, runMarkets, type Market, type MarketRuns } from "./market-runs.ts";

const NAME = "axes";
/** The severity at which axes are moved: the worst. */
const SEVERITY = 1;
const question = "What does each thing about the market, moved alone, do to the cost and to the quotes?";

/** One axis of execution at a time, low and high, on the same random numbers. */
export const axes = axesStudy(chainAxes);

/** The same over other axes. */
export function axesStudy(axesOf: (base: Market) => readonly Axis[]): Study {
  return {
    name: NAME,
    summary:
      "One factor at a time on chain: informed flow, noise, oracle, keeper, liquidity, gas, hedge, spread; cost and quotes",
    on: "chain",
    async run(context) {
      const { scenario, masterSeed } = context;
      const { presets, seeds } = scenario.onChain;
      const model = postedModel(context, NAME);
      const base: Market = { scenario, preset: presets[presets.length - 1] };
      const moved = axesOf(base);
      const arms = moved.flatMap((axis) => axis.levels.map((level) => ({ axis, level })));
      const markets = [base, ...arms.map(({ level }) => level.market)];
      const variants: HomeOrder = { maker: NAME, model, home: scenario };
      const runs = await runMarkets(context, {
        markets,
        variants,
        cells: markets.map((_, market) => ({ market, severity: SEVERITY, variants: [model], control: true })),
        seeds: [0, seeds],
        feedback: scenario.onChain.feedback !== "off",
      });
      const [first] = seedModels(
        scenario,
        masterSeed,
        0,
        [model],
        pricersOf(configOf({ scenario, masterSeed })),
      ).values();
      const reads = Object.keys(first.explain(first.trainedOn.typical).contributions);
      return resultOf(context, new AxisEffects(model, runs, arms, reads), base, moved);
    },
  };
}

interface Arm {
  readonly axis: Axis;
  readonly level: AxisLevel;
}

/** Differences of every arm from the base, paired by seed. */
class AxisEffects {
  readonly model: string;
  readonly arms: readonly Arm[];
  /** Features that the model reads. */
  readonly reads: readonly string[];
  readonly #runs: MarketRuns;

  constructor(model: string, runs: MarketRuns, arms: readonly Arm[], reads: readonly string[]) {
    this.model = model;
    this.arms = arms;
    this.reads = reads;
    this.#runs = runs;
  }

  /** Mean in the base market. */
  base(pick: (run: JudgedRun) => number): Estimate {
    return estimate(this.#runs.numbers(0, SEVERITY, this.model, pick));
  }

  /** An arm less the base. */
  effect(arm: number, pick: (run: JudgedRun) => number, variant = this.model): Estimate {
    return estimate(
      paired(this.#runs.numbers(arm + 1, SEVERITY, variant, pick), this.#runs.numbers(0, SEVERITY, variant, pick)),
    );
  }

  /** Features that the axis can move and the model reads. */
  moved({ features }: Axis): readonly string[] {
    return features.filter((feature) => this.reads.includes(feature));
  }

  /** Whether the axis can move what the contract quotes, spread and fees at zero. */
  movesQuotes(axis: Axis): boolean {
    return axis.posts || this.moved(axis).length > 0;
  }
}

function resultOf(
  { scenario }: StudyContext,
  effects: AxisEffects,
  { preset }: Market,
  moved: readonly Axis[],
): StudyResult {
  const { seeds } = scenario.onChain;
  return {
    name: NAME,
    title: "One factor at a time, on chain",
    question,
    answer: answerOf(effects, preset, seeds),
    charts: [costChart(effects), errorChart(effects)],
    tables: [effectTable(effects), estimandTable(effects, moved)],
    notes: [
      `${seeds} chain seeds, severity ${SEVERITY}, under ${preset}; every arm has its own perfect pricing, and shares its random numbers with the base. Models are those that the experiment's own chain seeds fit at home: nothing is trained again.`,
      "n/a is not zero: the estimand does not depend on the axis. Trades move the outside price by their lasting impact and so, a little, the moneyness at which true vols are read; that is left out of what an axis can move. A plain 0.00 was measured: not one transaction went otherwise.",
      `${effects.arms.length} arms without a correction for their number: one interval in twenty lies beside zero by chance. Interactions are not seen; they are for the attribution.`,
      "The band of the vault's hedger is a constant of its contract, so the hedge is on or off. Sizes of the steps are ours.",
    ],
  };
}

function answerOf(effects: AxisEffects, preset: string, seeds: number): string {
  const base = `With everything as the scenario has it, ${effects.model} costs ${percentText(effects.base(excessCostOf))} of NAV beyond perfect pricing under ${preset}.`;
  const all = effects.arms.map(({ axis, level }, arm) => ({
    name: `${axis.name} ${level.label}`,
    cost: effects.effect(arm, excessCostOf),
  }));
  if (all.every(({ cost }) => cost.low === null)) {
    return `${base} ${seeds === 1 ? "One seed is" : `${seeds} seeds are`} too few for an interval, so no axis is shown to move it.`;
  }
  const shown = all
    .filter(({ cost: { low, high } }) => low !== null && high !== null && (low > 0 || high < 0))
    .sort((a, b) => Math.abs(b.cost.mean!) - Math.abs(a.cost.mean!));
  const told = shown.slice(0, 4).map(({ name, cost }) => `${name} ${percentText(cost)}`);
  const more = shown.length > told.length ? `, and ${shown.length - told.length} more` : "";
  return shown.length === 0
    ? `${base} None of ${all.length} arms is shown to change that.`
    : `${base} Shown to change that, of ${all.length} arms: ${told.join("; ")}${more}.`;
}

function costChart(effects: AxisEffects): StudyBars {
  return {
    kind: "bars",
    title: "What each arm adds to the excess cost",
    note: "Against the base on the same seed, mean with its 95 % interval; negative: it saves.",
    unit: "excess cost, % of NAV",
    bars: effects.arms.map(({ axis, level }, arm) => barOf(axis, level, effects.effect(arm, excessCostOf), inPercent)),
  };
}

function errorChart(effects: AxisEffects): StudyBars {
  const able = effects.arms.flatMap((arm, index) => (effects.movesQuotes(arm.axis) ? [{ ...arm, index }] : []));
  return {
    kind: "bars",
    title: "What each arm adds to the error of the contract's quotes",
    note: "Only axes that can move a quote; against the base on the same seed, mean with its 95 % interval.",
    unit: "effective error, vol points",
    bars: able.map(({ axis, level, index }) => barOf(axis, level, effects.effect(index, effectiveErrorOf), same)),
  };
}

function barOf(
  { name }: Axis,
  { label }: AxisLevel,
  { mean, low, high }: Estimate,
  scale: (value: number | null) => number | null,
): StudyBars["bars"][number] {
  return { name: `${name}: ${label}`, value: scale(mean), low: scale(low), high: scale(high) };
}

function effectTable(effects: AxisEffects): StudyTable {
  return {
    caption: "Each arm less the base, paired by seed, means with 95 % intervals",
    head: [
      "axis",
      "base",
      "arm",
      "excess cost, % of NAV",
      "loss under perfect pricing, % of NAV",
      "model's own error, vol points",
      "effective error, vol points",
    ],
    rows: effects.arms.map(({ axis, level }, arm) => [
      axis.name,
      axis.base,
      level.label,
      percentText(effects.effect(arm, excessCostOf)),
      percentText(effects.effect(arm, ({ summary }) => summary.loss, PERFECT)),
      effects.moved(axis).length === 0
        ? "n/a"
        : pointsText(effects.effect(arm, ({ summary }) => summary.quotes.intended)),
      effects.movesQuotes(axis) ? pointsText(effects.effect(arm, effectiveErrorOf)) : "n/a",
    ]),
  };
}

function estimandTable(effects: AxisEffects, moved: readonly Axis[]): StudyTable {
  return {
    caption: `What each axis can move, for ${effects.model}, which reads ${effects.reads.join(", ")}`,
    head: ["axis", "true vols", "features that the model reads", "when surfaces land", "executions"],
    rows: moved.map((axis) => {
      const read = effects.moved(axis);
      const unread = axis.features.length === 0 ? "n/a" : `n/a: it does not read ${axis.features.join(", ")}`;
      return [axis.name, "n/a", read.length > 0 ? read.join(", ") : unread, axis.posts ? "yes" : "n/a", "yes"];
    }),
  };
}

function same(value: number | null): number | null {
  return value;
}
