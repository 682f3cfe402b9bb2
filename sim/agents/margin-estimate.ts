import { blackGreeks, blackPrice } from "../../src/pricing/black-scholes.ts";
import type { AccountView, ProtocolView } from "../../src/protocol/view.ts";
import type { ProtocolTwin } from "./agent.ts";

/** What an outsider can reckon of a margin account; USD. The chain has the last word. */
export interface MarginEstimate {
  /** Cash and collateral less what closing the shorts is worth. */
  readonly equity: number;
  readonly maintenance: number;
  readonly initial: number;
  /** Mark of the shorts. */
  readonly liability: number;
}

const YEAR = 31_536_000;
const DAY = 86_400;
/** Shifts of the spot with both shifts of vol; then the far tails with vol up, and the part of their loss that counts. */
const SPOT_SHIFTS = [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3];
const FAR_TAILS = [
  { shift: -0.6, counts: 0.35 },
  { shift: 1, counts: 0.2 },
];
const CONTINGENCY = 0.02;
const LIQUIDATION_GAS = 30;
const HALF_SPREAD = 0.01;
const LAG_SPREAD = 0.005;
const INITIAL_OVER_MAINTENANCE = 1.25;

/** A short position: index of its series, contracts. */
export interface ShortLeg {
  readonly index: number;
  readonly size: number;
}

/** The short legs of an account whose expiry lies ahead. */
export function liveLegs(twin: ProtocolTwin, account: AccountView, now: number): ShortLeg[] {
  return twin.series.flatMap((series, index) =>
    account.shorts[index] > 0 && series.expiry > now ? [{ index, size: account.shorts[index] }] : [],
  );
}

/**
 * Scenario margin of short legs at the protocol's price and the source's vols, by the rules that the protocol publishes:
 * 14 shifts of spot and vol and two damped tails, a contingency of 2 % of the spot a contract.
 */
export function estimateMargin(
  twin: ProtocolTwin,
  view: ProtocolView,
  now: number,
  legs: readonly ShortLeg[],
  cash: number,
  collateralUnits: number,
): MarginEstimate {
  const spot = view.markets.find(({ underlying }) => underlying === twin.underlying)!.price;
  const vols = twin.quotedVols(view);
  const valueAt = (shift: number, volShift: -1 | 0 | 1): number =>
    legs.reduce((sum, { index, size }) => {
      const { isCall, strike, expiry } = twin.series[index];
      const seconds = Math.max(0, expiry - now);
      const vol = vols[index] * volMultiplier(seconds, volShift);
      return sum + size * blackPrice(isCall, spot * (1 + shift), strike, seconds / YEAR, vol);
    }, 0);
  const liability = valueAt(0, 0);
  let loss = 0;
  for (const shift of SPOT_SHIFTS) {
    const collateralChange = collateralUnits * spot * shift;
    for (const volShift of [-1, 1] as const) {
      loss = Math.max(loss, valueAt(shift, volShift) - liability - collateralChange);
    }
  }
  for (const { shift, counts } of FAR_TAILS) {
    loss = Math.max(loss, counts * (valueAt(shift, 1) - liability - collateralUnits * spot * shift));
  }
  const maintenance = legs.length === 0 ? 0 : loss + floorAndClosing(twin, now, legs, collateralUnits, spot, vols);
  return {
    equity: cash + collateralUnits * spot - liability,
    maintenance,
    initial: INITIAL_OVER_MAINTENANCE * maintenance,
    liability,
  };
}

/** Vol after a shift, as a multiple: larger shifts as expiry nears, u = (30 d / max(T, 1 d))^0.3, power 0.13 beyond 30 d. */
function volMultiplier(secondsToExpiry: number, direction: -1 | 0 | 1): number {
  const ratio = (30 * DAY) / Math.max(secondsToExpiry, DAY);
  const scale = ratio ** (ratio >= 1 ? 0.3 : 0.13);
  return direction === 1 ? 1 + 0.6 * scale : direction === -1 ? Math.max(0.1, 1 - 0.3 * scale) : 1;
}

/** What is added to the worst loss: 2 % of the spot for a naked short, and the cost of closing. */
function floorAndClosing(
  twin: ProtocolTwin,
  now: number,
  legs: readonly ShortLeg[],
  collateralUnits: number,
  spot: number,
  vols: Float64Array,
): number {
  let puts = 0;
  let calls = 0;
  let closing = LIQUIDATION_GAS;
  for (const { index, size } of legs) {
    const { isCall, strike, expiry } = twin.series[index];
    if (isCall) calls += size;
    else puts += size;
    const greeks = blackGreeks(isCall, spot, strike, Math.max(0, expiry - now) / YEAR, vols[index]);
    closing += size * (greeks.vega * HALF_SPREAD + Math.abs(greeks.delta) * spot * LAG_SPREAD);
  }
  return CONTINGENCY * spot * (puts + Math.max(0, calls - collateralUnits)) + closing;
}
