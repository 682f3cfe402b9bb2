import { CalibrationInputError } from "./calibration-input-error.ts";

/** What a check for one kind of arbitrage found. */
export interface ArbitrageFinding {
  /** Places that were looked at. */
  readonly checked: number;
  readonly violations: number;
  /** Share of the places, 0 where there were none. */
  readonly rate: number;
  /** Size of the worst violation in the check's own unit; 0 without one. */
  readonly worst: number;
  /** Which one: its place among those that were looked at, -1 without one. */
  readonly worstAt: number;
}

/** Calls of one expiry by rising strike. With equal bids and asks the quotes are mid prices. */
export interface CallSlice {
  /** To expiry, years of 365 days. */
  readonly years: number;
  /** Forward price, USD. */
  readonly forward: number;
  /** Price today of 1 USD at expiry. */
  readonly discount: number;
  readonly strikes: ArrayLike<number>;
  /** USD per unit, discounted. */
  readonly bids: ArrayLike<number>;
  readonly asks: ArrayLike<number>;
}

/** Findings by kind; sizes in units of the forward's present value, which makes expiries comparable. */
export interface CallArbitrage {
  /** Price outside [D max(F - K, 0), D F]. */
  readonly bounds: ArbitrageFinding;
  /** A call worth less than one with a higher strike, or a spread worth more than the strikes' difference. */
  readonly vertical: ArbitrageFinding;
  /** Three neighbouring strikes whose butterfly has a negative price. */
  readonly butterfly: ArbitrageFinding;
  /** A call worth more than one of the same moneyness that lives longer. */
  readonly calendar: ArbitrageFinding;
}

/** Share of the forward below which a violation is rounding. */
const ROUNDING = 1e-12;

/**
 * Static arbitrage in quoted calls that could be traded at bid and ask.
 *
 * Calendar spreads compare equal K/F; between two strikes of the later expiry its price is interpolated linearly, which
 * a combination of the two pays for, so that what is found is real (with deterministic carry).
 * @throws {CalibrationInputError} of crossed quotes, strikes or expiries that do not rise, or a value that is no number
 * @see Carr & Madan (2005), "A note on sufficient conditions for no arbitrage"
 */
export function callArbitrage(slices: readonly CallSlice[]): CallArbitrage {
  slices.forEach(checkSlice);
  const bounds = new Tally();
  const vertical = new Tally();
  const butterfly = new Tally();
  const calendar = new Tally();
  slices.forEach((slice, index) => {
    const { strikes } = slice;
    const unit = slice.discount * slice.forward;
    const moneyness = Array.from(strikes, (strike) => strike / slice.forward);
    const bid = Array.from(slice.bids, (price) => price / unit);
    const ask = Array.from(slice.asks, (price) => price / unit);
    for (let i = 0; i < moneyness.length; i++) {
      bounds.add(Math.max(bid[i] - 1, Math.max(0, 1 - moneyness[i]) - ask[i]));
      if (i > 0) {
        vertical.add(Math.max(bid[i] - ask[i - 1], bid[i - 1] - ask[i] - (moneyness[i] - moneyness[i - 1])));
      }
      if (i > 1) {
        const share = (moneyness[i] - moneyness[i - 1]) / (moneyness[i] - moneyness[i - 2]);
        butterfly.add(bid[i - 1] - share * ask[i - 2] - (1 - share) * ask[i]);
      }
      const later = slices[index + 1];
      const asked = later === undefined ? undefined : interpolatedAsk(later, moneyness[i]);
      if (asked !== undefined) calendar.add(bid[i] - asked);
    }
  });
  return {
    bounds: bounds.finding(),
    vertical: vertical.finding(),
    butterfly: butterfly.finding(),
    calendar: calendar.finding(),
  };
}

/** Grid on which surfaces are checked when none is given: 301 log-moneynesses from -1.5 to 1.5. */
export const CHECK_GRID: Float64Array = Float64Array.from({ length: 301 }, (_, i) => -1.5 + 0.01 * i);

