import { mean, standardDeviation } from "../../../src/statistics/moments.ts";
import { estimate } from "../../experiment/estimate.ts";
import type { JudgedRun } from "../../experiment/finished-run.ts";
import type { Estimate } from "../../results/parts.ts";
import type { StudyHeat, StudyResult, StudyTable } from "../../results/study.ts";
import type { Study, StudyContext } from "../study.ts";
import type { HomeOrder } from "./axes/home-variants.ts";
import { inPercent, percentText, pointsText, postedModel } from "./chain-arms.ts";
import { excessCostOf, paired, runMarkets, type Market, type MarketRuns } from "./market-runs.ts";
import { chainConditions, type ChainCondition } from "./transfer-chain/chain-conditions.ts";
import { OFF_CHAIN, type Recorded, type TransferOrder } from "./transfer-chain/transfer-variants.ts";

const NAME = "transfer-chain";
/** Models that read order flow, utilisation and base fee; the first of them that the run has is asked, else the first. */
const readers = ["bayesian-linear", "gaussian-process", "network", "network-decay", "forest", "hybrid"] as const;
/** Calm runs that are recorded in a market, and the share of them that a seed trains on. */
const RECORDED = 24;
const SHARE = 0.5;
/** Chain seeds of recorded runs begin here, far from those of the experiment. */
const FIRST_RECORDED = 1000;
const STATE = ["orderFlow", "utilisation", "baseFee"] as const;

const question = "Does a model that learned from one market's chain price on another one?";

/** Trained on calm runs of one market on chain, run in calm on another: mix, fees, block time, upgrade. */
export const transferChain = transferChainStudy(RECORDED, chainConditions);

/** The same over other conditions, from another number of recorded runs. */
export function transferChainStudy(recordings: number, conditionsOf: (home: Market) => ChainCondition[]): Study {
  return {
    name: NAME,
    summary:
      "Trained on one market's chain, run on another's: participant mix, fee version, block time, protocol upgrade",
    on: "chain",
    async run(context) {
      const { scenario, models } = context;
      const { presets, seeds } = scenario.onChain;
      const conditions = conditionsOf({ scenario, preset: presets[presets.length - 1] });
      const model = readers.find((name) => models.includes(name)) ?? readers[0];
      const total = conditions.length * (recordings + seeds * (conditions.length + 2));
      const recorded = await record(
        { ...context, advance: (done) => context.advance(done, total) },
        conditions,
        recordings,
      );
      const variants: TransferOrder = { maker: NAME, model, recorded, share: SHARE };
      const trainings = [OFF_CHAIN, ...conditions.map(({ name }) => name)];
      const runs = await runMarkets(
        { ...context, advance: (done) => context.advance(conditions.length * recordings + done, total) },
        {
          markets: conditions,
          cells: conditions.map((_, market) => ({ market, severity: 0, variants: trainings, control: true })),
          variants,
          seeds: [0, seeds],
          feedback: scenario.onChain.feedback !== "off",
        },
      );
      return resultOf(context, { model, conditions, trainings, recorded, runs });
    },
  };
}

/** Calm runs in every market, under the model that the keeper of the home market posts. */
async function record(
  context: StudyContext,
  conditions: readonly ChainCondition[],
  recordings: number,
): Promise<Recorded[]> {
  const { scenario } = context;
  const variants: HomeOrder = { maker: "calm-recorder", model: postedModel(context, NAME), home: scenario };
  const runs = await runMarkets(context, {
    markets: conditions,
    cells: conditions.map((_, market) => ({ market, severity: 0, variants: [variants.model], control: false })),
    variants,
    seeds: [FIRST_RECORDED, recordings],
    feedback: scenario.onChain.feedback !== "off",
  });
  return conditions.map((condition, market) => ({
    market: condition.name,
    scenario: condition.scenario,
    runs: runs.of(market, 0, variants.model).map(({ columns }) => columns),
  }));
}

interface Found {
  readonly model: string;
  readonly conditions: readonly ChainCondition[];
  /** Names of the variants: without a chain, then every condition. */
  readonly trainings: readonly string[];
  readonly recorded: readonly Recorded[];
  readonly runs: MarketRuns;
}

/** The model's own error, before grid, delay and guards, vol points. */
function ownErrorOf({ summary }: JudgedRun): number {
  return summary.quotes.intended;
}

/** A model less the one that was trained where both run, paired by seed. */
function beyondNative({ runs, conditions }: Found, training: string, market: number, pick: (run: JudgedRun) => number) {
  const native = runs.numbers(market, 0, conditions[market].name, pick);
  return estimate(paired(runs.numbers(market, 0, training, pick), native));
}

