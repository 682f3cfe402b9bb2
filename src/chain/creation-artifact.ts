import { isHex, type Address, type Hex } from "viem";
import type { Creation } from "./bundle-schema.ts";

type LinkReferences = Readonly<
  Record<string, Readonly<Record<string, readonly { readonly start: number; readonly length: number }[]>>>
>;

/** What a compiled contract is created from. */
export interface CreationArtifact {
  /** Fully qualified name. */
  readonly name: string;
  /** Initcode; places of linked libraries hold placeholders. */
  readonly bytecode: string;
  readonly linkReferences: LinkReferences;
}

/** The part of Hardhat's artifact manager that is needed here. */
export interface ArtifactSource {
  getAllFullyQualifiedNames(): Promise<ReadonlySet<string>>;
  readArtifact(name: string): Promise<{ readonly bytecode: string; readonly linkReferences: LinkReferences }>;
}

/** @returns every contract of the project that can be created, in order of name */
export async function loadCreationArtifacts(source: ArtifactSource): Promise<CreationArtifact[]> {
  const names = [...(await source.getAllFullyQualifiedNames())].sort();
  const artifacts = await Promise.all(
    names.map(async (name) => {
      const { bytecode, linkReferences } = await source.readArtifact(name);
      return { name, bytecode, linkReferences };
    }),
  );
  return artifacts.filter(({ bytecode }) => bytecode.length > 2);
}

/**
 * Finds which contract a creation's data is made from.
 * @param data - initcode followed by the constructor's arguments
 * @returns the creation and the arguments, with `artifact` null and no arguments when no contract fits
 */
export function identifyCreation(
  data: Hex,
  artifacts: readonly CreationArtifact[],
): { readonly creation: Creation; readonly constructorArguments: Hex } {
  const fitting = artifacts
    .map((artifact) => ({ artifact, libraries: linkedIn(data, artifact) }))
    .filter(({ artifact, libraries }) => {
      const linked = linkedBytecode(artifact, libraries);
      // What cannot be linked from this data is nothing, and everything begins with nothing.
      return linked !== "0x" && data.startsWith(linked);
    })
    // Where one contract's code begins with another's, the longer one is meant.
    .sort((one, other) => other.artifact.bytecode.length - one.artifact.bytecode.length);
  if (fitting.length === 0) {
    return { creation: { artifact: null, code: data, libraries: {} }, constructorArguments: "0x" };
  }
  const [{ artifact, libraries }] = fitting;
  const code = data.slice(0, artifact.bytecode.length) as Hex;
  return {
    creation: { artifact: artifact.name, code, libraries },
    constructorArguments: `0x${data.slice(code.length)}`,
  };
}

/**
 * @param libraries - address of each linked library by fully qualified name
 * @returns initcode with the libraries' addresses in place, lower case; `0x` when a library's address is missing
 */
export function linkedBytecode(artifact: CreationArtifact, libraries: Readonly<Record<string, Address>>): Hex {
  let code = artifact.bytecode;
  for (const { library, start } of linksOf(artifact)) {
    const address = libraries[library];
    if (address === undefined) return "0x";
    code = code.slice(0, 2 + 2 * start) + address.slice(2) + code.slice(2 + 2 * start + 40);
  }
  const linked = code.toLowerCase();
  return isHex(linked) ? linked : "0x";
}

function linkedIn(data: Hex, artifact: CreationArtifact): Record<string, Address> {
  return Object.fromEntries(
    linksOf(artifact).map(({ library, start }) => [
      library,
      `0x${data.slice(2 + 2 * start, 2 + 2 * start + 40)}` as const,
    ]),
  );
}

function linksOf({ linkReferences }: CreationArtifact): { library: string; start: number }[] {
  return Object.entries(linkReferences).flatMap(([source, libraries]) =>
    Object.entries(libraries).flatMap(([name, places]) =>
      places.map(({ start }) => ({ library: `${source}:${name}`, start })),
    ),
  );
}
