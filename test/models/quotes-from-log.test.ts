import { expect } from "chai";

import { constantModel } from "../../src/models/constant.ts";
import { ModelFitError } from "../../src/models/model-fit-error.ts";
import { featuresAfterBlocks, quotesFromLogs, TradeLogError } from "../../src/models/quotes-from-log.ts";
import type { LoggedBlock, LoggedTrade, TradeLog } from "../../src/models/trade-log.ts";
import { blackGreeks, blackPrice } from "../../src/pricing/black-scholes.ts";
import { createRandom } from "../../src/random/random.ts";

const START = Date.UTC(2026, 0, 5) / 1000;
const HOUR = 3600;
const TERMS = { lagSpread: 0.005, askFloor: 0.0005 };

/** A call at the money for a week, sold at `vol` without spread. */
function sale(time: number, vol: number, size = 2): LoggedTrade {
  const expiry = time + 168 * HOUR;
  const lag = TERMS.lagSpread * 2000 * blackGreeks(true, 2000, 2000, 7 / 365, vol).delta;
  const premium = size * (blackPrice(true, 2000, 2000, 7 / 365, vol) + lag);
  return { isCall: true, strike: 2000, expiry, size, premium, fee: 0, tradeVol: vol, markVol: vol, spot: 2000 };
}

function block(hour: number, trades: readonly LoggedTrade[] = []): LoggedBlock {
  const time = START + hour * HOUR;
  const round = { answer: 2000 + (hour % 2), observedAt: time - 30, updatedAt: time };
  return { time, baseFee: 10, totalVega: 0, vegaLimit: 1e5, rounds: [round], surfaces: [], trades };
}

function logOf(blocks: readonly LoggedBlock[]): TradeLog {
  const past = [1990, 2000].map((answer, i) => ({ answer, observedAt: START - (2 - i) * HOUR }));
  return { past, start: { time: START, baseFee: 10, totalVega: 0, vegaLimit: 1e5 }, blocks, terms: TERMS };
}

const tradeAt = (hour: number, vol: number, size?: number) => block(hour, [sale(START + hour * HOUR, vol, size)]);

describe("quotes from a run's own logs", () => {
  it("have the traded vol as target, the size as weight, and no clean surface", () => {
    const { quotes, reading } = quotesFromLogs([logOf([tradeAt(1, 0.5, 2), block(2), tradeAt(3, 0.7, 5)])]);
    expect(quotes.target[0]).to.be.closeTo(0.5, 1e-9);
    expect(quotes.target[1]).to.be.closeTo(0.7, 1e-9);
    expect(Array.from(quotes.weight)).to.deep.equal([2, 5]);
    expect(quotes.clean.every(Number.isNaN)).to.equal(true);
    expect(quotes.features.surfaceLevel.every(Number.isNaN)).to.equal(true);
    expect(quotes.features.years[0]).to.be.closeTo(7 / 365, 1e-12);
    expect(reading).to.deep.include({ runs: 1, blocks: 3, rounds: 3, trades: 2, sold: 2, span: 2 * HOUR });
    expect(reading.vols[0]).to.be.closeTo(0.5, 1e-9);
  });

  it("see the rounds of their block and the flow of the blocks before: a trade is no feature of itself", () => {
    const log = logOf([tradeAt(1, 0.5), tradeAt(2, 0.5)]);
    const { features } = quotesFromLogs([log]).quotes;
    const [first] = featuresAfterBlocks(log);
    expect(features.orderFlow[0]).to.equal(0);
    expect(features.orderFlow[1]).to.equal(first.orderFlow);
    expect(features.shortVol[0]).to.equal(first.shortVol);
  });

  it("of several runs follow each other by whole days, whatever the dates of the runs", () => {
    const runs = [logOf([tradeAt(1, 0.5), tradeAt(30, 0.5)]), logOf([tradeAt(1, 0.6)]), logOf([tradeAt(25, 0.7)])];
    const { quotes } = quotesFromLogs(runs);
    expect(Array.from(quotes.day)).to.deep.equal([0, 1, 2, 4]);
    expect([...quotes.time]).to.deep.equal([...quotes.time].sort((a, b) => a - b));
  });

  it("of trades close in time are one moment, each with features of its own", () => {
    const log = logOf([tradeAt(1, 0.5), tradeAt(2, 0.5), tradeAt(7, 0.5)]);
    const pooled = quotesFromLogs([log]).quotes;
    expect(pooled.time[0]).to.equal(pooled.time[1]);
    expect(pooled.time[2]).to.be.greaterThan(pooled.time[1]);
    expect(pooled.features.shortVol[0]).to.not.equal(pooled.features.shortVol[1]);
    const single = quotesFromLogs([log], { price: "mid", pooled: 0 }).quotes;
    expect(new Set(single.time).size).to.equal(3);
  });

  it("leave out trades that say no vol, and count why", () => {
    const late = { ...sale(START + HOUR, 0.5), expiry: START + HOUR };
    const dear = { ...sale(START + HOUR, 0.5), premium: 1e5 };
    const { quotes, reading } = quotesFromLogs([logOf([block(1, [late, dear, sale(START + HOUR, 0.5)])])]);
    expect(quotes.target.length).to.equal(1);
    expect(reading.trades).to.equal(3);
    expect(reading.failures).to.deep.equal({
      "no-vol": 1,
      "at-floor": 0,
      "too-coarse": 0,
      expired: 1,
      "too-early": 0,
    });
    const without = { ...logOf([tradeAt(1, 0.5), tradeAt(2, 0.5)]), past: [] };
    expect(quotesFromLogs([without]).reading.failures["too-early"]).to.equal(1);
  });

  it("are refused where there is no trade, no vol, or no order in time", () => {
    expect(() => quotesFromLogs([logOf([block(1), block(2)])])).to.throw(
      TradeLogError,
      "no trade (blocks: 2, runs: 1)",
    );
    expect(() => quotesFromLogs([])).to.throw(TradeLogError, "no trade");
    const late = { ...sale(START + HOUR, 0.5), expiry: START };
    expect(() => quotesFromLogs([logOf([block(1, [late])])])).to.throw(
      TradeLogError,
      "no trade says a vol (1 expired)",
    );
    expect(() => quotesFromLogs([logOf([block(2), block(1)])])).to.throw(TradeLogError, "after one at");
  });

  it("of too few days are refused by the models, by name", () => {
    const { quotes } = quotesFromLogs([logOf([1, 2, 3, 25, 26].map((hour) => tradeAt(hour, 0.5)))]);
    expect(() => constantModel.fit(quotes, createRandom(1, "fit"))).to.throw(ModelFitError, "too few calm days");
  });
});
