import { expect } from "chai";
import fc from "fast-check";

import type { Observation, Submission } from "../../../sim/agents/agent.ts";
import { castOf } from "../../../sim/agents/cast.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { roles } from "../../../sim/scenarios/scenario.ts";
import type { Action } from "../../../src/protocol/actions.ts";
import { createRandom, type Random } from "../../../src/random/random.ts";
import { observe, ownAddress, series, type Market } from "./market.ts";

const scenario = loadScenario("vol-shock");
const write = (seen: Observation) =>
  seen.protocol.expiries.map((expiry) => ({
    underlying: 0,
    expiry,
    referenceVol: 0.5,
    secondsToExpiry: expiry - seen.now,
    sd: 0.01,
    vols: new Float64Array(16).fill(0.5),
  }));
const agents = castOf(scenario, write);

const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const markets: fc.Arbitrary<Market> = fc.record({
  block: fc.integer({ min: 1, max: 95 }),
  elapsed: fc.integer({ min: 0, max: 172_800 }),
  feed: positive(1200, 2800),
  spot: positive(1200, 2800),
  quotedVol: positive(0.15, 2),
  trueVol: positive(0.15, 2),
  quote: positive(0, 300_000),
  underlying: positive(0, 500),
  longs: positive(0, 30),
  margin: positive(0, 200_000),
  otherShort: positive(0, 100),
  otherCash: positive(0, 60_000),
  saleStarted: fc.boolean(),
});

/** Everything in an observation that is no function, as text. */
function textOf(seen: Observation): string {
  return JSON.stringify(seen, (_, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    if (value instanceof Map) return [...value.entries()];
    return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
  });
}

/** A stream that only gives draws of one block. */
function onlyOf(block: number, random: Random): Random {
  const check = (index: number): void => {
    if (index !== block) throw new Error(`drew for block ${index} in block ${block}`);
  };
  return {
    uniform: (index, purpose) => (check(index), random.uniform(index, purpose)),
    normal: (index, purpose) => (check(index), random.normal(index, purpose)),
    poissonCount: (index, purpose, mean) => (check(index), random.poissonCount(index, purpose, mean)),
    fork: () => {
      throw new Error("an agent has one stream");
    },
  };
}

/** The most that submissions take from an account, were all of them filled at their limits. */
function spent(submissions: readonly Submission[]): { quote: number; underlying: number; longs: Map<bigint, number> } {
  const sums = { quote: 0, underlying: 0, longs: new Map<bigint, number>() };
  for (const step of submissions.flatMap(({ steps }) => steps as readonly Action[])) {
    if (step.kind === "buy") sums.quote += step.limit;
    if (step.kind === "sell") sums.longs.set(step.series.id, (sums.longs.get(step.series.id) ?? 0) + step.size);
    if (step.kind === "deposit-liquidity" || step.kind === "deposit-margin") sums.quote += step.amount;
    if (step.kind === "deposit-collateral") sums.underlying += step.amount;
    if (step.kind === "swap" && step.side === "buy") sums.quote += step.amount;
    if (step.kind === "swap" && step.side === "sell") sums.underlying += step.amount;
  }
  return sums;
}

describe("agents", () => {
  it("cover every role", () => {
    expect(new Set(agents.map(({ role }) => role))).to.deep.equal(new Set(roles));
  });

  for (const agent of agents.filter(({ id }) => !id.endsWith("-2"))) {
    describe(agent.id, () => {
      const random = createRandom(7, "agent", agent.id);
      const decide = (seen: Observation) => agent.decide(seen, agent.start(random), onlyOf(seen.block, random));

      it("decides the same on the same view, memory and stream", () => {
        fc.assert(
          fc.property(markets, (market) => {
            expect(decide(observe(market))).to.deep.equal(decide(observe(market)));
          }),
          { numRuns: 40 },
        );
      });

      it("leaves what it sees unchanged", () => {
        fc.assert(
          fc.property(markets, (market) => {
            const seen = observe(market);
            const before = textOf(seen);
            decide(seen);
            expect(textOf(seen)).to.equal(before);
          }),
          { numRuns: 40 },
        );
      });

      it("stays within its budget, whatever fills", () => {
        fc.assert(
          fc.property(markets, (market) => {
            const seen = observe(market);
            const { quote, underlying, longs } = spent(decide(seen).submit);
            const own = seen.view.accounts.get(ownAddress)!;
            expect(quote).to.be.at.most(Number(own.quoteUnits) / 1e6 + 1e-6);
            expect(underlying).to.be.at.most(Number(own.underlyingUnits[0]) / 1e18 + 1e-9);
            for (const [id, size] of longs) {
              const held = own.longs[series.findIndex((each) => each.id === id)];
              expect(size).to.be.at.most(held + 1e-9);
            }
          }),
          { numRuns: 60 },
        );
      });
    });
  }
});
