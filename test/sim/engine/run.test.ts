import { expect } from "chai";
import { network } from "hardhat";

import type { RunRecord, RunSpec } from "../../../sim/engine/run-record.ts";
import type { RunResult } from "../../../sim/engine/run.ts";
import { syntheticWorld } from "../../../sim/engine/run-world.ts";
import { openStage, type Stage } from "../../../sim/engine/stage.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../../sim/scenarios/protocol-durations.ts";
import type { Scenario } from "../../../sim/scenarios/scenario.ts";
import { TruthPricers } from "../../../sim/world/truth-pricers.ts";
import { referenceAdapter } from "../../../src/protocol/reference-adapter.ts";

/** `vol-shock` in a few blocks: enough for every part of the loop to act. */
function fewBlocks(blocks: number): Scenario {
  const scenario = loadScenario("vol-shock");
  const coarse = Object.keys(protocolDurations);
  return { ...scenario, clock: { ...scenario.clock, blocks, dense: [], coarse } };
}

const scenario = fewBlocks(20);
const control: RunSpec = {
  scenario: "vol-shock",
  model: "perfect",
  rung: "P0",
  severity: 1,
  seed: 3,
  masterSeed: 1,
  preset: "FULL",
  feedback: true,
};

function run(stage: Stage, spec: RunSpec, world: Scenario = scenario): Promise<RunResult> {
  const pricers = new TruthPricers(world.calm, world.crash, world.process);
  return stage.run(spec, undefined, syntheticWorld(world, pricers, spec));
}

/** What an agent did and what came of it, and what it held in the end. */
function numbersOf({ blocks }: RunRecord, agent: string, addresses: readonly string[]): unknown {
  const last = blocks.at(-1)!.view.accounts;
  return {
    outcomes: blocks.flatMap(({ outcomes }) =>
      outcomes.filter((outcome) => outcome.agent === agent).map(({ id, kind }) => [id, kind]),
    ),
    holds: [...last.values()]
      .filter(({ address }) => addresses.includes(address))
      .map(({ quoteUnits, underlyingUnits, longs, shorts, marginCashUnits }) => [
        quoteUnits,
        underlyingUnits,
        Array.from(longs),
        Array.from(shorts),
        marginCashUnits,
      ]),
  };
}

