import { expect } from "chai";
import type { Address, Hex } from "viem";

import { NonceBook } from "../../../sim/engine/block-plan.ts";
import { errorName, isExpectedError } from "../../../sim/engine/expected-errors.ts";
import { roundsBefore } from "../../../sim/engine/run-features.ts";
import { FeatureFeed } from "../../../src/models/feature-feed.ts";
import { poolPush } from "../../../sim/engine/market-impact.ts";
import { narrate } from "../../../sim/engine/narrative.ts";
import { OracleFeed } from "../../../sim/engine/oracle-feed.ts";
import { outcomesOf } from "../../../sim/engine/outcomes.ts";
import { syntheticWorld } from "../../../sim/engine/run-world.ts";
import type { RunRecord, RunSpec } from "../../../sim/engine/run-record.ts";
import { UnexpectedRevertError } from "../../../sim/engine/unexpected-revert-error.ts";
import { twinCheckBlocks } from "../../../sim/engine/twin-check.ts";
import type { Submission } from "../../../sim/agents/agent.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { TruthPricers } from "../../../sim/world/truth-pricers.ts";
import type { MinedBlock } from "../../../src/chain/chain.ts";
import type { ProtocolEvent } from "../../../src/protocol/events.ts";
import type { ProtocolView } from "../../../src/protocol/view.ts";
import { createRandom } from "../../../src/random/random.ts";
import { observe } from "../agents/market.ts";

const scenario = loadScenario("vol-shock");
const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
const start = Date.parse(scenario.clock.start) / 1000;
const spec: RunSpec = {
  scenario: "vol-shock",
  model: "polynomial",
  severity: 1,
  seed: 3,
  masterSeed: 1,
  preset: "FULL",
  feedback: true,
};
const at = { block: 1n, transaction: 0, logIndex: 0 };
const view: ProtocolView = observe({
  block: 5,
  elapsed: 0,
  feed: 2000,
  spot: 2000,
  quotedVol: 0.5,
  trueVol: 0.5,
  quote: 0,
  underlying: 0,
  longs: 0,
  margin: 0,
  otherShort: 0,
  otherCash: 0,
  saleStarted: false,
}).view;

describe("synthetic world of a run", () => {
  it("starts at the scenario's spot whatever the seed, and shares its calm beginning over severities", () => {
    const calm = syntheticWorld(scenario, pricers, { ...spec, severity: 0 });
    const crash = syntheticWorld(scenario, pricers, spec);
    expect(calm.truth.spotAt(start)).to.equal(2000);
    expect(crash.truth.spotAt(start + 3600)).to.equal(calm.truth.spotAt(start + 3600));
    expect(crash.before.prices).to.deep.equal(calm.before.prices);
    expect(crash.truth.spotAt(start + 86_400)).not.to.equal(calm.truth.spotAt(start + 86_400));
  });

  it("differs from seed to seed", () => {
    const one = syntheticWorld(scenario, pricers, spec);
    const other = syntheticWorld(scenario, pricers, { ...spec, seed: 4 });
    expect(one.truth.spotAt(start + 3600)).not.to.equal(other.truth.spotAt(start + 3600));
  });
});

