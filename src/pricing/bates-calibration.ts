import { BatesPricer } from "./bates.ts";
import type { BatesState, Coordinate } from "./bates-coordinates.ts";
import { activeBounds, batesCoordinates, hestonCoordinates, toCoordinates, toState } from "./bates-coordinates.ts";
import { BatesSurface } from "./bates-surface.ts";
import { outOfTheMoneyPrice } from "./black-scholes.ts";
import type { Calibration, SmileQuotes } from "./calibration-input-error.ts";
import { CalibrationInputError, checkSmileQuotes } from "./calibration-input-error.ts";
import { conditionOf } from "./condition-number.ts";
import type { DifferentiableModel, LeastSquaresFit } from "./levenberg-marquardt.ts";
import { fitLeastSquares, forwardDifferences } from "./levenberg-marquardt.ts";

/** What a calibration may lean on. */
export interface BatesCalibrationOptions {
  /** Where to start, usually the previous surface's parameters; without it several starts are screened. */
  readonly previous?: BatesState;
  /**
   * Tikhonov pull to `previous`: the squared distance, in logits within each parameter's range, that costs as much as
   * this mean squared vol error. 0 for none.
   */
  readonly pull?: number;
}

const STEP = 1e-5;
/** Cheapest out-of-the-money quote, in units of the forward, that the transform resolves. */
const LEAST_QUOTE = 1e-8;
/** A fit this close, in vol, needs no better: a hundredth of a basis point. */
const EXACT = 1e-6;
/** Starts that are kept after screening, after a few steps, and to the end; steps in between. */
const TRIED = 6;
const REFINED = 2;
const TRIAL_STEPS = 6;
const MOST_STEPS = 60;

/**
 * Heston's model closest to a surface of quotes, in vol, by Levenberg–Marquardt; rates are zero, the quotes' moneyness
 * is to the forward.
 * @param slices - by rising tenor, out-of-the-money vols
 * @returns with RMSE, bounds named after parameters, and the condition number of the vols' derivatives in the logits of
 * the parameters: kappa and volOfVol are weakly told apart
 * @throws {CalibrationInputError} naming the quote or tenor, or with fewer quotes than parameters
 * @see Heston (1993); Cui, del Baño Rollin & Germano (2017), "Full and fast calibration of the Heston model"
 */
export function calibrateHeston(
  slices: readonly SmileQuotes[],
  options: BatesCalibrationOptions = {},
): Calibration<BatesState> {
  return new SurfaceFit("Heston", slices, hestonCoordinates, options).calibration();
}

/**
 * Bates's model closest to a surface of quotes; as {@link calibrateHeston}, whose solution is among its starts. Jump
 * intensity and mean are weakly told apart.
 * @throws {CalibrationInputError} naming the quote or tenor, or with fewer quotes than parameters
 * @see Bates (1996), "Jumps and stochastic volatility"
 */
export function calibrateBates(
  slices: readonly SmileQuotes[],
  options: BatesCalibrationOptions = {},
): Calibration<BatesState> {
  return new SurfaceFit("Bates", slices, batesCoordinates, options).calibration();
}

class SurfaceFit {
  readonly #name: string;
  readonly #slices: readonly SmileQuotes[];
  readonly #coordinates: readonly Coordinate[];
  readonly #surface: BatesSurface;
  readonly #targets: Float64Array;
  readonly #weights: Float64Array;
  readonly #options: BatesCalibrationOptions;
  readonly #pull: number;
  readonly #anchor: Float64Array;

  constructor(
    model: string,
    slices: readonly SmileQuotes[],
    coordinates: readonly Coordinate[],
    options: BatesCalibrationOptions,
  ) {
    checkSurface(model, slices, coordinates.length);
    this.#name = model;
    this.#slices = slices;
    this.#coordinates = coordinates;
    this.#options = options;
    this.#surface = new BatesSurface(slices);
    const { previous, pull = 0 } = options;
    this.#anchor = previous === undefined ? new Float64Array(0) : toCoordinates(previous, coordinates);
    const quoted = slices.flatMap(({ vols }) => Array.from(vols));
    const weights = slices.flatMap((slice) => Array.from(slice.vols, (_, i) => slice.weights?.[i] ?? 1));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#pull = previous === undefined ? 0 : pull * total;
    // The pull is one more observation per coordinate.
    const extra = this.#pull > 0 ? Array.from(this.#anchor) : [];
    this.#targets = Float64Array.from([...quoted, ...extra]);
    this.#weights = Float64Array.from([...weights, ...extra.map(() => this.#pull)]);
  }

