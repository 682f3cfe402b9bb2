import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Abi, Hex } from "viem";

/** A compiled contract: its interface and initcode without constructor arguments. */
export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: Hex;
  /** Places of libraries by source file and name; published contracts have none. */
  readonly linkReferences: LinkReferences;
}

type LinkReferences = Readonly<
  Record<string, Readonly<Record<string, readonly { readonly start: number; readonly length: number }[]>>>
>;

interface ArtifactFile {
  readonly abi: Abi;
  readonly bytecode: string;
  readonly linkReferences?: LinkReferences;
}

/** A contract whose artifact is not where the compiler puts it. */
export class MissingArtifactError extends Error {
  constructor(name: string, cause: unknown) {
    super(`no artifact of ${name}: compile the contracts first (npx hardhat build)`, { cause });
    this.name = "MissingArtifactError";
  }
}

const require = createRequire(import.meta.url);

/** Source file of each contract, within `contracts/`. */
const sources = {
  Actor: "Actor.sol",
  Auction: "Auction.sol",
  ConstantVol: "vol/ConstantVol.sol",
  Defences: "Defences.sol",
  Hedger: "Hedger.sol",
  Lens: "Lens.sol",
  MarginEngine: "MarginEngine.sol",
  MarginRisk: "MarginRisk.sol",
  OptionBook: "vault/OptionBook.sol",
  OptionToken: "OptionToken.sol",
  OptionVault: "OptionVault.sol",
  OracleGuard: "oracle/OracleGuard.sol",
  OracleMock: "oracle/OracleMock.sol",
  PostedGrid: "vol/PostedGrid.sol",
  Settlement: "Settlement.sol",
  TestToken: "mocks/TestToken.sol",
  TradingDesk: "vault/TradingDesk.sol",
  TrailingVol: "vol/TrailingVol.sol",
  TruthVol: "vol/TruthVol.sol",
} as const;

/** Contracts of other packages, published compiled. */
const published = {
  UniswapV2Factory: "@uniswap/v2-core/build/UniswapV2Factory.json",
  UniswapV2Pair: "@uniswap/v2-core/build/UniswapV2Pair.json",
  UniswapV2Router02: "@uniswap/v2-periphery/build/UniswapV2Router02.json",
} as const;

export type ContractName = keyof typeof sources | keyof typeof published;
export const contractNames = [...Object.keys(sources), ...Object.keys(published)] as readonly ContractName[];

const loaded = new Map<ContractName, Artifact>();

/**
 * The compiled contract of a name, read once.
 * @throws {MissingArtifactError} when the contracts were not compiled
 */
export function artifactOf(name: ContractName): Artifact {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const file =
    name in published
      ? require.resolve(published[name as keyof typeof published])
      : new URL(`../../artifacts/contracts/${sources[name as keyof typeof sources]}/${name}.json`, import.meta.url);
  try {
    const { abi, bytecode, linkReferences = {} } = JSON.parse(readFileSync(file, "utf8")) as ArtifactFile;
    const initcode: Hex = bytecode.startsWith("0x") ? (bytecode as Hex) : `0x${bytecode}`;
    const artifact = { abi, bytecode: initcode, linkReferences };
    loaded.set(name, artifact);
    return artifact;
  } catch (error) {
    throw new MissingArtifactError(name, error);
  }
}
