/** Where a descent ended. */
export interface DescentEnd {
  readonly at: Float64Array;
  readonly value: number;
  readonly iterations: number;
}

/** Pairs of steps and gradient changes that the inverse Hessian is made of. */
const MEMORY = 10;
/** Armijo's share of the promised decrease, and most halvings of a step. */
const SUFFICIENT = 1e-4;
const HALVINGS = 30;
/** Curvature, relative to the step's and the change's lengths, below which a pair says nothing. */
const LEAST_CURVATURE = 1e-10;

/**
 * Minimises a smooth function by limited-memory BFGS with backtracking; deterministic in its start. The value never
 * rises. Ends after `iterations`, when no step lowers the value, or when told to.
 * @param objective - value at `x`; writes the gradient there
 * @param isEnough - asked after each iteration
 * @see Nocedal & Wright (2006), algorithms 7.4 and 3.1
 */
export function quasiNewton(
  objective: (x: Float64Array, gradient: Float64Array) => number,
  start: Float64Array,
  iterations: number,
  isEnough: (x: Float64Array, iteration: number) => boolean = () => false,
): DescentEnd {
  let at: Float64Array = start.slice();
  let gradient: Float64Array = new Float64Array(start.length);
  let value = objective(at, gradient);
  const pairs: Pair[] = [];
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const direction = descentDirection(gradient, pairs);
    const slope = product(direction, gradient);
    const next = new Float64Array(start.length);
    const nextGradient = new Float64Array(start.length);
    let nextValue = Number.NaN;
    // The first direction is the gradient's own, of no known length.
    let step = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(product(gradient, gradient))) : 1;
    for (let i = 0; i < HALVINGS; i++, step /= 2) {
      for (let j = 0; j < next.length; j++) next[j] = at[j] + step * direction[j];
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + SUFFICIENT * step * slope) break;
    }
    if (!(nextValue < value)) return { at, value, iterations: iteration - 1 };
    remember(pairs, at, next, gradient, nextGradient);
    [at, gradient, value] = [next, nextGradient, nextValue];
    if (isEnough(at, iteration)) return { at, value, iterations: iteration };
  }
  return { at, value, iterations };
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

function remember(
  pairs: Pair[],
  from: Float64Array,
  to: Float64Array,
  gradientFrom: Float64Array,
  gradientTo: Float64Array,
): void {
  const step = to.map((value, i) => value - from[i]);
  const change = gradientTo.map((value, i) => value - gradientFrom[i]);
  const curvature = product(step, change);
  if (!(curvature > LEAST_CURVATURE * Math.sqrt(product(step, step) * product(change, change)))) return;
  pairs.push({ step, change, curvature });
  if (pairs.length > MEMORY) pairs.shift();
}

/** −H g by the two-loop recursion. */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i];
    shares[i] = product(step, direction) / curvature;
    for (let j = 0; j < direction.length; j++) direction[j] -= shares[i] * change[j];
  }
  const last = pairs[pairs.length - 1];
  if (last !== undefined) {
    const scale = last.curvature / product(last.change, last.change);
    for (let j = 0; j < direction.length; j++) direction[j] *= scale;
  }
  pairs.forEach(({ step, change, curvature }, i) => {
    const share = shares[i] - product(change, direction) / curvature;
    for (let j = 0; j < direction.length; j++) direction[j] += share * step[j];
  });
  return direction;
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