describe("feed of a run", () => {
  const feedAt = (severity: number, times: readonly number[]) => {
    const world = syntheticWorld(scenario, pricers, { ...spec, severity });
    const feed = new OracleFeed(scenario, world, start, severity, createRandom(1));
    feed.before({ roundId: 1n, answer: 2000, observedAt: start, updatedAt: start });
    return times.flatMap((time) => {
      const due = feed.due(start + time, world.truth.truthAt(start + time));
      const events = due.map(({ answer, updatedAt }, place): ProtocolEvent => ({
        ...at,
        kind: "round",
        underlying: 0,
        answer,
        roundId: BigInt(place + 2),
        updatedAt,
      }));
      feed.mined(events, due);
      return due;
    });
  };

  it("gives the same rounds whatever the blocks", () => {
    const coarse = feedAt(0, [36_000]);
    const fine = feedAt(
      0,
      Array.from({ length: 120 }, (_, index) => 300 * (index + 1)),
    );
    expect(fine).to.deep.equal(coarse);
    expect(coarse.length).to.be.greaterThan(8);
  });

  it("never lets a block wait for a round that was transmitted before it", () => {
    for (const { observedAt, updatedAt } of feedAt(1, [40_000, 80_000])) {
      expect(updatedAt - observedAt).to.equal(30);
      expect(updatedAt).to.be.at.most(start + 80_000);
    }
  });

  it("repeats one answer while the scenario's fault freezes it", () => {
    const { from } = scenario.oracle.faults[0];
    const frozen = feedAt(1, [from, from + 1800]).filter(
      ({ updatedAt }) => updatedAt >= start + from && updatedAt < start + from + 1800,
    );
    expect(new Set(frozen.map(({ answer }) => answer)).size).to.be.at.most(1);
  });
});

describe("features on the chain", () => {
  it("count a round from its transmission on, not before", () => {
    const feed = new FeatureFeed(roundsBefore({ scenario, world: syntheticWorld(scenario, pricers, spec) }));
    const calm = feed.at(start);
    feed.posted([{ answer: 2100, observedAt: start + 100, updatedAt: start + 130 }]);
    expect(feed.at(start + 129)).to.deep.equal(calm);
    expect(feed.at(start + 130).spot).to.equal(2100);
    expect(feed.at(start + 130).shortVol).to.be.greaterThan(calm.shortVol);
  });
});

describe("pool push", () => {
  const swap = (underlyingIn: number, quoteOut: number, transaction: number): ProtocolEvent => ({
    ...at,
    transaction,
    kind: "swapped",
    underlying: 0,
    sender: "0x00000000000000000000000000000000000000aa",
    underlyingIn,
    quoteIn: 0,
    underlyingOut: 0,
    quoteOut,
  });

  it("is the log move of the pool's price by hand: 10 of 1,000 in, 19,743 of 2,000,000 out", () => {
    const push = poolPush(view, [swap(10, 19_743, 0)], 0, () => false);
    expect(Math.abs(push - Math.log((1_980_257 / 1010 / 2_000_000) * 1000))).to.be.below(1e-12);
  });

  it("leaves out arbitrage, but moves on with it", () => {
    const all = poolPush(view, [swap(10, 19_743, 0), swap(10, 19_500, 1)], 0, () => false);
    const second = poolPush(view, [swap(10, 19_743, 0), swap(10, 19_500, 1)], 0, (place) => place === 0);
    const first = poolPush(view, [swap(10, 19_743, 0)], 0, () => false);
    expect(Math.abs(all - first - second)).to.be.below(1e-12);
  });
});

describe("nonces", () => {
  it("follow the final order of each sender, whatever the case of its address", () => {
    const sender = "0x00000000000000000000000000000000000000AA" as Address;
    const nonces = new NonceBook(new Map([[sender, 4]]));
    expect([nonces.take(sender.toLowerCase() as Address), nonces.take(sender)]).to.deep.equal([4, 5]);
    expect(nonces.take("0x00000000000000000000000000000000000000bb")).to.equal(0);
  });
});

