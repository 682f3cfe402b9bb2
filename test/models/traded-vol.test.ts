import { expect } from "chai";
import fc from "fast-check";

import { tradedVol, type TradedVol } from "../../src/models/traded-vol.ts";
import { chainStateOf, type LoggedTrade } from "../../src/models/trade-log.ts";
import { blackGreeks, blackPrice } from "../../src/pricing/black-scholes.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";

const TIME = 1_767_600_000;
const TERMS = { lagSpread: 0.005, askFloor: 0.0005 };
/** Vols that the vault's bid and ask stay within. */
const BID = { low: 0.1, high: 4 };

interface Order {
  readonly isCall: boolean;
  readonly strike: number;
  readonly days: number;
  readonly size: number;
  readonly vol: number;
  readonly spread: number;
}

/** The trade as `Quoting.sol` prices it: lag and floor on the premium, rounded against the trader. */
function traded({ isCall, strike, days, size, vol, spread }: Order, spot = 2000): LoggedTrade {
  const years = days / 365;
  const isSale = size > 0;
  const tradeVol = Math.min(Math.max(isSale ? vol + spread : vol - spread, isSale ? 1.5 * BID.low : BID.low), BID.high);
  const lag = TERMS.lagSpread * Math.abs(blackGreeks(isCall, spot, strike, years, vol).delta) * spot;
  const fair = blackPrice(isCall, spot, strike, years, tradeVol);
  const price = isSale ? Math.max(fair, TERMS.askFloor * spot) + lag : Math.max(fair - lag, 0);
  const units = Math.abs(size) * price * 1e6;
  const premium = (isSale ? Math.ceil(units) : Math.floor(units)) / 1e6;
  return { isCall, strike, expiry: TIME + days * 86_400, size, premium, fee: 1, tradeVol, markVol: vol, spot };
}

const plain: Order = { isCall: true, strike: 2100, days: 7, size: 3, vol: 0.6, spread: 0.02 };

describe("vol of a trade", () => {
  it("is the vault's own vol once lag and spread are taken off, within the stated rounding", () => {
    const orders = fc.record({
      isCall: fc.boolean(),
      strike: fc.double({ min: 1200, max: 3200, noNaN: true }),
      days: fc.integer({ min: 1, max: 60 }),
      size: fc.double({ min: 0.01, max: 500, noNaN: true }).chain((size) => fc.constantFrom(size, -size)),
      vol: fc.double({ min: 0.2, max: 2.5, noNaN: true }),
      spread: fc.double({ min: 0, max: 0.08, noNaN: true }),
    });
    let read = 0;
    fc.assert(
      fc.property(orders, (order) => {
        const found = tradedVol(traded(order), TIME, TERMS, "mid");
        if (typeof found === "string") return;
        read++;
        expect(Math.abs(found.vol - order.vol)).to.be.at.most(found.resolution + 1e-9);
      }),
      { numRuns: 500, seed: 1 },
    );
    expect(read).to.be.greaterThan(250);
  });

  it("as paid lies above the vault's where it sold and below where it bought, by spread and lag", () => {
    const vol = (size: number) => (tradedVol(traded({ ...plain, size }), TIME, TERMS, "paid") as TradedVol).vol;
    expect(vol(3)).to.be.greaterThan(plain.vol + plain.spread);
    expect(vol(-3)).to.be.lessThan(plain.vol - plain.spread);
    const free = { ...TERMS, lagSpread: 0 };
    const fair = { ...traded(plain), premium: 3 * blackPrice(true, 2000, 2100, 7 / 365, 0.62) };
    expect((tradedVol(fair, TIME, free, "paid") as TradedVol).vol).to.be.closeTo(0.62, 1e-9);
  });

  it("does not hang on the fee, which the event says apart", () => {
    const trade = traded(plain);
    expect(tradedVol({ ...trade, fee: 1000 }, TIME, TERMS, "paid")).to.deep.equal(
      tradedVol(trade, TIME, TERMS, "paid"),
    );
  });

  it("is named as missing where the premium says none", () => {
    const far = traded({ ...plain, strike: 4000, days: 1 });
    expect(tradedVol(far, TIME, TERMS, "mid")).to.equal("at-floor");
    const nothing = traded({ ...plain, strike: 4000, days: 1, size: -3 });
    expect(nothing.premium).to.equal(0);
    expect(tradedVol(nothing, TIME, TERMS, "mid")).to.equal("no-vol");
    const tooDear = { ...traded(plain), premium: 3 * 2500 };
    expect(tradedVol(tooDear, TIME, TERMS, "mid")).to.equal("no-vol");
    expect(tradedVol(traded(plain), TIME + 7 * 86_400, TERMS, "mid")).to.equal("expired");
    // A millionth of a dollar on a ten-thousandth of a contract of little vega is more than a tenth of a vol point.
    const tiny = traded({ ...plain, strike: 2600, days: 2, size: 1e-4, vol: 0.6 });
    expect(tradedVol(tiny, TIME, { ...TERMS, askFloor: 0 }, "mid")).to.equal("too-coarse");
  });
});

describe("state of a logged block", () => {
  it("counts vega bought and open vega as shares of the limit, and survives a vault without one", () => {
    const block = { time: TIME, baseFee: 10, totalVega: -5000, vegaLimit: 100_000, trades: [traded(plain)] };
    const { vega } = blackGreeks(true, 2000, 2100, (7 * 86_400) / YEAR_SECONDS, plain.vol);
    const state = chainStateOf(block);
    expect(state.vegaBought).to.be.closeTo((3 * vega) / 100_000, 1e-12);
    expect(state).to.deep.include({ time: TIME, utilisation: 0.05, rateDifferential: 0, baseFee: 10 });
    expect(chainStateOf({ ...block, vegaLimit: 0 }).utilisation).to.equal(5000);
  });
});