describe("a run on chain", function () {
  this.timeout(120_000);
  let stage: Stage;
  let first: RunResult;

  before(async () => {
    stage = await openStage(network, referenceAdapter, scenario, "FULL");
    first = await run(stage, control);
  });
  after(() => stage.close());

  it("gives the same state roots again for the same seed", async () => {
    const second = await run(stage, control);
    expect(second.record.stateRoots).to.deep.equal(first.record.stateRoots);
    expect(second.narrative).to.deep.equal(first.narrative);
  });

  it("gives other state roots for another seed", async () => {
    const { record } = await run(stage, { ...control, seed: 4 });
    expect(record.stateRoots.at(-1)).not.to.equal(first.record.stateRoots.at(-1));
  });

  it("moves with a world parameter that is changed by a millionth", async () => {
    const nudged = { ...scenario, calm: { ...scenario.calm, theta: scenario.calm.theta + 1e-6 } };
    const { record } = await run(stage, control, nudged);
    expect(record.stateRoots.at(-1)).not.to.equal(first.record.stateRoots.at(-1));
  });

  it("does not move with a world parameter that nothing uses", async () => {
    const calmRun = { ...control, severity: 0 };
    const before = await run(stage, calmRun);
    const nudged = { ...scenario, crash: { ...scenario.crash, theta: 0.9 } };
    const after = await run(stage, calmRun, nudged);
    expect(after.record.stateRoots).to.deep.equal(before.record.stateRoots);
  });

  it("moves nobody's numbers when an agent is added that does nothing", async () => {
    const calmRun = { ...control, severity: 0 };
    const without = await run(stage, calmRun);
    const idle: Scenario["agents"][number] = {
      role: "liquidator",
      count: 1,
      capital: 1000,
      latency: 0,
      parameters: {},
    };
    const more = { ...scenario, agents: [...scenario.agents, idle] };
    const other = await openStage(network, referenceAdapter, more, "FULL");
    try {
      const pricers = new TruthPricers(more.calm, more.crash, more.process);
      const { record } = await other.run(calmRun, undefined, syntheticWorld(more, pricers, calmRun));
      expect(record.agents).to.have.length(without.record.agents.length + 1);
      for (const { id, addresses } of without.record.agents) {
        expect(numbersOf(record, id, addresses), id).to.deep.equal(numbersOf(without.record, id, addresses));
      }
    } finally {
      await other.close();
    }
  });

  it("prices P0 by the truth in every block, to the tick", () => {
    for (const { quotedVols, trueVols, view } of first.record.blocks) {
      view.series.forEach(({ expiry }, index) => {
        if (expiry > view.time) expect(Math.abs(quotedVols[index] - trueVols[index])).to.be.below(1e-6);
      });
    }
  });

  it("quotes on P1 what the grid makes of the block's truth, and on P2 and P3 what the keeper posted of it", async () => {
    const open = await openStage(network, referenceAdapter, scenario, "OPEN");
    try {
      const unguarded = { ...control, preset: "OPEN" };
      const p1 = await run(open, { ...unguarded, rung: "P1" });
      const p2 = await run(open, { ...unguarded, rung: "P2" });
      const p3 = await run(stage, { ...control, rung: "P3" });
      const largest = (record: RunRecord, step: "projectedVols" | "offeredVols") =>
        record.blocks.reduce(
          (most, { [step]: vols, quotedVols }) =>
            vols.reduce((held, vol, i) => {
              const difference = Math.abs(quotedVols[i] - vol);
              return Number.isFinite(difference) ? Math.max(held, difference) : held;
            }, most),
          0,
        );
      expect(largest(p1.record, "offeredVols")).to.be.below(1e-4);
      expect(largest(p2.record, "offeredVols")).to.be.below(1e-4);
      expect(largest(p2.record, "projectedVols")).to.be.above(1e-3);
      expect(p3.record.blocks.some(({ posts }) => posts.refused.length > 0)).to.equal(true);
      expect(largest(p3.record, "offeredVols")).to.be.above(1e-3);
    } finally {
      await open.close();
    }
  });

  it("keeps the law of every series and all of the protocol's invariants in every block", () => {
    for (const { view } of first.record.blocks) {
      for (const { id, check } of stage.protocol.invariants) expect(check(view), id).to.equal(undefined);
    }
  });

  it("sends money nowhere: what agents, protocol, pool and fees hold sums to what they held", () => {
    const sumOf = (run: RunRecord["genesis"]): bigint => run.view.holdings.reduce((sum, { quote }) => sum + quote, 0n);
    const genesis = sumOf(first.record.genesis);
    for (const block of first.record.blocks) expect(sumOf(block)).to.equal(genesis);
  });

  it("burns the base fee and pays tips, and nothing else leaves the native supply", () => {
    const sumOf = (run: RunRecord["genesis"]): bigint =>
      run.view.holdings.reduce((sum, { native }) => sum + native, 0n);
    let left = sumOf(first.record.genesis);
    for (const block of first.record.blocks) {
      left -= block.burntWei;
      expect(sumOf(block)).to.equal(left);
    }
  });

  it("says in each block what became of every submission, once", () => {
    const seen = first.record.blocks.flatMap(({ outcomes }) => outcomes.map(({ agent, id }) => `${agent} ${id}`));
    expect(new Set(seen).size).to.equal(seen.length);
    expect(seen.length).to.be.greaterThan(40);
  });

  it("has the same world at every severity until the onset, and no fault at severity 0", async () => {
    const { record } = await run(stage, { ...control, severity: 0 });
    expect(record.faults).to.deep.equal([]);
    expect(record.genesis.truth.spot).to.equal(first.record.genesis.truth.spot);
  });
});
