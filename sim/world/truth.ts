import type { BatesParameters } from "../../src/pricing/bates.ts";

/** The true state of the world at a time. */
export interface Truth {
  /** Unix seconds. */
  readonly time: number;
  /** USD, persistent impact included. */
  readonly spot: number;
  /** Annualised instantaneous variance. */
  readonly variance: number;
  /** Parameters in force; myopic pricing takes them as lasting. */
  readonly parameters: BatesParameters;
  /** In [0, 1]. */
  readonly severity: number;
  /** A jump happened since the previous sample. */
  readonly jumped: boolean;
}
