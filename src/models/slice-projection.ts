import { callArbitrage } from "../pricing/arbitrage.ts";
import { blackPrice } from "../pricing/black-scholes.ts";
import { createFeatureTable } from "./feature-pipeline.ts";
import type { FeatureName, FeatureTable } from "./pricing-model.ts";
import { featureNames } from "./pricing-model.ts";

/** Deviations from the forward at which a slice is checked: x = k/(σ √τ) from −3 to 3, the nodes' range on chain. */
const CHECKED: readonly number[] = Array.from({ length: 31 }, (_, i) => -3 + 0.2 * i);
/** Halvings of the share: it is exact to 1/4096. */
const HALVINGS = 12;

/**
 * How far along a path of smiles each row's slice can go without static arbitrage within the expiry: the largest share
 * of [0, 1] that a bisection finds free of vertical spreads and butterflies with a negative price on 31 strikes from −3
 * to 3 deviations at the money. Share 0 must be free of them: a flat smile is.
 *
 * Rows of equal tenor and equal features of the moment are one slice, so that a row's share does not depend on the
 * table that it stands in.
 * @param deviation - vol at the money of each row; the strikes are spaced by it
 * @param path - vols of a table's rows, given a share for each row
 */
export function arbitrageFreeShares(
  at: FeatureTable,
  uses: readonly FeatureName[],
  deviation: (at: FeatureTable) => Float64Array,
  path: (at: FeatureTable) => (share: Float64Array) => Float64Array,
): Float64Array {
  const { sliceOf, first } = slicesOf(at, uses);
  const strikes = checkedStrikes(at, first, deviation);
  const vols = path(strikes);
  const count = first.length;
  const isFree = (shares: Float64Array) => {
    const found = vols(strikes.logMoneyness.map((_, row) => shares[Math.floor(row / CHECKED.length)]));
    return Array.from({ length: count }, (_, slice) => isFreeOfArbitrage(strikes, found, slice * CHECKED.length));
  };
  const shares = new Float64Array(count).fill(1);
  const whole = isFree(shares);
  if (whole.some((free) => !free)) {
    const low = new Float64Array(count);
    const high = new Float64Array(count).fill(1);
    for (let i = 0; i < HALVINGS; i++) {
      const middle = low.map((value, slice) => (value + high[slice]) / 2);
      isFree(middle).forEach((free, slice) => ((free ? low : high)[slice] = middle[slice]));
    }
    whole.forEach((free, slice) => {
      if (!free) shares[slice] = low[slice];
    });
  }
  return Float64Array.from(sliceOf, (slice) => shares[slice]);
}

/** Position of each row's slice among the distinct ones, and the first row of each of these. */
function slicesOf(at: FeatureTable, uses: readonly FeatureName[]) {
  const shared = uses.filter((name) => name !== "logMoneyness");
  const known = new Map<string, number>();
  const first: number[] = [];
  const sliceOf = Int32Array.from({ length: at.count }, (_, row) => {
    const key = shared.map((name) => at[name][row]).join();
    let slice = known.get(key);
    if (slice === undefined) {
      known.set(key, (slice = first.length));
      first.push(row);
    }
    return slice;
  });
  return { sliceOf, first };
}

/** The strikes at which each slice is checked, slice after slice. */
function checkedStrikes(
  at: FeatureTable,
  first: readonly number[],
  deviation: (at: FeatureTable) => Float64Array,
): FeatureTable {
  const strikes = createFeatureTable(first.length * CHECKED.length);
  for (const name of featureNames) {
    for (let row = 0; row < strikes.count; row++)
      strikes[name][row] = at[name][first[Math.floor(row / CHECKED.length)]];
  }
  strikes.logMoneyness.fill(0);
  const atTheMoney = deviation(strikes);
  for (let row = 0; row < strikes.count; row++) {
    strikes.logMoneyness[row] = CHECKED[row % CHECKED.length] * atTheMoney[row] * Math.sqrt(strikes.years[row]);
  }
  return strikes;
}

function isFreeOfArbitrage({ logMoneyness, years }: FeatureTable, vols: Float64Array, from: number): boolean {
  const strikes = CHECKED.map((_, i) => Math.exp(logMoneyness[from + i]));
  const prices = strikes.map((strike, i) => blackPrice(true, 1, strike, years[from], vols[from + i]));
  if (!prices.every(Number.isFinite)) return false;
  const slice = { years: years[from], forward: 1, discount: 1, strikes, bids: prices, asks: prices };
  const { vertical, butterfly } = callArbitrage([slice]);
  return vertical.violations + butterfly.violations === 0;
}
