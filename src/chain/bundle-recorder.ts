import type { Abi, Address, Hash, Hex } from "viem";
import { accountParts, type AccountPart } from "./account-parts.ts";
import { blockDigest, bundleDigest } from "./bundle-digest.ts";
import {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  type BreakResult,
  type Bundle,
  type BundleBlock,
  type BundleCall,
  type ReadLayout,
} from "./bundle-schema.ts";
import type { BlockStatement, Chain, MinedBlock, StatedTransaction } from "./chain.ts";
import { identifyCreation, type CreationArtifact } from "./creation-artifact.ts";
import { engineKeccak } from "./engine-package.ts";

/** A mined block as the recorder is told of it. */
export interface RecordedBlock {
  readonly statement: BlockStatement;
  readonly mined: MinedBlock;
  /** What became of each transaction, by its place; left out: the receipt's status without an error's name. */
  readonly outcomes?: readonly { readonly status: "done" | "reverted"; readonly error: string | null }[];
  /** What wanted to be in the block and is not. */
  readonly notIncluded?: readonly { readonly agent: string; readonly submission: string; readonly why: string }[];
  /** The aggregated read after the block. */
  readonly read?: { readonly to: Address; readonly data: Hex; readonly returned: Hex };
}

/** What a bundle says beside its blocks. */
export interface BundleDescription {
  /** For the title: scenario, model, severity, seed, preset. */
  readonly run: Readonly<Record<string, string | number | boolean>>;
  readonly hashes: Readonly<Record<string, Hash>> & { readonly scenario: Hash; readonly sources: Hash };
  /** Accounts of the run; `sender` signs for `address` and may be the same. */
  readonly accounts: readonly { readonly name: string; readonly address: Address; readonly sender: Address }[];
  /** Contracts by name; several addresses may share one ABI. */
  readonly contracts: readonly { readonly name: string; readonly addresses: readonly Address[]; readonly abi: Abi }[];
  readonly outcomeEvent: Bundle["outcomeEvent"];
  readonly read: ReadLayout;
  /** The project's compiled contracts, by which creations are named. */
  readonly artifacts: readonly CreationArtifact[];
  readonly story: readonly { block: bigint; text: string; vault: string; insurance: string | null }[];
  readonly money: { readonly unit: string; readonly decimals: number };
  /** Amounts in units of `money`, not negative. */
  readonly whoPaidWhom: readonly { from: string; to: string; amount: bigint }[];
  readonly breaks: readonly (Omit<BreakResult, "block"> & { readonly block: bigint | null })[];
}

/**
 * Sees every block of a chain and makes bundles of its runs. Blocks are only remembered while a run goes on; all
 * encoding waits for `bundle`, so that the runs whose bundle nobody wants cost nothing.
 */
export class BundleRecorder {
  readonly #chain: Pick<Chain, "engine" | "genesisAccounts">;
  readonly #setup: RecordedBlock[] = [];

  constructor(chain: Pick<Chain, "engine" | "genesisAccounts">) {
    this.#chain = chain;
  }

  /** Remembers a block that all runs of the chain share. */
  addSetup(block: RecordedBlock): void {
    this.#setup.push(withoutLogs(block));
  }

  /** Adds what the aggregated read says after the set-up: the state in which runs begin. */
  addReadAfterSetup(read: RecordedBlock["read"]): void {
    this.#setup.push({ ...this.#setup.pop()!, read });
  }

  /** @returns the same chain, every block of which is recorded as set-up */
  recordingSetup(chain: Chain): Chain {
    return {
      engine: chain.engine,
      get genesisAccounts() {
        return chain.genesisAccounts;
      },
      mine: async (statement) => {
        const mined = await chain.mine(statement);
        this.addSetup({ statement, mined });
        return mined;
      },
      call: (to, data) => chain.call(to, data),
      snapshot: () => chain.snapshot(),
      revert: (snapshot) => chain.revert(snapshot),
      fund: (address, wei) => chain.fund(address, wei),
      close: () => chain.close(),
    };
  }

  /** @returns the recording of one run from the state after the set-up blocks added so far */
  startRun(): RunRecording {
    return new RunRecording(this.#chain, [...this.#setup]);
  }
}

/** The blocks of one run, and of the set-up before it. */
export class RunRecording {
  readonly #chain: Pick<Chain, "engine" | "genesisAccounts">;
  readonly #setup: readonly RecordedBlock[];
  readonly #blocks: RecordedBlock[] = [];

  constructor(chain: Pick<Chain, "engine" | "genesisAccounts">, setup: readonly RecordedBlock[]) {
    this.#chain = chain;
    this.#setup = setup;
  }

  add(block: RecordedBlock): void {
    this.#blocks.push(withoutLogs(block));
  }

