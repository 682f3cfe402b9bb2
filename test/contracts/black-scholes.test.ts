import { expect } from "chai";
import type { Contract } from "ethers";
import fc from "fast-check";
import hre from "hardhat";

import { blackGreeks, blackPrice } from "../../src/pricing/black-scholes.ts";
import { normalCdf } from "../../src/pricing/normal-distribution.ts";
import { expectNear } from "./near.ts";

const YEAR = 31_536_000;
const BATCH = 250;

interface Option {
  readonly isCall: boolean;
  /** Micro-dollars, so that float and fixed point hold the same number. */
  readonly spot: number;
  readonly strike: number;
  readonly secondsToExpiry: number;
  /** Units of 1e-6. */
  readonly vol: number;
}

interface Result {
  readonly premium: bigint;
  readonly delta: bigint;
  readonly vega: bigint;
}

const micro = (x: number) => BigInt(x) * 10n ** 12n;
const float = (wad: bigint) => Number(wad) / 1e18;

const option: fc.Arbitrary<Option> = fc
  .record({
    isCall: fc.boolean(),
    spot: fc.integer({ min: 1_000_000, max: 200_000_000_000 }),
    logMoneyness: fc.double({ min: -2, max: 2, noNaN: true }),
    logSeconds: fc.double({ min: Math.log(60), max: Math.log(2 * YEAR), noNaN: true }),
    vol: fc.integer({ min: 10_000, max: 5_000_000 }),
  })
  .map(({ spot, logMoneyness, logSeconds, ...rest }) => ({
    ...rest,
    spot,
    strike: Math.max(1, Math.round(spot * Math.exp(logMoneyness))),
    secondsToExpiry: Math.round(Math.exp(logSeconds)),
  }));

