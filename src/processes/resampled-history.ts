import type { Random } from "../random/random.ts";
import { stationaryIndices } from "../statistics/block-bootstrap.ts";
import { ProcessParameterError, requireSteps } from "./process-parameter-error.ts";

/**
 * A new history made of blocks of the old one: log returns of one or more assets, whose moves stay together, in runs of
 * geometric length. Clusters of volatility survive as long as blocks do.
 *
 * Path `path` of the stream draws (path, ·), so that any path can be made alone.
 * @param returns - one column per asset, all of the same length
 * @param meanBlock - mean run length in steps, at least 1
 * @param steps - of the new history
 * @throws {ProcessParameterError} of no asset, no number of steps, columns of different lengths, or a return that is no number
 * @throws {TooFewObservationsError} of an empty history
 * @throws {StatisticInputError} of a block below 1
 * @see Politis & Romano (1994), "The stationary bootstrap"
 */
export function resampleHistory(
  returns: readonly ArrayLike<number>[],
  steps: number,
  meanBlock: number,
  random: Random,
  path = 0,
): Float64Array[] {
  if (returns.length === 0) throw new ProcessParameterError("resampled history", "there are no assets");
  const { length } = returns[0];
  returns.forEach((column, asset) => {
    if (column.length !== length) {
      throw new ProcessParameterError(
        "resampled history",
        `asset ${asset} has ${column.length} returns, not ${length}`,
      );
    }
    for (let t = 0; t < length; t++) {
      if (Number.isFinite(column[t])) continue;
      throw new ProcessParameterError("resampled history", `return ${t} of asset ${asset} is ${column[t]}`);
    }
  });
  requireSteps("resampled history", 1, steps);
  const indices = new Uint32Array(steps);
  stationaryIndices(length, meanBlock, random, path, indices);
  return returns.map((column) => Float64Array.from(indices, (at) => column[at]));
}
