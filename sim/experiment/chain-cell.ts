import { locationTest } from "../../src/statistics/location-test.ts";
import { roles, type Role } from "../scenarios/scenario.ts";
import { finiteOrNull, type Estimate } from "../results/parts.ts";
import type { BreakResult, ChainCell } from "../results/on-chain.ts";

import { breakShares } from "./break-shares.ts";
import { estimate, FEWEST_FOR_INTERVAL, meanOf } from "./estimate.ts";
import type { JudgedRun } from "./finished-run.ts";
import { PERFECT } from "./plan.ts";

const HOURS_PER_DAY = 24;

/** All seeds of one model under one preset at one severity, as results show them. */
export function chainCell(runs: readonly JudgedRun[]): ChainCell {
  const [{ summary: first }] = runs;
  const { spec } = first;
  const isControl = spec.model === PERFECT;
  const mean = (pick: (run: JudgedRun) => number) => finiteOrNull(meanOf(runs.map(pick)));
  const total = (pick: (run: JudgedRun) => number) => runs.reduce((sum, run) => sum + pick(run), 0);
  const over = (pick: (run: JudgedRun) => number): Estimate => estimate(runs.map(pick));
  const breaks = runs.flatMap(breaksOf).sort((a, b) => a.block - b.block || a.seed - b.seed);
  const excess = breaks.filter((broken) => broken.excess);

  return {
    model: spec.model,
    kind: isControl ? "control" : "model",
    rung: spec.rung ?? null,
    preset: spec.preset,
    severity: spec.severity,
    feedback: spec.feedback,
    blocksPerRun: first.values.length - 1,
    perSeed: runs.map((run) => ({
      seed: run.summary.spec.seed,
      excessCost: finiteOrNull(run.excessCost),
      loss: finiteOrNull(run.summary.loss),
      controlLoss: finiteOrNull(run.control?.summary.loss),
      drawdown: finiteOrNull(run.summary.drawdown),
      effectiveErrorVp: finiteOrNull(run.summary.quotes.effective),
      badDebt: run.summary.liquidations.badDebt,
      insuranceUsed: run.summary.liquidations.fromFund,
      liquidations: run.summary.liquidations.started,
    })),
    excessCost: isControl ? null : over((run) => run.excessCost ?? NaN),
    excessTest: isControl ? null : costTest(runs),
    loss: over((run) => run.summary.loss),
    controlLoss: isControl ? null : over((run) => run.control?.summary.loss ?? NaN),
    profit: {
      total: mean((run) => run.summary.split.total),
      edge: mean((run) => run.summary.split.edge),
      revaluationAtOnset: mean((run) => run.summary.split.revaluationAtOnset),
      carryAndGamma: mean((run) => run.summary.split.carryAndGamma),
      hedging: mean((run) => run.summary.split.hedging),
      neutralInventory: mean((run) => run.summary.split.neutralInventory),
      fees: mean((run) => run.summary.split.fees),
      liquidations: mean((run) => run.summary.split.liquidations),
      residual: mean((run) => run.summary.split.residual),
    },
    posts: {
      offered: total((run) => run.summary.posts.offered),
      clamped: total((run) => run.summary.posts.clamped),
      refused: total((run) => refusals(run).reduce((sum, [, count]) => sum + count, 0)),
      refusedByRule: refusedByRule(runs),
    },
    hoursWithoutFreshSurface: mean((run) => run.summary.posts.hoursWithoutFresh),
    tradesRefused: total((run) => run.summary.posts.tradesRefused),
    tradesAttempted: total((run) => run.summary.posts.tradesAttempted),
    outsideGrid: mean((run) => run.summary.outsideGrid ?? Number.NaN),
    errorVp: {
      intended: mean((run) => run.summary.quotes.intended),
      projection: mean((run) => run.summary.quotes.projection),
      latency: mean((run) => run.summary.quotes.latency),
      guards: mean((run) => run.summary.quotes.guards),
      effective: mean((run) => run.summary.quotes.effective),
    },
    greeks: {
      deltaRmse: mean((run) => run.summary.greeks.delta),
      vegaRmse: mean((run) => run.summary.greeks.vega),
      vannaRmse: mean((run) => run.summary.greeks.vanna),
      signFlips: mean((run) => run.summary.greeks.signFlips),
    },
    hedging: {
      modelSd: mean((run) => run.summary.hedging.actual * Math.sqrt(HOURS_PER_DAY)),
      floorSd: mean((run) => run.summary.hedging.floor * Math.sqrt(HOURS_PER_DAY)),
      error: over((run) => run.summary.hedging.modelError * Math.sqrt(HOURS_PER_DAY)),
      profits: runs.map((run) => run.summary.split.carryAndGamma + run.summary.split.hedging),
    },
    adverseSelection: selectionRows(runs),
    liquidations: {
      count: total((run) => run.summary.liquidations.started),
      wrongful: total((run) => run.summary.liquidations.wrongful),
      badDebt: total((run) => run.summary.liquidations.badDebt),
      insuranceUsed: total((run) => run.summary.liquidations.fromFund),
    },
    activity: activityRows(runs),
    exercised: {
      peakVegaShare: finiteOrNull(Math.min(...runs.map((run) => run.summary.peakVega))),
      heartbeats: total((run) => run.summary.events.rounds),
      hedges: total((run) => run.summary.events.hedges),
      settlements: total((run) => run.summary.events.settlements),
      withdrawals: total((run) => run.summary.events.withdrawals),
      liquidations: total((run) => run.summary.events.liquidations),
    },
    breaks,
    breakShares: breakShares(runs),
    firstBreak: excess[0] ?? null,
  };
}

