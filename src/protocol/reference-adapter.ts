import { createHash } from "node:crypto";

import type { Address, Hash, Hex } from "viem";

import type { Chain, MinedBlock } from "../chain/chain.ts";
import { InternalError } from "../errors/internal-error.ts";
import { DEFAULT_PARAMETERS } from "../../deployments/parameters.ts";
import type { Action, Call } from "./actions.ts";
import type {
  AccountHealth,
  Amounts,
  Capability,
  DeployedAccount,
  DeployedProtocol,
  GenesisPlan,
  Invariant,
  ProtocolAdapter,
  ProtocolTransaction,
  VolSourceName,
} from "./adapter.ts";
import { bundleFacts, type BundleFacts } from "./bundle-facts.ts";
import { decodeEvents, type EventSources } from "./decoding/decode-events.ts";
import { COINBASE, DEPLOYER } from "./deploy/accounts.ts";
import { layGenesis, SETUP_SECONDS, type Genesis } from "./deploy/genesis.ts";
import { defencesOf, scheduleOf, twinTerms, underlyingOf, vaultTerms } from "./deploy/market-terms.ts";
import { encodeAction, encodeExecute } from "./encoding/encode-action.ts";
import { selectors } from "./encoding/selectors.ts";
import { addressWord, calldata, word } from "./encoding/words.ts";
import type { ProtocolEvent } from "./events.ts";
import { gasLimitOf } from "./gas-limits.ts";
import { backing } from "./holdings.ts";
import { invariants } from "./invariants.ts";
import type { Ledger } from "./ledger.ts";
import { quantise, VOL_TICK } from "./quantise.ts";
import { viewDecoder } from "./read/decode-view.ts";
import { checkRead } from "./read/read-check.ts";
import { mapRead, type ReadMap } from "./read/read-map.ts";
import type { Scope } from "./read/scope.ts";
import { healthAtTruth } from "./twin/health-at-truth.ts";
import { markAtTruth } from "./twin/mark-at-truth.ts";
import { vegaLimitOf } from "./twin/quote-trade.ts";
import { quoteAction } from "./twin/quote-action.ts";
import type { ProtocolTerms } from "./twin/terms.ts";
import { volAt } from "./twin/vol-at.ts";
import type { ProtocolView } from "./view.ts";

/** The reference protocol: option vault, margin, auction, hedger and settlement of `contracts/`. */
export const referenceAdapter: ProtocolAdapter<ProtocolView, Action> = {
  name: "reference",
  setupSeconds: SETUP_SECONDS,
  async deploy(chain: Chain, plan: GenesisPlan): Promise<ReferenceProtocol> {
    const protocol = new ReferenceProtocol(plan, await layGenesis(chain, plan));
    await protocol.verifyRead(chain);
    return protocol;
  },
};

/** Roles that never buy claims; the invariant "supply" tells when one does. */
const ROLES_WITHOUT_CLAIMS: ReadonlySet<string> = new Set([
  "liquidity-provider",
  "surface-keeper",
  "oracle-reporter",
  "spot-arbitrageur",
  "liquidator",
  "leveraged-short",
]);

/** The reference protocol on a chain. */
export class ReferenceProtocol implements DeployedProtocol<ProtocolView, Action> {
  readonly capabilities: readonly Capability[] = ["margin", "auction", "hedger", "queue", "posted-grid"];
  readonly addresses: Readonly<Record<string, Address>>;
  readonly accounts: readonly DeployedAccount[];
  readonly genesisAccounts: readonly DeployedAccount[];
  readonly harness: DeployedAccount;
  readonly owner = DEPLOYER;
  readonly coinbase = COINBASE;
  readonly underlying: number;
  readonly series;
  readonly expiries: readonly number[];
  readonly nonces: ReadonlyMap<Address, number>;
  readonly head: { readonly number: bigint; readonly timestamp: bigint };
  readonly setupBlocks: number;
  readonly terms: ProtocolTerms;
  readonly read;
  readonly invariants: readonly Invariant<ProtocolView>[];
  readonly #contracts: Genesis["contracts"];
  readonly #scope: Scope;
  readonly #map: ReadMap;
  readonly #eventSources: EventSources;

