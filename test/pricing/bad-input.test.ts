import { join } from "node:path";

import { expect } from "chai";

import { butterflies, calendarCrossings, callArbitrage } from "../../src/pricing/arbitrage.ts";
import { calibrateBates, calibrateHeston } from "../../src/pricing/bates-calibration.ts";
import { affineExponents } from "../../src/pricing/bates-transform.ts";
import { lewisImpliedVol, lewisPrice } from "../../src/pricing/bates-lewis.ts";
import type { BatesParameters } from "../../src/pricing/bates.ts";
import { batesDelta, BatesPricer } from "../../src/pricing/bates.ts";
import { vanillaGreekColumns, vanillaGreeks, vanillaGreeksMany } from "../../src/pricing/black-scholes-merton.ts";
import { blackGreeks, blackPrice, blackPrices, blackVega, blackVegas } from "../../src/pricing/black-scholes.ts";
import { conditionOf } from "../../src/pricing/condition-number.ts";
import { assetOrNothing, assetOrNothingMany, cashOrNothing, cashOrNothingMany } from "../../src/pricing/digital.ts";
import { integrate } from "../../src/pricing/gauss-kronrod.ts";
import { impliedVol, impliedVols } from "../../src/pricing/implied-vol.ts";
import { calibrateJointly } from "../../src/pricing/joint-calibration.ts";
import { calibrateMerton } from "../../src/pricing/merton-calibration.ts";
import { mertonPrice, mertonPrices, mertonVol, mertonVols } from "../../src/pricing/merton.ts";
import { minimumVarianceDelta } from "../../src/pricing/minimum-variance-delta.ts";
import { normalisedBlackPrice } from "../../src/pricing/normalised-black.ts";
import { calibrateSabr } from "../../src/pricing/sabr-calibration.ts";
import { sabrVol, sabrVols } from "../../src/pricing/sabr.ts";
import { calibrateSsvi } from "../../src/pricing/ssvi-calibration.ts";
import { ssviConditions, ssviSlice, ssviSurfaceVariance, ssviVol, ssviVols } from "../../src/pricing/ssvi.ts";
import { calibrateSvi } from "../../src/pricing/svi-calibration.ts";
import { fromJumpWings, sviButterfly, sviVol, sviVols, sviWingSlopes, toJumpWings } from "../../src/pricing/svi.ts";
import { vanillaImpliedVol, vanillaImpliedVols } from "../../src/pricing/vanilla-implied-vol.ts";
import type { Call } from "../bad-input.ts";
import { checkBadInput, checkedFunctions } from "../bad-input.ts";

const option = { isCall: true, spot: 100, strike: 95, years: 0.5, rate: 0.03, dividend: 0.01, vol: 0.4 };
const bates: BatesParameters = {
  kappa: 3,
  theta: 0.4,
  volOfVol: 1.2,
  rho: -0.5,
  jumpIntensity: 2,
  jumpMean: -0.1,
  jumpSd: 0.12,
};
const merton = { vol: 0.45, jumpIntensity: 4, jumpMean: -0.06, jumpSd: 0.08 };
const k = Float64Array.of(-0.2, -0.1, 0, 0.1, 0.2);
const smile = { years: 0.25, logMoneyness: k, vols: Float64Array.of(0.66, 0.62, 0.6, 0.59, 0.6) };
const svi = { a: 0.02, b: 0.1, rho: -0.3, m: 0.02, sigma: 0.15 };
const ssvi = { years: [0.1, 0.5, 1], thetas: [0.02, 0.1, 0.2], rho: -0.4, eta: 1, gamma: 0.4 };
const sabr = { alpha: 0.6, beta: 1, rho: -0.3, nu: 1 };
const columns = {
  isCall: Uint8Array.of(1, 0),
  forwards: Float64Array.of(100, 100),
  strikes: Float64Array.of(90, 110),
  years: Float64Array.of(0.5, 0.5),
  vols: Float64Array.of(0.4, 0.5),
};

const vanillas = {
  isCall: columns.isCall,
  spots: columns.forwards,
  strikes: columns.strikes,
  years: columns.years,
  rates: Float64Array.of(0, 0.05),
  dividends: Float64Array.of(0, 0.02),
  vols: columns.vols,
};

/** A batch as a function that gives back its output. */
function written<Columns>(fill: (columns: Columns, out: Float64Array) => void) {
  return (given: Columns, out: Float64Array): Float64Array => {
    fill(given, out);
    return out;
  };
}

/** What a batch wrote, and that it said how many rows have no value. */
function valued(out: Float64Array, missing: number): Float64Array {
  const found = out.filter((value) => !Number.isNaN(value));
  expect(out.length - found.length).to.equal(missing);
  return found;
}

