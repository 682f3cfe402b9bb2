import type { NetworkManager } from "hardhat/types/network";
import type { Chain } from "./chain.ts";
import { EdrChain } from "./edr-chain.ts";
import { edrVersion } from "./engine-package.ts";

export interface ChainOptions {
  /** Time of the genesis block, unix seconds. */
  readonly initialDate: number;
  readonly chainId?: number;
  readonly hardfork?: string;
  /** Gas limit of the genesis block. */
  readonly gasLimit?: bigint;
  /** Base fee of the genesis block, wei per gas; 0 would stay 0 for ever. */
  readonly baseFeePerGas?: bigint;
}

/** Osaka, the engine's default, caps a transaction at 16,777,216 gas. */
export const DEFAULT_HARDFORK = "prague";
export const DEFAULT_CHAIN_ID = 31_337;
export const DEFAULT_GAS_LIMIT = 30_000_000n;
const ONE_GWEI = 1_000_000_000n;

/**
 * Opens a fresh in-process chain without any account but those that are funded later.
 * @param network - `hre.network`; its `default` network is the in-process one
 */
export async function openChain(network: Pick<NetworkManager, "create">, options: ChainOptions): Promise<Chain> {
  const engine = {
    name: "EDR",
    version: edrVersion(),
    hardfork: options.hardfork ?? DEFAULT_HARDFORK,
    chainId: options.chainId ?? DEFAULT_CHAIN_ID,
    initialDate: options.initialDate,
    genesisGasLimit: options.gasLimit ?? DEFAULT_GAS_LIMIT,
    genesisBaseFeePerGas: options.baseFeePerGas ?? ONE_GWEI,
  };
  const connection = await network.create({
    network: "default",
    chainType: "l1",
    override: {
      accounts: [],
      chainId: engine.chainId,
      hardfork: engine.hardfork,
      initialDate: new Date(engine.initialDate * 1000),
      blockGasLimit: engine.genesisGasLimit,
      initialBaseFeePerGas: engine.genesisBaseFeePerGas,
      mining: { auto: false, interval: 0, mempool: { order: "fifo" } },
      throwOnTransactionFailures: false,
      allowUnlimitedContractSize: false,
      loggingEnabled: false,
    },
  });
  return new EdrChain(connection.provider, engine, () => connection.close());
}
