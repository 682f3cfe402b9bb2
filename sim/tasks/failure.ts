import { InternalError } from "../../src/errors/internal-error.ts";
import { UserError } from "../../src/errors/user-error.ts";

/** Exit codes of the commands. */
export const exitCodes = { held: 0, broke: 1, badInput: 2, ourBug: 70, interrupted: 130 } as const;

/**
 * Runs a command's action, which returns its exit code. A user's mistake becomes one line and exit code 2; anything else says that it is ours, with
 * what reproduces it, and exit code 70. Hardhat's own frame for errors is never shown.
 */
export async function withFailures(command: string, action: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await action();
  } catch (error) {
    if (error instanceof UserError) {
      process.stderr.write(`error: ${oneLine(error.message)}\n`);
      process.exitCode = exitCodes.badInput;
      return;
    }
    process.stderr.write(`${bugReport(command, error)}\n`);
    process.exitCode = exitCodes.ourBug;
  }
}

function bugReport(command: string, error: unknown): string {
  const ours = error instanceof InternalError ? error.message : `our own bug: ${messageOf(error)}`;
  const trace = error instanceof Error ? (error.stack ?? "").split("\n").slice(1).join("\n") : "";
  const cause = error instanceof Error && error.cause !== undefined ? `\n  caused by ${messageOf(error.cause)}` : "";
  return `${ours}\n  command ${command}${cause}\n  nothing was written; please report this with the lines below\n${trace}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
