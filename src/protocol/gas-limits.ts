import type { Action } from "./actions.ts";

/** Gas of a transaction and its actor around the steps. */
const BASE = 120_000n;

/** Upper bounds of a step's gas; a bound that is reached shows as an `OutOfGas` outcome, which no scenario expects. */
const LIMITS: Readonly<Record<Action["kind"], bigint>> = {
  buy: 600_000n,
  sell: 600_000n,
  // A full account is revalued at sixteen scenarios after the trade.
  "open-short": 3_000_000n,
  "close-short": 700_000n,
  "deposit-margin": 150_000n,
  "withdraw-margin": 2_500_000n,
  "deposit-collateral": 180_000n,
  "withdraw-collateral": 2_500_000n,
  "sell-collateral": 2_500_000n,
  "deposit-liquidity": 500_000n,
  "request-withdrawal": 250_000n,
  "close-epoch": 1_500_000n,
  poke: 250_000n,
  "observe-pool": 150_000n,
  "post-smiles": 400_000n,
  "post-truth": 200_000n,
  "update-trailing": 600_000n,
  report: 250_000n,
  swap: 250_000n,
  hedge: 600_000n,
  "start-auction": 3_500_000n,
  bid: 6_000_000n,
  "take-over": 5_000_000n,
  "end-auction": 2_500_000n,
  settle: 1_200_000n,
  "close-expiry": 1_500_000n,
  "settle-account": 2_000_000n,
  redeem: 300_000n,
};

/** What one action adds beyond its bound, for lists. */
function extra(action: Action): bigint {
  if (action.kind === "post-smiles") return 200_000n * BigInt(action.smiles.length);
  if (action.kind === "poke") return 750_000n * BigInt(action.expiries.length);
  if (action.kind === "report") return 60_000n * BigInt(action.rounds.length);
  if (action.kind === "settle") return 60_000n * BigInt(action.roundIds.length);
  return 0n;
}

/** Upper bound of the gas of a transaction that carries out the steps. */
export function gasLimitOf(steps: readonly Action[]): bigint {
  return steps.reduce((sum, step) => sum + LIMITS[step.kind] + extra(step), BASE);
}
