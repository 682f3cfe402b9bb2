import { InternalError } from "../errors/internal-error.ts";
import type { BlockStatement } from "./chain.ts";

/**
 * The chain did not mine what was stated. The run must stop: whatever follows would be measured on another chain
 * than the one that was described. `statement` on the state before it reproduces the failure.
 */
export class BlockDisorderError extends InternalError {
  readonly statement: BlockStatement;
  /** One clause for each difference between the statement and what was mined. */
  readonly differences: readonly string[];

  constructor(statement: BlockStatement, differences: readonly string[], cause?: unknown) {
    super(
      `the chain did not mine block ${statement.number} as stated: ${differences.join("; ")}`,
      { block: statement.number, action: "mine" },
      cause,
    );
    this.name = "BlockDisorderError";
    this.statement = statement;
    this.differences = differences;
  }
}
