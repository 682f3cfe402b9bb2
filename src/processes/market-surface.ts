import { YEAR_SECONDS } from "../time/year.ts";
import { ProcessParameterError } from "./process-parameter-error.ts";
import type { QuoteSnapshot } from "./quotes.ts";

/** Vols of one expiry by log-moneyness, ascending. */
interface Smile {
  readonly years: number;
  readonly logMoneyness: number[];
  readonly vols: number[];
}

/** A snapshot without an out-of-the-money quote. */
export class EmptySnapshotError extends Error {
  override readonly name = "EmptySnapshotError";

  constructor(time: number) {
    super(`the option snapshot of Unix second ${time} has no out-of-the-money quote`);
  }
}

/**
 * Implied vols of a snapshot of market quotes between its strikes and expiries.
 *
 * Uses the marks of out-of-the-money options. Total variance is linear in log-moneyness within an expiry and linear in
 * time between expiries at the same log-moneyness; outside the quoted strikes and expiries the vol stays flat.
 */
export class MarketSurface {
  readonly #smiles: readonly Smile[];

  /**
   * @throws {EmptySnapshotError} when no quote is out of the money
   * @throws {ProcessParameterError} of a quote without a vol, a moneyness or time left
   */
  constructor({ time, quotes }: QuoteSnapshot) {
    const byExpiry = new Map<number, Smile>();
    for (const { expiry, isCall, strike, forward, markVol } of quotes) {
      const k = Math.log(strike / forward);
      if (isCall !== k > 0) continue;
      if (!(Number.isFinite(k) && markVol > 0 && markVol < Infinity && expiry > time && expiry < Infinity)) {
        const what = `vol ${markVol} at strike ${strike} on ${forward}, expiry ${expiry}`;
        throw new ProcessParameterError("market surface", what);
      }
      let smile = byExpiry.get(expiry);
      if (smile === undefined) {
        byExpiry.set(expiry, (smile = { years: (expiry - time) / YEAR_SECONDS, logMoneyness: [], vols: [] }));
      }
      smile.logMoneyness.push(k);
      smile.vols.push(markVol);
    }
    this.#smiles = [...byExpiry.values()].sort((a, b) => a.years - b.years);
    if (this.#smiles.length === 0) throw new EmptySnapshotError(time);
  }

  /**
   * Annualised vol at ln(strike / forward) and years to expiry from the snapshot.
   * @throws {ProcessParameterError} of a log-moneyness or time that is none
   */
  volAt(logMoneyness: number, years: number): number {
    if (!(Number.isFinite(logMoneyness) && years > 0)) {
      throw new ProcessParameterError("market surface", `log-moneyness ${logMoneyness} and ${years} years`);
    }
    const after = this.#smiles.findIndex((smile) => smile.years >= years);
    if (after < 0) return volWithin(this.#smiles[this.#smiles.length - 1], logMoneyness);
    const later = this.#smiles[after];
    if (after === 0) return volWithin(later, logMoneyness);
    const earlier = this.#smiles[after - 1];
    const share = (years - earlier.years) / (later.years - earlier.years);
    const variance =
      (1 - share) * volWithin(earlier, logMoneyness) ** 2 * earlier.years +
      share * volWithin(later, logMoneyness) ** 2 * later.years;
    return Math.sqrt(variance / years);
  }
}

function volWithin({ logMoneyness, vols }: Smile, k: number): number {
  const right = logMoneyness.findIndex((node) => node >= k);
  if (right < 0) return vols[vols.length - 1];
  if (right === 0) return vols[0];
  const share = (k - logMoneyness[right - 1]) / (logMoneyness[right] - logMoneyness[right - 1]);
  return Math.sqrt((1 - share) * vols[right - 1] ** 2 + share * vols[right] ** 2);
}