describe("BlackScholes in fixed point", function () {
  this.timeout(120_000);
  let connection: Awaited<ReturnType<typeof hre.network.create>>;
  let harness: Contract;

  before(async () => {
    connection = await hre.network.create();
    harness = (await connection.ethers.deployContract("BlackScholesHarness")) as unknown as Contract;
  });
  after(() => connection.close());

  async function evaluate(options: readonly Option[]): Promise<Result[]> {
    const results: Result[] = [];
    for (let i = 0; i < options.length; i += BATCH) {
      const words = options
        .slice(i, i + BATCH)
        .flatMap((o) => [o.isCall ? 1n : 0n, micro(o.spot), micro(o.strike), BigInt(o.secondsToExpiry), micro(o.vol)]);
      const answers = [...((await harness.evaluate(words)) as bigint[])];
      for (let j = 0; j < answers.length; j += 3) {
        results.push({ premium: answers[j], delta: answers[j + 1], vega: answers[j + 2] });
      }
    }
    return results;
  }

  /** Forward, strike in USD, years, vol. */
  async function price(isCall: boolean, ...[forward, strike, years, vol]: number[]): Promise<number> {
    const scaled = [forward, strike, vol].map((x) => Math.round(x * 1e6));
    const [result] = await evaluate([
      { isCall, spot: scaled[0], strike: scaled[1], vol: scaled[2], secondsToExpiry: Math.round(years * YEAR) },
    ]);
    return float(result.premium);
  }

  it("gives published values: Haug (2007), sections 1.1.1 and 1.1.5; Hull, example 15.6", async () => {
    expectNear(Math.exp(-0.02) * (await price(true, 60 * Math.exp(0.02), 65, 0.25, 0.3)), 2.1334, 5e-5);
    expectNear(Math.exp(-0.075) * (await price(true, 19, 19, 0.75, 0.28)), 1.7011, 5e-5);
    expectNear(Math.exp(-0.075) * (await price(false, 19, 19, 0.75, 0.28)), 1.7011, 5e-5);
    expectNear(Math.exp(-0.05) * (await price(true, 42 * Math.exp(0.05), 40, 0.5, 0.2)), 4.76, 5e-3);
    expectNear(Math.exp(-0.05) * (await price(false, 42 * Math.exp(0.05), 40, 0.5, 0.2)), 0.81, 5e-3);
  });

  it("agrees with the float library within 1e-12 of max(S, K) on ten thousand options", async () => {
    const options = fc.sample(option, { numRuns: 10_000, seed: 20_260_101 });
    const results = await evaluate(options);
    options.forEach((o, i) => {
      const [spot, strike, years, vol] = [o.spot / 1e6, o.strike / 1e6, o.secondsToExpiry / YEAR, o.vol / 1e6];
      const scale = Math.max(spot, strike);
      const greeks = blackGreeks(o.isCall, spot, strike, years, vol);
      const what = JSON.stringify(o);
      const { premium, delta, vega } = results[i];
      expectNear(float(premium), blackPrice(o.isCall, spot, strike, years, vol), 1e-12 * scale, `premium of ${what}`);
      expectNear(float(vega), greeks.vega, 1e-12 * scale, `vega of ${what}`);
      // The float's own logarithm of a ratio near one loses 2e-16 before it is divided by σ√T.
      const lost = 2e-16 / (vol * Math.sqrt(years));
      expectNear(float(delta), greeks.delta, 1e-12 + lost, `delta of ${what}`);
    });
  });

  it("holds put–call parity to the last wei, also deep in the money", async () => {
    const calls = fc.sample(option, { numRuns: 200, seed: 7 }).map((o) => ({ ...o, isCall: true }));
    const [c, p] = [await evaluate(calls), await evaluate(calls.map((o) => ({ ...o, isCall: false })))];
    calls.forEach((o, i) => {
      expect(c[i].premium - p[i].premium, JSON.stringify(o)).to.equal(micro(o.spot) - micro(o.strike));
      expect(c[i].delta - p[i].delta, JSON.stringify(o)).to.equal(10n ** 18n);
    });
  });

  it("rises with vol, and a call with spot", async () => {
    const options = fc.sample(option, { numRuns: 200, seed: 11 });
    const base = await evaluate(options);
    const [wilder, dearer] = [
      await evaluate(options.map((o) => ({ ...o, vol: Math.ceil(o.vol * 1.01) }))),
      await evaluate(options.map((o) => ({ ...o, spot: Math.ceil(o.spot * 1.01) }))),
    ];
    options.forEach((o, i) => {
      // Two prices carry one rounding each.
      const slack = micro(Math.max(o.spot, o.strike)) / 10n ** 15n + 2n;
      expect(wilder[i].premium + slack >= base[i].premium, `vol: ${JSON.stringify(o)}`).to.equal(true);
      const rises = o.isCall
        ? dearer[i].premium + slack >= base[i].premium
        : dearer[i].premium <= base[i].premium + slack;
      expect(rises, `spot: ${JSON.stringify(o)}`).to.equal(true);
    });
  });

  it("does not revert at a minute to expiry, ten sigma away, or 500 % vol", async () => {
    const edge = { isCall: true, secondsToExpiry: 60, spot: 2_000_000_000 };
    const results = await evaluate([
      { ...edge, strike: 2_000_000_000, vol: 5_000_000 },
      { ...edge, strike: 2_100_000_000, vol: 200_000 },
      { ...edge, strike: 1, vol: 5_000_000 },
      { ...edge, strike: 2_000_000_000, vol: 0, secondsToExpiry: 0 },
      { ...edge, strike: 200_000_000_000, vol: 5_000_000, secondsToExpiry: 10 * YEAR },
    ]);
    expect(results[1].premium).to.equal(0n);
    expect(results[2].premium).to.equal(micro(2_000_000_000 - 1));
    // Floors of one second and a hundredth of a vol point: a price of almost nothing.
    expect(results[3].premium).to.be.below(10n ** 14n);
    expect(results[4].premium).to.be.below(micro(2_000_000_000));
  });

  it("refuses a spot or strike of zero", async () => {
    for (const broken of [
      [1, 0, micro(1), 60, micro(1)],
      [0, micro(1), 0, 60, micro(1)],
    ]) {
      await expect(harness.evaluate(broken)).to.be.revertedWithCustomError(harness, "PricingZeroSpotOrStrike");
    }
  });

  it("has a normal tail within 1e-16 of the distribution", async () => {
    for (let x = 0; x <= 9; x += 0.125) {
      const ratio = Number((await harness.scaledTail(BigInt(Math.round(x * 1e6)) * 10n ** 12n)) as bigint) / 2 ** 96;
      expectNear(ratio * Math.exp((-x * x) / 2), normalCdf(-x), 2e-16, `N(−${x})`);
    }
  });

  it("costs less than 3,500 gas a price, and 2,000 from ready logarithms", async () => {
    const one = await evaluate([{ isCall: true, spot: 2e9, strike: 2.1e9, secondsToExpiry: 604_800, vol: 6e5 }]);
    const [alone, full] = (await harness.getFunction("price")([
      true,
      micro(2e9),
      micro(2.1e9),
      604_800,
      micro(6e5),
    ])) as bigint[];
    const [, ready] = (await harness.priceFrom(
      true,
      micro(2e9),
      micro(2.1e9),
      -48_790_164_169_432_000n,
      83_100_000_000_000_000n,
    )) as bigint[];
    expect(alone).to.equal(one[0].premium);
    expect(full).to.be.below(3_500n);
    expect(ready).to.be.below(2_000n);
  });
});
