import { flushCompileCache } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { HardhatUserConfig } from "hardhat/config";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { InternalError } from "../../src/errors/internal-error.ts";
import { loadOwnModel } from "../../src/models/own-models.ts";

import type { ChainAnswer, ChainOrder } from "./chain-processes.ts";
import { ChainSettings } from "./chain-settings.ts";

/** Body of a process that runs groups on a chain of its own: a start, then groups and bundles, each answered or failed. */
let chains: ChainSettings | undefined;
let openProject: (() => Promise<HardhatRuntimeEnvironment>) | undefined;

/** A folder that is not there: the engine would read every compiled contract, for stack traces that nobody asks for. */
const NO_ARTIFACTS = "no-artifacts";

async function obey(order: ChainOrder): Promise<void> {
  if (order.kind === "start") {
    const { config, root } = order.project;
    const files = new Set(order.settings.flatMap(({ request }) => request.ownModels));
    for (const file of files) loadOwnModel(file, "--models");
    const project = ((await import(pathToFileURL(config).href)) as { default: HardhatUserConfig }).default;
    openProject = () => createHardhatRuntimeEnvironment(project, { config }, root);
    const paths = { ...project.paths, artifacts: join(config, "..", NO_ARTIFACTS) };
    const { network } = await createHardhatRuntimeEnvironment({ ...project, paths }, { config }, root);
    chains = new ChainSettings(network, order.settings);
    answer({ kind: "ready" });
    flushCompileCache();
  } else if (order.kind === "group") {
    const runs = await chains!.run(order.placed, () => answer({ kind: "run" }));
    answer({ kind: "group", runs });
  } else {
    answer({ kind: "bundles", bundles: await chains!.bundles((await openProject!()).artifacts, order.models) });
  }
}

function answer(message: ChainAnswer): void {
  process.send!(message);
}

process.on("message", (order: ChainOrder) => {
  obey(order).catch((error: unknown) => {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const reproduction = error instanceof InternalError ? error.reproduction : undefined;
    answer({ kind: "failed", message, stack, reproduction });
  });
});
process.on("disconnect", () => process.exit(0));
