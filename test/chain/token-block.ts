import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { encodeAbiParameters, encodeFunctionData, getContractAddress, parseAbi, type Address, type Hex } from "viem";
import type { BlockStatement, StatedTransaction } from "../../src/chain/chain.ts";
import { deriveAddress } from "../../src/chain/derive-address.ts";

const require = createRequire(import.meta.url);

/** Initcode of a published Uniswap v2 contract, without constructor arguments. */
export function uniswapInitcode(name: "ERC20" | "UniswapV2Factory"): Hex {
  const artifact = require.resolve(`@uniswap/v2-core/build/${name}.json`);
  return `0x${(JSON.parse(readFileSync(artifact, "utf8")) as { bytecode: string }).bytecode}`;
}

export const TOKEN_ABI = parseAbi([
  "function transfer(address to, uint256 value) returns (bool)",
  "function balanceOf(address owner) view returns (uint256)",
]);

export const GENESIS = 1_767_225_600;
export const DEPLOYER = deriveAddress("harness", "deployer");
export const TOKEN = getContractAddress({ from: DEPLOYER, nonce: 0n });
export const SUPPLY = 10n ** 24n;
export const COINBASE = deriveAddress("harness", "coinbase");

export function transaction(from: Address, nonce: number, fields: Partial<StatedTransaction> = {}): StatedTransaction {
  return {
    from,
    nonce,
    to: TOKEN,
    value: 0n,
    data: "0x",
    gas: 100_000n,
    maxFeePerGas: 20_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
    tag: { agent: "tester", submission: `${from.slice(0, 6)}-${nonce}` },
    ...fields,
  };
}

export function transfer(from: Address, nonce: number, to: Address, value: bigint): StatedTransaction {
  return transaction(from, nonce, {
    data: encodeFunctionData({ abi: TOKEN_ABI, functionName: "transfer", args: [to, value] }),
  });
}

export function deployToken(): StatedTransaction {
  const constructorArguments = encodeAbiParameters([{ type: "uint256" }], [SUPPLY]);
  return transaction(DEPLOYER, 0, {
    to: null,
    data: `${uniswapInitcode("ERC20")}${constructorArguments.slice(2)}`,
    gas: 3_000_000n,
  });
}

/** A block twelve seconds a block after genesis, with a base fee that differs from block to block. */
export function blockOf(number: number, transactions: readonly StatedTransaction[]): BlockStatement {
  return {
    number: BigInt(number),
    timestamp: BigInt(GENESIS + 12 * number),
    baseFeePerGas: 1_000_000_000n + BigInt(number),
    gasLimit: 30_000_000n,
    coinbase: COINBASE,
    prevRandao: `0x${number.toString(16).padStart(64, "0")}`,
    transactions,
  };
}
