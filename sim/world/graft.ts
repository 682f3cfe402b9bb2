/** A deterministic move grafted on a path: a log return spread evenly over a span, scaled by severity. */
export interface Graft {
  /** Seconds since the start. */
  readonly at: number;
  /** Seconds; 0 is one step. */
  readonly for: number;
  /** At severity 1. */
  readonly logReturn: number;
}

/** Part of the grafts that falls into a step from `from` seconds on, at severity 1. */
export function graftedReturn(grafts: readonly Graft[], from: number, stepSeconds: number): number {
  let sum = 0;
  for (const graft of grafts) {
    const span = Math.max(graft.for, stepSeconds);
    const overlap = Math.min(from + stepSeconds, graft.at + span) - Math.max(from, graft.at);
    if (overlap > 0) sum += (graft.logReturn * overlap) / span;
  }
  return sum;
}