/**
 * Butterfly arbitrage of a smile: places where Durrleman's factor g(k) is negative; the worst size is -g.
 * @param factor - g(k), for instance `sviButterfly`
 * @param grid - log-moneyness ln(K/F)
 * @returns sizes in the units of g(k); a violation below 1e-12 counts as rounding, one that is no number as infinite
 * @see Gatheral & Jacquier (2014), lemma 2.2
 */
export function butterflies(factor: (logMoneyness: number) => number, grid = CHECK_GRID): ArbitrageFinding {
  const tally = new Tally();
  for (const k of grid) tally.add(-factor(k));
  return tally.finding();
}

/**
 * Calendar arbitrage between neighbouring tenors: places where total variance falls; the worst size is the fall.
 * @param totalVariances - w(k) of each tenor, by rising tenor
 * @param grid - log-moneyness ln(K/F)
 * @returns sizes in total variance; a fall below 1e-12 counts as rounding, one that is no number as infinite
 * @see Gatheral & Jacquier (2014), lemma 2.1
 */
export function calendarCrossings(
  totalVariances: readonly ((logMoneyness: number) => number)[],
  grid = CHECK_GRID,
): ArbitrageFinding {
  const tally = new Tally();
  for (let i = 1; i < totalVariances.length; i++) {
    for (const k of grid) tally.add(totalVariances[i - 1](k) - totalVariances[i](k));
  }
  return tally.finding();
}

/** Counts violations; a size that is no number counts as an infinite one. */
class Tally {
  #checked = 0;
  #violations = 0;
  #worst = 0;
  #worstAt = -1;

  add(size: number): void {
    const violation = Number.isNaN(size) ? Infinity : size;
    if (violation > ROUNDING) {
      this.#violations++;
      if (violation > this.#worst) {
        this.#worst = violation;
        this.#worstAt = this.#checked;
      }
    }
    this.#checked++;
  }

  finding(): ArbitrageFinding {
    return {
      checked: this.#checked,
      violations: this.#violations,
      rate: this.#checked === 0 ? 0 : this.#violations / this.#checked,
      worst: this.#worst,
      worstAt: this.#worstAt,
    };
  }
}

function interpolatedAsk({ forward, discount, strikes, asks }: CallSlice, moneyness: number): number | undefined {
  const strike = moneyness * forward;
  for (let i = 0; i < strikes.length; i++) {
    const unit = discount * forward;
    if (Math.abs(strikes[i] - strike) <= 1e-12 * strike) return asks[i] / unit;
    if (i > 0 && strikes[i - 1] < strike && strike < strikes[i]) {
      const share = (strike - strikes[i - 1]) / (strikes[i] - strikes[i - 1]);
      return (asks[i - 1] + share * (asks[i] - asks[i - 1])) / unit;
    }
  }
  return undefined;
}

function checkSlice(slice: CallSlice, index: number, slices: readonly CallSlice[]): void {
  const { years, forward, discount, strikes, bids, asks } = slice;
  const expiry = `expiry ${index} of ${years} years`;
  const refuse = (what: string, where = expiry): never => {
    throw new CalibrationInputError("an arbitrage check", what, where);
  };
  if (!(years >= 0 && forward > 0 && discount > 0 && years + forward + discount < Infinity)) {
    refuse(`forward ${forward} and discount ${discount} are no prices`);
  }
  if (index > 0 && !(years > slices[index - 1].years)) refuse("expiries do not rise");
  if (bids.length !== strikes.length || asks.length !== strikes.length) refuse("columns of different lengths");
  for (let i = 0; i < strikes.length; i++) {
    const where = `strike ${strikes[i]}, ${expiry}`;
    if (!(strikes[i] > (i > 0 ? strikes[i - 1] : 0) && strikes[i] < Infinity)) refuse("strikes do not rise", where);
    if (!Number.isFinite(bids[i]) || !Number.isFinite(asks[i])) refuse(`prices ${bids[i]} and ${asks[i]}`, where);
    if (bids[i] > asks[i]) refuse(`crossed quotes, bid ${bids[i]} above ask ${asks[i]}`, where);
  }
}
