import { fitOnce } from "../../src/models/fit-once.ts";
import { modelByName } from "../../src/models/models.ts";
import type { FittedModel } from "../../src/models/pricing-model.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import type { TruthPricers } from "../world/truth-pricers.ts";

import { configOf } from "./generalisation/run-generalisation.ts";
import { replicateRandom, trainingQuotes } from "./generalisation/replicate.ts";

/**
 * Fits the models that go on chain: chain seed i is trained on the calm draw of off-chain replicate i, so that a run
 * on chain and its score off chain are about the same frozen model.
 *
 * @returns frozen models by name
 * @throws {ModelFitError} when a model cannot be fitted to the seed's draw
 */
export function seedModels(
  scenario: Scenario,
  masterSeed: number,
  seed: number,
  names: readonly string[],
  pricers: TruthPricers,
): ReadonlyMap<string, FittedModel> {
  const config = configOf({ scenario, masterSeed });
  const random = replicateRandom(config, seed);
  const training = trainingQuotes(config, pricers, random);
  return new Map(names.map((name) => [name, fitOnce(modelByName(name), training, random.fork("fit"))]));
}
