import hre, { network } from "hardhat";

import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../../sim/scenarios/protocol-durations.ts";
import type { Scenario } from "../../../sim/scenarios/scenario.ts";
import type { StudyContext } from "../../../sim/studies/study.ts";
import { offChainContext } from "../study-context.ts";

/** One model, one seed, calm and severity 1, on so short a clock that a run takes a fraction of a second. */
export function smallChainContext(
  model: string,
  presets: readonly string[],
  breaks: Partial<Scenario["breaks"]>,
): StudyContext {
  const whole = loadScenario("vol-shock");
  const scenario: Scenario = {
    ...whole,
    breaks: { ...whole.breaks, ...breaks },
    scoring: { ...whole.scoring, severities: [1] },
    clock: { ...whole.clock, blocks: 16, dense: [], coarse: Object.keys(protocolDurations) },
    onChain: { ...whole.onChain, models: [model], presets: [...presets], seeds: 1 },
  };
  const project = { config: hre.config.paths.config!, root: hre.config.paths.root };
  return { ...offChainContext(scenario, [model]), hardhat: { network, artifacts: hre.artifacts, project } };
}