function resultOf(context: StudyContext, found: Found): StudyResult {
  const { seeds } = context.scenario.onChain;
  const { model, conditions, recorded } = found;
  const [home] = conditions;
  const losses = conditions.slice(1).map(({ name }, i) => ({
    name,
    error: beyondNative(found, home.name, i + 1, ownErrorOf),
    cost: beyondNative(found, home.name, i + 1, excessCostOf),
  }));
  const hasIntervals = losses.every(({ error }) => error.low !== null);
  const isShown = ({ low, high }: Estimate) => low !== null && high !== null && (low > 0 || high < 0);
  const told = losses.map(
    ({ name, error, cost }) => `${name} ${pointsText(error)} vol points and ${percentText(cost)} of NAV`,
  );
  const shown = losses.filter(({ error, cost }) => isShown(error) || isShown(cost)).map(({ name }) => name);
  return {
    name: NAME,
    title: "Transfer on chain",
    question,
    answer:
      `Trained at home and run elsewhere in calm, ${model} errs and costs more than one trained there by, negative where less: ${told.join("; ")}. ` +
      (hasIntervals
        ? `${shown.length === 0 ? "No difference is shown" : `Shown to differ: ${shown.join(", ")}`}. `
        : `${seeds === 1 ? "One seed is" : `${seeds} seeds are`} too few for an interval, so nothing is shown. `) +
      largestLoss(found),
    charts: [
      heat(found, "Error beyond a model trained where it runs", "vol points", ({ mean: own }) => own, ownErrorOf),
      heat(
        found,
        "Excess cost beyond a model trained where it runs",
        "% of NAV",
        ({ mean: own }) => inPercent(own),
        excessCostOf,
      ),
    ],
    tables: [nativeTable(found), stateTable(found), conditionTable(conditions)],
    notes: [
      `${recorded[0].runs.length} calm runs are recorded in each market, quoted by ${postedModel(context, NAME)} of the home market; a seed trains on ${100 * SHARE} % of them, a moment every four hours, market quotes with their noise. ${seeds} chain seeds, severity 0, every market with perfect pricing of its own. Training runs of two seeds overlap, so intervals say a little less than they seem to.`,
      `"${OFF_CHAIN}" is the model as the experiment trains it, on ${context.scenario.training.days} calm days without a chain: order flow and utilisation are zero there and the base fee never moves, so that their weights are zero whatever the chain shows.`,
      "Errors are of the model's own output, before grid, delay and guards. Fees and defences are no part of it: what a change of them moves is who trades, and by that the features that it learned from.",
      "A model that reads prices alone is the same whoever trades, so it is not asked here; sizes of the changes are ours.",
    ],
  };
}

/** The pair of markets between which the error of a model grows most. */
function largestLoss(found: Found): string {
  const { conditions } = found;
  const pairs = conditions.flatMap(({ name: trained }) =>
    conditions.flatMap(({ name: run }, market) =>
      trained === run ? [] : [{ trained, run, error: beyondNative(found, trained, market, ownErrorOf) }],
    ),
  );
  const [worst] = pairs.toSorted((a, b) => (b.error.mean ?? -Infinity) - (a.error.mean ?? -Infinity));
  return `Of all pairs most is lost when trained on ${worst.trained} and run on ${worst.run}: ${pointsText(worst.error)} vol points.`;
}

function heat(
  found: Found,
  title: string,
  unit: string,
  value: (beyond: Estimate) => number | null,
  pick: (run: JudgedRun) => number,
): StudyHeat {
  const { conditions, trainings } = found;
  return {
    kind: "heat",
    title,
    note: "Rows are where it was trained; mean over seeds. A negative cell: another market was the better school.",
    columns: { label: "run on", names: conditions.map(({ name }) => name) },
    rows: { label: "trained on", names: [...trainings] },
    unit,
    values: trainings.map((training) =>
      conditions.map((_, market) => value(beyondNative(found, training, market, pick))),
    ),
  };
}

function nativeTable(found: Found): StudyTable {
  const { conditions, runs } = found;
  const home = conditions[0].name;
  const own = (market: number, pick: (run: JudgedRun) => number) =>
    estimate(runs.numbers(market, 0, conditions[market].name, pick));
  return {
    caption: "Trained where it runs, and what training at home adds to that; means over seeds with 95 % intervals",
    head: [
      "market",
      "error of its own model, vol points",
      "trained at home adds",
      "trained off chain adds",
      "excess cost of its own model, % of NAV",
      "trained at home adds",
      "trained off chain adds",
    ],
    rows: conditions.map(({ name }, market) => [
      name,
      pointsText(own(market, ownErrorOf)),
      market === 0 ? "–" : pointsText(beyondNative(found, home, market, ownErrorOf)),
      pointsText(beyondNative(found, OFF_CHAIN, market, ownErrorOf)),
      percentText(own(market, excessCostOf)),
      market === 0 ? "–" : percentText(beyondNative(found, home, market, excessCostOf)),
      percentText(beyondNative(found, OFF_CHAIN, market, excessCostOf)),
    ]),
  };
}

/** What the public state of each market was in training, and what it did to the quotes of the model trained on it. */
function stateTable({ conditions, recorded, runs }: Found): StudyTable {
  const spread = (values: readonly number[]) => `${mean(values).toFixed(3)} ± ${standardDeviation(values).toFixed(3)}`;
  const moved = (market: number, training: string) => {
    const moves = runs.of(market, 0, training).flatMap(({ columns }) => Array.from(columns.stateMoves));
    return Math.sqrt(mean(moves.map((move) => move ** 2)));
  };
  return {
    caption:
      "Public chain state in the recorded runs, mean ± deviation; what it moved the seven-day vol by, root mean square",
    head: [
      "market",
      "order flow, share of the vega limit",
      "utilisation, share of it",
      "base fee, gwei",
      "its own model, vol points",
      "trained at home, vol points",
      "trained off chain, vol points",
    ],
    digits: [0, 0, 0, 0, 2, 2, 2],
    rows: conditions.map(({ name }, market) => [
      name,
      ...STATE.map((feature) => spread(recorded[market].runs.flatMap((run) => Array.from(run[feature])))),
      moved(market, name),
      moved(market, conditions[0].name),
      moved(market, OFF_CHAIN),
    ]),
  };
}

function conditionTable(conditions: readonly ChainCondition[]): StudyTable {
  return {
    caption: "Markets, one factor changed at a time",
    head: ["market", "what it is"],
    rows: conditions.map(({ name, change }) => [name, change]),
  };
}
