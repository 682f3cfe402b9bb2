import type { BlockRecord, RunRecord } from "../engine/run-record.ts";

/** Equity and maintenance margin of an account, USD, as the contract's rule gives them at given prices. */
export interface AccountHealth {
  readonly equity: number;
  readonly maintenance: number;
}

/** Recomputes an account's health at the true spot and the true vols. */
export type HealthAtTruth = (block: BlockRecord, account: string) => AccountHealth;

/** Liquidations of a run; money in USD. */
export interface Liquidations {
  /** Sales started. */
  started: number;
  bids: number;
  /** Sales of accounts that were above maintenance at the true price and vols. */
  wrongful: number;
  badDebt: number;
  fromFund: number;
  socialised: number;
  /** Seconds from an account's first breach at true prices to the first bid, the longest of the run; 0 without. */
  slowestSeconds: number;
}

export function liquidations(run: RunRecord, healthAtTruth: HealthAtTruth): Liquidations {
  const result: Liquidations = {
    started: 0,
    bids: 0,
    wrongful: 0,
    badDebt: 0,
    fromFund: 0,
    socialised: 0,
    slowestSeconds: 0,
  };
  const startedAt = new Map<string, number>();
  let previous = run.genesis;
  for (const block of run.blocks) {
    for (const event of block.events) {
      if (event.kind === "auction-started") {
        result.started++;
        startedAt.set(event.account, block.time);
        const health = healthAtTruth(previous, event.account);
        const after = healthAtTruth(block, event.account);
        // Wrongful only if the truth before and after the block clears the account.
        if (health.equity >= health.maintenance && after.equity >= after.maintenance) result.wrongful++;
      }
      if (event.kind === "auction-bid") {
        result.bids++;
        const started = startedAt.get(event.account);
        if (started !== undefined) {
          result.slowestSeconds = Math.max(result.slowestSeconds, block.time - started);
          startedAt.delete(event.account);
        }
      }
      if (event.kind === "bad-debt") {
        result.badDebt += event.shortfall;
        result.fromFund += event.fromFund;
        result.socialised += event.socialised;
      }
    }
    previous = block;
  }
  return result;
}
