import type { NetworkManager } from "hardhat/types/network";

import type { ArtifactSource } from "../../src/chain/creation-artifact.ts";

import { chainSetting, type ChainSetting } from "./chain-setting.ts";
import { ChainWorker } from "./chain-worker.ts";
import type { JudgedRun } from "./finished-run.ts";
import { withVariants, type VariantOrder } from "./model-variants.ts";
import type { PlainRequest } from "./request.ts";
import type { RunGroup } from "./run-group.ts";
import type { WorstBundle } from "./worst-runs.ts";

/** An order for what groups of runs take place in: plain data, so that every process makes the same of it. */
export interface SettingOrder {
  readonly request: PlainRequest;
  /** Absent: the scenario's models as they are. */
  readonly variants?: VariantOrder;
  /** Whether bundles of the worst runs will be asked for. */
  readonly bundles: boolean;
  /** Whether runs come back with their logs. */
  readonly logs?: boolean;
}

/** A group of runs with the setting, by its place in the list of orders, that it takes place in. */
export interface PlacedGroup {
  readonly setting: number;
  readonly group: RunGroup;
}

/** Runs groups in several settings on one chain at a time. */
export class ChainSettings {
  readonly #network: Pick<NetworkManager, "create">;
  readonly #orders: readonly SettingOrder[];
  readonly #workers: (ChainWorker | undefined)[];
  #open: ChainWorker | undefined;

  constructor(network: Pick<NetworkManager, "create">, orders: readonly SettingOrder[]) {
    this.#network = network;
    this.#orders = orders;
    this.#workers = orders.map(() => undefined);
  }

  async run({ setting, group }: PlacedGroup, onRun: () => void, signal?: AbortSignal): Promise<readonly JudgedRun[]> {
    const worker = (this.#workers[setting] ??= await this.#workerOf(this.#orders[setting]));
    if (worker !== this.#open) await this.close();
    this.#open = worker;
    return worker.run(group, onRun, signal);
  }

  /** Bundles of the worst run of each of the models among those that ran here in the first setting. */
  bundles(artifacts: ArtifactSource, models: readonly string[]): Promise<WorstBundle[]> {
    return this.#workers[0]!.bundles(artifacts, models);
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  async #workerOf(order: SettingOrder): Promise<ChainWorker> {
    return new ChainWorker(this.#network, await settingOf(order), order.bundles);
  }
}

async function settingOf({ request, variants, logs }: SettingOrder): Promise<ChainSetting> {
  const setting = { ...chainSetting(request), logs };
  if (variants === undefined) return setting;
  // Loaded only where a study asks for it: the experiment's own runs start sooner without.
  const { variantMaker } = await import("../studies/on-chain/variant-makers.ts");
  return withVariants(setting, variants, variantMaker(variants.maker)(variants, request));
}
