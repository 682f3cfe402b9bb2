import type { StudyContext } from "../../sim/studies/study.ts";
import type { Scenario } from "../../sim/scenarios/scenario.ts";

/** What a study without a chain gets; one that opens a chain all the same fails. */
export function offChainContext(scenario: Scenario, models: readonly string[]): StudyContext {
  const refuse = (): never => {
    throw new Error("this study was to run without a chain");
  };
  return {
    scenario,
    models,
    masterSeed: 1,
    jobs: 1,
    ownModels: [],
    hardhat: {
      network: { create: refuse },
      get artifacts() {
        return refuse();
      },
      get project() {
        return refuse();
      },
    },
    signal: undefined,
    advance: () => undefined,
  };
}
