import { expect } from "chai";

import { blackGreeks, blackPrice } from "../../src/pricing/black-scholes.ts";
import { activityByRole } from "../../sim/measure/activity.ts";
import { adverseSelection } from "../../sim/measure/adverse-selection.ts";
import { absoluteBreaks, excessBreaks } from "../../sim/measure/breaks.ts";
import { greeksErrors, type TrueGreeks } from "../../sim/measure/greeks-error.ts";
import { hedgingError } from "../../sim/measure/hedging-error.ts";
import { liquidations } from "../../sim/measure/liquidations.ts";
import { outsideGridShare } from "../../sim/measure/outside-grid.ts";
import { profitSplit } from "../../sim/measure/profit-split.ts";
import { quoteErrors } from "../../sim/measure/quote-error.ts";
import { drawdown, valueWithoutFlows } from "../../sim/measure/vault-value.ts";
import { SERIES_ID, smallRun, type BlockSketch, type EventSketch } from "./small-run.ts";

const LIMITS = { pricingVolPoints: 5, pricingMultiple: 2, drawdown: 0.2, excessCost: 0.1, lateness: 21600 };
const TRADER = "0x00000000000000000000000000000000000000aa" as const;

const sale = (size: number, premium: number, fee = 0): EventSketch => ({
  kind: "traded",
  id: SERIES_ID,
  trader: TRADER,
  size,
  premium,
  fee,
  tradeVol: 0.5,
  markVol: 0.5,
  spot: 2000,
});

describe("value of the vault at truth", () => {
  it("counts cash, inventory at true spot and options at true prices: 1,000 + 2 × 2,000 − 3 × 100", () => {
    const run = smallRun([{ cash: 1000, inventory: 2, net: -3, price: 100 }]);
    expect(valueWithoutFlows(run.genesis, run.blocks)[0]).to.equal(4700);
  });

  it("takes no profit from a deposit and no loss from a withdrawal", () => {
    const owner = TRADER;
    const run = smallRun([
      {},
      { cash: 1500, events: [{ kind: "deposited", owner, assets: 500, shares: 1n }] },
      { cash: 1300, events: [{ kind: "withdrawal-processed", owner, requestId: 0n, shares: 1n, assets: 200 }] },
    ]);
    expect([...valueWithoutFlows(run.genesis, run.blocks)]).to.deep.equal([1000, 1000, 1000]);
  });

  it("measures drawdown from the highest value before it: 120 to 90 is a quarter", () => {
    expect(drawdown(Float64Array.of(100, 120, 90, 110))).to.deep.equal({ share: 0.25, at: 2 });
  });
});

