import type { TermsParameters } from "../../../deployments/parameters.ts";
import { UNDERLYINGS } from "../../../deployments/modules/regimebreak.ts";
import type { GenesisPlan } from "../adapter.ts";
import { ANSWER_CENT, quantise } from "../quantise.ts";
import { accountWithRole, DEPLOYER, type GenesisAccounts } from "./accounts.ts";
import type { Contracts } from "./contracts.ts";
import { underlyingOf, wad, type Listing } from "./market-terms.ts";
import { callOf, type SetupBlocks } from "./setup-blocks.ts";

const CALL_GAS = 1_500_000n;
const LIST_GAS = 6_000_000n;
/** Price of an underlying that the scenario does not trade, USD: it has no pool, no options and no inventory. */
const IDLE_PRICE: Readonly<Record<string, number>> = { ETH: 2_000, BTC: 60_000 };
/** Heartbeat of an idle feed: its one round never grows old. */
const IDLE_HEARTBEAT = 2 ** 32 - 1;

/** Posts rounds of the traded feed at the scenario's spot. */
export function reportSpot(
  blocks: SetupBlocks,
  { feeds }: Contracts,
  plan: GenesisPlan,
  { operator }: GenesisAccounts,
  times: readonly number[],
): void {
  const reporter = accountWithRole(plan, "oracle-reporter") ?? operator;
  const answer = quantise(plan.scenario.spot, ANSWER_CENT);
  const rounds = times.map((time) => ({ answer, startedAt: BigInt(time), updatedAt: BigInt(time) }));
  const call = callOf("OracleMock", feeds[underlyingOf(plan.scenario)], "report", [rounds]);
  blocks.act("report the spot", reporter, [call], CALL_GAS);
}

/** Gives the other feeds a price that stays: the guard's checks cover all underlyings. */
export function settleIdleFeeds(
  blocks: SetupBlocks,
  { feeds, guard }: Contracts,
  plan: GenesisPlan,
  { operator }: GenesisAccounts,
  time: number,
): void {
  const reporter = accountWithRole(plan, "oracle-reporter") ?? operator;
  for (const [underlying, { symbol }] of UNDERLYINGS.entries()) {
    if (underlying === underlyingOf(plan.scenario)) continue;
    const answer = quantise(IDLE_PRICE[symbol], ANSWER_CENT);
    const round = { answer, startedAt: BigInt(time), updatedAt: BigInt(time) };
    blocks.act("report", reporter, [callOf("OracleMock", feeds[underlying], "report", [[round]])], CALL_GAS);
    const { data } = callOf("OracleGuard", guard, "setHeartbeat", [underlying, IDLE_HEARTBEAT]);
    blocks.send("settle the heartbeat of an idle feed", DEPLOYER, guard, data, CALL_GAS);
  }
}

/** Lists the scenario's series, and tells the truth source their order. */
export function list(
  blocks: SetupBlocks,
  { vault, truth }: Contracts,
  { scenario }: GenesisPlan,
  { expiries, strikes }: Listing,
  { operator }: GenesisAccounts,
): void {
  const underlying = underlyingOf(scenario);
  for (const expiry of expiries) {
    const args = [underlying, BigInt(expiry), strikes];
    blocks.send("list", DEPLOYER, vault, callOf("OptionVault", vault, "list", args).data, LIST_GAS);
    blocks.act("order the true vols", operator, [callOf("TruthVol", truth, "setStrikes", args)], LIST_GAS);
  }
}

/** Sets the vault's terms. */
export function setTerms(blocks: SetupBlocks, { vault }: Contracts, terms: TermsParameters): void {
  const { data } = callOf("OptionVault", vault, "setTerms", [terms]);
  blocks.send("set the terms", DEPLOYER, vault, data, CALL_GAS);
}

/** Puts a constant vol at the calm level in force. */
export function useCalmVol(blocks: SetupBlocks, { vault, constant }: Contracts, { scenario }: GenesisPlan): void {
  const args = [underlyingOf(scenario), wad(Math.sqrt(scenario.calm.v0)), 0n];
  blocks.send("set the calm vol", DEPLOYER, constant, callOf("ConstantVol", constant, "setVol", args).data, CALL_GAS);
  const { data } = callOf("OptionVault", vault, "setVolSource", [constant]);
  blocks.send("use the calm vol", DEPLOYER, vault, data, CALL_GAS);
}

/** Records the pool's price for the guard's mean. */
export function observePool(blocks: SetupBlocks, { guard }: Contracts, { scenario }: GenesisPlan): void {
  const { data } = callOf("OracleGuard", guard, "observePool", [underlyingOf(scenario)]);
  blocks.send("observe the pool", DEPLOYER, guard, data, CALL_GAS);
}

/** Marks all books, and lets the trailing vol begin at the latest round. */
export function markAll(blocks: SetupBlocks, contracts: Contracts, { scenario }: GenesisPlan, listing: Listing): void {
  const underlying = underlyingOf(scenario);
  const { vault, trailing } = contracts;
  const poke = callOf("OptionVault", vault, "poke", [underlying, listing.expiries.map(BigInt)]);
  blocks.send("mark", DEPLOYER, vault, poke.data, LIST_GAS);
  const { data } = callOf("TrailingVol", trailing, "update", [underlying, 1n]);
  blocks.send("begin the trailing vol", DEPLOYER, trailing, data, CALL_GAS);
}
