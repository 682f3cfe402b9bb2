/** A process that does not exist with these parameters, or data that it cannot be fitted to: which, what and where. */
export class ProcessParameterError extends Error {
  override readonly name = "ProcessParameterError";
  readonly process: string;

  constructor(process: string, what: string) {
    super(`${process}: ${what}`);
    this.process = process;
  }
}
