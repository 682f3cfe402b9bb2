import { toEventSelector, type Address, type Hex } from "viem";

import type { MinedBlock, MinedLog } from "../../chain/chain.ts";
import type { ProtocolEvent } from "../events.ts";
import { WordReader } from "./word-reader.ts";
import { decodeNamedError, errorName } from "./named-errors.ts";

/** Contracts whose events need to know which underlying they belong to. */
export interface EventSources {
  readonly vault: Address;
  readonly feeds: readonly Address[];
  readonly pairs: readonly { readonly address: Address; readonly underlyingIsToken0: boolean }[];
  readonly decimals: readonly number[];
}

type Fields<E = ProtocolEvent> = E extends ProtocolEvent ? Omit<E, "block" | "transaction" | "logIndex"> : never;
type Decoder = (topics: TopicReader, data: WordReader, log: MinedLog, sources: EventSources) => Fields | undefined;

const QUOTE = 1e6;
const FEED = 1e8;
const FINE_VOL = 1e8;

/** Indexed arguments by position. */
class TopicReader {
  readonly #topics: readonly Hex[];

  constructor(topics: readonly Hex[]) {
    this.#topics = topics;
  }

  integer(index: number): bigint {
    return BigInt(this.#topics[index + 1]);
  }

  signed(index: number): bigint {
    return BigInt.asIntN(256, this.integer(index));
  }

  number(index: number): number {
    return Number(this.integer(index));
  }

  address(index: number): Address {
    return `0x${this.#topics[index + 1].slice(26)}`;
  }

  raw(index: number): Hex {
    return this.#topics[index + 1];
  }
}

const quote = (data: WordReader): number => data.number() / QUOTE;
const signedQuote = (data: WordReader): number => Number(data.signed()) / QUOTE;

/** By signature, as declared in the interfaces. */
const decoders: Readonly<Record<string, Decoder>> = {
  "Traded(uint256,address,int256,uint256,uint256,uint256,uint256,uint256)": (topics, data) => ({
    kind: "traded",
    id: topics.integer(0),
    trader: topics.address(1),
    size: data.signedWad(),
    premium: quote(data),
    fee: quote(data),
    tradeVol: data.wad(),
    markVol: data.wad(),
    spot: data.wad(),
  }),
  "Hedged(uint16,int256,int256,int256,int256,uint256)": (topics, data) => ({
    kind: "hedged",
    underlying: topics.number(0),
    netDelta: data.signedWad(),
    traded: data.signedWad(),
    quotePaid: signedQuote(data),
    residual: data.signedWad(),
    spot: data.wad(),
  }),
  "WithdrawalRequested(address,uint256,uint256)": (topics, data) => ({
    kind: "withdrawal-requested",
    owner: topics.address(0),
    requestId: topics.integer(1),
    shares: data.unsigned(),
  }),
  "WithdrawalProcessed(address,uint256,uint256,uint256)": (topics, data) => ({
    kind: "withdrawal-processed",
    owner: topics.address(0),
    requestId: topics.integer(1),
    shares: data.unsigned(),
    assets: quote(data),
  }),
  "Deposit(address,address,uint256,uint256)": (topics, data) => ({
    kind: "deposited",
    owner: topics.address(1),
    assets: quote(data),
    shares: data.unsigned(),
  }),
  "Settled(uint16,uint64,uint256,uint80,uint80)": (topics, data) => ({
    kind: "settled",
    underlying: topics.number(0),
    expiry: topics.number(1),
    price: data.wad(),
  }),
  "ExpiryClosed(uint16,uint64,int256,uint256)": (topics, data) => ({
    kind: "expiry-closed",
    underlying: topics.number(0),
    expiry: topics.number(1),
    vaultPayoff: signedQuote(data),
    payoutRatio: data.wad(),
  }),
  "Redeemed(uint256,address,uint256,uint256)": (topics, data) => ({
    kind: "redeemed",
    id: topics.integer(0),
    holder: topics.address(1),
    size: data.wad(),
    payout: quote(data),
  }),
  "ShortChanged(address,uint256,int256,uint256,int256)": (topics, data) => {
    const change = data.signedWad();
    data.skip(1);
    return {
      kind: "short-changed",
      account: topics.address(0),
      id: topics.integer(1),
      change,
      cash: signedQuote(data),
    };
  },
  "ShortSettled(address,uint256,uint256,uint256,uint256)": (topics, data) => ({
    kind: "short-settled",
    account: topics.address(0),
    id: topics.integer(1),
    size: data.wad(),
    owed: quote(data),
    shortfall: quote(data),
  }),
  "AuctionStarted(address,address,int256,uint256)": (topics, data) => ({
    kind: "auction-started",
    account: topics.address(0),
    starter: topics.address(1),
    equity: data.signedWad(),
    maintenance: data.wad(),
  }),
  "AuctionBid(address,address,uint256,uint256,uint256,int256,uint256)": (topics, data) => ({
    kind: "auction-bid",
    account: topics.address(0),
    bidder: topics.address(1),
    share: data.wad(),
    paid: quote(data),
    fundPaid: quote(data),
    equity: data.signedWad(),
    maintenance: data.wad(),
  }),
  "PenaltySplit(address,uint256,uint256)": (topics, data) => ({
    kind: "penalty-split",
    account: topics.address(0),
    toFund: quote(data),
    toVault: quote(data),
  }),
  "AuctionEnded(address,bool)": (topics, data) => ({
    kind: "auction-ended",
    account: topics.address(0),
    healthy: data.flag(),
  }),
  "BadDebt(address,uint256,uint256,uint256)": (topics, data) => ({
    kind: "bad-debt",
    account: topics.address(0),
    shortfall: quote(data),
    fromFund: quote(data),
    socialised: quote(data),
  }),
  "FundMoved(int256,uint256)": (_, data) => ({ kind: "fund-moved", amount: signedQuote(data), balance: quote(data) }),
  "SurfacePosted(uint16,uint64,uint256,uint32,uint32,uint32)": (topics, data) => {
    data.skip(1);
    return {
      kind: "smile-posted",
      underlying: topics.number(0),
      expiry: topics.number(1),
      referenceVol: data.number() / FINE_VOL,
    };
  },
  "SurfaceRefused(uint16,uint64,bytes4)": (topics, _, log) => ({
    kind: "smile-refused",
    underlying: topics.number(0),
    expiry: topics.number(1),
    reason: errorName(log.data.slice(0, 10) as Hex),
  }),
  "Swap(address,uint256,uint256,uint256,uint256,address)": (topics, data, log, { pairs, decimals }) => {
    const underlying = pairs.findIndex(({ address }) => address === log.address);
    if (underlying < 0) return undefined;
    const [in0, in1, out0, out1] = [data.number(), data.number(), data.number(), data.number()];
    const first = pairs[underlying].underlyingIsToken0;
    const unit = 10 ** decimals[underlying];
    return {
      kind: "swapped",
      underlying,
      sender: topics.address(0),
      underlyingIn: (first ? in0 : in1) / unit,
      quoteIn: (first ? in1 : in0) / QUOTE,
      underlyingOut: (first ? out0 : out1) / unit,
      quoteOut: (first ? out1 : out0) / QUOTE,
    };
  },
  "AnswerUpdated(int256,uint256,uint256)": (topics, data, log, { feeds }) => ({
    kind: "round",
    underlying: feeds.indexOf(log.address),
    answer: Number(topics.signed(0)) / FEED,
    roundId: topics.integer(1),
    updatedAt: data.number(),
  }),
  "Outcome(bytes32,bool,uint256,bytes)": (topics, data, log) => {
    const done = data.flag();
    const failedStep = data.number();
    data.skip(1);
    const length = data.number();
    const reason: Hex = `0x${log.data.slice(2 + 4 * 64, 2 + 4 * 64 + 2 * length)}`;
    return {
      kind: "outcome",
      actor: log.address,
      tag: topics.raw(0),
      done,
      failedStep: done ? -1 : failedStep,
      error: done ? undefined : decodeNamedError(reason),
    };
  },
};

/** Signatures of the events that are decoded. */
export const decodedEvents = Object.keys(decoders);

const byTopic = new Map<Hex, Decoder>(
  Object.entries(decoders).map(([signature, decoder]) => [toEventSelector(signature), decoder]),
);

/** Events of a block in order; those that say nothing to the simulator (transfers, approvals) are left out. */
export function decodeEvents(block: MinedBlock, sources: EventSources): ProtocolEvent[] {
  const events: ProtocolEvent[] = [];
  let logIndex = 0;
  for (const [transaction, { logs }] of block.receipts.entries()) {
    for (const log of logs) {
      const fields = byTopic.get(log.topics[0])?.(new TopicReader(log.topics), new WordReader(log.data), log, sources);
      if (fields !== undefined) {
        events.push({ block: block.number, transaction, logIndex, ...fields } as ProtocolEvent);
      }
      logIndex++;
    }
  }
  return events;
}
