import type { Calibration, SmileQuotes } from "./calibration-input-error.ts";
import { checkSmileQuotes } from "./calibration-input-error.ts";
import { conditionOf } from "./condition-number.ts";
import { nelderMead } from "./nelder-mead.ts";
import type { SviRaw } from "./svi.ts";
import { sviTotalVariance } from "./svi.ts";

/** Bound of both wings' slopes, as Lee's moment formula has it and as the contracts enforce it. */
const STEEPEST_WING = 2;
const LEAST_SIGMA = 1e-3;
const LARGEST_SIGMA = 10;
const STARTS: readonly (readonly [number, number])[] = [
  [0, 0.1],
  [0, 0.5],
];

/**
 * Raw SVI slice closest to quoted vols, by quasi-explicit calibration.
 *
 * For given (m, σ) the slice is linear in a, p = b(1 + ρ)σ and q = b(1 - ρ)σ, and the wings' bounds make a box of them,
 * so that the inner least squares are solved exactly; the outer two variables go by a downhill simplex. Errors are in
 * total variance, weighted so that they are vol errors to first order. `a` may be negative as long as the variance is
 * not. Wings rise by at most 2; the density is not constrained: check with `butterflies`.
 * @param previous - slice of nearly the same quotes, from whose m and σ alone the search then starts: several times
 * faster than searching afresh
 * @returns with bounds named "put wing", "call wing" (slope 2), "flat put wing", "flat call wing", "sigma", "variance"
 * @throws {CalibrationInputError} below five different strikes, or of a quote that is no vol
 * @see De Marco & Martini (2009), "Quasi-explicit calibration of Gatheral's SVI model", Zeliade white paper
 */
export function calibrateSvi(quotes: SmileQuotes, previous?: SviRaw): Calibration<SviRaw> {
  checkSmileQuotes("SVI", quotes, 5);
  const inner = new InnerFit(quotes);
  const width = inner.highest - inner.lowest;
  let best: { at: Float64Array; value: number } = { at: new Float64Array(2), value: Infinity };
  const starts =
    previous === undefined
      ? STARTS.map(([shift, size]) => [
          inner.lowestVarianceAt + shift * width,
          Math.log(Math.max(LEAST_SIGMA * 2, size * width)),
        ])
      : [[previous.m, Math.log(previous.sigma)]];
  const firstSteps = previous === undefined ? [0.2 * width, 0.7] : [0.05 * width, 0.2];
  for (const start of starts) {
    const found = nelderMead((x) => inner.error(x[0], Math.exp(x[1])), start, firstSteps, {
      tolerance: 1e-7,
      evaluations: previous === undefined ? 250 : 60,
    });
    if (found.value < best.value) best = found;
  }
  // A simplex can stall in a valley; a fresh one at its end is cheap.
  best = nelderMead((x) => inner.error(x[0], Math.exp(x[1])), best.at, [0.02 * width, 0.05], {
    tolerance: 1e-9,
    evaluations: 250,
  });
  inner.error(best.at[0], Math.exp(best.at[1]));
  return inner.summary();
}

/** Linear least squares of a slice at given m and σ. */
class InnerFit {
  readonly lowest: number;
  readonly highest: number;
  readonly lowestVarianceAt: number;
  readonly #quotes: SmileQuotes;
  readonly #w: Float64Array;
  readonly #weight: Float64Array;
  readonly #largest: number;
  readonly #gram = new Float64Array(9);
  readonly #moment = new Float64Array(3);
  readonly #x = new Float64Array(3);
  readonly #trial = new Float64Array(3);
  #m = 0;
  #sigma = 1;

