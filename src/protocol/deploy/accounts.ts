import { getContractAddress, type Address } from "viem";

import { deriveAddress } from "../../chain/derive-address.ts";
import type { DeployedAccount, GenesisPlan } from "../adapter.ts";

/** Addresses that belong to the bench itself. */
export const DEPLOYER = deriveAddress("harness", "deployer");
export const COINBASE = deriveAddress("harness", "coinbase");

/** An account by who owns it and its name: its actor is the first contract that its sender creates. */
export function accountOf(agent: string, name: string): DeployedAccount {
  const sender = deriveAddress(agent, name);
  return { agent, name, sender, actor: lower(getContractAddress({ from: sender, nonce: 0n })) };
}

/** Addresses are lower case everywhere, as they come in logs. */
export function lower(address: Address): Address {
  return address.toLowerCase() as Address;
}

/** Accounts that the protocol's genesis needs beside the agents'. */
export interface GenesisAccounts {
  /** Acts for the simulator: truth vols, pokes, and rounds and smiles where no agent posts them. */
  readonly operator: DeployedAccount;
  /** Liquidity that is there from the beginning. */
  readonly liquidity: DeployedAccount;
  /** Holds the long claims of the genesis book. */
  readonly longs: DeployedAccount;
  /** Holds the shorts of the genesis book, fully covered; a margin account has eight legs at most. */
  readonly shorts: readonly DeployedAccount[];
}

const LEGS_PER_ACCOUNT = 8;

export function genesisAccounts({ scenario }: GenesisPlan): GenesisAccounts {
  const shortLegs = scenario.listing.genesisBook.filter(({ contracts }) => contracts > 0).length;
  return {
    operator: accountOf("harness", "operator"),
    liquidity: accountOf("genesis", "liquidity"),
    longs: accountOf("genesis", "longs"),
    shorts: Array.from({ length: Math.ceil(shortLegs / LEGS_PER_ACCOUNT) }, (_, index) =>
      accountOf("genesis", `shorts-${index}`),
    ),
  };
}

/** The first account of the first agent with a role; undefined when there is none. */
export function accountWithRole({ agents }: GenesisPlan, role: string): DeployedAccount | undefined {
  const agent = agents.find((candidate) => candidate.role === role && candidate.accounts.length > 0);
  return agent === undefined ? undefined : accountOf(agent.id, agent.accounts[0].name);
}
