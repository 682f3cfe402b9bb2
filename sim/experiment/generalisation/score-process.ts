import { flushCompileCache } from "node:module";

import { loadOwnModel } from "../../../src/models/own-models.ts";

import type { ScoringStart } from "./score-processes.ts";
import { carryOut, type ScoringTask } from "./scoring-task.ts";

/** Body of a scoring process: first what all tasks share, then tasks, each answered with what it found or an error. */
let start: ScoringStart | undefined;

process.on("message", (message: ScoringStart | ScoringTask) => {
  if ("config" in message) {
    start = message;
    for (const file of message.ownModels) loadOwnModel(file, "--models");
    flushCompileCache();
    return;
  }
  try {
    process.send!({ scored: carryOut(start!.config, start!.prepared, message) });
  } catch (error) {
    process.send!({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on("disconnect", () => process.exit(0));
