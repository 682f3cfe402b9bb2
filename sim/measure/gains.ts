import { tokenDecimals } from "../../src/protocol/deploy/market-terms.ts";
import type { AccountView } from "../../src/protocol/view.ts";
import type { BlockRecord, RunRecord } from "../engine/run-record.ts";

import { roleByAddress } from "./activity.ts";
import { valueWithoutFlows } from "./vault-value.ts";

/**
 * What every party gained over a run beyond what the underlying that it held at the start did by itself, USD at the
 * truth: agents by role, the vault, the insurance fund, the spot pool, gas. The outside market is whoever stood on the
 * other side of the spot's further moves, so all sum to zero.
 *
 * @param nativePrice - USD of one unit of the chain's native asset
 */
export function gainsByParty(run: RunRecord, nativePrice: number): Map<string, number> {
  const roles = roleByAddress(run.agents);
  const first = run.genesis;
  const last = run.blocks[run.blocks.length - 1];
  const gains = new Map<string, number>();
  const spotMove = last.truth.spot - first.truth.spot;
  const add = (party: string, gain: number) => gains.set(party, (gains.get(party) ?? 0) + gain);

  for (const [address, account] of last.view.accounts) {
    const before = first.view.accounts.get(address);
    const party = roles.get(address.toLowerCase()) ?? "genesis holders";
    if (before === undefined) add(party, accountValue(last, account));
    else
      add(party, accountValue(last, account) - accountValue(first, before) - underlyingHeld(first, before) * spotMove);
  }
  addLiquidityFlows(run, roles, add);
  const values = valueWithoutFlows(run.genesis, run.blocks);
  const inventory = first.view.markets.reduce((sum, market) => sum + market.inventory, 0);
  add("vault", values[values.length - 1] - values[0] - inventory * spotMove);
  add("insurance fund", last.view.fund - first.view.fund);
  const pooled = first.view.markets.reduce((sum, market) => sum + market.poolUnderlying, 0);
  add("spot pool", poolValue(last) - poolValue(first) - pooled * spotMove);
  const gas = gasPaid(run, nativePrice, roles);
  for (const [party, paid] of gas) add(party, -paid);
  add(
    "gas",
    [...gas.values()].reduce((sum, paid) => sum + paid, 0),
  );
  add("outside market", -[...gains.values()].reduce((sum, gain) => sum + gain, 0));
  return gains;
}

/** Shares of the vault are left out: deposits and withdrawals are flows, and the vault's profit has its own row. */
function accountValue(block: BlockRecord, account: AccountView): number {
  const { spot } = block.truth;
  let value = Number(account.quoteUnits) / 1e6 + account.marginCash + underlyingHeld(block, account) * spot;
  for (let i = 0; i < block.view.series.length; i++) {
    value += (account.longs[i] - account.shorts[i]) * block.truePrices[i];
  }
  return value;
}

/** Units in the account's hands and as collateral. */
function underlyingHeld(block: BlockRecord, account: AccountView): number {
  return block.view.markets.reduce(
    (sum, market, i) => sum + (account.collateral[market.underlying] ?? 0) + underlyingUnits(account, i),
    0,
  );
}

function underlyingUnits(account: AccountView, index: number): number {
  const units = account.underlyingUnits[index];
  return units === undefined ? 0 : Number(units) / 10 ** tokenDecimals[index];
}

function addLiquidityFlows(
  run: RunRecord,
  roles: ReadonlyMap<string, string>,
  add: (party: string, gain: number) => void,
): void {
  for (const block of run.blocks) {
    for (const event of block.events) {
      if (event.kind === "deposited") add(roles.get(event.owner.toLowerCase()) ?? "genesis holders", event.assets);
      if (event.kind === "withdrawal-processed") {
        add(roles.get(event.owner.toLowerCase()) ?? "genesis holders", -event.assets);
      }
    }
  }
}

function poolValue(block: BlockRecord): number {
  return block.view.markets.reduce(
    (sum, market) => sum + market.poolQuote + market.poolUnderlying * block.truth.spot,
    0,
  );
}

function gasPaid(run: RunRecord, nativePrice: number, roles: ReadonlyMap<string, string>): Map<string, number> {
  const known = new Set(roles.values());
  const roleOf = new Map(run.agents.map((agent) => [agent.id, agent.role as string]));
  const paid = new Map<string, number>();
  for (const block of run.blocks) {
    for (const outcome of block.outcomes) {
      if (outcome.kind !== "done" && outcome.kind !== "reverted") continue;
      const role = roleOf.get(outcome.agent);
      if (role === undefined || !known.has(role)) continue;
      paid.set(role, (paid.get(role) ?? 0) + (Number(outcome.cost) / 1e18) * nativePrice);
    }
  }
  return paid;
}
