import type { NetworkManager } from "hardhat/types/network";

import { loadCreationArtifacts, type ArtifactSource } from "../../src/chain/creation-artifact.ts";
import { referenceAdapter } from "../../src/protocol/reference-adapter.ts";
import { openStage, type Stage } from "../engine/stage.ts";

import type { ChainSetting } from "./chain-setting.ts";
import type { JudgedRun } from "./finished-run.ts";
import { PERFECT } from "./plan.ts";
import { bundleName, runBundle } from "./run-bundle.ts";
import { runGroup, type RunGroup } from "./run-group.ts";
import { WorstRuns, type WorstBundle } from "./worst-runs.ts";

/** USD of one unit of the chain's native asset where the traded asset is another; ours, for gas costs only. */
const NATIVE_PRICE = 2500;

/** One chain at a time, on which groups of runs follow each other; it deploys again only when the preset changes. */
export class ChainWorker {
  readonly #network: Pick<NetworkManager, "create">;
  readonly #setting: ChainSetting;
  readonly #worst: WorstRuns | undefined;
  #stage: Stage | undefined;

  /** @param bundles - whether bundles will be asked for: what they are made from is kept until then */
  constructor(network: Pick<NetworkManager, "create">, setting: ChainSetting, bundles = true) {
    this.#network = network;
    this.#setting = setting;
    this.#worst = bundles ? new WorstRuns() : undefined;
  }

  async run(group: RunGroup, onRun: () => void, signal?: AbortSignal): Promise<readonly JudgedRun[]> {
    const setting = this.#setting;
    const stage = await this.#stageOf(group.preset);
    const finished = await runGroup(stage, group, {
      ...setting,
      modelOf: (spec) => (spec.model === PERFECT ? undefined : setting.modelOf(spec)),
      nativePrice: setting.scenario.asset === "ETH" ? setting.scenario.spot : NATIVE_PRICE,
      signal,
      onRun,
    });
    this.#worst?.consider(finished, setting.scenario);
    return finished.runs;
  }

  /** Bundles of the worst run of each of the models among those that ran here. */
  async bundles(artifacts: ArtifactSource, models: readonly string[]): Promise<WorstBundle[]> {
    const { scenario } = this.#setting;
    const creations = await loadCreationArtifacts(artifacts);
    return (this.#worst?.of(models) ?? []).map((worst) => ({
      run: worst.run,
      file: bundleName(worst),
      json: runBundle(worst, scenario, creations),
    }));
  }

  async close(): Promise<void> {
    await this.#stage?.close();
    this.#stage = undefined;
  }

  async #stageOf(preset: string): Promise<Stage> {
    if (this.#stage?.preset === preset) return this.#stage;
    await this.close();
    this.#stage = await openStage(this.#network, referenceAdapter, this.#setting.scenario, preset);
    return this.#stage;
  }
}