  constructor(plan: GenesisPlan, { contracts, agents, accounts, listing, blocks }: Genesis) {
    const { tokens, feeds, pairs, decimals, ...single } = contracts;
    this.#contracts = contracts;
    this.accounts = agents;
    this.harness = accounts.operator;
    this.genesisAccounts = [accounts.liquidity, accounts.longs, ...accounts.shorts];
    this.underlying = underlyingOf(plan.scenario);
    this.series = listing.series;
    this.expiries = listing.expiries;
    this.nonces = new Map(blocks.nonces);
    this.head = blocks.head;
    this.setupBlocks = Number(blocks.head.number);
    this.terms = twinTerms(vaultTerms(plan.scenario), defencesOf(plan.preset), plan.scenario.oracle.deviation);
    this.addresses = { ...single, ...named("token", tokens), ...named("feed", feeds), ...named("pair", pairs) };
    this.invariants = [...invariants, backing(contracts)];

    const buyers = plan.agents.filter(({ role }) => !ROLES_WITHOUT_CLAIMS.has(role)).map(({ id }) => id);
    const claimants = [accounts.longs, ...agents.filter(({ agent }) => buyers.includes(agent))];
    const all = [...this.accounts, this.harness, ...this.genesisAccounts];
    this.#scope = {
      contracts,
      underlying: this.underlying,
      accounts: all.map(({ actor }) => actor),
      claimants: claimants.map(({ actor }) => actor),
      others: [single.vault, single.margin, single.auction, single.hedger, single.router, ...pairs, DEPLOYER],
      senders: all.map(({ sender }) => sender),
      coinbase: COINBASE,
      series: this.series,
      expiries: this.expiries,
      strikes: listing.strikes.length,
      schedule: scheduleOf(plan.scenario),
      trailingFloor: DEFAULT_PARAMETERS.trailingFloor,
    };
    this.#map = mapRead(this.#scope);
    const call = { to: contracts.lens, data: this.#map.calldata };
    this.read = { call, decode: viewDecoder(this.#scope, this.#map), hash: sha256 };
    this.#eventSources = {
      vault: contracts.vault,
      feeds,
      decimals,
      pairs: pairs.map((address, index) => ({
        address,
        underlyingIsToken0: BigInt(tokens[index]) < BigInt(contracts.quote),
      })),
    };
  }

  /**
   * Compares the read, which looks at storage slots, with what getters answer.
   * @throws {InternalError} when they differ: a contract's storage is not laid out as the read assumes
   */
  async verifyRead(chain: Pick<Chain, "call">): Promise<void> {
    const { to, data } = this.read.call;
    const difference = await checkRead(chain, this.#scope, this.read.decode(await chain.call(to, data)));
    if (difference === undefined) return;
    throw new InternalError(`the read by storage slots differs from the getters: ${difference}`, { action: "read" });
  }

  encode(action: Action, { actor }: DeployedAccount): readonly Call[] {
    return [encodeAction(action, this.#contracts, actor)];
  }

  transaction(account: DeployedAccount, tag: Hex, steps: readonly Action[]): ProtocolTransaction {
    const calls = steps.flatMap((step) => this.encode(step, account));
    return { from: account.sender, to: account.actor, data: encodeExecute(tag, calls), value: 0n };
  }

  gasLimitOf(steps: readonly Action[]): bigint {
    return gasLimitOf(steps);
  }

  setVolSource(source: VolSourceName): ProtocolTransaction {
    const data = calldata(selectors.setVolSource, addressWord(this.#contracts[source]));
    return { from: DEPLOYER, to: this.#contracts.vault, data, value: 0n };
  }

  setConstantVol(vol: number): ProtocolTransaction {
    const data = calldata(selectors.setVol, word(this.underlying), word(quantise(vol, VOL_TICK)), word(0));
    return { from: DEPLOYER, to: this.#contracts.constant, data, value: 0n };
  }

  events(block: MinedBlock): readonly ProtocolEvent[] {
    return decodeEvents(block, this.#eventSources);
  }

  quote(view: ProtocolView, action: Action): Amounts | undefined {
    return quoteAction(view, this.terms, action);
  }

  quotedVols(view: ProtocolView): Float64Array {
    return Float64Array.from(this.series, (series) => volAt(view, series, view.markets[series.underlying].price).vol);
  }

  ledger({ blockNumber, holdings }: ProtocolView): Ledger {
    return { block: blockNumber, holdings };
  }

  markAtTruth(view: ProtocolView, truePrices: Float64Array, spot: number): number {
    return markAtTruth(view, truePrices, spot, this.underlying);
  }

  healthAtTruth(view: ProtocolView, account: Address, trueVols: Float64Array, spot: number): AccountHealth {
    const held = view.accounts.get(account);
    if (held === undefined) return { equity: 0, maintenance: 0 };
    return healthAtTruth(view, this.terms, held, trueVols, spot);
  }

  tradingLimits(view: ProtocolView): { halfSpread: number; vegaLimit: number } {
    // The twin's limit is per 1.00 of vol.
    return { halfSpread: this.terms.vault.halfSpread, vegaLimit: vegaLimitOf(view, this.terms) / 100 };
  }

  get bundleFacts(): BundleFacts {
    const all = [...this.accounts, this.harness, ...this.genesisAccounts];
    return bundleFacts(this.addresses, all, this.#scope, this.#map);
  }
}

function named(name: string, addresses: readonly Address[]): Record<string, Address> {
  return Object.fromEntries(addresses.map((address, index) => [`${name}${index}`, address]));
}

function sha256(data: Hex): Hash {
  return `0x${createHash("sha256").update(data.slice(2), "hex").digest("hex")}`;
}
