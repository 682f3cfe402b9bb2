import type { Action } from "../../src/protocol/actions.ts";
import type { NamedError } from "../../src/protocol/events.ts";

const PRICE = [
  "OracleOperationRefused",
  "OracleStalePrice",
  "OracleInvalidAnswer",
  "OracleBoundClamped",
  "OracleJump",
  "OraclePoolDeviation",
] as const;
const TRADE = [
  ...PRICE,
  "VaultPriceLimit",
  "VaultOpenWindowClosed",
  "VaultDeltaOutOfRange",
  "VaultTradeTooLarge",
  "VaultVegaLimit",
  "VaultSeriesExpired",
  "VaultSeriesNotListed",
  "VaultInsufficientCash",
  "VolUnavailable",
  // An order that waited in the pool may find its money spent.
  "ERC20InsufficientBalance",
  "ERC6909InsufficientBalance",
] as const;
const MARGIN = [
  ...PRICE,
  "MarginBelowInitial",
  "MarginInsufficientCash",
  "MarginInsufficientCollateral",
  "MarginInAuction",
  "MarginWithdrawalsBlocked",
  "MarginPriceLimit",
  "VolUnavailable",
] as const;
const AUCTION = [
  ...MARGIN,
  "AuctionAccountHealthy",
  "AuctionRunning",
  "AuctionNotRunning",
  "AuctionShareTooSmall",
  "AuctionPriceLimit",
  "AuctionNotOver",
] as const;
const BOOK = [...PRICE, "VolUnavailable", "VaultStaleBook", "VaultSeriesNotListed"] as const;

/**
 * Errors with which the protocol may answer an action in a healthy run: refusals are results. Any other is a bug of ours
 * and stops the run.
 */
const expected: Readonly<Record<Action["kind"], readonly string[]>> = {
  buy: TRADE,
  sell: TRADE,
  "open-short": [...TRADE, ...MARGIN, "MarginTooManyLegs"],
  "close-short": [...TRADE, ...MARGIN, "MarginNoSuchLeg"],
  "deposit-margin": [],
  "withdraw-margin": MARGIN,
  "deposit-collateral": [],
  "withdraw-collateral": MARGIN,
  "sell-collateral": MARGIN,
  "deposit-liquidity": BOOK,
  "request-withdrawal": [],
  "close-epoch": [...BOOK, "VaultEpochOpen", "VaultInsolvencyBlocksWithdrawals", "VaultInsufficientCash"],
  poke: BOOK,
  "observe-pool": [],
  "post-smiles": [],
  "post-truth": [],
  "update-trailing": PRICE,
  report: [],
  // Someone else moved the pool in the same block, or an order that waited found its money spent.
  swap: ["UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT", "TransferHelper: TRANSFER_FROM_FAILED"],
  hedge: [...PRICE, "HedgerDisabled", "HedgerWithinBand", "HedgerTooSoon", "HedgerSlippage", "VaultInsufficientCash"],
  "start-auction": AUCTION,
  bid: AUCTION,
  "take-over": [...AUCTION, ...TRADE],
  "end-auction": AUCTION,
  settle: [...PRICE, "SettlementDone", "SettlementTooEarly"],
  "close-expiry": [...BOOK, "VaultNotSettled"],
  "settle-account": [...MARGIN, "MarginNotSettled"],
  redeem: ["VaultInsufficientCash", "VaultZeroSize", "VaultNotSettled"],
};

/** Name of an error; older contracts revert with a sentence, which then is its name. */
export function errorName(error: NamedError | undefined): string {
  return error?.name === "Error" ? (error.args[0] ?? "") : (error?.name ?? "");
}

/** Whether an error is a refusal that one of these actions may meet. */
export function isExpectedError(name: string, steps: readonly Action[]): boolean {
  return steps.some(({ kind }) => expected[kind].includes(name));
}
