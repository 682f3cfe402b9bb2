import { loadOwnModel } from "../../../src/models/own-models.ts";
import type { Chunk, ScoringStart } from "./score-processes.ts";
import { scoreReplicates } from "./replicate.ts";

/** Body of a scoring process: first the configuration, then chunks, each answered with its replicates or an error. */
let start: ScoringStart | undefined;

process.on("message", (message: ScoringStart | Chunk) => {
  if ("config" in message) {
    start = message;
    for (const file of message.ownModels) loadOwnModel(file, "--models");
    return;
  }
  try {
    const [from, to] = message;
    process.send!({ replicates: scoreReplicates(start!.config, start!.prepared, from, to) });
  } catch (error) {
    process.send!({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on("disconnect", () => process.exit(0));