describe("split of the vault's profit", () => {
  it("books a sale at 110 of what is worth 100, with a fee of 2, as an edge of 10 and a fee of 2", () => {
    const split = profitSplit(smallRun([{}, { cash: 1112, net: -1, events: [sale(1, 110, 2)] }]), 0);
    expect(split.edge).to.be.closeTo(10, 1e-9);
    expect(split.fees).to.equal(2);
    expect(split.total).to.be.closeTo(12, 1e-9);
    expect(split.residual).to.be.closeTo(0, 1e-9);
  });

  it("books a purchase at 90 of what is worth 100 as an edge of 10", () => {
    const split = profitSplit(smallRun([{}, { cash: 910, net: 1, events: [sale(-1, 90)] }]), 0);
    expect(split.edge).to.be.closeTo(10, 1e-9);
    expect(split.total).to.be.closeTo(10, 1e-9);
  });

  it("takes the fund's tenth out of the fees", () => {
    const events: EventSketch[] = [sale(1, 100, 10), { kind: "fund-moved", amount: 1, balance: 51 }];
    const split = profitSplit(smallRun([{}, { cash: 1109, net: -1, events }]), 0);
    expect(split.fees).to.equal(9);
    expect(split.residual).to.be.closeTo(0, 1e-9);
  });

  it("separates the vol move of the onset from spot and time, and both sum to the book's change", () => {
    const year = 31_536_000;
    const at = (hours: number, spot: number, vol: number) =>
      blackPrice(true, spot, 2000, (7 * 24 - hours) * (3600 / year), vol);
    const before = at(0, 2000, 0.5);
    const after = at(1, 1900, 0.9);
    const run = smallRun(
      [
        { net: -2, price: before, trueVol: 0.5 },
        { spot: 1900, price: after, trueVol: 0.9 },
      ],
      { onset: 0, plateauFrom: 5 },
    );
    const split = profitSplit(run, 0);
    const byVol = -2 * (after - at(1, 1900, 0.5));
    expect(split.revaluationAtOnset).to.be.closeTo(byVol, 1e-9);
    expect(split.carryAndGamma).to.be.closeTo(-2 * (after - before) - byVol, 1e-9);
    expect(split.total).to.be.closeTo(-2 * (after - before), 1e-9);
  });

  it("splits inventory into the neutral part and the hedge, and charges a hedge its impact", () => {
    const events: EventSketch[] = [
      {
        kind: "hedged",
        underlying: 0,
        netDelta: -1,
        traded: 1,
        quotePaid: 2115,
        residual: 0,
        spot: 2100,
      },
    ];
    const run = smallRun([{ inventory: 5 }, { spot: 2100, inventory: 6, cash: 1000 - 2115, events }]);
    const split = profitSplit(run, 3);
    expect(split.neutralInventory).to.equal(300);
    // Two units away from neutral gain 200; buying one at 2,115 while it is worth 2,100 loses 15.
    expect(split.hedging).to.be.closeTo(185, 1e-9);
    expect(split.residual).to.be.closeTo(0, 1e-9);
  });

  it("puts what a takeover leaves behind under liquidations, not under the residual", () => {
    const events: EventSketch[] = [{ kind: "bad-debt", account: TRADER, shortfall: 40, fromFund: 10, socialised: 30 }];
    const split = profitSplit(smallRun([{}, { cash: 970, events }]), 0);
    expect(split.liquidations).to.equal(-30);
    expect(split.residual).to.equal(0);
  });
});

describe("quote errors", () => {
  it("telescope from truth to contract: 5 + 2 − 1 + 3 = 9 vol points", () => {
    const sketch: BlockSketch = {
      trueVol: 0.5,
      modelVol: 0.55,
      projectedVol: 0.57,
      offeredVol: 0.56,
      quotedVol: 0.59,
    };
    const errors = quoteErrors(smallRun([sketch, sketch]), 0.01);
    expect(errors.intended).to.be.closeTo(5, 1e-9);
    expect(errors.projection).to.be.closeTo(2, 1e-9);
    expect(errors.latency).to.be.closeTo(-1, 1e-9);
    expect(errors.guards).to.be.closeTo(3, 1e-9);
    expect(errors.effective).to.be.closeTo(9, 1e-9);
    expect(errors.bias).to.be.closeTo(9, 1e-9);
    expect(errors.exploitableBySellers).to.be.closeTo(8, 1e-9);
    expect(errors.exploitableByBuyers).to.equal(0);
  });

  it("counts a quote that the contract cannot give, and leaves it out of the mean", () => {
    const errors = quoteErrors(smallRun([{}, { quotedVol: NaN }, { quotedVol: 0.52 }]), 0.01);
    expect(errors.missing).to.equal(1);
    expect(errors.quotes).to.equal(1);
    expect(errors.effective).to.be.closeTo(2, 1e-9);
  });
});

const greeksAt = (vol: number): TrueGreeks => {
  const delta: TrueGreeks["delta"] = (block) =>
    blackGreeks(true, block.truth.spot, 2000, (block.view.series[0].expiry - block.time) / 31_536_000, vol).delta;
  return { delta, minimumVarianceDelta: delta };
};

