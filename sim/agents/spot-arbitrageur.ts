import { market, ownAccount } from "./account-state.ts";
import type { Agent } from "./agent.ts";
import { soleAccount, submission, type AgentSetting } from "./submitting.ts";

export const spotArbitrageurDefaults = {
  /** USD of profit below which it does not move. */
  minProfit: 5,
  /** Gwei. */
  tip: 4,
};

/** Share of a swap's input that a Uniswap v2 pool keeps as its fee. */
const POOL_FEE = 0.003;

/** Closes the spot pool to the outside market, up to the pool's fee, with half of its capital in the underlying. */
export function spotArbitrageur(setting: AgentSetting<typeof spotArbitrageurDefaults>): Agent<null> {
  const { id, capital, latency, spot, parameters } = setting;
  return {
    id,
    role: "spot-arbitrageur",
    accounts: soleAccount(capital / 2, capital / 2 / spot),
    truthLatency: latency,
    start: () => null,
    decide(seen, memory) {
      const idle = { submit: [], cancel: [], memory };
      const account = ownAccount(seen);
      if (seen.truth === undefined || account === undefined) return idle;
      const { underlying } = seen.protocol;
      const { poolQuote, poolUnderlying } = market(seen.view, underlying);
      const swap = swapToPrice(poolQuote, poolUnderlying, seen.truth.spot);
      if (swap === undefined) return idle;
      const amount = Math.min(swap.amount, swap.side === "buy" ? account.quote : account.underlying) * 0.999;
      const out = outputOf(swap.side === "buy" ? [poolQuote, poolUnderlying] : [poolUnderlying, poolQuote], amount);
      const profit = swap.side === "buy" ? out * seen.truth.spot - amount : out - amount * seen.truth.spot;
      if (profit < parameters.minProfit) return idle;
      const words = `${swap.side}s ${(swap.side === "buy" ? out : amount).toFixed(1)} spot to close the pool to the market`;
      const step = { kind: "swap", underlying, side: swap.side, amount, minOut: out * 0.98 } as const;
      const urgency = { tip: parameters.tip, patience: 60 };
      return { submit: [submission(seen, id, 0, [step], urgency, words)], cancel: [], memory };
    },
  };
}

/**
 * The swap after which a marginal trade in a constant-product pool earns nothing against an outside price.
 * Input of the profit-maximising swap: (√(x·y·γ·p) − x)/γ for reserves x in, y out, price p of the output in inputs.
 * @returns side and input amount; undefined within the fee
 */
export function swapToPrice(
  poolQuote: number,
  poolUnderlying: number,
  outside: number,
): { readonly side: "buy" | "sell"; readonly amount: number } | undefined {
  const kept = 1 - POOL_FEE;
  const buying = (Math.sqrt(poolQuote * poolUnderlying * kept * outside) - poolQuote) / kept;
  if (buying > 0) return { side: "buy", amount: buying };
  const selling = (Math.sqrt((poolQuote * poolUnderlying * kept) / outside) - poolUnderlying) / kept;
  return selling > 0 ? { side: "sell", amount: selling } : undefined;
}

function outputOf([reserveIn, reserveOut]: readonly [number, number] | number[], amount: number): number {
  const input = amount * (1 - POOL_FEE);
  return (reserveOut * input) / (reserveIn + input);
}
