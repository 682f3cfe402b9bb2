/** What the pool's flow did to the outside price for good. */
export interface MarketFeedback {
  /** Unix seconds from which it counts; not before any earlier feedback. */
  readonly time: number;
  /** Log return added to the outside price. */
  readonly persistentImpactLog: number;
}

/** A time that a world's path does not cover, or feedback out of order: a mistake in the calling code. */
export class WorldTimeError extends Error {
  override readonly name = "WorldTimeError";
  readonly time: number;

  constructor(time: number, what: string) {
    super(`the world at Unix second ${time}: ${what}`);
    this.time = time;
  }
}

/** Feedback so far: what it adds up to at any time, also an earlier one, as late observers need it. */
export class PersistentImpact {
  readonly #times: number[] = [];
  readonly #sums: number[] = [];

  /** @throws {WorldTimeError} when it is older than earlier feedback */
  add({ time, persistentImpactLog }: MarketFeedback): void {
    if (persistentImpactLog === 0) return;
    const last = this.#times.length - 1;
    if (last >= 0 && time < this.#times[last]) {
      throw new WorldTimeError(time, `feedback comes after that of ${this.#times[last]}`);
    }
    this.#times.push(time);
    this.#sums.push((this.#sums[last] ?? 0) + persistentImpactLog);
  }

  /** Log impact in force at a time. */
  at(time: number): number {
    let i = this.#times.length - 1;
    while (i >= 0 && this.#times[i] > time) i--;
    return i < 0 ? 0 : this.#sums[i];
  }
}
