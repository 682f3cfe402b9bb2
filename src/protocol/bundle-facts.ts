import type { Abi, Address } from "viem";

import { UNDERLYINGS } from "../../deployments/modules/regimebreak.ts";
import type { BundleDescription } from "../chain/bundle-recorder.ts";

import type { DeployedAccount } from "./adapter.ts";
import { artifactOf, type ContractName } from "./artifacts.ts";
import { lensReadLayout } from "./lens-read-layout.ts";
import type { ReadMap } from "./read/read-map.ts";
import type { Scope } from "./read/scope.ts";

/** What a bundle says about the protocol it ran, so that it can be decoded without the project. */
export type BundleFacts = Pick<BundleDescription, "accounts" | "contracts" | "outcomeEvent" | "read" | "money">;

/** Contract behind each address name of the reference protocol. */
const CONTRACT_OF: Readonly<Record<string, ContractName>> = {
  quote: "TestToken",
  vault: "OptionVault",
  token: "OptionToken",
  defences: "Defences",
  guard: "OracleGuard",
  risk: "MarginRisk",
  margin: "MarginEngine",
  auction: "Auction",
  hedger: "Hedger",
  settlement: "Settlement",
  lens: "Lens",
  factory: "UniswapV2Factory",
  router: "UniswapV2Router02",
  grid: "PostedGrid",
  trailing: "TrailingVol",
  constant: "ConstantVol",
  truth: "TruthVol",
};

/** The same of those that there are one of for each underlying, numbered as in `feed0`. */
const NUMBERED: Readonly<Record<string, ContractName>> = {
  token: "TestToken",
  feed: "OracleMock",
  pair: "UniswapV2Pair",
};

const QUOTE = { symbol: "USD", decimals: 6 };

/**
 * @param addresses - by name
 * @param scope - what the aggregated read covers
 * @param map - where it has what
 */
export function bundleFacts(
  addresses: Readonly<Record<string, Address>>,
  accounts: readonly DeployedAccount[],
  scope: Scope,
  map: ReadMap,
): BundleFacts {
  const byContract = new Map<ContractName, Address[]>();
  for (const [name, address] of Object.entries(addresses)) {
    const contract = CONTRACT_OF[name] ?? NUMBERED[name.replace(/\d+$/, "")];
    byContract.set(contract, [...(byContract.get(contract) ?? []), address]);
  }
  byContract.set(
    "Actor",
    accounts.map(({ actor }) => actor),
  );
  return {
    accounts: accounts.map(({ agent, name, actor, sender }) => ({
      name: name === agent || name === "" ? agent : `${agent} ${name}`,
      address: actor,
      sender,
    })),
    contracts: [...byContract].map(([name, at]) => ({
      name,
      addresses: [...at].sort(),
      abi: artifactOf(name).abi as Abi,
    })),
    outcomeEvent: { contract: "Actor", event: "Outcome", done: "done", revertData: "returnData" },
    read: lensReadLayout(scope, map, UNDERLYINGS[scope.underlying], QUOTE),
    money: { unit: QUOTE.symbol, decimals: QUOTE.decimals },
  };
}
