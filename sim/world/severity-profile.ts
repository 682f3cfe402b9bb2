/** Severity as a function of the seconds since the start. */
export type SeverityProfile = (seconds: number) => number;

/** Corners of a trapezoid, seconds: calm until `onset`, up over `ramp`, on top for `plateau`, down over `relief`. */
export interface Trapezoid {
  readonly onset: number;
  readonly ramp: number;
  readonly plateau: number;
  readonly relief: number;
}

/** Ramps move in this many equal steps, so that few parameter sets need their transforms computed. */
const STEPS = 64;

/** The same severity at all times. */
export function constantSeverity(severity: number): SeverityProfile {
  return () => severity;
}

/**
 * Severity that rises to `peak` and falls back to 0 along a trapezoid; a ramp or relief of 0 seconds is a step.
 * The value is `peak` times a whole number of 64ths: exact on the plateau.
 */
export function trapezoidSeverity({ onset, ramp, plateau, relief }: Trapezoid, peak: number): SeverityProfile {
  const top = onset + ramp;
  const end = top + plateau;
  return (seconds) => {
    if (seconds < onset || seconds >= end + relief) return 0;
    const share = seconds < top ? (seconds - onset) / ramp : seconds <= end ? 1 : 1 - (seconds - end) / relief;
    return (peak * Math.round(share * STEPS)) / STEPS;
  };
}
