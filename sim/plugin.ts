import { task } from "hardhat/config";
import { ArgumentType } from "hardhat/types/arguments";
import type { HardhatPlugin } from "hardhat/types/plugins";

/** An option that is undefined when it is not given. */
const optional = (name: string, description: string) => ({
  name,
  description,
  type: ArgumentType.STRING_WITHOUT_DEFAULT as const,
  defaultValue: undefined,
});

const flag = (name: string, description: string) => ({ name, description });

const simOptions: readonly (readonly [name: string, description: string])[] = [
  ["scenario", "Name of a shipped scenario, or a scenario file (default vol-shock)"],
  ["models", "Models to score and run, with commas between"],
  ["severities", "Severities in [0, 1], with commas between"],
  ["replicates", "Replicates scored off chain"],
  ["seeds", "Seeds on chain (default 8)"],
  ["seed", "Master seed (default 1)"],
  ["presets", "Presets of defences, with commas between"],
  ["history", "CSV of prices in the place of the synthetic world"],
  ["quotes", "CSV of option quotes beside --history"],
  ["calm", "Window to train on, FROM..TO"],
  ["stress", "Window to stress on, FROM..TO"],
  ["repair", "Rule for bad rows of a CSV"],
  ["jobs", "Chains at once (default: the cores)"],
  ["out", "Directory of the run (default runs/SCENARIO-SEED)"],
  ["failIf", "Expression over metrics that makes the exit code 1"],
  ["baseline", "Earlier run to compare with, paired by seed"],
];

const sim = simOptions
  .reduce(
    (builder, [name, description]) => builder.addOption(optional(name, description)),
    task("sim", "Train on calm, stress on chain, measure, report"),
  )
  .addFlag(flag("ci", "No progress bars and no colours"))
  .addFlag(flag("json", "Machine output on stdout, human output on stderr"))
  .addFlag(flag("dryRun", "Say what would run, and stop"))
  .setAction(() => import("./tasks/sim.ts"))
  .build();

const replay = task("replay", "Run a recorded bundle again and compare every block")
  .addPositionalArgument({ name: "bundle", description: "Path of the bundle" })
  .addOption(optional("block", "Number of a block to describe"))
  .addOption(optional("against", '"current": run it on the contracts of the working tree'))
  .setAction(() => import("./tasks/replay.ts"))
  .build();

const scenarios = task("scenarios", "Lists the scenarios that ship")
  .setAction(() => import("./tasks/scenarios.ts"))
  .build();

const models = task("models", "Lists the pricing models")
  .setAction(() => import("./tasks/models.ts"))
  .build();

/** Hardhat 3 plugin: the simulator's commands, in anybody's project. */
const regimebreak: HardhatPlugin = {
  id: "regimebreak",
  npmPackage: "regimebreak",
  tasks: [sim, replay, scenarios, models],
  hookHandlers: { solidity: () => import("./hooks/solidity.ts") },
};

export default regimebreak;
