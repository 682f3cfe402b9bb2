import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import type { PriceBars } from "../../src/processes/history.ts";
import { MarketSurface } from "../../src/processes/market-surface.ts";
import { indexSnapshots, parseVolatilityIndex } from "../../src/processes/volatility-index.ts";

const text = "time_utc,open,close\n2024-01-01T00:00:00Z,50,51\n2024-01-01T01:00:00Z,55,56\n";
const start = Date.UTC(2024, 0, 1) / 1000;
const prices = Float64Array.of(100, 110);
const bars: PriceBars = {
  source: "prices.csv",
  times: Float64Array.of(start, start + 3600),
  ...{ opens: prices, highs: prices, lows: prices, closes: prices },
  barSeconds: 3600,
};

describe("parseVolatilityIndex", () => {
  it("reads the named column in its unit", () => {
    const { times, vols } = parseVolatilityIndex("index.csv", text, "open", 100);
    expect([...times]).to.deep.equal([start, start + 3600]);
    expect([...vols]).to.deep.equal([0.5, 0.55]);
  });

  it("refuses a missing column, another unit and time that goes back, naming the line", () => {
    expect(() => parseVolatilityIndex("index.csv", text, "dvol", 100)).to.throw(UserError, /no column for index/);
    expect(() => parseVolatilityIndex("index.csv", text, "open", 1)).to.throw(
      UserError,
      /index\.csv:2: .*another unit/,
    );
    const twice = `${text}2024-01-01T01:00:00Z,55,56\n`;
    expect(() => parseVolatilityIndex("index.csv", twice, "open", 100)).to.throw(
      UserError,
      /index\.csv:4: time repeats/,
    );
    expect(parseVolatilityIndex("index.csv", twice, "open", 100, "drop").quality.droppedRows).to.equal(1);
  });
});

describe("indexSnapshots", () => {
  it("are an option at the money each, so that the surface is flat at the index", () => {
    const snapshots = indexSnapshots(parseVolatilityIndex("index.csv", text, "open", 100), 30, bars);
    expect(snapshots.map(({ time }) => time)).to.deep.equal([start, start + 3600]);
    const [{ forward, strike, expiry }] = snapshots[1].quotes;
    expect([forward, strike, expiry]).to.deep.equal([110, 110, start + 3600 + 30 * 86_400]);
    const surface = new MarketSurface(snapshots[1]);
    for (const [k, years] of [
      [-0.3, 0.02],
      [0.2, 1],
    ])
      expect(surface.volAt(k, years)).to.equal(0.55);
  });

  it("leave out times without a price", () => {
    const index = parseVolatilityIndex("index.csv", text, "open", 100);
    const later = { ...bars, times: Float64Array.of(start + 3600, start + 7200) };
    expect(indexSnapshots(index, 30, later)).to.have.length(1);
  });
});
