import type { Address, Hash, Hex } from "viem";

import type { Chain, MinedBlock } from "../chain/chain.ts";
import type { Action, Call, Series } from "./actions.ts";
import type { ProtocolEvent } from "./events.ts";
import type { BundleFacts } from "./bundle-facts.ts";
import type { Ledger } from "./ledger.ts";
import type { ProtocolTerms } from "./twin/terms.ts";
import type { ProtocolView } from "./view.ts";

/**
 * What lets a protocol onto the bench: it deploys itself on an empty chain, and hands back the handle through which
 * the simulator acts on it, reads it and judges it. The reference protocol is the first implementation.
 */
export interface ProtocolAdapter<V extends ProtocolView, A extends Action> {
  readonly name: string;
  /**
   * Deploys and sets up on a fresh chain whose genesis lies at least `setupSeconds` before the plan's start.
   * The last block that it mines is before the start. A fresh run is a snapshot of this state, reverted.
   * @throws {SetupFailedError} when a transaction of the set-up fails
   */
  deploy(chain: Chain, plan: GenesisPlan): Promise<DeployedProtocol<V, A>>;
  /** Seconds of chain time that the set-up takes before the start. */
  readonly setupSeconds: number;
}

/** What of a scenario the protocol needs at genesis: a `Scenario` is one. Seconds, USD, shares. */
export interface GenesisTerms {
  readonly asset: "ETH" | "BTC";
  readonly spot: number;
  readonly clock: { readonly start: string };
  readonly listing: {
    /** Seconds since the start. */
    readonly expiries: readonly number[];
    /** Multiples of the spot. */
    readonly strikes: readonly number[];
    readonly genesisBook: readonly {
      readonly expiry: number;
      readonly strike: number;
      readonly type: "call" | "put";
      readonly contracts: number;
    }[];
  };
  readonly calm: { readonly v0: number };
  readonly oracle: { readonly heartbeat: number; readonly deviation: number };
  readonly market: { readonly poolQuote: number };
  readonly protocol: {
    readonly nav: number;
    readonly inventory: number;
    readonly insurance: number;
    readonly epoch: number;
    readonly terms: Readonly<Record<string, number>>;
  };
}

/** An account that acts in the run; USD of quote, units of the traded underlying, USD at the margin engine. */
export interface GenesisAccount {
  readonly name: string;
  readonly quote: number;
  readonly underlying: number;
  readonly margin: number;
}

export interface GenesisPlan {
  readonly scenario: GenesisTerms;
  /** Defences, by the name of a preset. */
  readonly preset: string;
  /** `role` gives rights: `oracle-reporter` posts rounds, `surface-keeper` posts smiles. */
  readonly agents: readonly {
    readonly id: string;
    readonly role: string;
    readonly accounts: readonly GenesisAccount[];
  }[];
}

/** An account of an agent: the sender pays gas and owns the actor, the actor holds everything else. */
export interface DeployedAccount {
  readonly agent: string;
  readonly name: string;
  readonly sender: Address;
  readonly actor: Address;
}

/** A transaction without place and fees: those are the block builder's. */
export interface ProtocolTransaction {
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
}

/** Which volatility reaches the vault. */
export type VolSourceName = "truth" | "grid" | "trailing" | "constant";

/** What an option trade costs by the float twin; USD, vols annualised, Greeks a contract. */
export interface TradeQuote {
  /** Of the whole trade, fee apart. */
  readonly premium: number;
  readonly fee: number;
  readonly tradeVol: number;
  readonly markVol: number;
  /** A contract at the source's vol. */
  readonly mark: number;
  readonly delta: number;
  readonly vega: number;
}

/** What an action pays (negative: costs) its account by the float twin. */
export type Amounts =
  | { readonly kind: "trade"; readonly quote: TradeQuote; readonly cash: number }
  | { readonly kind: "swap"; readonly out: number };

/** A law that every view keeps. */
export interface Invariant<V> {
  readonly id: string;
  readonly sentence: string;
  /** What breaks it, in words; undefined when it holds. */
  check(view: V): string | undefined;
}

