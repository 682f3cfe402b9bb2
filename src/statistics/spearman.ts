import { TooFewObservationsError } from "./too-few-observations-error.ts";

/** Ranks from 1, ties sharing their mean rank. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]] === values[order[from]]) to++;
    for (let i = from; i <= to; i++) result[order[i]] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return result;
}

/**
 * Spearman's rank correlation, ties by mean ranks.
 *
 * @throws {TooFewObservationsError} below three pairs, or where one side does not vary
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length < 3 || a.length !== b.length) {
    throw new TooFewObservationsError("Spearman's correlation", Math.min(a.length, b.length), 3);
  }
  const x = ranks(a);
  const y = ranks(b);
  const centre = (a.length + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - centre) * (y[i] - centre);
    xx += (x[i] - centre) ** 2;
    yy += (y[i] - centre) ** 2;
  }
  if (xx === 0 || yy === 0) throw new TooFewObservationsError("Spearman's correlation (distinct values)", 1, 2);
  return xy / Math.sqrt(xx * yy);
}
