import { expect } from "chai";
import fc from "fast-check";

import type { Agent, Observation, Submission } from "../../../sim/agents/agent.ts";
import { castOf } from "../../../sim/agents/cast.ts";
import { swapToPrice } from "../../../sim/agents/spot-arbitrageur.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import type { Role } from "../../../sim/scenarios/scenario.ts";
import { createRandom } from "../../../src/random/random.ts";
import { swapOut } from "../../../src/protocol/twin/pool-swap.ts";
import { observe, otherAddress, ownAddress, type Market } from "./market.ts";

const cast = castOf(loadScenario("vol-shock"), (seen) =>
  seen.protocol.expiries.map((expiry) => ({
    underlying: 0,
    expiry,
    referenceVol: 0.5,
    secondsToExpiry: expiry - seen.now,
    sd: 0,
    vols: new Float64Array(16).fill(0.5),
  })),
);

const calm: Market = {
  block: 5,
  elapsed: 3600,
  feed: 2000,
  spot: 2000,
  quotedVol: 0.5,
  trueVol: 0.5,
  quote: 200_000,
  underlying: 100,
  longs: 0,
  margin: 100_000,
  otherShort: 0,
  otherCash: 0,
  saleStarted: false,
};

function agentOf(role: Role): Agent<unknown> {
  return cast.find((agent) => agent.role === role)!;
}

function decided(role: Role, market: Partial<Market>, seed = 1): readonly Submission[] {
  const agent = agentOf(role);
  const random = createRandom(seed, "agent", agent.id);
  return agent.decide(observe({ ...calm, ...market }), agent.start(random), random).submit;
}

function kinds(submissions: readonly Submission[]): string[] {
  return submissions.flatMap(({ steps }) => steps.map(({ kind }) => kind));
}

