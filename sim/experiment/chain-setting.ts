import type { FittedModel } from "../../src/models/pricing-model.ts";
import { syntheticWorlds } from "../engine/run-world.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { trueGreeks } from "../world/true-greeks.ts";
import { TruthPricers } from "../world/truth-pricers.ts";

import { prepareHistory, type PreparedHistory } from "./history/prepare-history.ts";
import { recordedWorld, surrogateGreeks } from "./history/recorded-world.ts";
import type { PlainRequest } from "./request.ts";
import type { GroupContext } from "./run-group.ts";
import { seedModels } from "./seed-models.ts";

/** What the runs of an experiment on chain take place in, synthetic or recorded. */
export type ChainSetting = Pick<
  GroupContext,
  "scenario" | "worldOf" | "modelOf" | "readingsOf" | "columnsOf" | "trueGreeks" | "logs"
>;

/** The setting of a request; it depends on the request alone, so every process makes the same. */
export function chainSetting(request: PlainRequest): ChainSetting {
  const { history, scenario, masterSeed } = request;
  return history === undefined
    ? syntheticSetting(scenario, masterSeed)
    : recordedSetting(prepareHistory(request, history));
}

export function recordedSetting({ files, scenario, stress, fitted }: PreparedHistory): ChainSetting {
  return {
    scenario,
    worldOf: () => recordedWorld(files, scenario, stress),
    modelOf: ({ model }) => fitted.get(model),
    trueGreeks: surrogateGreeks,
  };
}

function syntheticSetting(scenario: Scenario, masterSeed: number): ChainSetting {
  const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
  const bySeed = new Map<number, ReadonlyMap<string, FittedModel>>();
  return {
    scenario,
    worldOf: syntheticWorlds(scenario, pricers),
    modelOf: ({ seed, model }) => {
      if (!bySeed.has(seed)) {
        bySeed.set(seed, seedModels(scenario, masterSeed, seed, scenario.onChain.models, pricers));
      }
      return bySeed.get(seed)!.get(model);
    },
    trueGreeks: trueGreeks(pricers),
  };
}
