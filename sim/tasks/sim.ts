import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import type { ExperimentRequest, ProgressEvent } from "../experiment/request.ts";
import { withFailures } from "./failure.ts";
import { runSim } from "./run-sim.ts";
import type { SimArguments } from "./sim-options.ts";

const clock = (): number => performance.now();

/** `npx hardhat sim`: exits 0 when it ran and nothing asked for failed, 1 when `--fail-if` came true, 2 on bad input. */
export default async function sim(given: SimArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  await withFailures(() =>
    runSim(
      given,
      async (request, on) => {
        const compiled = await compile(hre, request, on);
        // Loaded only now, so that bad input is refused at once.
        const { runExperiment } = await import("../experiment/experiment.ts");
        const { network, artifacts, config } = hre;
        const project = { config: config.paths.config!, root: config.paths.root };
        return runExperiment(request, on, { network, artifacts, project, clock, compiled });
      },
      process,
    ),
  );
}

/** Compiles what changed since the last time; returns the seconds that it took. */
async function compile(
  hre: HardhatRuntimeEnvironment,
  { signal }: ExperimentRequest,
  on: (event: ProgressEvent) => void,
): Promise<number> {
  const from = clock();
  on({ kind: "started", phase: "compile", total: undefined });
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true });
  signal?.throwIfAborted();
  const seconds = (clock() - from) / 1000;
  on({ kind: "finished", phase: "compile", detail: seconds > 3 ? "first time only" : "" });
  return seconds;
}
