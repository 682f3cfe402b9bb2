/** Kronrod's 15 nodes on [0, 1] of the half interval, their weights, and Gauss's 7 weights at every other node. */
const NODES = [
  0.991455371120812639206854697526329, 0.949107912342758524526189684047851, 0.864864423359769072789712788640926,
  0.741531185599394439863864773280788, 0.58608723546769113029414169166685, 0.405845151377397166906606412076961,
  0.207784955007898467600689403773245, 0,
];
const KRONROD = [
  0.02293532201052922496373200805897, 0.063092092629978553290700663189204, 0.104790010322250183839876322541518,
  0.140653259715525918745189590510238, 0.16900472663926790282658342659855, 0.190350578064785409913256402421014,
  0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
];
const GAUSS = [
  0.129484966168869693270611432679082, 0.27970539148927666790146777142378, 0.381830050505118944950369775488975,
  0.417959183673469387755102040816327,
];
const FIRST_PANELS = 16;
const DEEPEST = 40;
const MOST_EVALUATIONS = 300_000;

/** An integral did not settle within the allowed halvings or evaluations, or met what is no number. */
export class QuadratureError extends Error {
  override readonly name = "QuadratureError";

  constructor(from: number, to: number) {
    super(`the integral over [${from}, ${to}] does not settle`);
  }
}

/**
 * Integral of a smooth function by adaptive Gauss–Kronrod quadrature (7, 15).
 * @param tolerance - absolute error aimed at
 * @param from - finite ends, in the unit of the function's argument
 * @throws {QuadratureError} when forty halvings or 300,000 evaluations do not reach it, or the function is no number
 * @see Piessens et al. (1983), QUADPACK, routine QK15
 */
export function integrate(f: (x: number) => number, from: number, to: number, tolerance: number): number {
  const width = (to - from) / FIRST_PANELS;
  let evaluations = 0;
  const counted = (x: number): number => {
    if (evaluations++ === MOST_EVALUATIONS) throw new QuadratureError(from, to);
    return f(x);
  };
  let sum = 0;
  for (let panel = 0; panel < FIRST_PANELS; panel++) {
    sum += adaptive(counted, from + panel * width, from + (panel + 1) * width, tolerance / FIRST_PANELS, 0);
  }
  if (!Number.isFinite(sum)) throw new QuadratureError(from, to);
  return sum;
}

function adaptive(f: (x: number) => number, from: number, to: number, tolerance: number, depth: number): number {
  const centre = 0.5 * (from + to);
  const half = 0.5 * (to - from);
  let kronrod = KRONROD[7] * f(centre);
  let gauss = GAUSS[3] * f(centre);
  for (let i = 0; i < 7; i++) {
    const pair = f(centre - half * NODES[i]) + f(centre + half * NODES[i]);
    kronrod += KRONROD[i] * pair;
    if (i % 2 === 1) gauss += GAUSS[(i - 1) / 2] * pair;
  }
  // The difference is the error of Gauss's rule; Kronrod's own is far smaller, so that halves may keep the tolerance.
  if (Math.abs(kronrod - gauss) * half <= tolerance) return kronrod * half;
  if (depth === DEEPEST) throw new QuadratureError(from, to);
  return adaptive(f, from, centre, tolerance, depth + 1) + adaptive(f, centre, to, tolerance, depth + 1);
}