  constructor(quotes: SmileQuotes) {
    const { years, logMoneyness, vols, weights } = quotes;
    this.#quotes = quotes;
    this.#w = Float64Array.from(vols, (vol) => vol * vol * years);
    // dσ = dw / (2σT): weighting squares by (2σT)^-2 turns errors of w into errors of vol.
    this.#weight = Float64Array.from(vols, (vol, i) => (weights?.[i] ?? 1) / (2 * vol * years) ** 2);
    const all = Array.from(logMoneyness);
    this.lowest = Math.min(...all);
    this.highest = Math.max(...all);
    this.#largest = Math.max(...this.#w);
    this.lowestVarianceAt = logMoneyness[this.#w.indexOf(Math.min(...this.#w))];
  }

  /** Least weighted error at (m, σ), the coefficients being kept; Infinity outside the search's range. */
  error(m: number, sigma: number): number {
    const width = this.highest - this.lowest;
    if (!(sigma >= LEAST_SIGMA && sigma <= LARGEST_SIGMA)) return Infinity;
    if (!(m >= this.lowest - 2 * width && m <= this.highest + 2 * width)) return Infinity;
    this.#m = m;
    this.#sigma = sigma;
    this.#fillEquations();
    const slope = STEEPEST_WING * sigma;
    // Variance is nowhere negative only if a ≥ -bσ, and b ≤ 2.
    let error = this.#solve(-slope, slope);
    const [a, p, q] = this.#x;
    // Least variance a + √(pq) is not linear; where it binds, Zeliade's own bound a ≥ 0 keeps it.
    if (a + Math.sqrt(p * q) < 0) error = this.#solve(0, slope);
    return error;
  }

  summary(): Calibration<SviRaw> {
    const [a, p, q] = this.#x;
    const sigma = this.#sigma;
    const b = (p + q) / (2 * sigma);
    const rho = p + q > 0 ? Math.min(1 - 1e-12, Math.max(-1 + 1e-12, (p - q) / (p + q))) : 0;
    const slice = { a, b, rho, m: this.#m, sigma };
    const { years, logMoneyness, vols, weights } = this.#quotes;
    let squares = 0;
    let total = 0;
    let worst = 0;
    for (let i = 0; i < vols.length; i++) {
      const error = Math.sqrt(Math.max(0, sviTotalVariance(slice, logMoneyness[i])) / years) - vols[i];
      squares += (weights?.[i] ?? 1) * error * error;
      total += weights?.[i] ?? 1;
      worst = Math.max(worst, Math.abs(error));
    }
    const steepest = STEEPEST_WING * sigma;
    const bounds: [string, boolean][] = [
      ["put wing", q >= steepest * (1 - 1e-9)],
      ["call wing", p >= steepest * (1 - 1e-9)],
      ["flat put wing", q <= 1e-12 * this.#largest],
      ["flat call wing", p <= 1e-12 * this.#largest],
      ["sigma", sigma <= LEAST_SIGMA * 1.001 || sigma >= LARGEST_SIGMA * 0.999],
      ["variance", a === 0 || a + Math.sqrt(p * q) <= 1e-12 * this.#largest],
    ];
    return {
      parameters: slice,
      rmse: Math.sqrt(squares / total),
      worst,
      activeBounds: bounds.filter(([, isActive]) => isActive).map(([name]) => name),
      condition: this.#condition(slice),
    };
  }

  /** Basis 1, (√(y² + 1) + y)/2, (√(y² + 1) - y)/2 with y = (k - m)/σ. */
  #fillEquations(): void {
    const gram = this.#gram.fill(0);
    const moment = this.#moment.fill(0);
    const { logMoneyness } = this.#quotes;
    const weight = this.#weight;
    for (let i = 0; i < weight.length; i++) {
      const y = (logMoneyness[i] - this.#m) / this.#sigma;
      const root = Math.sqrt(y * y + 1);
      // The small one of the two would cancel: their product is 1/4.
      const large = 0.5 * (root + Math.abs(y));
      const up = y > 0 ? large : 0.25 / large;
      const down = y > 0 ? 0.25 / large : large;
      const v = weight[i];
      const w = this.#w[i];
      gram[0] += v;
      gram[1] += v * up;
      gram[2] += v * down;
      gram[4] += v * up * up;
      gram[5] += v * up * down;
      gram[8] += v * down * down;
      moment[0] += v * w;
      moment[1] += v * up * w;
      moment[2] += v * down * w;
    }
    gram[3] = gram[1];
    gram[6] = gram[2];
    gram[7] = gram[5];
  }

  /** Least error over the box [least, largest] × [0, slope]²: the best feasible of the 27 sets of active bounds. */
  #solve(least: number, slope: number): number {
    let best = Infinity;
    const x = this.#trial;
    for (let set = 0; set < 27; set++) {
      const states = [set % 3, Math.floor(set / 3) % 3, Math.floor(set / 9)];
      const lower = [least, 0, 0];
      const upper = [this.#largest, slope, slope];
      states.forEach((state, i) => (x[i] = state === 1 ? lower[i] : state === 2 ? upper[i] : 0));
      const free = [0, 1, 2].filter((i) => states[i] === 0);
      if (!this.#solveFree(free, x)) continue;
      if (free.some((i) => x[i] < lower[i] || x[i] > upper[i])) continue;
      const error = this.#errorOf(x);
      if (error < best) {
        best = error;
        this.#x.set(x);
      }
      // The free solution inside the box is the least of all.
      if (set === 0) break;
    }
    return best;
  }

  /** Normal equations of the free variables, the others being held; false when they are singular. */
  #solveFree(free: readonly number[], x: Float64Array): boolean {
    const gram = this.#gram;
    const right = free.map((i) => {
      let sum = this.#moment[i];
      for (let j = 0; j < 3; j++) if (!free.includes(j)) sum -= gram[3 * i + j] * x[j];
      return sum;
    });
    const matrix = free.map((i) => free.map((j) => gram[3 * i + j]));
    for (let i = 0; i < free.length; i++) {
      if (!(matrix[i][i] > 1e-13 * gram[4 * free[i]])) return false;
      for (let r = i + 1; r < free.length; r++) {
        const factor = matrix[r][i] / matrix[i][i];
        for (let c = i; c < free.length; c++) matrix[r][c] -= factor * matrix[i][c];
        right[r] -= factor * right[i];
      }
    }
    for (let i = free.length - 1; i >= 0; i--) {
      let sum = right[i];
      for (let c = i + 1; c < free.length; c++) sum -= matrix[i][c] * x[free[c]];
      x[free[i]] = sum / matrix[i][i];
    }
    return true;
  }

  #errorOf([a, p, q]: Float64Array): number {
    const { logMoneyness } = this.#quotes;
    let sum = 0;
    for (let i = 0; i < this.#w.length; i++) {
      const y = (logMoneyness[i] - this.#m) / this.#sigma;
      const root = Math.sqrt(y * y + 1);
      const error = a + 0.5 * (p * (root + y) + q * (root - y)) - this.#w[i];
      sum += this.#weight[i] * error * error;
    }
    return sum;
  }

  #condition(slice: SviRaw): number {
    const { logMoneyness } = this.#quotes;
    const scales = [this.#largest, Math.max(slice.b, 1e-12), 1, this.highest - this.lowest, slice.sigma];
    const rows = Array.from(logMoneyness, (k, i) => {
      const distance = k - slice.m;
      const root = Math.sqrt(distance * distance + slice.sigma ** 2);
      const { b, rho, sigma } = slice;
      const slopes = [1, rho * distance + root, b * distance, -b * (rho + distance / root), (b * sigma) / root];
      return slopes.map((slope, j) => slope * scales[j] * Math.sqrt(this.#weight[i]));
    });
    return conditionOf(rows);
  }
}
