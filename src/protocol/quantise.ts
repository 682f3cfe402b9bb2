/** A grid on which decisions are rounded before they reach the chain: a last bit of `Math.exp` then moves nothing. */
export interface Grid {
  /** Distance of two grid points in the natural unit (contracts, USD, vol, share). */
  readonly tick: number;
  /** On-chain units of one tick. */
  readonly units: bigint;
}

/** Contracts: one ten-thousandth. */
export const SIZE_LOT: Grid = { tick: 1e-4, units: 10n ** 14n };
/** USD of the quote asset with 6 decimals: one cent. */
export const QUOTE_CENT: Grid = { tick: 1e-2, units: 10n ** 4n };
/** Annualised volatility: one ten-thousandth of a vol point. */
export const VOL_TICK: Grid = { tick: 1e-6, units: 10n ** 12n };
/** Share of a whole in WAD: one millionth. */
export const SHARE_TICK: Grid = { tick: 1e-6, units: 10n ** 12n };
/** Feed answers with 8 decimals: one cent of a USD. */
export const ANSWER_CENT: Grid = { tick: 1e-2, units: 10n ** 6n };
/** Strikes, USD WAD: one cent. */
export const STRIKE_CENT: Grid = { tick: 1e-2, units: 10n ** 16n };

/** Units of a token: one hundred-thousandth of a unit. */
export function tokenLot(decimals: number): Grid {
  return { tick: 1e-5, units: 10n ** BigInt(decimals - 5) };
}

/** A number that cannot become an amount on the chain. */
export class UnquantisableError extends Error {
  constructor(value: number, { tick }: Grid) {
    super(`${value} is not a finite number on a grid of ${tick}`);
    this.name = "UnquantisableError";
  }
}

/**
 * On-chain units of the grid point nearest to `value`, halves away from zero.
 * @param value - in the grid's natural unit, finite, below 2^53 ticks
 * @throws {UnquantisableError} when it is not
 */
export function quantise(value: number, grid: Grid): bigint {
  const ticks = Math.sign(value) * Math.round(Math.abs(value) / grid.tick);
  if (!Number.isSafeInteger(ticks)) throw new UnquantisableError(value, grid);
  return BigInt(ticks) * grid.units;
}
