// The off-chain controls at full size: `node bench/controls.ts [replicates]`. Prints numbers, asserts nothing.
import {
  leakControl,
  oracleControl,
  permutationControl,
  knownBreakControl,
} from "../sim/experiment/generalisation/controls.ts";
import {
  fitModels,
  prepareReplicates,
  pricersOf,
  replicateRandom,
  scoreReplicates,
  trainingQuotes,
} from "../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../sim/experiment/generalisation/run-generalisation.ts";
import { loadScenario } from "../sim/scenarios/load-scenario.ts";

const replicates = Number(process.argv[2] ?? 60);
const scenario = loadScenario("vol-shock");
const models = ["realised-vol", "smile-level", "polynomial", "ridge"];
const config = configOf({ scenario, models, masterSeed: 2026 });
const prepared = prepareReplicates(config);

const oracle = oracleControl(scoreReplicates(config, prepared, 0, replicates));
console.log(
  `oracle       largest difference of two transforms ${oracle.maxErrorVp!.toExponential(1)} vp over ${oracle.quotes} quotes, limit ${oracle.limitVp} vp: ${oracle.verdict}`,
);

const permutation = permutationControl(config, replicates, 6);
console.log(
  `permutation  upper bound of skill ${permutation.withinDays!.toFixed(3)} within days, ${permutation.acrossDays!.toFixed(3)} across days, limit ${permutation.limit}: ${permutation.verdict}`,
);

// A model that cannot learn a smile or a level cannot learn what leaks either: the control is for those that can.
for (const model of models) {
  const leak = leakControl(config, replicates, model);
  const points = leak.points.map(({ share, medianGapVp }) => `${100 * share} %: ${medianGapVp!.toFixed(1)} vp`);
  console.log(
    `leak         ${model.padEnd(13)} median gap with stress in training at ${points.join(", ")}: ${leak.verdict}`,
  );
}

const [fitted] = fitModels(config, pricersOf(config), 0);
if ("failure" in fitted) throw new Error(fitted.failure);
const broken = knownBreakControl(config, trainingQuotes(config, pricersOf(config), replicateRandom(config, 1)), fitted);
console.log(
  `known break  × ${broken.factor}: largest deviation from the exact change ${broken.maxDeviation!.toExponential(1)} squared vp: ${broken.verdict}`,
);
