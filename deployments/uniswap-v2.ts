import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { encodePacked, getCreate2Address, keccak256, type Abi, type Address, type Hex } from "viem";

/** A published Uniswap v2 contract, in the form that Ignition takes. */
export interface PublishedArtifact {
  readonly _format: "hh3-artifact-1";
  readonly contractName: string;
  readonly sourceName: string;
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly deployedBytecode: Hex;
  readonly linkReferences: Record<string, never>;
  readonly deployedLinkReferences: Record<string, never>;
}

const require = createRequire(import.meta.url);

/** @returns a contract from the build of `@uniswap/v2-core`, whose byte code has no `0x` */
export function uniswapV2(contractName: "UniswapV2Factory" | "UniswapV2Pair"): PublishedArtifact {
  const path = require.resolve(`@uniswap/v2-core/build/${contractName}.json`);
  const build = JSON.parse(readFileSync(path, "utf8")) as {
    abi: Abi;
    evm: { bytecode: { object: string }; deployedBytecode: { object: string } };
  };
  return {
    _format: "hh3-artifact-1",
    contractName,
    sourceName: `@uniswap/v2-core/contracts/${contractName}.sol`,
    abi: build.abi,
    bytecode: `0x${build.evm.bytecode.object}`,
    deployedBytecode: `0x${build.evm.deployedBytecode.object}`,
    linkReferences: {},
    deployedLinkReferences: {},
  };
}

/** @returns the address at which `factory` creates the pair of two tokens, in any order */
export function pairAddress(factory: Address, one: Address, other: Address): Address {
  const [token0, token1] = BigInt(one) < BigInt(other) ? [one, other] : [other, one];
  return getCreate2Address({
    from: factory,
    salt: keccak256(encodePacked(["address", "address"], [token0, token1])),
    bytecode: uniswapV2("UniswapV2Pair").bytecode,
  });
}
