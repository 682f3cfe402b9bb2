import type { SolidityHooks } from "hardhat/types/hooks";

/** Where the compiler says that a source came by npm: the build keeps the place in the formatted message only. */
const DEPENDENCY = /-->.*\bnode_modules\b/;
/** Old-style memory-safe comment; code 2424 of solc 0.8.31 and later. */
const DEPRECATED_MEMORY_SAFE_COMMENT = "2424";
/** Missing licence line, and the notice on transient storage. */
const NOTICES = ["1878", "2394"];

/**
 * Keeps the compiler's warnings about dependencies off the terminal, by code and path: nobody here can mend them, and
 * a warning about one's own contract would drown. Errors, and every warning about own sources, pass.
 */
export default async (): Promise<Partial<SolidityHooks>> => ({
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
