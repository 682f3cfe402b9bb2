/** Quotes of one path with a model's errors on them. */
export interface ErredQuotes {
  /** Model less truth, vol. */
  readonly errors: Float64Array;
  readonly weight: Float64Array;
  /** What the model is asked at, a point a quote. */
  readonly years: Float64Array;
  readonly logMoneyness: Float64Array;
  readonly shortVol: Float64Array;
  readonly longVol: Float64Array;
}

/** Parts of a shift gap in vol points; they sum to it. */
export interface GapSplit {
  readonly gap: number;
  /** Same features, other truth: errors inside the common support less calm errors at the same features. */
  readonly concept: number;
  /** Other features that calm knows too: calm errors there less calm errors overall. */
  readonly covariate: number;
  /** Features that calm does not know. */
  readonly outside: number;
  /** Share of the stressed quotes' weight that lies inside the common support. */
  readonly inside: number;
}

/** Widest distance of a match: in ln of both realised vols, and in k/√τ. */
export const CALIPERS = { lnVol: 0.2, scaledStrike: 0.1 } as const;

/**
 * Splits a shift gap by reweighting the calm quotes to the stressed ones: each stressed quote takes the error of the
 * nearest calm quote of the same tenor; one without a calm neighbour within the calipers lies outside the common support.
 * Squared errors split exactly, (MSE_s − MSE_c) = concept + covariate + outside, and each part divided by
 * (RMSE_s + RMSE_c) is in vol points and sums to RMSE_s − RMSE_c.
 */
export function splitGap(calm: ErredQuotes, stress: ErredQuotes): GapSplit {
  const calmSquare = meanSquare(calm);
  const byTenor = new Map<number, number[]>();
  calm.years.forEach((years, row) => {
    if (!Number.isFinite(calm.errors[row])) return;
    const rows = byTenor.get(years);
    if (rows === undefined) byTenor.set(years, [row]);
    else rows.push(row);
  });
  let total = 0;
  let inside = 0;
  let concept = 0;
  let covariate = 0;
  let outside = 0;
  stress.errors.forEach((error, row) => {
    if (!Number.isFinite(error)) return;
    const weight = stress.weight[row];
    const match = nearest(calm, byTenor.get(stress.years[row]) ?? [], stress, row);
    total += weight;
    if (match === undefined) {
      outside += weight * (error ** 2 - calmSquare);
      return;
    }
    const known = calm.errors[match] ** 2;
    inside += weight;
    concept += weight * (error ** 2 - known);
    covariate += weight * (known - calmSquare);
  });
  const stressRoot = Math.sqrt(meanSquare(stress));
  const calmRoot = Math.sqrt(calmSquare);
  const points = 100 / (total * (stressRoot + calmRoot));
  return {
    gap: 100 * (stressRoot - calmRoot),
    concept: points * concept,
    covariate: points * covariate,
    outside: points * outside,
    inside: inside / total,
  };
}

function meanSquare({ errors, weight }: ErredQuotes): number {
  let sum = 0;
  let total = 0;
  errors.forEach((error, row) => {
    if (!Number.isFinite(error)) return;
    sum += weight[row] * error ** 2;
    total += weight[row];
  });
  return sum / total;
}

function nearest(
  calm: ErredQuotes,
  candidates: readonly number[],
  stress: ErredQuotes,
  row: number,
): number | undefined {
  const root = Math.sqrt(stress.years[row]);
  let best: number | undefined;
  let least = 1;
  for (const candidate of candidates) {
    const distance = Math.max(
      Math.abs(Math.log(calm.shortVol[candidate] / stress.shortVol[row])) / CALIPERS.lnVol,
      Math.abs(Math.log(calm.longVol[candidate] / stress.longVol[row])) / CALIPERS.lnVol,
      Math.abs(calm.logMoneyness[candidate] - stress.logMoneyness[row]) / (root * CALIPERS.scaledStrike),
    );
    if (distance <= least) [best, least] = [candidate, distance];
  }
  return best;
}
