import type { Chain } from "../../chain/chain.ts";
import type { DeployedAccount, GenesisPlan } from "../adapter.ts";
import { accountOf, COINBASE, DEPLOYER, genesisAccounts, type GenesisAccounts } from "./accounts.ts";
import { deployContracts, type Contracts } from "./contracts.ts";
import { calmTerms, mintForBook, openBook } from "./genesis-book.ts";
import { list, markAll, observePool, reportSpot, setTerms, settleIdleFeeds, useCalmVol } from "./genesis-market.ts";
import {
  approve,
  createActor,
  depositMargins,
  fundAgents,
  fundPool,
  fundVault,
  mintForVault,
} from "./genesis-money.ts";
import { listingOf, underlyingOf, vaultTerms, type Listing } from "./market-terms.ts";
import { SetupBlocks } from "./setup-blocks.ts";

/** Seconds before the start at which the chain's genesis must lie at the latest. */
export const SETUP_SECONDS = 3_600;

const GAS_MONEY = 10n ** 20n;
const BLOCK = 12;
/** The guard's pool mean needs observations at least fifteen minutes apart. */
const OBSERVATION_GAP = 1_080;

/** Everything that the set-up made. */
export interface Genesis {
  readonly contracts: Contracts;
  readonly agents: readonly DeployedAccount[];
  readonly accounts: GenesisAccounts;
  readonly listing: Listing;
  readonly blocks: SetupBlocks;
}

/**
 * Deploys the protocol and brings it to the state in which runs begin: capital in place, books open at the calm vol,
 * feeds and pool mean fresh.
 * @throws {SetupFailedError} when a transaction fails
 */
export async function layGenesis(chain: Chain, plan: GenesisPlan): Promise<Genesis> {
  const { scenario } = plan;
  const listing = listingOf(scenario);
  const accounts = genesisAccounts(plan);
  const agents = plan.agents.flatMap(({ id, accounts: own }) => own.map(({ name }) => accountOf(id, name)));
  const own = [accounts.operator, accounts.liquidity, accounts.longs, ...accounts.shorts];
  for (const sender of [DEPLOYER, ...[...own, ...agents].map((account) => account.sender)]) {
    await chain.fund(sender, GAS_MONEY);
  }
  const blocks = new SetupBlocks(chain, COINBASE);
  const begin = listing.start - SETUP_SECONDS + BLOCK;

  const contracts = await deployContracts(blocks, plan, accounts);
  await blocks.mine(begin);

  for (const account of [...own, ...agents]) createActor(blocks, account);
  mintForVault(blocks, contracts, plan, accounts);
  mintForBook(blocks, contracts, plan, listing, accounts);
  fundAgents(blocks, contracts, plan);
  fundPool(blocks, contracts, plan);
  await blocks.mine(begin + BLOCK);

  for (const account of [...own, ...agents]) approve(blocks, contracts, account, underlyingOf(scenario));
  const opening = begin + 2 * BLOCK;
  reportSpot(blocks, contracts, plan, accounts, [opening]);
  settleIdleFeeds(blocks, contracts, plan, accounts, opening);
  list(blocks, contracts, plan, listing, accounts);
  useCalmVol(blocks, contracts, plan);
  setTerms(blocks, contracts, calmTerms(vaultTerms(scenario)));
  await blocks.mine(opening);

  fundVault(blocks, contracts, plan, accounts);
  depositMargins(blocks, contracts, plan);
  openBook(blocks, contracts, plan, listing, accounts);
  observePool(blocks, contracts, plan);
  await blocks.mine(opening + BLOCK);

  for (const time of [listing.start - 2 * OBSERVATION_GAP, listing.start - OBSERVATION_GAP]) {
    observePool(blocks, contracts, plan);
    await blocks.mine(time);
  }
  const last = listing.start - BLOCK;
  reportSpot(blocks, contracts, plan, accounts, [last]);
  setTerms(blocks, contracts, vaultTerms(scenario));
  markAll(blocks, contracts, plan, listing);
  await blocks.mine(last);
  return { contracts, agents, accounts, listing, blocks };
}
