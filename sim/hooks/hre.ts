import { realpathSync, writeSync } from "node:fs";
import { join } from "node:path";

import { ArgumentType } from "hardhat/types/arguments";
import type { HardhatRuntimeEnvironmentHooks } from "hardhat/types/hooks";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { Task } from "hardhat/types/tasks";

import { UserError } from "../../src/errors/user-error.ts";
import { checkCommandLine, type CommandShape, type OptionShape } from "../tasks/command-line.ts";
import { exitCodes } from "../tasks/failure.ts";

/** Where Hardhat's own command lies in its package. */
const CLI = join("hardhat", "dist", "src", "cli.js");
const STDERR = 2;

/**
 * Checks the options of this plugin's commands right before Hardhat parses them: its own message for a misspelt option
 * names no option that exists, and its exit code is that of a failed run.
 */
export default async (): Promise<Partial<HardhatRuntimeEnvironmentHooks>> => ({
  async created(_, hre) {
    if (!isCommandLine()) return;
    try {
      checkCommandLine(process.argv.slice(2), commandsOf(hre), globalsOf(hre));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      writeSync(STDERR, `error: ${error.message}\n`);
      process.exit(exitCodes.badInput);
    }
  },
});

/** Whether this process is `npx hardhat …`, not a script that makes an environment of its own. */
function isCommandLine(): boolean {
  const [, script] = process.argv;
  try {
    return realpathSync(script).endsWith(CLI);
  } catch {
    return false;
  }
}

function commandsOf({ tasks }: HardhatRuntimeEnvironment): ReadonlyMap<string, CommandShape> {
  const own = [...tasks.rootTasks].filter(([, { pluginId }]) => pluginId === "regimebreak");
  return new Map(own.map(([name, task]) => [name, shapeOf(task)]));
}

function shapeOf({ options, positionalArguments }: Task): CommandShape {
  return {
    options: [...options.values()].map(({ name, type }) => ({ name, isFlag: type === ArgumentType.FLAG })),
    positionals: positionalArguments.map(({ name, description, defaultValue }) => ({
      name,
      description,
      isRequired: defaultValue === undefined,
    })),
  };
}

/** Options of Hardhat and all plugins; those that hold a boolean are flags. */
function globalsOf({ globalOptions }: HardhatRuntimeEnvironment): OptionShape[] {
  return Object.entries(globalOptions).map(([name, value]) => ({ name, isFlag: typeof value === "boolean" }));
}
