import { encodeAbiParameters, getContractAddress, zeroAddress, type Address } from "viem";

import protocolModule, { UNDERLYINGS } from "../../../deployments/modules/regimebreak.ts";
import { resolveDeployment } from "../../../deployments/resolve.ts";
import type { GenesisPlan } from "../adapter.ts";
import { artifactOf, type ContractName } from "../artifacts.ts";
import type { Targets } from "../encoding/encode-action.ts";
import { accountWithRole, DEPLOYER, lower, type GenesisAccounts } from "./accounts.ts";
import { defencesOf, scheduleOf, tokenDecimals, vaultTerms, wad } from "./market-terms.ts";
import type { SetupBlocks } from "./setup-blocks.ts";

/** More than any contract's creation, and any call that wires them, needs. */
const CREATION_GAS = 8_000_000n;
const CALL_GAS = 3_000_000n;

/** Where everything is. */
export interface Contracts extends Targets {
  readonly constant: Address;
  readonly defences: Address;
  readonly token: Address;
  readonly risk: Address;
  readonly lens: Address;
  readonly factory: Address;
  readonly pairs: readonly Address[];
}

/** Sends the deployment module's transactions, and the spot market's router, which is not the protocol's own. */
export async function deployContracts(
  blocks: SetupBlocks,
  plan: GenesisPlan,
  { operator }: GenesisAccounts,
): Promise<Contracts> {
  const { scenario } = plan;
  const keeperOr = (role: string): Address => (accountWithRole(plan, role) ?? operator).actor;
  const { transactions, addresses } = await resolveDeployment(protocolModule, {
    deployer: DEPLOYER,
    artifacts: { readArtifact: async (name) => artifactOf(name as ContractName) },
    parameters: {
      reporter: keeperOr("oracle-reporter"),
      keeper: keeperOr("surface-keeper"),
      truthWriter: operator.actor,
      defences: defencesOf(plan.preset),
      terms: vaultTerms(scenario),
      schedule: scheduleOf(scenario),
      feedHeartbeat: Math.round(scenario.oracle.heartbeat),
      feedDeviation: wad(scenario.oracle.deviation),
      trailingStart: wad(Math.sqrt(scenario.calm.v0)),
    },
  });
  for (const { id, to, data } of transactions) {
    blocks.send(id, DEPLOYER, to, data, to === null ? CREATION_GAS : CALL_GAS);
  }
  const a = Object.fromEntries(Object.entries(addresses).map(([name, address]) => [name, lower(address)]));
  const router = deployRouter(blocks, a.factory);
  const perUnderlying = (suffix: string): Address[] =>
    UNDERLYINGS.map(({ symbol }) => a[`${symbol.toLowerCase()}${suffix}`]);
  const { quote, vault, token, defences, guard, risk, margin, auction, hedger, settlement, lens, factory } = a;
  const { grid, trailing, constant, truth } = a;
  return {
    ...{ quote, vault, token, defences, guard, risk, margin, auction, hedger, settlement, lens, factory },
    ...{ grid, trailing, constant, truth, router },
    tokens: perUnderlying(""),
    feeds: perUnderlying("Feed"),
    pairs: perUnderlying("Pair"),
    decimals: tokenDecimals,
  };
}

function deployRouter(blocks: SetupBlocks, factory: Address): Address {
  const nonce = BigInt(blocks.nonces.get(DEPLOYER) ?? 0);
  // There is no wrapped native token: only its two token functions are used.
  const args = encodeAbiParameters([{ type: "address" }, { type: "address" }], [factory, zeroAddress]);
  const { bytecode } = artifactOf("UniswapV2Router02");
  blocks.send("UniswapV2Router02", DEPLOYER, null, `${bytecode}${args.slice(2)}`, CREATION_GAS);
  return lower(getContractAddress({ from: DEPLOYER, nonce }));
}
