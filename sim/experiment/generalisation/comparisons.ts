import { holm } from "../../../src/statistics/holm.ts";
import { signFlipTest } from "../../../src/statistics/paired-tests.ts";
import type { Comparison } from "../../results/generalisation.ts";
import type { Chance } from "./chance.ts";
import type { PairedModel } from "./paired-model.ts";
import { gap, rmse } from "./paired-model.ts";
import { sampleOf } from "./sample.ts";

/** Fewest replicates of which an interval is shown. */
const FEWEST_PAIRS = 6;

/**
 * Every pair of models at one severity and age, paired by replicate: shift gap of the one less that of the other, by
 * sign-flip permutation over replicates, Holm over pairs. Exploratory.
 * @param severity - its place among the severities
 */
export function compareModels(models: readonly PairedModel[], severity: number, chance: Chance): Comparison[] {
  const pairs = models.flatMap((model, m) =>
    models.slice(m + 1).flatMap((other) => {
      const differences = gapDifferences(model, other, severity);
      if (differences.length < FEWEST_PAIRS) return [];
      const pValue = signFlipTest(differences, chance.signFlips(differences.length));
      return [{ model: model.name, other: other.name, difference: sampleOf(differences), pValue }];
    }),
  );
  const adjusted = holm(pairs.map(({ pValue }) => pValue));
  return pairs.map((pair, i) => ({ ...pair, adjustedPValue: adjusted[i] }));
}

/** In the replicates where both could be fitted. */
function gapDifferences(model: PairedModel, other: PairedModel, severity: number): Float64Array {
  const places = new Map(other.indices.map((index, place) => [index, place]));
  return Float64Array.from(
    model.indices.flatMap((index, i) => {
      const place = places.get(index);
      if (place === undefined) return [];
      return gap(model.own[i], severity, 0, rmse) - gap(other.own[place], severity, 0, rmse);
    }),
  );
}
