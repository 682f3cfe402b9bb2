interface Corner {
  readonly at: Float64Array;
  readonly value: number;
}

/** Where a search ended. */
export interface SimplexMinimum extends Corner {
  readonly evaluations: number;
  /** False when the budget ended first. */
  readonly converged: boolean;
}

const REFLECTION = 1;
const EXPANSION = 2;
const CONTRACTION = 0.5;
const SHRINKAGE = 0.5;

/**
 * Minimum of a function of a few variables by the downhill simplex, deterministic in its start.
 *
 * Unchecked, for fits, which check their data. A value that is no number counts as Infinity. Ends when the simplex' values agree to `tolerance` relative to the best
 * and its corners to `tolerance` relative to their size.
 * @param steps - edge of the first simplex in each variable
 * @see Nelder & Mead (1965), "A simplex method for function minimization"; Lagarias et al. (1998), section 2
 */
export function nelderMead(
  objective: (x: Float64Array) => number,
  start: ArrayLike<number>,
  steps: ArrayLike<number>,
  { tolerance = 1e-8, evaluations: budget = 1000 }: { tolerance?: number; evaluations?: number } = {},
): SimplexMinimum {
  const size = start.length;
  let evaluations = 0;
  const valueAt = (x: Float64Array): number => {
    evaluations++;
    const value = objective(x);
    return Number.isNaN(value) ? Infinity : value;
  };
  const corners = Array.from({ length: size + 1 }, (_, i): Corner => {
    const at: Float64Array = Float64Array.from(start);
    if (i > 0) at[i - 1] += steps[i - 1];
    return { at, value: valueAt(at) };
  });
  const byValue = (a: Corner, b: Corner): number => (a.value === b.value ? 0 : a.value < b.value ? -1 : 1);
  corners.sort(byValue);
  const along = (from: Float64Array, to: Float64Array, share: number): Float64Array =>
    from.map((value, i) => value + share * (to[i] - value));
  let converged = false;
  while (!(converged = hasConverged(corners, tolerance)) && evaluations < budget) {
    const centre = new Float64Array(size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) centre[j] += corners[i].at[j] / size;
    const worst = corners[size];
    const tried = (share: number) => {
      const at = along(centre, worst.at, share);
      return { at, value: valueAt(at) };
    };
    const reflected = tried(-REFLECTION);
    if (reflected.value < corners[0].value) {
      const expanded = tried(-EXPANSION);
      corners[size] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < corners[size - 1].value) {
      corners[size] = reflected;
    } else {
      const isOutside = reflected.value < worst.value;
      const contracted = tried(isOutside ? -CONTRACTION : CONTRACTION);
      if (contracted.value < (isOutside ? reflected : worst).value) {
        corners[size] = contracted;
      } else {
        for (let i = 1; i <= size; i++) {
          const at = along(corners[0].at, corners[i].at, SHRINKAGE);
          corners[i] = { at, value: valueAt(at) };
        }
      }
    }
    corners.sort(byValue);
  }
  return { at: corners[0].at, value: corners[0].value, evaluations, converged };
}

function hasConverged(corners: readonly Corner[], tolerance: number): boolean {
  const [best] = corners;
  const worst = corners[corners.length - 1];
  if (!(worst.value - best.value <= tolerance * Math.abs(best.value) + Number.MIN_VALUE)) {
    // At a minimum of zero values never agree in relation; the corners' own distance decides.
    if (!(worst.value <= tolerance * tolerance)) return false;
  }
  return corners.every(({ at }) =>
    at.every((value, i) => Math.abs(value - best.at[i]) <= tolerance * (1 + Math.abs(value))),
  );
}
