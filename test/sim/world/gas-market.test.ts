import { expect } from "chai";

import { createRandom } from "../../../src/random/random.ts";
import { advanceGas, nextBaseFee } from "../../../sim/world/gas-market.ts";
import { quotedVol } from "../../../sim/world/market-quotes.ts";

describe("nextBaseFee", () => {
  it("gives go-ethereum's test values", () => {
    // go-ethereum, consensus/misc/eip1559/eip1559_test.go, TestCalcBaseFee: limit 20,000,000, so a target of 10,000,000.
    expect(nextBaseFee(1_000_000_000n, 10_000_000n, 10_000_000n)).to.equal(1_000_000_000n);
    expect(nextBaseFee(1_000_000_000n, 9_000_000n, 10_000_000n)).to.equal(987_500_000n);
    expect(nextBaseFee(1_000_000_000n, 11_000_000n, 10_000_000n)).to.equal(1_012_500_000n);
  });

  it("rises by at least one wei when above target", () => {
    expect(nextBaseFee(7n, 10_000_001n, 10_000_000n)).to.equal(8n);
  });
});

describe("advanceGas", () => {
  const market = { referenceFee: 20_000_000_000n, demandCalm: 1, demandCrash: 4 };
  const start = { baseFee: 20_000_000_000n, backgroundShare: 1 };
  const random = createRandom(1, "gas");

  it("stays near the reference in calm and goes to a multiple of it in a crash, without end to neither", () => {
    let calm = start;
    let crash = start;
    const ratios: number[] = [];
    for (let index = 0; index < 100; index++) {
      calm = advanceGas(market, calm, 1_200, 0, 0, random, index);
      crash = advanceGas(market, crash, 1_200, 1, 0, random, index);
      expect(Number(calm.baseFee) / 2e10).to.be.within(0.6, 1.8);
      ratios.push(Number(crash.baseFee) / Number(calm.baseFee));
    }
    expect(Math.min(...ratios.slice(5))).to.be.greaterThan(2.5);
    expect(Math.max(...ratios)).to.be.lessThan(6);
  });

  it("moves by one block over a gap of 12 seconds", () => {
    const next = advanceGas(market, start, 12, 1, 0.5, random, 1);
    expect(next.baseFee).to.equal(21_250_000_000n);
    expect(next.backgroundShare).to.equal(2);
  });

  it("is a function of what it is given", () => {
    expect(advanceGas(market, start, 600, 0.5, 0, random, 3)).to.deep.equal(
      advanceGas(market, start, 600, 0.5, 0, random, 3),
    );
  });
});

describe("quotedVol", () => {
  it("adds noise of the stated size, addressed by index and series, and stays positive", () => {
    const random = createRandom(2, "quotes");
    const n = 4000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const error = quotedVol(0.6, 0.005, random, i, 3) - 0.6;
      sum += error / n;
      squares += (error * error) / n;
    }
    expect(Math.abs(sum)).to.be.lessThan((4 * 0.005) / Math.sqrt(n));
    expect(Math.sqrt(squares)).to.be.closeTo(0.005, 4 * 0.005 * Math.sqrt(0.5 / n));
    expect(quotedVol(0.011, 5, random, 1, 1)).to.be.at.least(0.01);
  });
});
