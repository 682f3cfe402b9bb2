import {
  decodeFunctionResult,
  encodeFunctionData,
  parseAbi,
  toEventSelector,
  type Address,
  type ContractFunctionName,
  type ContractFunctionReturnType,
  type DecodeFunctionResultParameters,
  type EncodeFunctionDataParameters,
  type Hex,
} from "viem";

import type { Chain, MinedBlock } from "../chain/chain.ts";
import type { TransmittedRound } from "../models/feature-feed.ts";
import type { TradeTermsInForce } from "../models/trade-log.ts";
import { decodeEvents, type EventSources } from "./decoding/decode-events.ts";
import type { ProtocolEvent } from "./events.ts";
import { loggedTerms, type VaultState } from "./logged-block.ts";

const WAD = 1e18;
const QUOTE = 1e6;

const getters = parseAbi([
  "struct Terms { uint64 halfSpread; uint64 convexity; uint64 lagSpread; uint64 feeShare; uint64 feeCap; uint64 vegaFee; uint64 vegaLimit; uint64 maxTrade; uint64 minVol; uint64 maxVol; uint32 noOpenWindow; uint64 minAbsDelta; uint64 maxAbsDelta; }",
  "struct Market { address feed; address pair; address token; uint8 tokenDecimals; uint8 feedDecimals; uint32 heartbeat; uint64 deviation; }",
  "function totalVega() view returns (int256)",
  "function limitNav() view returns (uint256)",
  "function terms() view returns (Terms)",
  "function underlyingCount() view returns (uint16)",
  "function market(uint16 underlying) view returns (Market)",
  "function getRoundData(uint80 roundId) view returns (uint80, int256, uint256 startedAt, uint256, uint80)",
]);

/** Events that a log is made of. */
const wanted: ReadonlySet<Hex> = new Set(
  [
    "Traded(uint256,address,int256,uint256,uint256,uint256,uint256,uint256)",
    "SurfacePosted(uint16,uint64,uint256,uint32,uint32,uint32)",
    "AnswerUpdated(int256,uint256,uint256)",
  ].map((signature) => toEventSelector(signature)),
);

/** What a block says before it is known which underlying is asked for. */
export interface ReadBlock {
  readonly events: readonly ProtocolEvent[];
  /** Rounds by underlying. */
  readonly rounds: ReadonlyMap<number, readonly TransmittedRound[]>;
  readonly state: VaultState;
}

/**
 * Reads a vault's logs block by block, with the little that no event says asked of getters right after the block: open
 * vega, the NAV behind the limits, and when each round was observed. Any node that serves past state can do the same.
 */
export class VaultLogReader {
  readonly #chain: Pick<Chain, "call">;
  readonly #vault: Address;
  readonly #sources: EventSources;
  /** Term of the vault: share of NAV per vol point. */
  readonly vegaLimit: number;
  readonly terms: TradeTermsInForce;

  private constructor(chain: Pick<Chain, "call">, vault: Address, feeds: readonly Address[], terms: Answer<"terms">) {
    this.#chain = chain;
    this.#vault = vault;
    this.#sources = { vault, feeds, pairs: [], decimals: [] };
    this.vegaLimit = Number(terms.vegaLimit) / WAD;
    this.terms = loggedTerms({ lagSpread: Number(terms.lagSpread) / WAD });
  }

  /**
   * Asks once for terms and feeds, which are taken to stay.
   * @throws {CallRevertedError} when vault or guard have no such getters
   */
  static async open(chain: Pick<Chain, "call">, vault: Address, guard: Address): Promise<VaultLogReader> {
    const terms = await read(chain, vault, "terms");
    const count = await read(chain, guard, "underlyingCount");
    const feeds: Address[] = [];
    for (let underlying = 0; underlying < count; underlying++) {
      const { feed } = await read(chain, guard, "market", [underlying]);
      feeds.push(feed.toLowerCase() as Address);
    }
    return new VaultLogReader(chain, vault, feeds, terms);
  }

  /**
   * Reads the block that the chain stands at.
   * @param time - of the block, Unix seconds
   */
  async read(mined: MinedBlock, time: number): Promise<ReadBlock> {
    const receipts = mined.receipts.map((receipt) => {
      return { ...receipt, logs: receipt.logs.filter(({ topics }) => wanted.has(topics[0])) };
    });
    const events = decodeEvents({ ...mined, receipts }, this.#sources);
    const rounds = new Map<number, TransmittedRound[]>();
    for (const event of events) {
      if (event.kind !== "round" || event.underlying < 0) continue;
      const [, , startedAt] = await read(this.#chain, this.#sources.feeds[event.underlying], "getRoundData", [
        event.roundId,
      ]);
      const round = { answer: event.answer, updatedAt: event.updatedAt, observedAt: Number(startedAt) };
      rounds.set(event.underlying, [...(rounds.get(event.underlying) ?? []), round]);
    }
    const [totalVega, limitNav] = [
      await read(this.#chain, this.#vault, "totalVega"),
      await read(this.#chain, this.#vault, "limitNav"),
    ];
    return { events, rounds, state: { time, totalVega: Number(totalVega) / WAD, limitNav: Number(limitNav) / QUOTE } };
  }
}

type Getters = typeof getters;
type GetterName = ContractFunctionName<Getters, "view">;
type Answer<Name extends GetterName> = ContractFunctionReturnType<Getters, "view", Name>;

async function read<Name extends GetterName>(
  chain: Pick<Chain, "call">,
  to: Address,
  functionName: Name,
  args: readonly unknown[] = [],
): Promise<Answer<Name>> {
  const asked: EncodeFunctionDataParameters = { abi: getters, functionName, args };
  const data = await chain.call(to, encodeFunctionData(asked));
  const answered: DecodeFunctionResultParameters = { ...asked, data };
  return decodeFunctionResult(answered) as Answer<Name>;
}
