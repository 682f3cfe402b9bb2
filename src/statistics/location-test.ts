import { centralMoments } from "./moments.ts";
import { pairedTTest } from "./paired-tests.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** Deviations of a normal sample's skewness beyond which a sample counts as skewed. */
const SKEWED = 2;

/** A one-sided test on the scale that suits the sample. */
export interface LocationTest {
  /** Sample skewness g₁, without unit. */
  readonly skewness: number;
  /** `signed root`: of sign(x) √|x|, which draws in a long tail on either side and keeps zero where it is. */
  readonly scale: "plain" | "signed root";
  /** Of H0: the values lie around zero or below. */
  readonly p: number;
}

/**
 * One-sided t test that values lie above zero, on the scale of signed roots where the sample is skewed: where its
 * skewness passes two standard errors of a normal sample's, √(6 n (n − 1) / ((n − 2)(n + 1)(n + 3))). On that scale it is
 * the centre of the roots that is tested, not the mean. Values that do not vary are not skewed.
 *
 * @param values - differences in any unit, at least three
 * @throws {TooFewObservationsError} below three values, or of what is no number
 * @see Joanes & Gill (1998), "Comparing measures of sample skewness and kurtosis", for g₁ and its variance
 */
export function locationTest(values: ArrayLike<number>): LocationTest {
  requireObservations("location test", values, 3);
  const n = values.length;
  const skewness = skewnessOf(values);
  const error = Math.sqrt((6 * n * (n - 1)) / ((n - 2) * (n + 1) * (n + 3)));
  const scale = Math.abs(skewness) > SKEWED * error ? "signed root" : "plain";
  const scaled = scale === "plain" ? values : Float64Array.from(values, (x) => Math.sign(x) * Math.sqrt(Math.abs(x)));
  return { skewness, scale, p: pairedTTest(scaled) };
}

function skewnessOf(values: ArrayLike<number>): number {
  const { m2, m3 } = centralMoments(values);
  return m2 === 0 ? 0 : m3 / m2 ** 1.5;
}
