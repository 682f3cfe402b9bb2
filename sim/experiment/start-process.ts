import { fork, type ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Starts a process that takes orders as messages.
 *
 * What Node compiles of its modules is kept where Node keeps it by default, so that the next process loads in half the
 * time; the process itself says when all is loaded, by `flushCompileCache`.
 *
 * @param script - module beside `from`, without its ending
 * @param from - `import.meta.url` of the caller
 * @param nursery - megabytes for new objects, at most; a larger one is collected less often
 */
export function startProcess(script: string, from: string, nursery: number): ChildProcess {
  const path = fileURLToPath(new URL(`./${script}.${from.endsWith(".ts") ? "ts" : "js"}`, from));
  // Loaders of the parent would slow the process down. The project's configuration may be TypeScript, whose types Node
  // 22 strips only when asked.
  const strip = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];
  const execArgv = [...strip, `--max-semi-space-size=${nursery}`, `--min-semi-space-size=${nursery / 2}`];
  const env = { NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"), ...process.env };
  return fork(path, [], { execArgv, env, serialization: "advanced" });
}
