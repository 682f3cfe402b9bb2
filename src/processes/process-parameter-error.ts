/** A process that does not exist with these parameters, or data that it cannot be fitted to: which, what and where. */
export class ProcessParameterError extends Error {
  override readonly name = "ProcessParameterError";
  readonly process: string;

  constructor(process: string, what: string) {
    super(`${process}: ${what}`);
    this.process = process;
  }
}

/** Steps that a path may have. */
const MOST_STEPS = 1e8;

/** @throws {ProcessParameterError} of a step that is not positive, or of what is no number of steps up to 10⁸ */
export function requireSteps(process: string, stepYears: number, steps: number): void {
  if (stepYears > 0 && stepYears <= 1e3 && Number.isInteger(steps) && steps >= 0 && steps <= MOST_STEPS) return;
  throw new ProcessParameterError(process, `${steps} steps of ${stepYears} years`);
}
