import { StatisticInputError } from "./statistic-input-error.ts";

const MOST_PLAYERS = 16;

/**
 * Shapley values: each player's mean contribution over all orders of joining, exactly, from all 2^n coalitions.
 *
 * Their sum is value(all) - value(none) up to rounding; where coalitions are worlds of one seed the split is that
 * seed's own.
 * @param players - from 1 to 16
 * @param value - of a coalition given as bits, bit i for player i; asked once per coalition
 * @throws {StatisticInputError} of no player, more than 16, or a coalition without a finite value
 * @see Shapley (1953), "A value for n-person games", theorem 1
 */
export function shapleyValues(players: number, value: (coalition: number) => number): Float64Array {
  if (!(Number.isInteger(players) && players >= 1 && players <= MOST_PLAYERS)) {
    throw new StatisticInputError("Shapley values", `${players} players, expected 1 to ${MOST_PLAYERS}`);
  }
  const values = Float64Array.from({ length: 2 ** players }, (_, coalition) => value(coalition));
  const missing = values.findIndex((one) => !Number.isFinite(one));
  if (missing >= 0) throw new StatisticInputError("Shapley values", `coalition ${missing} is worth ${values[missing]}`);
  // |S|! (n - |S| - 1)! / n! by size of the coalition joined.
  const weights = new Float64Array(players);
  weights[0] = 1 / players;
  for (let size = 1; size < players; size++) weights[size] = (weights[size - 1] * size) / (players - size);
  const shares = new Float64Array(players);
  for (let coalition = 0; coalition < values.length; coalition++) {
    let size = 0;
    for (let rest = coalition; rest !== 0; rest &= rest - 1) size++;
    for (let player = 0; player < players; player++) {
      if ((coalition >> player) & 1) continue;
      shares[player] += weights[size] * (values[coalition | (1 << player)] - values[coalition]);
    }
  }
  return shares;
}
