import { expect } from "chai";
import fc from "fast-check";

import type { VanillaOption } from "../../src/pricing/black-scholes-merton.ts";
import {
  vanillaGreekColumns,
  vanillaGreekNames,
  vanillaGreeks,
  vanillaGreeksMany,
} from "../../src/pricing/black-scholes-merton.ts";
import { blackGreeks, PricingDomainError } from "../../src/pricing/black-scholes.ts";
import { NoImpliedVolError } from "../../src/pricing/implied-vol.ts";
import { vanillaImpliedVol } from "../../src/pricing/vanilla-implied-vol.ts";
import { assetOrNothing, cashOrNothing } from "../../src/pricing/digital.ts";

/** Haug's columns: asset price, strike, years, rate, cost of carry b = r - q, vol. */
function haug(isCall: boolean, ...[spot, strike, years, rate, carry, vol]: number[]): VanillaOption {
  return { isCall, spot, strike, years, rate, dividend: rate - carry, vol };
}

const anyOption = fc.record({
  isCall: fc.boolean(),
  spot: fc.double({ min: 50, max: 200, noNaN: true }),
  strike: fc.double({ min: 50, max: 200, noNaN: true }),
  years: fc.double({ min: 0.05, max: 3, noNaN: true }),
  rate: fc.double({ min: -0.1, max: 0.2, noNaN: true }),
  dividend: fc.double({ min: -0.1, max: 0.2, noNaN: true }),
  vol: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
});

/** Options with all their Greeks in order: derivatives of the price by mpmath 1.3 with 60 digits. */
const differentiated: readonly (readonly [VanillaOption, readonly number[]])[] = [
  [
    { isCall: true, spot: 100.0, strike: 95.0, years: 1.3, rate: 0.03, dividend: 0.07, vol: 0.45 },
    [
      18.459754605660518, 0.5484506926668193, 0.006871746381887987, 40.19971633404472, -4.210047802824493,
      47.30090905932785, 0.20207775983364798, -5.879039033572947, 0.030903537119944084, -0.00010289172082858913,
      -0.016275511452669533, 0.0031612406624245875, -12.429600843312103,
    ],
  ],
  [
    { isCall: false, spot: 3000.0, strike: 4200.0, years: 0.08, rate: 0.0, dividend: 0.0, vol: 0.9 },
    [
      1239.04900952565, -0.8838604525078199, 0.00025595558851136506, 165.85922135536455, -932.9581201239256,
      -311.2504293639288, 0.3147163680329535, 318.98836643028324, -1.7702795701853635, 3.150363484506849e-7,
      0.00020787089923163642, -0.0011692738081779549, -2830.9296946413715,
    ],
  ],
  [
    { isCall: true, spot: 100.0, strike: 100.0, years: 0.25, rate: 0.05, dividend: -0.02, vol: 0.2 },
    [
      4.905352267387876, 0.5919627895990125, 0.03909205122254813, 19.546025611274064, -11.71688215833332,
      13.572731673128343, -0.24432532014092578, 2.748659851585415, -0.18775348629344685, -0.001270491664732814,
      -0.1899629364095698, 0.0813603316069283, -37.50393664163211,
    ],
  ],
];

