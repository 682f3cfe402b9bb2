import type { NetworkManager } from "hardhat/types/network";

import { BundleRecorder, type RunRecording } from "../../src/chain/bundle-recorder.ts";
import type { Chain } from "../../src/chain/chain.ts";
import { openChain } from "../../src/chain/open-chain.ts";
import type { FittedModel } from "../../src/models/pricing-model.ts";
import type { Action } from "../../src/protocol/actions.ts";
import type { DeployedProtocol, ProtocolAdapter } from "../../src/protocol/adapter.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { runOnChain, type RunResult } from "./run.ts";
import type { RunSpec } from "./run-record.ts";
import type { RunWorld } from "./run-world.ts";
import { genesisAgents } from "./genesis-agents.ts";

/** A finished run with the recording that its bundle is made from. */
export interface StagedRun extends RunResult {
  readonly recording: RunRecording;
}

/** A chain with a protocol under one preset, on which runs follow each other from the same state. */
export interface Stage {
  readonly preset: string;
  readonly protocol: DeployedProtocol<ProtocolView, Action>;
  /** Reverts to the end of the set-up and runs. One run at a time. */
  run(spec: RunSpec, model: FittedModel | undefined, world: RunWorld): Promise<StagedRun>;
  close(): Promise<void>;
}

/**
 * Opens a chain, deploys for a preset and remembers the state. Several stages run beside each other.
 * @param network - `hre.network`
 */
export async function openStage(
  network: Pick<NetworkManager, "create">,
  adapter: ProtocolAdapter<ProtocolView, Action>,
  scenario: Scenario,
  preset: string,
): Promise<Stage> {
  const start = Date.parse(scenario.clock.start) / 1000;
  const chain = await openChain(network, { initialDate: start - adapter.setupSeconds });
  const recorder = new BundleRecorder(chain);
  const plan = { scenario, preset, agents: genesisAgents(scenario) };
  const protocol = await adapter.deploy(recorder.recordingSetup(chain), plan);
  const { call } = protocol.read;
  recorder.addReadAfterSetup({ ...call, returned: await chain.call(call.to, call.data) });
  return new ChainStage(chain, recorder, protocol, scenario, preset);
}

class ChainStage implements Stage {
  readonly preset: string;
  readonly protocol: DeployedProtocol<ProtocolView, Action>;
  readonly #chain: Chain;
  readonly #recorder: BundleRecorder;
  readonly #scenario: Scenario;
  #clean: string | undefined;

  constructor(
    chain: Chain,
    recorder: BundleRecorder,
    protocol: DeployedProtocol<ProtocolView, Action>,
    scenario: Scenario,
    preset: string,
  ) {
    this.#chain = chain;
    this.#recorder = recorder;
    this.protocol = protocol;
    this.#scenario = scenario;
    this.preset = preset;
  }

  async run(spec: RunSpec, model: FittedModel | undefined, world: RunWorld): Promise<StagedRun> {
    if (this.#clean !== undefined) await this.#chain.revert(this.#clean);
    // A revert consumes its snapshot.
    this.#clean = await this.#chain.snapshot();
    const recording = this.#recorder.startRun();
    const inputs = {
      chain: this.#chain,
      protocol: this.protocol,
      scenario: this.#scenario,
      spec,
      model,
      world,
      recording,
    };
    return { ...(await runOnChain(inputs)), recording };
  }

  close(): Promise<void> {
    return this.#chain.close();
  }
}
