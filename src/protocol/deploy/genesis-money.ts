import { encodeAbiParameters, maxUint256, type Address } from "viem";

import type { Call } from "../actions.ts";
import type { GenesisPlan } from "../adapter.ts";
import { artifactOf } from "../artifacts.ts";
import { QUOTE_CENT, quantise, tokenLot } from "../quantise.ts";
import { accountOf, DEPLOYER, type GenesisAccounts } from "./accounts.ts";
import type { Contracts } from "./contracts.ts";
import { underlyingOf } from "./market-terms.ts";
import { callOf, type ActingAccount, type SetupBlocks } from "./setup-blocks.ts";

const ACTOR_CREATION_GAS = 1_500_000n;
const MINT_GAS = 100_000n;
const CALL_GAS = 400_000n;
const APPROVALS_GAS = 700_000n;
const MARGIN_GAS = 300_000n;

/** Creates the account's actor: the sender's first transaction, so that its address follows from the account's name. */
export function createActor(blocks: SetupBlocks, { sender }: ActingAccount): void {
  const owner = encodeAbiParameters([{ type: "address" }], [sender]);
  const data = `${artifactOf("Actor").bytecode}${owner.slice(2)}` as const;
  blocks.send("create actor", sender, null, data, ACTOR_CREATION_GAS);
}

/** Mints units of a token; the deployer owns the test tokens. */
export function mint(blocks: SetupBlocks, token: Address, to: Address, units: bigint): void {
  if (units === 0n) return;
  const { data } = callOf("TestToken", token, "mint", [to, units]);
  blocks.send("mint", DEPLOYER, token, data, MINT_GAS);
}

/** Allows the protocol's contracts and the spot market to take what the account spends there. */
export function approve(blocks: SetupBlocks, contracts: Contracts, account: ActingAccount, underlying: number): void {
  const { quote, vault, margin, auction, router, tokens } = contracts;
  const pairs: readonly (readonly [Address, Address])[] = [
    [quote, vault],
    [quote, margin],
    [quote, auction],
    [quote, router],
    [tokens[underlying], margin],
    [tokens[underlying], router],
  ];
  blocks.act("approve", account, pairs.map(approval), APPROVALS_GAS);
}

function approval([token, spender]: readonly [Address, Address]): Call {
  return callOf("TestToken", token, "approve", [spender, maxUint256]);
}

/** Gives every agent's account what its specification says, margin included. */
export function fundAgents(blocks: SetupBlocks, contracts: Contracts, { scenario, agents }: GenesisPlan): void {
  const underlying = underlyingOf(scenario);
  const lot = tokenLot(contracts.decimals[underlying]);
  for (const { id, accounts } of agents) {
    for (const { name, ...capital } of accounts) {
      const { actor } = accountOf(id, name);
      mint(blocks, contracts.quote, actor, quantise(capital.quote + capital.margin, QUOTE_CENT));
      mint(blocks, contracts.tokens[underlying], actor, quantise(capital.underlying, lot));
    }
  }
}

/** Moves the agents' margin to the margin engine. */
export function depositMargins(blocks: SetupBlocks, { margin }: Contracts, { agents }: GenesisPlan): void {
  for (const { id, accounts } of agents) {
    for (const { name, margin: usd } of accounts) {
      if (usd === 0) continue;
      const call = callOf("MarginEngine", margin, "deposit", [quantise(usd, QUOTE_CENT)]);
      blocks.act("deposit margin", accountOf(id, name), [call], MARGIN_GAS);
    }
  }
}

/** Fills the spot pool of the traded underlying: both sides have the same value at the scenario's spot. */
export function fundPool(blocks: SetupBlocks, contracts: Contracts, { scenario }: GenesisPlan): void {
  const underlying = underlyingOf(scenario);
  const pair = contracts.pairs[underlying];
  const { poolQuote } = scenario.market;
  mint(blocks, contracts.quote, pair, quantise(poolQuote, QUOTE_CENT));
  const units = quantise(poolQuote / scenario.spot, tokenLot(contracts.decimals[underlying]));
  mint(blocks, contracts.tokens[underlying], pair, units);
  const { data } = callOf("UniswapV2Pair", pair, "mint", [DEPLOYER]);
  blocks.send("fund the pool", DEPLOYER, pair, data, CALL_GAS);
}

/** Liquidity, insurance and the hedger's inventory, which the deployer sells to the vault at the guarded price. */
export function fundVault(
  blocks: SetupBlocks,
  contracts: Contracts,
  { scenario }: GenesisPlan,
  { liquidity }: GenesisAccounts,
): void {
  const { nav, insurance, inventory } = scenario.protocol;
  const { vault, auction, hedger } = contracts;
  const assets = quantise(nav, QUOTE_CENT);
  const deposit = callOf("OptionVault", vault, "deposit", [assets, liquidity.actor]);
  blocks.act("deposit liquidity", liquidity, [deposit], CALL_GAS);
  const seed = callOf("Auction", auction, "seed", [quantise(insurance * nav, QUOTE_CENT)]);
  blocks.send("seed the insurance fund", DEPLOYER, auction, seed.data, CALL_GAS);
  if (inventory === 0) return;
  const amount = quantise(inventory * nav, QUOTE_CENT);
  const seedInventory = callOf("Hedger", hedger, "seedInventory", [underlyingOf(scenario), amount]);
  blocks.send("seed the inventory", DEPLOYER, hedger, seedInventory.data, CALL_GAS);
}

/** Mints what `fundVault` and the genesis accounts spend, and lets the deployer's part be taken. */
export function mintForVault(
  blocks: SetupBlocks,
  contracts: Contracts,
  { scenario }: GenesisPlan,
  { liquidity }: GenesisAccounts,
): void {
  const { nav, insurance, inventory } = scenario.protocol;
  const underlying = underlyingOf(scenario);
  const token = contracts.tokens[underlying];
  mint(blocks, contracts.quote, liquidity.actor, quantise(nav, QUOTE_CENT));
  mint(blocks, contracts.quote, DEPLOYER, quantise(insurance * nav, QUOTE_CENT));
  // One lot more than the value at spot: the contract rounds in its own way.
  const lot = tokenLot(contracts.decimals[underlying]);
  mint(blocks, token, DEPLOYER, quantise((inventory * nav) / scenario.spot, lot) + lot.units);
  for (const [asset, spender] of [
    [contracts.quote, contracts.auction],
    [token, contracts.hedger],
  ] as const) {
    blocks.send("approve", DEPLOYER, asset, approval([asset, spender]).data, MINT_GAS);
  }
}
