import type { AccountView, ProtocolView } from "../view.ts";
import { healthAt, type MarginHealth } from "./margin-health.ts";
import type { ProtocolTerms } from "./terms.ts";

/**
 * Health of an account by the contract's own rule, at the true spot and the true vols instead of what feed and vol
 * source say: what a liquidation should have been judged by.
 *
 * @param trueVols - by series index, annualised; NaN after expiry
 * @param spot - true price of the traded underlying, USD
 */
export function healthAtTruth(
  view: ProtocolView,
  terms: ProtocolTerms,
  account: AccountView,
  trueVols: Float64Array,
  spot: number,
): MarginHealth {
  const byExpiry = view.expiries.map(({ underlying, expiry }) =>
    Float64Array.from(
      view.series.flatMap((series, index) =>
        series.underlying === underlying && series.expiry === expiry && series.isCall ? [trueVols[index]] : [],
      ),
    ),
  );
  return healthAt({ ...view, vols: { source: "truth", byExpiry } }, terms, account, () => spot);
}
