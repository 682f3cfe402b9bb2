/**
 * The whole loop (world, agents, pool, block, read, checks) against raw re-execution of the same blocks without reads:
 * `npx hardhat run bench/loop.ts`. Both on one chain from one snapshot, in turns; prints gas by role besides.
 */
import hre from "hardhat";

import type { BlockStatement, Chain } from "../src/chain/chain.ts";
import { openChain } from "../src/chain/open-chain.ts";
import { referenceAdapter } from "../src/protocol/reference-adapter.ts";
import { runOnChain } from "../sim/engine/run.ts";
import { genesisAgents } from "../sim/engine/genesis-agents.ts";
import { syntheticWorld } from "../sim/engine/run-world.ts";
import { seedModels } from "../sim/experiment/seed-models.ts";
import { loadScenario } from "../sim/scenarios/load-scenario.ts";
import { TruthPricers } from "../sim/world/truth-pricers.ts";

const ROUNDS = 5;
const MODEL = "smile-level";
const PRESET = "FULL";

const scenario = loadScenario("vol-shock");
const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
const model = seedModels(scenario, 1, 0, [MODEL], pricers).get(MODEL);
const initialDate = Date.parse(scenario.clock.start) / 1000 - referenceAdapter.setupSeconds;
const chain = await openChain(hre.network, { initialDate });
const protocol = await referenceAdapter.deploy(chain, { scenario, preset: PRESET, agents: genesisAgents(scenario) });

/** Processor time of all threads: what else the machine does hardly moves it. */
function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The chain, with every statement that is mined on it kept. */
function watched(statements: BlockStatement[]): Chain {
  return {
    engine: chain.engine,
    genesisAccounts: chain.genesisAccounts,
    mine: (block) => {
      statements.push(block);
      return chain.mine(block);
    },
    call: (to, data) => chain.call(to, data),
    snapshot: () => chain.snapshot(),
    revert: (snapshot) => chain.revert(snapshot),
    fund: (address, wei) => chain.fund(address, wei),
    close: () => chain.close(),
  };
}

const spec = {
  scenario: scenario.name,
  model: MODEL,
  severity: 1,
  seed: 0,
  masterSeed: 1,
  preset: PRESET,
  feedback: true,
};
const times = { loop: [] as number[], raw: [] as number[] };
const gas = new Map<string, number>();
let blocks = 0;
for (let round = 0; round < ROUNDS; round++) {
  const statements: BlockStatement[] = [];
  let clean = await chain.snapshot();
  const world = syntheticWorld(scenario, pricers, spec);
  let from = cpuMilliseconds();
  const inputs = { chain: watched(statements), protocol, scenario, spec, model, world, recording: undefined };
  const { record } = await runOnChain(inputs);
  times.loop.push(cpuMilliseconds() - from);
  await chain.revert(clean);
  clean = await chain.snapshot();
  from = cpuMilliseconds();
  for (const statement of statements) await chain.mine(statement);
  times.raw.push(cpuMilliseconds() - from);
  await chain.revert(clean);
  if (round > 0) continue;
  blocks = record.blocks.length;
  for (const block of record.blocks) {
    for (const [role, used] of Object.entries(block.gasByRole)) gas.set(role, (gas.get(role) ?? 0) + used);
  }
}
await chain.close();

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const [loop, raw] = [median(times.loop), median(times.raw)];
console.log(`${blocks} blocks of ${scenario.name}, ${MODEL}, ${PRESET}; median of ${ROUNDS} rounds in turns`);
console.log(`processor time: whole loop ${(loop / blocks).toFixed(2)} ms a block, raw ${(raw / blocks).toFixed(2)} ms`);
console.log(`whole loop / raw re-execution without reads: ${(loop / raw).toFixed(2)}`);
console.log("gas a block by role:");
for (const [role, used] of [...gas].sort((a, b) => b[1] - a[1])) {
  console.log(
    `  ${role.padEnd(20)} ${Math.round(used / blocks)
      .toLocaleString("en-US")
      .padStart(9)}`,
  );
}
