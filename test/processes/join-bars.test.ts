import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import type { PriceBars } from "../../src/processes/history.ts";
import { extendWithPrices, joinBars } from "../../src/processes/join-bars.ts";

function bars(source: string, times: number[], barSeconds = 3600): PriceBars {
  const prices = Float64Array.from(times, (_, i) => 100 + i);
  const columns = { opens: prices, highs: prices, lows: prices, closes: prices };
  return { source, times: Float64Array.from(times), ...columns, barSeconds };
}

describe("joinBars", () => {
  it("puts files of one series one after the other, a gap between them kept", () => {
    const joined = joinBars([bars("a", [0, 3600]), bars("b", [7200]), bars("c", [36_000])]);
    expect([...joined.times]).to.deep.equal([0, 3600, 7200, 36_000]);
    expect([...joined.closes]).to.deep.equal([100, 101, 100, 100]);
    expect(joined.source).to.equal("a and b and c");
  });

  it("refuses files that overlap or differ in the length of their bars", () => {
    expect(() => joinBars([bars("a", [0, 3600]), bars("b", [3600])])).to.throw(UserError, /^b: begins before a ends/);
    expect(() => joinBars([bars("a", [0]), bars("b", [86_400], 86_400)])).to.throw(UserError, /bars of 86400 s/);
  });
});

describe("extendWithPrices", () => {
  it("adds a flat bar at each price after the last bar, and leaves earlier ones out", () => {
    const extended = extendWithPrices(bars("a", [0, 3600]), [1800, 7000, 7200, 30_000], [1, 2, 3, 4]);
    expect([...extended.times]).to.deep.equal([0, 3600, 7200, 30_000]);
    for (const name of ["opens", "highs", "lows", "closes"] as const)
      expect([...extended[name]].slice(2)).to.deep.equal([3, 4]);
  });
});