  /** @returns the bundle of the blocks added so far: equal runs give equal bundles */
  bundle(description: BundleDescription): Bundle {
    const writer = new BlockWriter(description);
    const setup = this.#setup.map((block) => writer.write(block));
    const blocks = this.#blocks.map((block) => writer.write(block));
    const { engine, genesisAccounts } = this.#chain;
    const content: Omit<Bundle, "digest"> = {
      format: BUNDLE_FORMAT,
      version: BUNDLE_VERSION,
      engine: {
        ...engine,
        genesisGasLimit: `${engine.genesisGasLimit}`,
        genesisBaseFeePerGas: `${engine.genesisBaseFeePerGas}`,
      },
      run: sorted(description.run),
      hashes: sorted(description.hashes),
      genesis: genesisAccounts.map(({ address, balance }) => ({ address: lower(address), balance: `${balance}` })),
      accounts: description.accounts.map(({ name, address, sender }) => ({
        name,
        address: lower(address),
        sender: lower(sender),
      })),
      contracts: description.contracts.map(({ name, addresses, abi }) => ({
        name,
        addresses: addresses.map(lower),
        abi,
      })),
      outcomeEvent: description.outcomeEvent,
      initcode: sorted(writer.initcode),
      reads: writer.reads,
      read: description.read,
      setup,
      blocks,
      story: description.story.map((line) => ({ ...line, block: `${line.block}` })),
      money: description.money,
      whoPaidWhom: description.whoPaidWhom.map(({ from, to, amount }) => ({ from, to, amount: `${amount}` })),
      breaks: description.breaks.map((result) => ({
        ...result,
        block: result.block === null ? null : `${result.block}`,
      })),
    };
    const { format, version, ...rest } = content;
    return { format, version, digest: bundleDigest(content), ...rest };
  }
}

/** Writes blocks in order, gathering the stores that they share. */
class BlockWriter {
  readonly initcode: Bundle["initcode"] = {};
  readonly reads: Bundle["reads"] = [];
  readonly #description: BundleDescription;
  readonly #nonces = new Map<Address, number>();
  readonly #readPlaces = new Map<string, number>();

  constructor(description: BundleDescription) {
    this.#description = description;
  }

  write({ statement, mined, outcomes, notIncluded = [], read }: RecordedBlock): BundleBlock {
    const calls = statement.transactions.map((transaction, index) => {
      const status = mined.receipts[index].status === "success" ? ("done" as const) : ("reverted" as const);
      return this.#call(transaction, outcomes?.[index] ?? { status, error: null });
    });
    const content = {
      number: `${statement.number}`,
      timestamp: `${statement.timestamp}`,
      baseFeePerGas: `${statement.baseFeePerGas}`,
      gasLimit: `${statement.gasLimit}`,
      coinbase: lower(statement.coinbase),
      prevRandao: lower(statement.prevRandao),
      calls,
      notIncluded: notIncluded.map(({ agent, submission, why }) => ({ agent, submission, why })),
      expected: {
        stateRoot: mined.stateRoot,
        blockHash: mined.hash,
        receiptsRoot: mined.receiptsRoot,
        gasUsed: `${mined.gasUsed}`,
        read: read === undefined ? null : { call: this.#readPlace(read), hash: engineKeccak(read.returned) },
        accounts: read === undefined ? [] : this.#accounts(read.returned),
      },
    };
    return { digest: blockDigest(content), ...content };
  }

  #call(transaction: StatedTransaction, outcome: Pick<BundleCall, "status" | "error">): BundleCall {
    const from = lower(transaction.from);
    this.#nonces.set(from, transaction.nonce + 1);
    const { initcode, data } = this.#payload(transaction);
    return {
      agent: transaction.tag.agent,
      submission: transaction.tag.submission,
      from,
      nonce: transaction.nonce,
      to: transaction.to === null ? null : lower(transaction.to),
      value: `${transaction.value}`,
      data,
      ...(initcode === undefined ? {} : { initcode }),
      gas: `${transaction.gas}`,
      maxFeePerGas: `${transaction.maxFeePerGas}`,
      maxPriorityFeePerGas: `${transaction.maxPriorityFeePerGas}`,
      status: outcome.status,
      error: outcome.error,
    };
  }

  #payload({ to, data }: StatedTransaction): { initcode?: Hash; data: Hex } {
    if (to !== null) return { data: lower(data) };
    const { creation, constructorArguments } = identifyCreation(lower(data), this.#description.artifacts);
    const initcode = engineKeccak(creation.code);
    this.initcode[initcode] = creation;
    return { initcode, data: constructorArguments };
  }

  #readPlace({ to, data }: { to: Address; data: Hex }): number {
    const key = `${lower(to)}${lower(data)}`;
    const known = this.#readPlaces.get(key);
    if (known !== undefined) return known;
    this.#readPlaces.set(key, this.reads.length);
    return this.reads.push({ to: lower(to), data: lower(data) }) - 1;
  }

  #accounts(returned: Hex): BundleBlock["expected"]["accounts"] {
    const senders = new Map(this.#description.accounts.map(({ address, sender }) => [lower(address), lower(sender)]));
    const addresses = this.#description.accounts.map(({ address }) => lower(address));
    return accountParts(this.#description.read, returned, addresses).map(
      ({ address, balances, hash }: AccountPart) => ({
        address,
        nonce: this.#nonces.get(senders.get(address) ?? address) ?? 0,
        balances: Object.fromEntries(Object.entries(balances).map(([label, amount]) => [label, `${amount}`])),
        hash,
      }),
    );
  }
}

/** Logs are not part of a bundle: the receipts root covers them. Letting go of them keeps a recording small. */
function withoutLogs(block: RecordedBlock): RecordedBlock {
  const receipts = block.mined.receipts.map((receipt) => ({ ...receipt, logs: [] }));
  return { ...block, mined: { ...block.mined, receipts } };
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function lower<T extends Hex>(value: T): T {
  return value.toLowerCase() as T;
}
