/** A statistic was asked of fewer observations than it can be computed from, or of observations that are no numbers. */
export class TooFewObservationsError extends Error {
  readonly have: number;
  readonly need: number;

  constructor(statistic: string, have: number, need: number) {
    super(`${statistic} needs at least ${need} finite observations, got ${have}`);
    this.name = "TooFewObservationsError";
    this.have = have;
    this.need = need;
  }
}

/** @throws {TooFewObservationsError} when fewer than `need` values, or any that is not finite */
export function requireObservations(statistic: string, values: ArrayLike<number>, need: number): void {
  let finite = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) finite++;
  if (finite < need || finite < values.length) throw new TooFewObservationsError(statistic, finite, need);
}