describe("quotes off the posted grid", () => {
  // A week at 50 % vol: three deviations are 3 · 0.5 · √(7/365) = 0.2077 in log strike, so spots from 1,625 to 2,462.
  const blocks = [2000, 1700, 1600, 2400, 2500].map((spot) => ({ spot, gridVol: 0.5 }));

  it("are those beyond three deviations of the strike, either side: two of five", () => {
    expect(outsideGridShare(smallRun([{ gridVol: 0.5 }, ...blocks]))).to.be.closeTo(2 / 5, 1e-12);
  });

  it("are counted on the plateau alone under stress", () => {
    const run = smallRun([{ gridVol: 0.5 }, ...blocks], { severity: 1, plateauFrom: 3 });
    expect(outsideGridShare(run)).to.be.closeTo(2 / 3, 1e-12);
  });

  it("do not exist where the source is no grid", () => {
    expect(outsideGridShare(smallRun([{}, { spot: 1000 }]))).to.equal(undefined);
  });
});

describe("errors of the Greeks", () => {
  it("are zero where the quote is the truth", () => {
    const errors = greeksErrors(smallRun([{}, { trueVol: 0.5 }]), greeksAt(0.5));
    expect(errors).to.deep.equal({ delta: 0, vega: 0, vanna: 0, signFlips: 0, quotes: 1 });
  });

  it("are the difference of the Black–Scholes Greeks at the two vols in a flat world", () => {
    const run = smallRun([{}, { spot: 1800, trueVol: 0.5, quotedVol: 0.8 }]);
    const years = (7 * 24 - 1) / (365 * 24);
    const seen = blackGreeks(true, 1800, 2000, years, 0.8);
    const real = blackGreeks(true, 1800, 2000, years, 0.5);
    const errors = greeksErrors(run, greeksAt(0.5));
    expect(errors.delta).to.be.closeTo(Math.abs(seen.delta - real.delta), 1e-12);
    expect(errors.vega).to.be.closeTo(Math.abs(seen.vega / real.vega - 1), 1e-12);
  });

  it("stay finite where the true vega is next to nothing", () => {
    // Every eighth block is looked at: one at the money, one far from it.
    const near: BlockSketch = { spot: 2000, trueVol: 0.2, quotedVol: 0.2 };
    const far = smallRun([{}, ...Array.from({ length: 8 }, () => near), { spot: 900, trueVol: 0.2, quotedVol: 2 }]);
    expect(greeksErrors(far, greeksAt(0.2)).vega).to.be.below(10);
  });
});

describe("hedging error", () => {
  const flat: TrueGreeks = { delta: () => 0.5, minimumVarianceDelta: () => 0.5 };

  it("is the floor when the vault holds the true hedge", () => {
    const run = smallRun([
      { net: -2, inventory: 1, price: 100 },
      { spot: 2020, price: 110 },
    ]);
    const error = hedgingError(run, flat, 0);
    expect(error.actual).to.be.closeTo(0, 1e-12);
    expect(error.floor).to.be.closeTo(0, 1e-12);
  });

  it("is the unhedged move of an hour when it holds nothing: −2 × 10", () => {
    const run = smallRun([
      { net: -2, price: 100 },
      { spot: 2020, price: 110 },
    ]);
    expect(hedgingError(run, flat, 0).modelError).to.be.closeTo(20, 1e-12);
  });
});

describe("adverse selection", () => {
  it("is the edge at the trade and an hour later, by the role of the counterparty", () => {
    const agents = [{ id: "arb", role: "vol-arbitrageur" as const, addresses: [TRADER] }];
    const run = smallRun([{}, { net: -2, price: 100, events: [sale(2, 190)] }, { price: 120 }], { agents });
    expect(adverseSelection(run).get("vol-arbitrageur")).to.deep.equal({
      trades: 1,
      contracts: 2,
      premium: 190,
      edge: -10,
      markOut: -50,
    });
  });
});

describe("liquidations", () => {
  const started: EventSketch = {
    kind: "auction-started",
    account: TRADER,
    starter: TRADER,
    equity: 5,
    maintenance: 10,
  };
  const bid: EventSketch = {
    kind: "auction-bid",
    account: TRADER,
    bidder: TRADER,
    share: 1,
    paid: 4,
    fundPaid: 0,
    equity: 5,
    maintenance: 10,
  };

  it("are wrongful when the account is sound at the true price before and after", () => {
    const run = smallRun([{}, { events: [started] }]);
    expect(liquidations(run, () => ({ equity: 20, maintenance: 10 })).wrongful).to.equal(1);
    expect(liquidations(run, () => ({ equity: 5, maintenance: 10 })).wrongful).to.equal(0);
  });

  it("report the longest wait from start to bid", () => {
    const run = smallRun([{}, { events: [started] }, {}, { events: [bid] }]);
    const found = liquidations(run, () => ({ equity: 5, maintenance: 10 }));
    expect(found.slowestSeconds).to.equal(7200);
    expect(found.bids).to.equal(1);
  });
});

