/** Where a user's mistake is, what is wrong there and what is expected instead. */
export interface UserMistake {
  /** File with line or field (`eth.csv:1042`, `scenarios/mine.json: agents[2].capital`), or the option's name. */
  readonly where: string;
  /** What is wrong, with the offending value. */
  readonly what: string;
  /** What the user can give instead; left out when `what` already says it. */
  readonly expected?: string;
}

/**
 * A mistake in what the user gave: a command prints the message as one line and exits with code 2.
 * Nothing has been written when it is thrown.
 */
export class UserError extends Error {
  readonly where: string;
  readonly what: string;
  readonly expected: string | undefined;

  /** @param cause - the error that revealed the mistake, when there is one; it is not printed */
  constructor({ where, what, expected }: UserMistake, cause?: unknown) {
    super(`${where}: ${what}${expected === undefined ? "" : `; expected ${expected}`}`, { cause });
    this.name = "UserError";
    this.where = where;
    this.what = what;
    this.expected = expected;
  }
}
