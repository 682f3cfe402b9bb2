import type { Address } from "viem";

/** What an address holds, in units of each token and in wei. */
export interface Holding {
  readonly holder: Address;
  readonly native: bigint;
  readonly quote: bigint;
  /** By index of the underlying. */
  readonly underlyings: readonly bigint[];
}

/** Everybody's holdings after one block. */
export interface Ledger {
  readonly block: bigint;
  readonly holdings: readonly Holding[];
}

/** Units appeared or vanished: money is made or lost by a bug. */
export class LedgerImbalanceError extends Error {
  readonly block: bigint;
  readonly asset: string;
  readonly amount: bigint;

  constructor(block: bigint, asset: string, amount: bigint) {
    super(`block ${block}: ${amount} units of ${asset} came from nowhere`);
    this.name = "LedgerImbalanceError";
    this.block = block;
    this.asset = asset;
    this.amount = amount;
  }
}

function totals({ holdings }: Ledger): { native: bigint; tokens: bigint[] } {
  let native = 0n;
  const tokens: bigint[] = [];
  for (const holding of holdings) {
    native += holding.native;
    for (const [index, units] of [holding.quote, ...holding.underlyings].entries()) {
      tokens[index] = (tokens[index] ?? 0n) + units;
    }
  }
  return { native, tokens };
}

/**
 * Checks that between two blocks nothing was made or lost, to the last unit.
 * @param burntWei - base fees burnt between the two
 * @throws {LedgerImbalanceError}
 */
export function checkLedger(before: Ledger, after: Ledger, burntWei: bigint): void {
  const [was, is] = [totals(before), totals(after)];
  const native = is.native + burntWei - was.native;
  if (native !== 0n) throw new LedgerImbalanceError(after.block, "native", native);
  for (const [index, units] of is.tokens.entries()) {
    const change = units - (was.tokens[index] ?? 0n);
    const asset = index === 0 ? "quote" : `underlying ${index - 1}`;
    if (change !== 0n) throw new LedgerImbalanceError(after.block, asset, change);
  }
}
