import { InternalError } from "../../src/errors/internal-error.ts";
import { UserError } from "../../src/errors/user-error.ts";

/** Exit codes of the commands. */
export const exitCodes = { held: 0, broke: 1, badInput: 2, ourBug: 70, interrupted: 130 } as const;

/**
 * Runs a command's action and gives its exit code. A user's mistake becomes one line and code 2; anything else says
 * that it is ours, with what reproduces it, and code 70. Hardhat's own frame for errors is never shown.
 * @param command - as the user gave it
 */
export async function exitCodeOf(
  command: string,
  action: () => Promise<number>,
  stderr: { write(text: string): unknown },
): Promise<number> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof UserError) {
      stderr.write(`error: ${oneLine(error.message)}\n`);
      return exitCodes.badInput;
    }
    stderr.write(`${bugReport(command, error)}\n`);
    return exitCodes.ourBug;
  }
}

/** Runs a Hardhat task's action so that the process ends with its exit code. */
export async function withFailures(action: () => Promise<number>): Promise<void> {
  const command = ["npx hardhat", ...process.argv.slice(2)].join(" ");
  process.exitCode = await exitCodeOf(command, action, process.stderr);
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
