import hre from "hardhat";
import { pad, toHex, type Hex } from "viem";

import type { BlockStatement, Chain, MinedBlock } from "../../src/chain/chain.ts";
import { openChain } from "../../src/chain/open-chain.ts";
import type { Action } from "../../src/protocol/actions.ts";
import type { DeployedAccount, GenesisPlan, GenesisTerms, ProtocolTransaction } from "../../src/protocol/adapter.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import { referenceAdapter, type ReferenceProtocol } from "../../src/protocol/reference-adapter.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";

const DAY = 86_400;
const START = "2026-03-02T00:00:00Z";

/** A market like the shipped scenarios', small. */
export const terms: GenesisTerms = {
  asset: "ETH",
  spot: 2_000,
  clock: { start: START },
  calm: { v0: 0.25 },
  listing: {
    expiries: [1.5 * DAY, 7 * DAY, 30 * DAY],
    strikes: [0.8, 0.9, 1, 1.1, 1.2],
    genesisBook: [
      { expiry: 1, strike: 2, type: "call", contracts: -20 },
      { expiry: 2, strike: 1, type: "put", contracts: -30 },
      { expiry: 1, strike: 3, type: "call", contracts: 10 },
    ],
  },
  oracle: { heartbeat: 3_600, deviation: 0.005 },
  market: { poolQuote: 2_000_000 },
  protocol: { nav: 1_000_000, inventory: 0.3, insurance: 0.02, epoch: DAY, terms: {} },
};

export const plan: GenesisPlan = {
  scenario: terms,
  preset: "FULL",
  agents: [
    { id: "reporter", role: "oracle-reporter", accounts: [{ name: "main", quote: 0, underlying: 0, margin: 0 }] },
    { id: "keeper", role: "surface-keeper", accounts: [{ name: "main", quote: 0, underlying: 0, margin: 0 }] },
    {
      id: "trader",
      role: "noise-trader",
      accounts: [{ name: "main", quote: 400_000, underlying: 10, margin: 50_000 }],
    },
    {
      id: "writer",
      role: "leveraged-short",
      accounts: [{ name: "main", quote: 10_000, underlying: 5, margin: 20_000 }],
    },
    { id: "liquidator", role: "liquidator", accounts: [{ name: "main", quote: 0, underlying: 0, margin: 200_000 }] },
  ],
};

const BASE_FEE = 1_000_000_000n;

/** A deployed protocol that tests drive block by block. */
export class Bench {
  readonly chain: Chain;
  readonly protocol: ReferenceProtocol;
  readonly #nonces: Map<string, number>;
  #number: bigint;
  time: number;
  /** Base fees burnt since the set-up. */
  burnt = 0n;

  constructor(chain: Chain, protocol: ReferenceProtocol) {
    this.chain = chain;
    this.protocol = protocol;
    this.#nonces = new Map(protocol.nonces);
    this.#number = protocol.head.number;
    this.time = Number(protocol.head.timestamp);
  }

  static async open(changes: Partial<GenesisPlan> = {}): Promise<Bench> {
    const wanted = { ...plan, ...changes };
    const start = Date.parse(wanted.scenario.clock.start) / 1000;
    const chain = await openChain(hre.network, { initialDate: start - referenceAdapter.setupSeconds });
    try {
      return new Bench(chain, (await referenceAdapter.deploy(chain, wanted)) as ReferenceProtocol);
    } catch (error) {
      await chain.close();
      throw error;
    }
  }

  account(agent: string): DeployedAccount {
    return [...this.protocol.accounts, this.protocol.harness].find((account) => account.agent === agent)!;
  }

  /** One submission's transaction. */
  submission(agent: string, ...steps: Action[]): ProtocolTransaction & { gas: bigint } {
    const tag = pad(toHex(this.#nonces.size), { size: 32 });
    return { ...this.protocol.transaction(this.account(agent), tag, steps), gas: this.protocol.gasLimitOf(steps) };
  }

  /** Mines transactions `after` seconds after the last block. */
  async mine(after: number, ...transactions: (ProtocolTransaction & { gas?: bigint })[]): Promise<MinedBlock> {
    this.time += after;
    const block: BlockStatement = {
      number: ++this.#number,
      timestamp: BigInt(this.time),
      baseFeePerGas: BASE_FEE,
      gasLimit: 60_000_000n,
      coinbase: this.protocol.coinbase,
      prevRandao: pad("0x1", { size: 32 }),
      transactions: transactions.map(({ from, to, data, value, gas = 500_000n }) => {
        const nonce = this.#nonces.get(from) ?? 0;
        this.#nonces.set(from, nonce + 1);
        const fees = { maxFeePerGas: 3n * BASE_FEE, maxPriorityFeePerGas: BASE_FEE / 10n };
        return { from, nonce, to, data, value, gas, ...fees, tag: { agent: "test", submission: "test" } };
      }),
    };
    const mined = await this.chain.mine(block);
    this.burnt += mined.gasUsed * BASE_FEE;
    return mined;
  }

  /** Mines the steps of one agent and returns the block's events. */
  async act(agent: string, ...steps: Action[]): Promise<readonly ProtocolEvent[]> {
    return this.protocol.events(await this.mine(12, this.submission(agent, ...steps)));
  }

  async readRaw(): Promise<Hex> {
    return await this.chain.call(this.protocol.read.call.to, this.protocol.read.call.data);
  }

  async view(): Promise<ProtocolView> {
    return this.protocol.read.decode(await this.readRaw());
  }
}