describe("outcomes", () => {
  const submission: Submission = {
    id: "noise-trader:5:0",
    account: "main",
    steps: [{ kind: "buy", series: view.series[0], size: 1, limit: 100 }],
    bid: { maxFee: 1n, tip: 0n, gas: 100_000 },
    validUntil: 0,
    lane: "public",
    intent: "buys",
  };
  const planned = [
    {
      agent: "noise-trader",
      submission,
      transaction: { from: "0x00", to: "0x00", data: "0x", value: 0n } as const,
      gas: 100_000n,
      maxFee: 1n,
      tip: 0n,
    },
  ];
  const mined = (status: "success" | "reverted"): MinedBlock => ({
    number: 9n,
    hash: "0x" as Hex,
    stateRoot: "0x" as Hex,
    receiptsRoot: "0x" as Hex,
    gasUsed: 50_000n,
    receipts: [{ status, gasUsed: 50_000n, effectiveGasPrice: 3n, contractAddress: null, logs: [] }],
  });
  const outcome = (done: boolean, name?: string): ProtocolEvent => ({
    ...at,
    kind: "outcome",
    actor: "0x00000000000000000000000000000000000000aa",
    tag: "0x",
    done,
    failedStep: 0,
    error: name === undefined ? undefined : { name, args: ["1"] },
  });

  it("tell what was done, at what cost", () => {
    const [result] = outcomesOf(spec, 5, planned, mined("success"), [outcome(true)]);
    expect(result).to.include({ kind: "done", id: "noise-trader:5:0", block: 9n, gasUsed: 50_000, cost: 150_000n });
  });

  it("take a refusal that the action explains for a result", () => {
    const [result] = outcomesOf(spec, 5, planned, mined("success"), [outcome(false, "VaultPriceLimit")]);
    expect(result).to.include({ kind: "reverted" });
    expect(result?.kind === "reverted" && result.error?.name).to.equal("VaultPriceLimit");
  });

  it("stop the run at any other, with seed, block and action", () => {
    const fail = () => outcomesOf(spec, 5, planned, mined("success"), [outcome(false, "Panic")]);
    expect(fail).to.throw(UnexpectedRevertError, /noise-trader's buy reverted with Panic\(1\).*seed 1, block 5/);
  });

  it("stop the run at a transaction without an outcome, as when gas ran out", () => {
    const fail = () => outcomesOf(spec, 5, planned, mined("reverted"), []);
    expect(fail).to.throw(UnexpectedRevertError, "out of gas");
  });

  it("expect errors by action", () => {
    expect(isExpectedError("VaultTradeTooLarge", submission.steps)).to.equal(true);
    expect(isExpectedError("HedgerTooSoon", submission.steps)).to.equal(false);
    expect(isExpectedError("", submission.steps)).to.equal(false);
    const moved = { name: "Error", args: ["UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT"] };
    expect(errorName(moved)).to.equal(moved.args[0]);
    const swap = [{ kind: "swap", underlying: 0, side: "sell", amount: 1, minOut: 1 }] as const;
    expect(isExpectedError(errorName(moved), swap)).to.equal(true);
  });
});

describe("narrative", () => {
  it("tells faults, liquidations, bad debt and settlement in the block in which they happened", () => {
    const block = (time: number, events: readonly ProtocolEvent[]) => ({
      time,
      number: 7n,
      outcomes: [],
      events,
      view,
    });
    const account = "0x00000000000000000000000000000000000000aa" as const;
    const record = {
      agents: [],
      genesis: { time: 0, view },
      faults: [{ name: "stale", from: 5, to: 15 }],
      blocks: [
        block(10, [{ ...at, kind: "auction-started", account, starter: account, equity: 100, maintenance: 200 }]),
        block(20, [
          { ...at, kind: "bad-debt", account, shortfall: 50, fromFund: 30, socialised: 20 },
          { ...at, kind: "settled", underlying: 0, expiry: 1, price: 1999.5 },
        ]),
      ],
    } as unknown as RunRecord;
    const lines = narrate(record, new Map());
    expect(lines.map(({ index, kind, text, vault }) => [index, kind, text, vault])).to.deep.equal([
      [0, "fault", "oracle: stale begins at 2,000.00 USD, for 1 block", undefined],
      [0, "liquidation", "sale of an account begins: equity 100 USD, maintenance 200 USD", undefined],
      [1, "fault", "oracle: stale is over", undefined],
      [1, "bad-debt", "bad debt of 50 USD: the fund pays 30 USD, liquidity providers 20 USD", -20],
      [1, "settlement", "an expiry settles at 1,999.50 USD", undefined],
    ]);
  });
});

describe("twin check", () => {
  it("looks at three blocks of a run, one in each third", () => {
    expect(twinCheckBlocks(96)).to.deep.equal([16, 48, 80]);
  });
});
