import { FutureType, RuntimeValueType, isFuture } from "@nomicfoundation/ignition-core";
import type { ArgumentType, Future, IgnitionModule, RuntimeValue } from "@nomicfoundation/ignition-core";
import {
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  getContractAddress,
  type Abi,
  type Address,
  type Hex,
} from "viem";

import { linkedBytecode, type CreationArtifact } from "../src/chain/creation-artifact.ts";
import { pairAddress } from "./uniswap-v2.ts";

/** A transaction of a deployment; `to` null creates a contract. All are sent by the deployer, nonces ascending. */
export interface DeploymentTransaction {
  /** Id of the future in the module, for messages and bundles. */
  readonly id: string;
  readonly to: Address | null;
  readonly data: Hex;
}

/** A module uses something whose transactions do not follow from the module alone. */
export class UnresolvedModuleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnresolvedModuleError";
  }
}

export interface ResolvedDeployment {
  readonly transactions: readonly DeploymentTransaction[];
  /** Address of each contract that the module returns, by its name there. */
  readonly addresses: Readonly<Record<string, Address>>;
}

/** The part of Hardhat's artifact manager that is needed here. */
export interface ArtifactReader {
  readArtifact(name: string): Promise<{
    readonly abi: readonly unknown[];
    readonly bytecode: string;
    readonly linkReferences: CreationArtifact["linkReferences"];
  }>;
}

export interface ResolveOptions {
  readonly deployer: Address;
  /** Nonce of the first transaction. */
  readonly firstNonce?: number;
  /** Values of the module's parameters that differ from their defaults. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly artifacts: ArtifactReader;
}

/**
 * Turns an Ignition module into the transactions that Ignition would send, in its order, without sending any: the
 * simulator mines them in blocks of its own. Ignition runs futures in batches whose dependencies are complete, sorted
 * by id within a batch.
 *
 * Supports what the modules here use: contracts by name or artifact, libraries by name, calls, the address of a new Uniswap v2 pair, one
 * account, modules without submodules.
 * @throws {UnresolvedModuleError} when the module uses anything else
 */
export async function resolveDeployment(module: IgnitionModule, options: ResolveOptions): Promise<ResolvedDeployment> {
  const resolver = new Resolver(options);
  for (const future of inOrderOfExecution(module)) await resolver.add(future);
  const addresses = Object.entries(module.results).map(([name, future]) => [name, resolver.addressOf(future)]);
  return { transactions: resolver.transactions, addresses: Object.fromEntries(addresses) };
}

/** @returns the module's futures in the order in which Ignition executes them */
function inOrderOfExecution(module: IgnitionModule): Future[] {
  if (module.submodules.size > 0)
    throw new UnresolvedModuleError(`module ${module.id} has submodules, which are not resolved`);
  const waiting = new Map([...module.futures].map((future) => [future.id, future]));
  const order: Future[] = [];
  while (waiting.size > 0) {
    const batch = [...waiting.values()]
      .filter(({ dependencies }) => [...dependencies].every(({ id }) => !waiting.has(id)))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    if (batch.length === 0) throw new UnresolvedModuleError(`futures of module ${module.id} wait for each other`);
    for (const future of batch) waiting.delete(future.id);
    order.push(...batch);
  }
  return order;
}

class Resolver {
  readonly transactions: DeploymentTransaction[] = [];
  readonly #options: ResolveOptions;
  readonly #addresses = new Map<string, Address>();
  readonly #abis = new Map<string, Abi>();

  constructor(options: ResolveOptions) {
    this.#options = options;
  }

  addressOf(future: Future): Address {
    const address = this.#addresses.get(future.id);
    if (address === undefined) throw new UnresolvedModuleError(`${future.id} has no address yet`);
    return address;
  }

  async add(future: Future): Promise<void> {
    switch (future.type) {
      case FutureType.NAMED_ARTIFACT_CONTRACT_DEPLOYMENT:
        return this.#createNamed(future, future.constructorArgs);
      case FutureType.NAMED_ARTIFACT_LIBRARY_DEPLOYMENT:
        return this.#createNamed(future, []);
      case FutureType.CONTRACT_DEPLOYMENT:
        this.#create(future.id, future.artifact.abi as Abi, future.artifact.bytecode as Hex, future.constructorArgs);
        return;
      case FutureType.CONTRACT_AT:
        this.#addresses.set(future.id, this.#resolve(future.address as ArgumentType) as Address);
        this.#abis.set(future.id, future.artifact.abi as Abi);
        return;
      case FutureType.CONTRACT_CALL:
        this.#send(future.id, this.addressOf(future.contract), this.#callData(future));
        return;
      case FutureType.READ_EVENT_ARGUMENT:
        this.#addresses.set(future.id, this.#newPair(future.futureToReadFrom, future.eventName));
        return;
      default:
        throw new UnresolvedModuleError(`${future.id} is a ${future.type}, which is not resolved`);
    }
  }