  calibration(): Calibration<BatesState> {
    const starts = this.#options.previous === undefined ? this.#mostPromising() : [this.#anchor];
    const fits = starts.map((start) => this.#fit(start, MOST_STEPS));
    const best = fits.reduce((a, b) => (b.error < a.error ? b : a));
    if (!Number.isFinite(best.error)) {
      throw new CalibrationInputError(this.#name, "no start has a finite error", "whole surface");
    }
    return this.#report(best);
  }

  /** Most of the screened starts end in the same few valleys: some steps of each tell which are worth following. */
  #mostPromising(): readonly (readonly number[])[] {
    return this.#screened()
      .map((start) => this.#fit(start, TRIAL_STEPS))
      .sort((a, b) => (a.error === b.error ? 0 : a.error - b.error))
      .slice(0, REFINED)
      .map(({ parameters }) => parameters);
  }

  #fit(start: ArrayLike<number>, iterations: number): LeastSquaresFit {
    const state = toState(start, this.#coordinates);
    this.#surface.setIntervals(state, state.variance);
    return fitLeastSquares(this.#model, this.#targets, this.#weights, Array.from(start), {
      tolerance: 1e-6,
      enough: EXACT * EXACT * this.#targets.length,
      iterations,
    });
  }

  readonly #values = (x: ArrayLike<number>): Float64Array => {
    const state = toState(x, this.#coordinates);
    const vols = this.#surface.vols(state, state.variance);
    if (!(this.#pull > 0)) return vols;
    return Float64Array.from([...vols, ...Array.from(x)]);
  };

  readonly #model: DifferentiableModel = {
    values: this.#values,
    jacobian: (x) => {
      const state = toState(x, this.#coordinates);
      this.#surface.setIntervals(state, state.variance);
      return forwardDifferences(this.#values, x, STEP);
    },
  };

  /** The most promising of a fixed set of starts. */
  #screened(): Float64Array[] {
    const heston = hestonStarts(this.#slices);
    const isHeston = this.#coordinates === hestonCoordinates;
    const states = isHeston
      ? heston
      : this.#heston().flatMap((state) => jumpStarts.map((jumps) => withJumps(state, jumps)));
    const scored = states.map((state) => {
      const x = toCoordinates(state, this.#coordinates);
      this.#surface.setIntervals(state, state.variance);
      const vols = this.#values(x);
      let error = 0;
      for (let i = 0; i < vols.length; i++) error += this.#weights[i] * (vols[i] - this.#targets[i]) ** 2;
      return { x, error: Number.isFinite(error) ? error : Infinity };
    });
    return scored
      .sort((a, b) => (a.error === b.error ? 0 : a.error - b.error))
      .slice(0, TRIED)
      .map(({ x }) => x);
  }

  /** Heston's solution, once as it is and once with its vol of vol lowered in favour of jumps. */
  #heston(): BatesState[] {
    const { parameters } = new SurfaceFit("Bates", this.#slices, hestonCoordinates, {}).calibration();
    return [parameters, { ...parameters, volOfVol: 0.5 * parameters.volOfVol }];
  }

  #report(fit: LeastSquaresFit): Calibration<BatesState> {
    const parameters = toState(fit.parameters, this.#coordinates);
    const pricer = new BatesPricer(parameters);
    let squares = 0;
    let total = 0;
    let worst = 0;
    for (const { years, logMoneyness, vols, weights } of this.#slices) {
      for (let i = 0; i < vols.length; i++) {
        // Where the model's price is below the pricer's resolution its vol is nearly none.
        const vol = pricer.impliedVolOrNaN(parameters.variance, years, logMoneyness[i]) || 0;
        const weight = weights?.[i] ?? 1;
        squares += weight * (vol - vols[i]) ** 2;
        total += weight;
        worst = Math.max(worst, Math.abs(vol - vols[i]));
      }
    }
    const quotes = this.#slices.reduce((sum, { vols }) => sum + vols.length, 0);
    const rows = this.#model.jacobian(fit.parameters);
    const weighted = Array.from({ length: quotes }, (_, i) => rows.map((row) => row[i] * Math.sqrt(this.#weights[i])));
    return {
      parameters,
      rmse: Math.sqrt(squares / total),
      worst,
      activeBounds: activeBounds(fit.parameters, this.#coordinates),
      condition: conditionOf(weighted),
    };
  }
}

const jumpStarts = [
  { jumpIntensity: 0.1, jumpMean: -0.1, jumpSd: 0.1 },
  { jumpIntensity: 1, jumpMean: -0.1, jumpSd: 0.1 },
  { jumpIntensity: 1, jumpMean: 0.05, jumpSd: 0.15 },
  { jumpIntensity: 8, jumpMean: -0.02, jumpSd: 0.05 },
  { jumpIntensity: 0.3, jumpMean: -0.3, jumpSd: 0.2 },
  { jumpIntensity: 8, jumpMean: 0, jumpSd: 0.15 },
  { jumpIntensity: 30, jumpMean: 0.01, jumpSd: 0.05 },
  { jumpIntensity: 30, jumpMean: -0.1, jumpSd: 0.08 },
];

/** Jumps added to a state whose diffusion gives up the variance that they bring, but for a quarter. */
function withJumps(state: BatesState, jumps: (typeof jumpStarts)[number]): BatesState {
  const brought = jumps.jumpIntensity * (jumps.jumpMean ** 2 + jumps.jumpSd ** 2);
  const left = (variance: number): number => Math.max(variance - brought, 0.25 * variance);
  return { ...state, ...jumps, variance: left(state.variance), theta: left(state.theta) };
}

/** Levels from the first and last tenor's vol nearest the money, the rest from a small fixed grid. */
function hestonStarts(slices: readonly SmileQuotes[]): BatesState[] {
  const variance = nearestVol(slices[0]) ** 2;
  const theta = nearestVol(slices[slices.length - 1]) ** 2;
  const none = { jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
  return [1, 4, 15].flatMap((kappa) =>
    [0.7, 1.6].flatMap((size) =>
      [-0.6, 0, 0.4].map((rho) => ({
        variance,
        theta,
        kappa,
        volOfVol: size * Math.sqrt(kappa * theta),
        rho,
        ...none,
      })),
    ),
  );
}

function nearestVol({ logMoneyness, vols }: SmileQuotes): number {
  let nearest = 0;
  for (let i = 1; i < vols.length; i++) {
    if (Math.abs(logMoneyness[i]) < Math.abs(logMoneyness[nearest])) nearest = i;
  }
  return vols[nearest];
}

/** Refuses a surface that no parameters can be fitted to. @throws {CalibrationInputError} naming quote and tenor */
export function checkSurface(model: string, slices: readonly SmileQuotes[], parameters: number): void {
  let quotes = 0;
  slices.forEach((slice, t) => {
    checkSmileQuotes(model, slice, 1);
    const { years, logMoneyness, vols } = slice;
    const tenor = `tenor ${t} of ${years} years`;
    if (t > 0 && !(years > slices[t - 1].years)) throw new CalibrationInputError(model, "tenors do not rise", tenor);
    for (let i = 0; i < vols.length; i++) {
      const price = outOfTheMoneyPrice(1, Math.exp(logMoneyness[i]), vols[i] * Math.sqrt(years));
      if (price < LEAST_QUOTE) {
        const what = `a price of ${price.toExponential(1)} of the forward, too small to be told from none`;
        throw new CalibrationInputError(model, what, `quote ${i}, ${tenor}`);
      }
    }
    quotes += vols.length;
  });
  if (quotes < parameters) {
    throw new CalibrationInputError(model, `${quotes} quotes for ${parameters} parameters`, "whole surface");
  }
}
