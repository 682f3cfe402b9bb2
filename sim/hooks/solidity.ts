import type { SolidityHooks } from "hardhat/types/hooks";

import { oneBuildAtATime } from "./build-lock.ts";

/** Where the compiler says that a source came by npm: the build keeps the place in the formatted message only. */
const DEPENDENCY = /-->.*\bnode_modules\b/;
/** Old-style memory-safe comment; code 2424 of solc 0.8.31 and later. */
const DEPRECATED_MEMORY_SAFE_COMMENT = "2424";
/** Missing licence line, and the notice on transient storage. */
const NOTICES = ["1878", "2394"];

/**
 * Lets one process at a time build, and keeps the compiler's warnings about dependencies off the terminal, by code and
 * path: nobody here can mend them, and a warning about one's own contract would drown. Errors, and every warning about
 * own sources, pass.
 */
export default async (): Promise<Partial<SolidityHooks>> => ({
  build(context, files, options, next) {
    return oneBuildAtATime(context.config.paths.cache, () => next(context, files, options));
  },

  async getCompilationJobErrors(context, job, output, next) {
    const errors = await next(context, job, output);
    return errors.filter(
      ({ severity, errorCode, formattedMessage }) =>
        severity !== "warning" ||
        !DEPENDENCY.test(formattedMessage ?? "") ||
        ![DEPRECATED_MEMORY_SAFE_COMMENT, ...NOTICES].includes(errorCode ?? ""),
    );
  },
});
