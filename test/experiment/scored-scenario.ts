import { loadScenario } from "../../sim/scenarios/load-scenario.ts";
import type { Scenario } from "../../sim/scenarios/scenario.ts";

/** The default scenario cut down to what a test can score quickly: 30 training days, three severities, one age. */
export function smallScenario(changes: Partial<Scenario["scoring"]> = {}): Scenario {
  const scenario = loadScenario("vol-shock");
  return {
    ...scenario,
    training: { ...scenario.training, days: 30 },
    scoring: { ...scenario.scoring, severities: [0, 0.5, 1], ages: [86_400], ...changes },
  };
}
