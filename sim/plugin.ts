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
  tasks: [replay, scenarios, models],
  hookHandlers: { solidity: () => import("./hooks/solidity.ts") },
};

export default regimebreak;