describe("vol arbitrageur", () => {
  it("does nothing while quotes are true", () => {
    expect(decided("vol-arbitrageur", {})).to.deep.equal([]);
  });

  it("buys what is sold too cheap, and says at which vol and what it is worth", () => {
    const submissions = decided("vol-arbitrageur", { trueVol: 0.9 });
    expect(new Set(kinds(submissions))).to.deep.equal(new Set(["buy"]));
    expect(submissions[0].intent).to.match(/^buys [\d.]+ × \d+d [\d,]+ (put|call) at 5\d %, worth 90 %/);
  });

  it("sells short what is bought too dear", () => {
    expect(kinds(decided("vol-arbitrageur", { trueVol: 0.25 }))).to.include("open-short");
  });

  it("takes no view on the spot", () => {
    expect(decided("vol-arbitrageur", { spot: 1900 })).to.deep.equal([]);
  });

  it("stays within its clip of the vega limit", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.6, max: 2, noNaN: true }), (trueVol) => {
        const seen = observe({ ...calm, trueVol });
        for (const { steps } of decided("vol-arbitrageur", { trueVol })) {
          const amounts = seen.protocol.quote(seen.view, steps[0]);
          if (amounts?.kind !== "trade" || steps[0].kind !== "buy") continue;
          const limit = 0.004 * 1_000_000 * 100;
          expect(amounts.quote.vega * steps[0].size).to.be.at.most(0.02 * limit);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe("stale-price sniper", () => {
  it("holds its fire while the feed is where the market is", () => {
    expect(decided("stale-price-sniper", {})).to.deep.equal([]);
  });

  for (const [spot, type] of [
    [1900, "put"],
    [2100, "call"],
  ] as const) {
    it(`buys a ${type} when the market has moved to ${spot} and the feed has not`, () => {
      const [shot] = decided("stale-price-sniper", { spot });
      expect(shot.intent).to.match(new RegExp(`^buys .* ${type} while the feed is`));
    });
  }
});

describe("noise trader", () => {
  it("never pays more than its private value, and trades less when quotes are dear", () => {
    const fills = (quotedVol: number): number => {
      let count = 0;
      for (let seed = 0; seed < 400; seed++) count += decided("noise-trader", { quotedVol }, seed).length;
      return count;
    };
    const [cheap, fair, dear] = [fills(0.3), fills(0.5), fills(0.9)];
    expect(cheap).to.be.greaterThan(fair);
    expect(fair).to.be.greaterThan(dear);
    expect(dear).to.be.lessThan(cheap / 5);
  });
});

describe("hedger", () => {
  it("buys an out-of-the-money put at a fair quote", () => {
    const [order] = decided("hedger", {});
    expect(order.steps[0]).to.include({ kind: "buy" });
    expect(order.intent).to.match(/put$/);
  });

  it("goes without cover when it is far too dear", () => {
    expect(decided("hedger", { quotedVol: 1.2 })).to.deep.equal([]);
  });
});

describe("spot arbitrageur", () => {
  it("leaves the pool where a marginal swap earns nothing", () => {
    const prices = fc.double({ min: 1500, max: 2600, noNaN: true });
    fc.assert(
      fc.property(prices, (outside) => {
        const swap = swapToPrice(2_000_000, 1000, outside);
        if (swap === undefined) return;
        const [input, output, worth] =
          swap.side === "buy" ? [2_000_000, 1000, outside] : [1000, 2_000_000, 1 / outside];
        const gain = (amount: number): number => swapOut(amount, input, output) * worth - amount;
        expect(gain(swap.amount)).to.be.at.least(gain(swap.amount * 1.01));
        expect(gain(swap.amount)).to.be.at.least(gain(swap.amount * 0.99));
      }),
    );
  });

  it("lets the pool be within its fee", () => {
    expect(swapToPrice(2_000_000, 1000, 2003)).to.equal(undefined);
    expect(decided("spot-arbitrageur", { spot: 2003 })).to.deep.equal([]);
  });
});

describe("leveraged short", () => {
  it("pledges its underlying and sells puts in one transaction", () => {
    expect(kinds(decided("leveraged-short", {}))).to.deep.equal(["deposit-collateral", "open-short"]);
  });
});

describe("liquidator", () => {
  it("leaves healthy accounts alone", () => {
    expect(decided("liquidator", { otherShort: 10, otherCash: 60_000 })).to.deep.equal([]);
  });

  it("starts the sale of a broken account", () => {
    const [act] = decided("liquidator", { otherShort: 50, otherCash: 15_000 });
    expect(act.steps).to.deep.equal([{ kind: "start-auction", account: otherAddress }]);
  });

  it("bids on a running sale and closes what it takes in the same transaction", () => {
    const acts = decided("liquidator", { otherShort: 50, otherCash: 15_000, saleStarted: true });
    expect(kinds(acts)).to.deep.equal(["bid", "close-short"]);
  });

  it("ends the sale of an account that is healthy again", () => {
    const acts = decided("liquidator", { otherShort: 10, otherCash: 60_000, saleStarted: true });
    expect(kinds(acts)).to.deep.equal(["end-auction"]);
  });

  it("never bids with more than its margin cash", () => {
    const acts = decided("liquidator", { otherShort: 100, otherCash: 25_000, saleStarted: true, margin: 100 });
    expect(kinds(acts)).to.deep.equal([]);
  });
});

describe("surface keeper", () => {
  const agent = agentOf("surface-keeper");
  const random = createRandom(1);
  const ask = (seen: Observation, memory: unknown) => agent.decide(seen, memory, random);
  const posts = (submissions: readonly Submission[]): number =>
    kinds(submissions).filter((kind) => kind === "post-smiles").length;

  it("posts once a cycle, earlier only when the price has moved", () => {
    const first = ask(observe(calm), agent.start(random));
    expect(posts(first.submit)).to.equal(1);
    const soon = observe({ ...calm, elapsed: calm.elapsed + 600 });
    expect(posts(ask(soon, first.memory).submit)).to.equal(0);
    const moved = observe({ ...calm, elapsed: calm.elapsed + 600, feed: 2050 });
    expect(posts(ask(moved, first.memory).submit)).to.equal(1);
    const later = observe({ ...calm, elapsed: calm.elapsed + 1200 });
    expect(posts(ask(later, first.memory).submit)).to.equal(1);
  });

  it("posts again when a post did not land", () => {
    const first = ask(observe(calm), agent.start(random));
    const id = first.submit[0].id;
    const outcomes = [{ id, agent: agent.id, block: 1n, kind: "expired" as const }];
    const soon = { ...observe({ ...calm, elapsed: calm.elapsed + 60 }), outcomes };
    expect(posts(ask(soon, first.memory).submit)).to.equal(1);
  });

  it("does the upkeep that is due: marks, hedge", () => {
    const { submit } = ask(observe(calm), agent.start(random));
    expect(kinds(submit)).to.include.members(["hedge"]);
    const stale = observe({ ...calm, feed: 2100 });
    expect(kinds(ask(stale, agent.start(random)).submit)).to.include("poke");
  });
});

describe("liquidity provider", () => {
  const agent = agentOf("liquidity-provider");
  const random = createRandom(1);

  it("deposits, asks a part back before the epoch closes, and puts it in again once it has arrived", () => {
    const first = agent.decide(observe(calm), agent.start(random), random);
    expect(kinds(first.submit).at(-1)).to.equal("deposit-liquidity");

    const done = (submission: Submission) => [
      { id: submission.id, agent: agent.id, block: 1n, kind: "done" as const, gasUsed: 0, cost: 0n, events: [] },
    ];
    const seen = { ...observe({ ...calm, quote: 0 }), outcomes: done(first.submit[0]) };
    const asked = agent.decide(seen, first.memory, random);
    expect(asked.submit[0].steps).to.deep.equal([{ kind: "request-withdrawal", shares: 250_000_000_000n }]);

    const waiting = { ...observe({ ...calm, quote: 0 }), outcomes: done(asked.submit[0]) };
    const idle = agent.decide(waiting, asked.memory, random);
    expect(idle.submit).to.deep.equal([]);
    const back = agent.decide(observe({ ...calm, quote: 50_000 }), idle.memory, random);
    expect(kinds(back.submit).at(-1)).to.equal("deposit-liquidity");
    expect(back.submit[0].account).to.equal("main");
    expect(observe(calm).addresses.main).to.equal(ownAddress);
  });
});