describe("breaks", () => {
  it("economic falls in the block where drawdown passes a fifth", () => {
    const run = smallRun([{ cash: 1000 }, { cash: 810 }, { cash: 790 }, { cash: 700 }]);
    expect(absoluteBreaks(run, LIMITS).map(({ predicate, block }) => [predicate, block])).to.deep.equal([
      ["economic", 1],
    ]);
  });

  it("solvency falls when bad debt passes the fund, or a claim is not paid in full", () => {
    const debt = (shortfall: number): EventSketch => ({
      kind: "bad-debt",
      account: TRADER,
      shortfall,
      fromFund: 0,
      socialised: 0,
    });
    const within = smallRun([{ fund: 50 }, { events: [debt(50)] }]);
    const beyond = smallRun([{ fund: 50 }, { events: [debt(30)] }, { events: [debt(30)] }]);
    expect(absoluteBreaks(within, LIMITS)).to.deep.equal([]);
    expect(absoluteBreaks(beyond, LIMITS)[0]).to.include({ predicate: "solvency", block: 1 });
    const unpaid: EventSketch = {
      kind: "expiry-closed",
      underlying: 0,
      expiry: 0,
      vaultPayoff: 0,
      payoutRatio: 0.9,
    };
    expect(absoluteBreaks(smallRun([{}, { events: [unpaid] }]), LIMITS)[0].text).to.contain("90.0 %");
  });

  it("liveness falls when a sale finds no bidder for more than six hours", () => {
    const started: EventSketch = {
      kind: "auction-started",
      account: TRADER,
      starter: TRADER,
      equity: 5,
      maintenance: 10,
    };
    const run = smallRun([{}, { events: [started] }, {}, {}, {}, {}, {}, {}, {}]);
    expect(absoluteBreaks(run, LIMITS)[0]).to.include({ predicate: "liveness", block: 7 });
  });

  it("excess counts only what perfect pricing on the same seed did not lose", () => {
    const perfect = { values: Float64Array.of(1000, 800, 700), breaks: [] };
    const same = { values: Float64Array.of(1000, 790, 690), breaks: [] };
    const worse = { values: Float64Array.of(1000, 790, 590), breaks: [] };
    expect(excessBreaks(same, perfect, LIMITS)).to.deep.equal([]);
    expect(excessBreaks(worse, perfect, LIMITS)[0]).to.include({ predicate: "economic", excess: true, block: 1 });
  });
});

describe("activity", () => {
  it("separates what was submitted, included and filled, and names a role that did nothing", () => {
    const agents = [
      { id: "a", role: "noise-trader" as const, addresses: [TRADER] },
      { id: "b", role: "liquidator" as const, addresses: [] },
    ];
    const base = { agent: "a", block: 0n };
    const run = smallRun(
      [
        {},
        {
          outcomes: [
            { ...base, id: "1", kind: "outbid" },
            { ...base, id: "2", kind: "reverted", gasUsed: 1, cost: 0n, events: [] },
            {
              ...base,
              id: "3",
              kind: "done",
              gasUsed: 1,
              cost: 0n,
              events: [{ ...sale(1, 80), block: 0n, transaction: 0, logIndex: 0 } as never],
            },
          ],
        },
      ],
      { agents },
    );
    const activity = activityByRole(run);
    expect(activity.get("noise-trader")).to.deep.equal({ submitted: 3, included: 2, filled: 1, volume: 80 });
    expect(activity.get("liquidator")).to.deep.equal({ submitted: 0, included: 0, filled: 0, volume: 0 });
  });
});