const calls: Readonly<Record<string, Call>> = {
  callArbitrage: {
    of: callArbitrage,
    args: [
      [
        {
          years: 0.5,
          forward: 100,
          discount: 0.98,
          strikes: [80, 90, 100, 110],
          bids: [22, 14, 8, 4],
          asks: [23, 15, 9, 5],
        },
      ],
    ],
    infinite: "the size of a violation without a bound",
  },
  butterflies: { of: butterflies, args: [(at: number) => at, Float64Array.of(-1, 0, 1)], infinite: "no density" },
  calendarCrossings: { of: calendarCrossings, args: [[() => 1, () => 2], Float64Array.of(-1, 0, 1)] },
  calibrateHeston: { of: calibrateHeston, args: [[smile]], infinite: "the condition of what is undetermined" },
  calibrateBates: {
    of: calibrateBates,
    args: [[smile, { ...smile, years: 0.5 }], { previous: { ...bates, variance: 0.3 }, pull: 0.1 }],
    infinite: "the condition of what is undetermined",
  },
  calibrateJointly: {
    of: (surfaces: Parameters<typeof calibrateJointly>[1], start: Parameters<typeof calibrateJointly>[2]) =>
      calibrateJointly("Heston", surfaces, start),
    args: [[[smile, { ...smile, years: 0.5 }]], { ...bates, variance: 0.3 }],
    infinite: "the condition of what is undetermined",
  },
  calibrateMerton: { of: calibrateMerton, args: [[smile]], infinite: "the condition of what is undetermined" },
  calibrateSabr: { of: calibrateSabr, args: [smile, 100, 1], infinite: "the condition of what is undetermined" },
  calibrateSsvi: {
    of: calibrateSsvi,
    args: [[smile, { ...smile, years: 0.5 }]],
    infinite: "the condition of what is undetermined",
  },
  calibrateSvi: { of: calibrateSvi, args: [smile, svi], infinite: "the condition of what is undetermined" },
  lewisPrice: { of: lewisPrice, args: [bates, 0.3, 0.5, 0.1, true] },
  lewisImpliedVol: { of: lewisImpliedVol, args: [bates, 0.3, 0.5, 0.1] },
  batesDelta: { of: batesDelta, args: [bates, 0.3, true, 100, 95, 0.5] },
  BatesPricer: {
    of: (parameters: BatesParameters, variance: number, years: number, logMoneyness: Float64Array) => {
      const pricer = new BatesPricer(parameters);
      const [prices, vols] = [new Float64Array(5), new Float64Array(5)];
      pricer.prices(variance, years, logMoneyness, true, prices);
      pricer.deltas(variance, years, logMoneyness, true, prices);
      pricer.varianceSlopes(variance, years, logMoneyness, prices);
      const missing = pricer.impliedVols(variance, years, logMoneyness, vols);
      return [prices, valued(vols, missing)];
    },
    args: [bates, 0.3, 0.5, k],
  },
  "BatesPricer, one option": {
    of: (parameters: BatesParameters, variance: number, years: number, logMoneyness: number) => {
      const pricer = new BatesPricer(parameters);
      return [
        pricer.price(variance, years, logMoneyness, false),
        pricer.impliedVol(variance, years, logMoneyness),
        pricer.delta(variance, years, logMoneyness, true),
        pricer.varianceSlope(variance, years, logMoneyness),
      ];
    },
    args: [bates, 0.3, 0.5, 0.1],
  },
  minimumVarianceDelta: {
    of: (parameters: BatesParameters, variance: number, years: number, logMoneyness: number) =>
      minimumVarianceDelta(new BatesPricer(parameters), variance, years, logMoneyness, true),
    args: [bates, 0.3, 0.5, 0.1],
  },
  vanillaGreeks: { of: vanillaGreeks, args: [option] },
  vanillaGreeksMany: {
    of: (many: Parameters<typeof vanillaGreeksMany>[0], out: Parameters<typeof vanillaGreeksMany>[1]) => {
      vanillaGreeksMany(many, out);
      return out;
    },
    args: [vanillas, vanillaGreekColumns(2)],
  },
  cashOrNothingMany: { of: written(cashOrNothingMany), args: [vanillas, new Float64Array(2)] },
  assetOrNothingMany: { of: written(assetOrNothingMany), args: [vanillas, new Float64Array(2)] },
  vanillaImpliedVols: {
    of: (many: typeof vanillas, premiums: Float64Array, out: Float64Array) =>
      valued(out, vanillaImpliedVols(many, premiums, out)),
    args: [vanillas, Float64Array.of(17, 20), new Float64Array(2)],
  },
  normalisedBlackPrice: { of: normalisedBlackPrice, args: [0.1, 0.3] },
  impliedVols: {
    of: (quotes: Parameters<typeof impliedVols>[0], out: Float64Array) => valued(out, impliedVols(quotes, out)),
    args: [{ ...columns, premiums: Float64Array.of(17, 20) }, new Float64Array(2)],
  },
  mertonPrices: {
    of: (parameters: typeof merton, many: typeof columns, out: Float64Array) => {
      mertonPrices(parameters, many, out);
      return out;
    },
    args: [merton, columns, new Float64Array(2)],
  },
  mertonVol: { of: mertonVol, args: [merton, 0.5, 0.1] },
  sviVol: { of: sviVol, args: [svi, 0.25, 0.1] },
  ssviVol: { of: ssviVol, args: [ssvi, 0.3, 0.1] },
  ssviVols: {
    of: (surface: typeof ssvi, years: number, logMoneyness: Float64Array, out: Float64Array) => {
      ssviVols(surface, years, logMoneyness, out);
      return out;
    },
    args: [ssvi, 0.3, k, new Float64Array(5)],
  },
  affineExponents: {
    of: (parameters: BatesParameters, years: number, pRe: Float64Array, pIm: Float64Array) => {
      const column = () => new Float64Array(2);
      const out = { aRe: column(), aIm: column(), bRe: column(), bIm: column() };
      affineExponents(parameters, years, pRe, pIm, out);
      return out;
    },
    args: [bates, 0.5, Float64Array.of(0, 0.5), Float64Array.of(1, 2)],
  },
  vanillaGreekColumns: { of: vanillaGreekColumns, args: [3] },
  blackPrice: { of: blackPrice, args: [true, 100, 95, 0.5, 0.4] },
  blackGreeks: { of: blackGreeks, args: [true, 100, 95, 0.5, 0.4] },
  blackVega: { of: blackVega, args: [100, 95, 0.5, 0.4] },
  blackPrices: { of: written(blackPrices), args: [columns, new Float64Array(2)] },
  blackVegas: { of: written(blackVegas), args: [columns, new Float64Array(2)] },
  conditionOf: {
    of: conditionOf,
    args: [
      [
        [1, 2],
        [3, 4],
        [5, 7],
      ],
    ],
    infinite: "a singular matrix",
  },
  assetOrNothing: { of: assetOrNothing, args: [option] },
  cashOrNothing: { of: cashOrNothing, args: [option] },
  integrate: { of: integrate, args: [Math.cos, 0, 1, 1e-10] },
  impliedVol: { of: impliedVol, args: [true, 12, 100, 95, 0.5] },
  vanillaImpliedVol: { of: vanillaImpliedVol, args: [option, 12] },
  mertonPrice: { of: mertonPrice, args: [merton, true, 100, 95, 0.5] },
  mertonVols: {
    of: (parameters: typeof merton, years: number, logMoneyness: Float64Array, out: Float64Array) => {
      return valued(out, mertonVols(parameters, years, logMoneyness, out));
    },
    args: [merton, 0.5, k, new Float64Array(5)],
  },
  sabrVol: { of: sabrVol, args: [sabr, 100, 110, 0.5] },
  sabrVols: {
    of: (parameters: typeof sabr, forward: number, years: number, logMoneyness: Float64Array, out: Float64Array) => {
      return valued(out, sabrVols(parameters, forward, years, logMoneyness, out));
    },
    args: [sabr, 100, 0.5, k, new Float64Array(5)],
  },
  ssviConditions: { of: ssviConditions, args: [ssvi], infinite: "a condition that nothing can break" },
  ssviSlice: { of: ssviSlice, args: [ssvi, 1] },
  ssviSurfaceVariance: { of: ssviSurfaceVariance, args: [ssvi, 0.3, 0.1] },
  fromJumpWings: {
    of: fromJumpWings,
    args: [{ variance: 0.3, skew: -0.2, putSlope: 0.6, callSlope: 0.3, leastVariance: 0.25 }, 0.25],
  },
  sviButterfly: { of: sviButterfly, args: [svi, 0.1], infinite: "a slice without variance" },
  sviVols: {
    of: (slice: typeof svi, years: number, logMoneyness: Float64Array, out: Float64Array) => {
      sviVols(slice, years, logMoneyness, out);
      return out;
    },
    args: [svi, 0.25, k, new Float64Array(5)],
  },
  sviWingSlopes: { of: sviWingSlopes, args: [svi] },
  toJumpWings: { of: toJumpWings, args: [svi, 0.25] },
};

describe("bad input to src/pricing", function () {
  this.timeout(20_000);

  for (const [name, call] of Object.entries(calls)) {
    it(`is refused by name by ${name}, or gives numbers`, () => checkBadInput(call));
  }

  it("is tried on every function but those of inner loops", async () => {
    const folder = join(import.meta.dirname, "../../src/pricing");
    const names = Object.keys(calls).filter((name) => !name.includes(","));
    expect(await checkedFunctions(folder)).to.have.members(names);
  });
});
