import { StatisticInputError } from "./statistic-input-error.ts";

/**
 * Holm's step-down adjusted p-values, in the order given (Holm 1979): p̃(i) = max over j ≤ i of min(1, (m − j + 1) p(j)).
 *
 * Rejecting where the adjusted value is at most α keeps the chance of any false rejection at most α, whatever the
 * dependence.
 * @throws {StatisticInputError} of a p-value outside [0, 1]
 * @see Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
 */
export function holm(pValues: readonly number[]): number[] {
  pValues.forEach((p, i) => {
    if (!(p >= 0 && p <= 1)) throw new StatisticInputError("Holm's adjustment", `p-value ${i} is ${p}`);
  });
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b] || a - b);
  const adjusted = new Array<number>(pValues.length);
  let running = 0;
  order.forEach((index, rank) => {
    running = Math.max(running, Math.min(1, (pValues.length - rank) * pValues[index]));
    adjusted[index] = running;
  });
  return adjusted;
}
