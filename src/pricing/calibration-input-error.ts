/** Quotes that a model cannot be calibrated to: what is wrong and where. Never a NaN calibration instead. */
export class CalibrationInputError extends Error {
  override readonly name = "CalibrationInputError";
  readonly model: string;
  readonly where: string;

  constructor(model: string, what: string, where: string) {
    super(`${model} cannot be calibrated: ${what} (${where})`);
    this.model = model;
    this.where = where;
  }
}

/** Implied vols at log-moneyness ln(K/F) for one tenor. */
export interface SmileQuotes {
  /** To expiry, years of 365 days, positive. */
  readonly years: number;
  /** ln(K/F); the order is free. */
  readonly logMoneyness: ArrayLike<number>;
  /** Annualised, 1 = 100 %, positive. */
  readonly vols: ArrayLike<number>;
  /** Weight of each squared vol error; all equal without. */
  readonly weights?: ArrayLike<number>;
}

/** Beyond these a number is in another unit: seconds or days for years, strikes for their logarithms, per cent for vols. */
const MOST_YEARS = 100;
const FURTHEST = 20;
const LARGEST_VOL = 50;

/**
 * Refuses quotes that no smile can be fitted to.
 * @param need - fewest different strikes
 * @throws {CalibrationInputError} naming the quote: one that is no number, a vol outside (0, 50], a log-moneyness beyond
 * ±20, a tenor outside (0, 100] years, too few different strikes
 */
export function checkSmileQuotes(model: string, quotes: SmileQuotes, need: number): void {
  const { years, logMoneyness, vols, weights } = quotes;
  const tenor = `tenor of ${years} years`;
  if (!(years > 0)) throw new CalibrationInputError(model, "no time to expiry", tenor);
  if (!(years <= MOST_YEARS)) throw new CalibrationInputError(model, `more than ${MOST_YEARS} years`, tenor);
  if (vols.length !== logMoneyness.length || (weights !== undefined && weights.length !== vols.length)) {
    throw new CalibrationInputError(model, "columns of different lengths", tenor);
  }
  for (let i = 0; i < vols.length; i++) {
    const where = `quote ${i}, ${tenor}`;
    if (!(Math.abs(logMoneyness[i]) <= FURTHEST)) {
      throw new CalibrationInputError(model, `log-moneyness ${logMoneyness[i]}`, where);
    }
    if (!(vols[i] > 0 && vols[i] <= LARGEST_VOL)) throw new CalibrationInputError(model, `vol ${vols[i]}`, where);
    if (weights !== undefined && !(weights[i] > 0 && weights[i] < Infinity)) {
      throw new CalibrationInputError(model, `weight ${weights[i]}`, where);
    }
  }
  const strikes = new Set(Array.from(logMoneyness)).size;
  if (strikes < need) {
    throw new CalibrationInputError(model, `${strikes} different strikes where it needs ${need}`, tenor);
  }
}

/** A fitted value, how well it fits, and how well the quotes determine it. */
export interface Calibration<P> {
  readonly parameters: P;
  /** Root of the weighted mean squared error, in vol. */
  readonly rmse: number;
  /** Largest absolute error, in vol. */
  readonly worst: number;
  /** Bounds that hold the fit, by name; empty in the interior. */
  readonly activeBounds: readonly string[];
  /**
   * Ratio of the largest to the smallest singular value of the vols' derivatives in the fitted parameters, each column
   * scaled to its parameter; Infinity when a direction is not determined at all.
   */
  readonly condition: number;
}
