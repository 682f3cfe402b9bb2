import type { BookState, OptionState } from "./book-path.ts";
import type { TradingCosts } from "./trading-costs.ts";

/** When and to what a strategy trades. */
export interface HedgingStrategy {
  readonly name: string;
  /** One line on its rule, with its numbers. */
  readonly rule: string;
  /** Units to hold after this time; the units held now leave them as they are. */
  units(state: BookState, place: number, held: number, book: readonly number[]): number;
  /** Contracts to hold of the vega hedge, the last option of the states; absent: none. */
  contracts?(state: BookState, place: number, held: number, book: readonly number[]): number;
}

/** What a hedged book made, USD. */
export interface HedgedProfit {
  /** Net of costs. */
  readonly profit: number;
  readonly poolCost: number;
  readonly gas: number;
  /** Spread paid for the vega hedge. */
  readonly spread: number;
  readonly trades: number;
}

/** Half the spread of an option bought elsewhere, in vol; ours. */
export const OPTION_HALF_SPREAD = 0.01;

/**
 * Runs a strategy along a path: the book from its true price at the start, where it is hedged at its Black–Scholes delta,
 * to that at the end; hedges trade at the spot and pay their costs.
 * @param book - contracts of each option of the states but the vega hedge; negative is short
 */
export function runHedge(
  strategy: HedgingStrategy,
  states: readonly BookState[],
  book: readonly number[],
  costs: TradingCosts,
): HedgedProfit {
  const last = states.length - 1;
  // The book was hedged before: the first trade is nobody's.
  let units = -exposure(states[0], book, ({ delta }) => delta);
  let contracts = 0;
  let profit = valueOf(states[last], book) - valueOf(states[0], book);
  let poolCost = 0;
  let gas = 0;
  let spread = 0;
  let trades = 0;
  states.forEach((state, place) => {
    if (place > 0) {
      const before = states[place - 1];
      profit += units * (state.spot - before.spot) + contracts * (hedgeOption(state).price - hedgeOption(before).price);
    }
    if (place === last) return;
    const wantedContracts = strategy.contracts?.(state, place, contracts, book) ?? 0;
    spread += Math.abs(wantedContracts - contracts) * OPTION_HALF_SPREAD * hedgeOption(state).vega;
    contracts = wantedContracts;
    const wanted = strategy.units(state, place, units, [...book, contracts]);
    if (wanted === units) return;
    poolCost += costs.swap(wanted - units, state.spot);
    gas += costs.gas(wanted - units, state.spot);
    trades++;
    units = wanted;
  });
  return { profit: profit - poolCost - gas - spread, poolCost, gas, spread, trades };
}

function valueOf({ options }: BookState, book: readonly number[]): number {
  return book.reduce((sum, contracts, i) => sum + contracts * options[i].price, 0);
}

function hedgeOption({ options }: BookState): OptionState {
  return options[options.length - 1];
}

/** Sum over the book of contracts times a sensitivity. */
export function exposure({ options }: BookState, book: readonly number[], of: (option: OptionState) => number): number {
  return book.reduce((sum, contracts, i) => sum + contracts * of(options[i]), 0);
}
