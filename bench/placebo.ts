// How often does the pipeline call a difference that is not there? `node bench/placebo.ts [replications] [replicates]`
// Each replication runs the off-chain experiment's own test between two exchangeable fresh calm paths, at 5 %, over
// fresh replicates. Passed when the binomial interval of the rate of rejections holds 5 %.
import { configOf } from "../sim/experiment/generalisation/run-generalisation.ts";
import type { ModelReplicate } from "../sim/experiment/generalisation/replicate.ts";
import { prepareReplicates, scoreReplicates } from "../sim/experiment/generalisation/replicate.ts";
import { loadScenario } from "../sim/scenarios/load-scenario.ts";
import { createRandom } from "../src/random/random.ts";
import { clopperPearson } from "../src/statistics/binomial-interval.ts";
import { signFlips, signFlipTest } from "../src/statistics/paired-tests.ts";

const [replications, perReplication] = [Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 10)];
const LEVEL = 0.05;
const models = ["realised-vol", "smile-level", "polynomial", "ridge"];

const full = loadScenario("vol-shock");
// One age and no stress: the test compares calm with calm.
const scenario = { ...full, scoring: { ...full.scoring, ages: [full.scoring.ages[0]], primarySeverity: 0 } };
const config = configOf({ scenario, models, severities: [0], masterSeed: 2026 });
const prepared = prepareReplicates(config);
const rejections = new Map(models.map((name) => [name, 0]));
const random = createRandom(2026, "placebo");

for (let replication = 0; replication < replications; replication++) {
  const from = replication * perReplication;
  const scored = scoreReplicates(config, prepared, from, from + perReplication);
  for (const name of models) {
    const differences = scored
      .map((replicate) => replicate.models[name])
      .filter((one): one is ModelReplicate => !("failure" in one))
      .map(({ calm, placebo }) => calm[0].listed.rmse - placebo[0].listed.rmse);
    const pValue = signFlipTest(differences, signFlips(differences.length, random.fork(name, replication)));
    if (pValue <= LEVEL) rejections.set(name, rejections.get(name)! + 1);
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${replication + 1}/${replications}`);
}

console.log(
  `\nplacebo: ${replications} replications of ${perReplication} replicates, sign-flip test at ${100 * LEVEL} %`,
);
for (const [name, count] of rejections) {
  const { rate, low, high } = clopperPearson(count, replications);
  const holds = low <= LEVEL && LEVEL <= high;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  console.log(
    `${name.padEnd(14)} false positives ${percent(rate)} [${percent(low)}, ${percent(high)}]  ${holds ? "holds" : "does not hold"} 5 %`,
  );
}
