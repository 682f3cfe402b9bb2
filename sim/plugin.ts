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

const sim = task("sim", "How far does a pricing model generalise, and what does its failure cost the vault")
  .addOption(optional("scenario", "Name of a scenario, or path of a JSON file (default vol-shock)"))
  .addOption(optional("models", "Models by name or module file, separated by commas (default: the scenario's)"))
  .addOption(optional("severities", "Severities in [0, 1], separated by commas; 0 and the primary are always scored"))
  .addOption(optional("replicates", "Paths scored off chain (default: the scenario's)"))
  .addOption(optional("seeds", "Seeds on chain (default: the scenario's, 8)"))
  .addOption(optional("seed", "Master seed (default 1)"))
  .addOption(optional("presets", "Presets of defences, separated by commas (default: the scenario's)"))
  .addOption(optional("studies", "Further questions to answer, separated by commas, or all (default: the scenario's)"))
  .addOption(optional("studySeeds", "Seeds of studies on chain (default: as many as --seeds)"))
  .addOption(optional("rungs", "Perfect pricing that reaches the chain as models do: P1, P2, P3, separated by commas"))
  .addOption(
    optional("feedback", "Whether trades move the outside price: on, off or both (default: the scenario's, on)"),
  )
  .addOption(optional("history", "CSV of prices, in the place of the synthetic world"))
  .addOption(optional("quotes", "CSV of option quotes, beside --history"))
  .addOption(optional("calm", "FROM..TO in UTC: what to train on"))
  .addOption(optional("stress", "FROM..TO in UTC: what to test on"))
  .addOption(optional("repair", "Rules that repair bad rows: rescale, sort, drop, forward-fill (default: refuse them)"))
  .addOption(optional("jobs", "Chains that run at once (default: all cores)"))
  .addOption(optional("out", "New or empty directory for the run (default runs/<scenario>-<seed>, or the next free)"))
  .addOption(optional("failIf", 'Exit 1 when this is true for any model: "loss.upper95 > 0.1"'))
  .addOption(optional("baseline", "Earlier run directory: print paired differences to it"))
  .addFlag({ name: "ci", description: "One line a phase, no bars, no colours" })
  .addFlag({ name: "json", description: "Results as JSON on stdout; everything else on stderr" })
  .addFlag({ name: "dryRun", description: "Print what would run, and about how long it takes" })
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
  .addFlag({
    name: "fit",
    description: "Fit each on one calm draw of vol-shock: degrees of freedom, conditioning, bounds",
  })
  .addOption(optional("fromRun", "With --fit: a bundle or a run's directory, to fit on what was traded there"))
  .addOption(optional("models", "With --from-run: models by name, separated by commas (default: all)"))
  .addOption(optional("price", "With --from-run: mid (spread taken off, default) or paid (as the premium stands)"))
  .addFlag({ name: "json", description: "The list as JSON on stdout" })
  .setAction(() => import("./tasks/models.ts"))
  .build();

const studies = task("studies", "Lists the further questions that a run can answer")
  .setAction(() => import("./tasks/studies.ts"))
  .build();

/** Hardhat 3 plugin: the simulator's commands, in anybody's project. */
const regimebreak: HardhatPlugin = {
  id: "regimebreak",
  npmPackage: "regimebreak",
  tasks: [sim, replay, scenarios, models, studies],
  hookHandlers: {
    hre: () => import("./hooks/hre.ts"),
    network: () => import("./hooks/network.ts"),
    solidity: () => import("./hooks/solidity.ts"),
  },
};

export default regimebreak;
