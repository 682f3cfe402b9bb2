import type { NetworkManager } from "hardhat/types/network";

import type { ArtifactSource } from "../../src/chain/creation-artifact.ts";

import type { Project } from "./chain-processes.ts";

/** What an experiment needs of the Hardhat runtime environment, and the one clock that its timings may read. */
export interface HardhatParts {
  readonly network: Pick<NetworkManager, "create">;
  readonly artifacts: ArtifactSource;
  /** For processes that open the project themselves. */
  readonly project: Project;
  /** Milliseconds; for timings alone, which are no result. */
  readonly clock: () => number;
  /** Seconds that compiling took. */
  readonly compiled: number;
}