/** Whether the excess cost is above zero. */
function costTest(runs: readonly JudgedRun[]): ChainCell["excessTest"] {
  const costs = runs.map((run) => run.excessCost ?? Number.NaN).filter(Number.isFinite);
  return costs.length < FEWEST_FOR_INTERVAL ? null : locationTest(costs);
}

function breaksOf(run: JudgedRun): BreakResult[] {
  const { seed } = run.summary.spec;
  return [...run.summary.breaks, ...run.excessBreaks].map((broken) => ({
    predicate: broken.predicate,
    excess: broken.excess,
    seed,
    block: broken.block,
    time: run.times[broken.block],
    text: broken.text,
  }));
}

function refusals(run: JudgedRun): [string, number][] {
  return Object.entries(run.summary.posts.refused);
}

function refusedByRule(runs: readonly JudgedRun[]): { rule: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const run of runs) {
    for (const [rule, count] of refusals(run)) counts.set(rule, (counts.get(rule) ?? 0) + count);
  }
  return [...counts].map(([rule, count]) => ({ rule, count })).sort((a, b) => a.rule.localeCompare(b.rule));
}

function selectionRows(runs: readonly JudgedRun[]): ChainCell["adverseSelection"] {
  return ([...roles, "unknown"] as const).flatMap((role) => {
    const found = runs.map((run) => run.summary.selection.get(role)).filter((row) => row !== undefined);
    if (found.length === 0) return [];
    const sum = (pick: (row: (typeof found)[number]) => number) => found.reduce((s, row) => s + pick(row), 0);
    return [
      {
        role,
        // The vault's edge is what the role lost.
        edge: -sum((row) => row.edge) / runs.length,
        volume: sum((row) => row.premium) / runs.length,
        trades: sum((row) => row.trades),
      },
    ];
  });
}

function activityRows(runs: readonly JudgedRun[]): ChainCell["activity"] {
  const cast = roles.filter((role) => runs.some((run) => run.summary.activity.has(role)));
  return cast.map((role: Role) => {
    const row = { role, submitted: 0, included: 0, filled: 0, volume: 0 };
    for (const run of runs) {
      const one = run.summary.activity.get(role);
      if (one === undefined) continue;
      row.submitted += one.submitted;
      row.included += one.included;
      row.filled += one.filled;
      row.volume += one.volume;
    }
    return row;
  });
}