describe("Greeks with rates and yields", () => {
  it("are the price's derivatives as mpmath takes them in 60 digits, up to colour and veta", () => {
    for (const [option, expected] of differentiated) {
      const greeks = vanillaGreeks(option);
      vanillaGreekNames.forEach((name, i) => {
        expect(Math.abs(greeks[name] / expected[i] - 1), `${name} of ${JSON.stringify(option)}`).to.be.lessThan(1e-12);
      });
    }
  });

  // Haug (2007), "The Complete Guide to Option Pricing Formulas", the worked examples of sections 1.1.1, 1.1.2 and 2.1–2.8.
  const published: [keyof ReturnType<typeof vanillaGreeks>, VanillaOption, number][] = [
    ["price", haug(true, 60, 65, 0.25, 0.08, 0.08, 0.3), 2.1334],
    ["price", haug(false, 100, 95, 0.5, 0.1, 0.05, 0.2), 2.4648],
    ["delta", haug(true, 105, 100, 0.5, 0.1, 0, 0.36), 0.5946],
    ["delta", haug(false, 105, 100, 0.5, 0.1, 0, 0.36), -0.3566],
    ["gamma", haug(true, 55, 60, 0.75, 0.1, 0.1, 0.3), 0.0278],
    ["vega", haug(true, 55, 60, 0.75, 0.105, 0.0695, 0.3), 18.5027],
    ["theta", haug(false, 430, 405, 0.0833, 0.07, 0.02, 0.2), -31.1924],
    ["rho", haug(true, 72, 75, 1, 0.09, 0.09, 0.19), 38.7325],
    ["volga", haug(true, 90, 130, 0.75, 0.05, 0, 0.28), 92.3444],
    ["charm", haug(false, 105, 90, 0.25, 0.14, 0, 0.24), 0.37],
    ["speed", haug(true, 50, 48, 0.0833, 0.06, 0.01, 0.2), -0.0291],
    ["zomma", haug(true, 100, 80, 0.25, 0.05, 0, 0.26), 0.0463],
  ];
  for (const [name, option, value] of published) {
    it(`give Haug's ${name} of a ${option.isCall ? "call" : "put"}: ${value}`, () => {
      expect(vanillaGreeks(option)[name]).to.be.closeTo(value, 5e-5);
    });
  }

  it("agree with QuantLib 1.29's BlackCalculator: S 100, K 95, T 1.3, r 3 %, q 7 %, vol 45 %", () => {
    const option = { spot: 100, strike: 95, years: 1.3, rate: 0.03, dividend: 0.07, vol: 0.45 };
    const names = ["price", "delta", "gamma", "vega", "theta", "rho"] as const;
    const call = [
      18.459754605660528, 0.5484506926668193, 0.006871746381887988, 40.19971633404472, -4.2100478028245,
      47.30090905932784,
    ];
    const put = [
      18.52430088463879, -0.36456701823244647, 0.006871746381887988, 40.19971633404472, -7.860182258052211,
      -71.47530352024846,
    ];
    const ofCall = vanillaGreeks({ ...option, isCall: true });
    const ofPut = vanillaGreeks({ ...option, isCall: false });
    names.forEach((name, i) => {
      expect(ofCall[name]).to.be.closeTo(call[i], 1e-12 * Math.abs(call[i]) + 1e-14, name);
      expect(ofPut[name]).to.be.closeTo(put[i], 1e-12 * Math.abs(put[i]) + 1e-14, name);
    });
  });

  it("are the derivatives that their names say, for calls and puts", () => {
    fc.assert(
      fc.property(anyOption, (option) => {
        const at = (change: Partial<VanillaOption>) => vanillaGreeks({ ...option, ...change });
        const { spot, years, vol, rate } = option;
        const greeks = vanillaGreeks(option);
        const slope = (
          of: keyof typeof greeks,
          up: Partial<VanillaOption>,
          down: Partial<VanillaOption>,
          width: number,
        ): number => (at(up)[of] - at(down)[of]) / width;
        const h = 1e-4;
        const inSpot = [{ spot: spot + h * spot }, { spot: spot - h * spot }, 2 * h * spot] as const;
        const inTime = [{ years: years - h * years }, { years: years + h * years }, 2 * h * years] as const;
        const inVol = [{ vol: vol + h * vol }, { vol: vol - h * vol }, 2 * h * vol] as const;
        const inRate = [{ rate: rate + h }, { rate: rate - h }, 2 * h] as const;
        const pairs = [
          ["delta", "price", inSpot],
          ["gamma", "delta", inSpot],
          ["speed", "gamma", inSpot],
          ["vega", "price", inVol],
          ["volga", "vega", inVol],
          ["vanna", "delta", inVol],
          ["zomma", "gamma", inVol],
          ["theta", "price", inTime],
          ["charm", "delta", inTime],
          ["colour", "gamma", inTime],
          ["veta", "vega", inTime],
          ["rho", "price", inRate],
        ] as const;
        for (const [greek, of, [up, down, width]] of pairs) {
          const size = Math.max(Math.abs(at(up)[of]), Math.abs(greeks[of])) / width;
          const bound = 1e-4 * Math.abs(greeks[greek]) + 1e-4 * size * h + 1e-6 * Math.abs(greeks[of]) + 1e-9;
          expect(Math.abs(greeks[greek] - slope(of, up, down, width)), greek).to.be.at.most(bound);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keep put-call parity in every Greek", () => {
    fc.assert(
      fc.property(anyOption, (option) => {
        const call = vanillaGreeks({ ...option, isCall: true });
        const put = vanillaGreeks({ ...option, isCall: false });
        const { spot, strike, years, rate, dividend } = option;
        const stock = spot * Math.exp(-dividend * years);
        const bond = strike * Math.exp(-rate * years);
        expect(call.price - put.price).to.be.closeTo(stock - bond, 1e-12 * (stock + bond));
        expect(call.delta - put.delta).to.be.closeTo(stock / spot, 1e-13);
        expect(call.theta - put.theta).to.be.closeTo(dividend * stock - rate * bond, 1e-12 * (stock + bond));
        expect(call.rho - put.rho).to.be.closeTo(years * bond, 1e-12 * bond * years);
        expect(call.charm - put.charm).to.be.closeTo((dividend * stock) / spot, 1e-13);
        for (const name of ["gamma", "vega", "vanna", "volga", "speed", "zomma", "colour", "veta"] as const) {
          expect(call[name]).to.equal(put[name]);
        }
      }),
    );
  });

  it("without rates are the forward's", () => {
    const here = vanillaGreeks({ isCall: false, spot: 90, strike: 110, years: 0.4, rate: 0, dividend: 0, vol: 0.7 });
    const forward = blackGreeks(false, 90, 110, 0.4, 0.7);
    for (const name of ["price", "delta", "gamma", "vega", "theta", "vanna", "volga"] as const) {
      expect(here[name]).to.be.closeTo(forward[name], 1e-13 * Math.max(1, Math.abs(forward[name])), name);
    }
  });

  it("have finite limits where time or vol runs out or nothing is left of the density", () => {
    const base = { isCall: true, spot: 110, strike: 100, years: 0.5, rate: 0.04, dividend: 0.01, vol: 0.3 };
    const still = vanillaGreeks({ ...base, vol: 0 });
    expect(still.price).to.be.closeTo(110 * Math.exp(-0.005) - 100 * Math.exp(-0.02), 1e-12);
    expect(still.theta).to.be.closeTo(0.01 * 110 * Math.exp(-0.005) - 0.04 * 100 * Math.exp(-0.02), 1e-12);
    expect(vanillaGreeks({ ...base, years: 0 })).to.include({ price: 10, delta: 1, gamma: 0, vega: 0, rho: 0 });
    expect(vanillaGreeks({ ...base, spot: 100, years: 0 })).to.include({ price: 0, delta: 0.5 });
    expect(vanillaGreeks({ ...base, isCall: false, vol: 1e6 }).price).to.be.closeTo(100 * Math.exp(-0.02), 1e-9);
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.constantFrom(1e-9, 1, 100, 1e9),
        fc.constantFrom(1e-9, 1, 100, 1e9),
        fc.constantFrom(0, 1e-300, 1e-12, 1, 50),
        fc.constantFrom(0, 1e-300, 1e-9, 0.5, 5, 1e9),
        (isCall, spot, strike, years, vol) => {
          const greeks = vanillaGreeks({ isCall, spot, strike, years, rate: 0.01, dividend: 0.02, vol });
          for (const name of vanillaGreekNames) expect(greeks[name], name).not.to.satisfy(Number.isNaN);
          expect(greeks.price).to.be.at.least(0);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("in columns are those of single options", () => {
    const options = fc.sample(anyOption, { numRuns: 20, seed: 4 });
    const column = (of: "spot" | "strike" | "years" | "rate" | "dividend" | "vol") =>
      Float64Array.from(options, (option) => option[of]);
    const out = vanillaGreekColumns(options.length);
    vanillaGreeksMany(
      {
        isCall: Uint8Array.from(options, ({ isCall }) => Number(isCall)),
        spots: column("spot"),
        strikes: column("strike"),
        years: column("years"),
        rates: column("rate"),
        dividends: column("dividend"),
        vols: column("vol"),
      },
      out,
    );
    options.forEach((option, i) => {
      const single = vanillaGreeks(option);
      for (const name of vanillaGreekNames) expect(out[name][i]).to.equal(single[name]);
    });
  });

  it("refuse a negative vol, a price of zero and what is no number, naming the input", () => {
    const base = { isCall: true, spot: 100, strike: 100, years: 1, rate: 0, dividend: 0, vol: 0.5 };
    expect(() => vanillaGreeks({ ...base, vol: -0.1 })).to.throw(PricingDomainError, "vol -0.1");
    expect(() => vanillaGreeks({ ...base, spot: 0 })).to.throw(PricingDomainError, "spot 0");
    for (const name of ["spot", "strike", "years", "rate", "dividend", "vol"]) {
      expect(() => vanillaGreeks({ ...base, [name]: NaN })).to.throw(PricingDomainError, `${name} NaN`);
    }
  });
});

describe("implied vol with rates and yields", () => {
  it("gives back the vol of an option's price", () => {
    fc.assert(
      fc.property(anyOption, (option) => {
        const { price, vega } = vanillaGreeks(option);
        const intrinsic = vanillaGreeks({ ...option, vol: 0 }).price;
        // Deep in the money the premium's own rounding is all that is left of the vol.
        fc.pre(price - intrinsic > 1e-9);
        const rounding = (4e-15 * Math.max(option.spot, option.strike)) / vega;
        expect(vanillaImpliedVol(option, price)).to.be.closeTo(option.vol, 1e-12 + 10 * rounding);
      }),
    );
  });

  it("refuses a premium below the carried intrinsic value or above the spot, and what is no option", () => {
    const option = { isCall: true, spot: 100, strike: 90, years: 1, rate: 0.1, dividend: 0 };
    // Without carry 15 would be above intrinsic value; with it the least is 100 - 90 e^-0.1 = 18.56.
    expect(() => vanillaImpliedVol(option, 15)).to.throw(NoImpliedVolError);
    expect(vanillaImpliedVol(option, 19)).to.be.greaterThan(0);
    expect(() => vanillaImpliedVol(option, 101)).to.throw(NoImpliedVolError);
    expect(() => vanillaImpliedVol({ ...option, rate: NaN }, 19)).to.throw(PricingDomainError, "rate NaN");
  });
});

describe("digital options", () => {
  it("give Haug's 10 USD put 2.6710 and asset-or-nothing put 20.2069", () => {
    // Haug (2007), sections 4.19.2 and 4.19.3.
    expect(10 * cashOrNothing(haug(false, 100, 80, 0.75, 0.06, 0, 0.35))).to.be.closeTo(2.671, 5e-5);
    expect(assetOrNothing(haug(false, 70, 65, 0.5, 0.07, 0.02, 0.27))).to.be.closeTo(20.2069, 5e-5);
  });

  it("agree with QuantLib 1.29", () => {
    const option = { isCall: true, spot: 100, strike: 95, years: 1.3, rate: 0.03, dividend: 0.07, vol: 0.45 };
    expect(cashOrNothing(option)).to.be.closeTo(0.3830033122212781, 1e-14);
    expect(assetOrNothing(option)).to.be.closeTo(54.845069266681946, 1e-12);
    expect(cashOrNothing({ ...option, isCall: false })).to.be.closeTo(0.5787473969250887, 1e-14);
    expect(assetOrNothing({ ...option, isCall: false })).to.be.closeTo(36.456701823244636, 1e-12);
  });

  it("make a vanilla option: ±(asset-or-nothing - strike × cash-or-nothing), and cash is its slope in the strike", () => {
    fc.assert(
      fc.property(anyOption, (option) => {
        const sign = option.isCall ? 1 : -1;
        const { price } = vanillaGreeks(option);
        const cash = cashOrNothing(option);
        const made = sign * (assetOrNothing(option) - option.strike * cash);
        expect(made).to.be.closeTo(price, 1e-12 * Math.max(option.spot, option.strike));
        const h = 1e-4 * option.strike;
        const up = vanillaGreeks({ ...option, strike: option.strike + h }).price;
        const down = vanillaGreeks({ ...option, strike: option.strike - h }).price;
        expect((-sign * (up - down)) / (2 * h)).to.be.closeTo(cash, 1e-6);
      }),
    );
  });

  it("are certain, worthless or half without time, and refuse a negative vol", () => {
    const base = { isCall: true, spot: 100, strike: 90, years: 0, rate: 0.05, dividend: 0, vol: 0.5 };
    expect(cashOrNothing(base)).to.equal(1);
    expect(assetOrNothing({ ...base, isCall: false })).to.equal(0);
    expect(cashOrNothing({ ...base, strike: 100 })).to.equal(0.5);
    expect(() => cashOrNothing({ ...base, vol: -1 })).to.throw(PricingDomainError);
  });
});