  async #createNamed(
    future: Future & { contractName: string; libraries: Record<string, Future> },
    constructorArgs: ArgumentType[],
  ): Promise<void> {
    const artifact = await this.#options.artifacts.readArtifact(future.contractName);
    const linked = linkedBytecode({ name: future.contractName, ...artifact }, this.#librariesOf(future, artifact));
    if (linked === "0x") throw new UnresolvedModuleError(`${future.id} lacks the address of a library`);
    this.#create(future.id, artifact.abi as Abi, linked, constructorArgs);
  }

  /** Libraries are given by name; code refers to them by source and name. */
  #librariesOf(
    { libraries }: { libraries: Record<string, Future> },
    { linkReferences }: Pick<CreationArtifact, "linkReferences">,
  ): Record<string, Address> {
    const named = Object.entries(linkReferences).flatMap(([source, references]) =>
      Object.keys(references).map((name) => [`${source}:${name}`, libraries[name]] as const),
    );
    return Object.fromEntries(
      named.filter(([, future]) => future !== undefined).map(([name, future]) => [name, this.addressOf(future)]),
    );
  }

  #create(id: string, abi: Abi, bytecode: Hex, constructorArgs: ArgumentType[]): void {
    const nonce = BigInt((this.#options.firstNonce ?? 0) + this.transactions.length);
    this.#addresses.set(id, getContractAddress({ from: this.#options.deployer, nonce }));
    this.#abis.set(id, abi);
    const args = constructorArgs.map((argument) => this.#resolve(argument));
    this.#send(id, null, encodeDeployData({ abi, bytecode, args }));
  }

  #callData(future: Future & { contract: Future; functionName: string; args: ArgumentType[] }): Hex {
    const abi = this.#abis.get(future.contract.id);
    if (abi === undefined)
      throw new UnresolvedModuleError(`${future.id} calls a contract whose interface is not known`);
    const args = future.args.map((argument) => this.#resolve(argument));
    return encodeFunctionData({ abi, functionName: future.functionName, args });
  }

  /** The only event that is read is one whose content follows from the call. */
  #newPair(call: Future, eventName: string): Address {
    if (call.type !== FutureType.CONTRACT_CALL || eventName !== "PairCreated") {
      throw new UnresolvedModuleError(`event ${eventName} of ${call.id} is not resolved`);
    }
    const [one, other] = call.args.map((argument) => this.#resolve(argument) as Address);
    return pairAddress(this.addressOf(call.contract), one, other);
  }

  #send(id: string, to: Address | null, data: Hex): void {
    this.transactions.push({ id, to, data });
  }

  #resolve(argument: ArgumentType): unknown {
    if (isFuture(argument)) return this.addressOf(argument);
    if (Array.isArray(argument)) return argument.map((item) => this.#resolve(item));
    if (typeof argument !== "object") return argument;
    if (isRuntimeValue(argument)) return this.#runtimeValue(argument);
    const fields = Object.entries(argument as Record<string, ArgumentType>);
    return Object.fromEntries(fields.map(([name, value]) => [name, this.#resolve(value)]));
  }

  #runtimeValue(value: RuntimeValue): unknown {
    if (value.type === RuntimeValueType.ACCOUNT) {
      if (value.accountIndex !== 0)
        throw new UnresolvedModuleError(`account ${value.accountIndex} of a module is not known`);
      return getAddress(this.#options.deployer);
    }
    const given = this.#options.parameters?.[value.name];
    if (given !== undefined) return given;
    if (value.defaultValue === undefined) throw new UnresolvedModuleError(`parameter ${value.name} has no value`);
    return this.#resolve(value.defaultValue as ArgumentType);
  }
}

function isRuntimeValue(argument: object): argument is RuntimeValue {
  const { type } = argument as { type?: unknown };
  return type === RuntimeValueType.ACCOUNT || type === RuntimeValueType.MODULE_PARAMETER;
}