/** Something that a protocol may lack; measures that need it are then left out, by name. */
export type Capability = "margin" | "auction" | "hedger" | "queue" | "posted-grid" | "monitor";

/** A protocol on a chain. Everything here is pure: it describes transactions and reads, and sends nothing. */
export interface DeployedProtocol<V extends ProtocolView, A extends Action> {
  readonly capabilities: readonly Capability[];
  readonly addresses: Readonly<Record<string, Address>>;
  /** Accounts of all agents, in the order of the plan. */
  readonly accounts: readonly DeployedAccount[];
  /** The account that acts for the simulator itself: truth vols for the P0 control, and pokes. */
  readonly harness: DeployedAccount;
  /** Other accounts of the set-up: genesis liquidity and the holders of the genesis book. */
  readonly genesisAccounts: readonly DeployedAccount[];
  /** Owns the contracts and sends `setVolSource`. */
  readonly owner: Address;
  /** Must be the coinbase of every block: the ledger counts its tips. */
  readonly coinbase: Address;
  /** Trading terms and defences in force, for the float twin. */
  readonly terms: ProtocolTerms;
  /** Index of the traded underlying. */
  readonly underlying: number;
  readonly series: readonly Series[];
  /** Unix seconds, in the order of the scenario's listing. */
  readonly expiries: readonly number[];
  /** Nonce that each sender uses next. */
  readonly nonces: ReadonlyMap<Address, number>;
  /** Last block of the set-up; the run begins at the next. */
  readonly head: { readonly number: bigint; readonly timestamp: bigint };
  readonly setupBlocks: number;

  /** Calls of one action of `account`, quantised; several when the action needs several contracts. */
  encode(action: A, account: DeployedAccount): readonly Call[];
  /** The steps of a submission as one transaction, all or none. `tag` comes back in the `outcome` event. */
  transaction(account: DeployedAccount, tag: Hex, steps: readonly A[]): ProtocolTransaction;
  /** Upper bound of the gas of a transaction with these steps: an action that needs more is a bug of ours. */
  gasLimitOf(steps: readonly A[]): bigint;
  /** Puts a vol source in force; sent by the owner. */
  setVolSource(source: VolSourceName): ProtocolTransaction;
  /** Posts a vol for the constant source, sent by the owner. */
  setConstantVol(vol: number): ProtocolTransaction;

  /** One storage-only read a block. */
  readonly read: {
    readonly call: { readonly to: Address; readonly data: Hex };

    decode(data: Hex): V;
    /** SHA-256 of the read: equal states of the protocol have equal hashes. */
    hash(data: Hex): Hash;
  };
  /** Events of a block in order, named errors of failed submissions decoded. */
  events(block: MinedBlock): readonly ProtocolEvent[];

  /** Float twin of the contracts' arithmetic, for actions that trade. */
  quote(view: V, action: A): Amounts | undefined;
  /** The vol that the source in force says for each series, before spreads; NaN when it has none. */
  quotedVols(view: V): Float64Array;

  /** Who holds what, in integer units. */
  ledger(view: V): Ledger;
  /** The vault's value in USD: cash, inventory at `spot`, and positions at `truePrices` by series index. */
  markAtTruth(view: V, truePrices: Float64Array, spot: number): number;
  /** Equity and maintenance margin of an account by the protocol's rule at true vols and true spot, USD. */
  healthAtTruth(view: V, account: Address, trueVols: Float64Array, spot: number): AccountHealth;
  /** Half-spread in vol, and the vega that the vault may be short at most, USD per vol point. */
  tradingLimits(view: V): { readonly halfSpread: number; readonly vegaLimit: number };
  /** What a bundle of a run says about the protocol. */
  readonly bundleFacts: BundleFacts;
  readonly invariants: readonly Invariant<V>[];
}

/** Equity and maintenance margin, USD. */
export interface AccountHealth {
  readonly equity: number;
  readonly maintenance: number;
}
