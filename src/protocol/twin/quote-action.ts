import type { Action } from "../actions.ts";
import type { Amounts } from "../adapter.ts";
import type { ProtocolView } from "../view.ts";
import { swapOut } from "./pool-swap.ts";
import { quoteTrade } from "./quote-trade.ts";
import type { ProtocolTerms } from "./terms.ts";

/** What a trade or swap pays its account by the float twin; undefined for other actions and where there is no vol. */
export function quoteAction(view: ProtocolView, terms: ProtocolTerms, action: Action): Amounts | undefined {
  switch (action.kind) {
    case "buy":
    case "close-short": {
      const quote = quoteTrade(view, terms, action.series, action.size, action.kind === "buy");
      return quote && { kind: "trade", quote, cash: -(quote.premium + quote.fee) };
    }
    case "sell":
    case "open-short": {
      const quote = quoteTrade(view, terms, action.series, -action.size, action.kind === "open-short");
      return quote && { kind: "trade", quote, cash: quote.premium - quote.fee };
    }
    case "swap": {
      const { poolQuote, poolUnderlying } = view.markets[action.underlying];
      const [reserveIn, reserveOut] = action.side === "buy" ? [poolQuote, poolUnderlying] : [poolUnderlying, poolQuote];
      return { kind: "swap", out: swapOut(action.amount, reserveIn, reserveOut) };
    }
    default:
      return undefined;
  }
}
