import { z } from "zod/v4";

/** A number, or null where it does not exist (too few samples, not run, overflow); never NaN or infinite. */
export const optionalNumber = z.number().nullable();

/** Share of one: 0.05 is 5 %. */
export const share = z.number().min(0).max(1);

/** A sample over replicates. The interval is null below six of them. */
export const sampleSchema = z
  .strictObject({
    median: optionalNumber,
    /** 95 % order-statistic interval of the median. */
    low: optionalNumber,
    high: optionalNumber,
    mean: optionalNumber,
    /** 90 % quantile with its 95 % order-statistic interval; an end that no value gives is null. */
    q90: optionalNumber,
    q90Low: optionalNumber,
    q90High: optionalNumber,
    n: z.number().int().nonnegative(),
  })
  .describe("sample over replicates: median and 90 % quantile with their 95 % intervals, mean");

/** A mean over seeds with its 95 % t interval; null bounds below six seeds. */
export const estimateSchema = z
  .strictObject({
    mean: optionalNumber,
    low: optionalNumber,
    high: optionalNumber,
    n: z.number().int().nonnegative(),
  })
  .describe("mean over seeds with its 95 % t interval");

/** Outcome of a control. `too-few` is what a wide interval earns; `not-run` says that nobody looked. */
export const controlVerdict = z.enum(["passed", "failed", "too-few", "not-run"]);

export const predicateName = z.enum(["pricing", "economic", "solvency", "liveness"]);

export type Sample = z.output<typeof sampleSchema>;
export type Estimate = z.output<typeof estimateSchema>;
export type ControlVerdict = z.output<typeof controlVerdict>;
export type PredicateName = z.output<typeof predicateName>;

/** What results may hold of a computed number: itself when finite, null otherwise. */
export function finiteOrNull(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}
