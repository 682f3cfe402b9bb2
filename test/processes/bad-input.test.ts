import { join } from "node:path";

import { expect } from "chai";

import type { BatesParameters } from "../../src/pricing/bates.ts";
import { sampleBars } from "../../src/processes/bar-path.ts";
import { simulateBates } from "../../src/processes/bates-path.ts";
import { correlatedReturns, correlationFactor, tightenedCorrelations } from "../../src/processes/correlated-assets.ts";
import {
  fitGarch,
  garchLogLikelihood,
  garchResiduals,
  garchVariance,
  garchVariances,
  simulateGarch,
} from "../../src/processes/garch.ts";
import { fitHar, forecastHar, qlike } from "../../src/processes/har.ts";
import {
  hawkesExpectedExcess,
  hawkesLogLikelihood,
  hawkesMeanIntensity,
  hawkesResiduals,
  hawkesTimes,
} from "../../src/processes/hawkes.ts";
import { extendWithPrices, joinBars } from "../../src/processes/join-bars.ts";
import { DesignedJumps } from "../../src/processes/jump-design.ts";
import { MarketSurface } from "../../src/processes/market-surface.ts";
import { realisedVariances, realisedVariance, shortestLife } from "../../src/processes/realised-variance.ts";
import {
  simulateRegimes,
  stationaryShares,
  switchingReturns,
  transitionMatrix,
} from "../../src/processes/regime-switching.ts";
import { resampleHistory } from "../../src/processes/resampled-history.ts";
import {
  coxIngersollRossBond,
  simulateCoxIngersollRoss,
  simulateVasicek,
  vasicekBond,
} from "../../src/processes/short-rate.ts";
import { stationaryVariance } from "../../src/processes/variance-step.ts";
import { indexSnapshots } from "../../src/processes/volatility-index.ts";
import { describeWindow, drawWindows, requireDisjoint, selectBars } from "../../src/processes/windows.ts";
import { createRandom } from "../../src/random/random.ts";
import type { Call } from "../bad-input.ts";
import { checkBadInput, checkedFunctions } from "../bad-input.ts";

const random = createRandom(1, "bad input");
const returns = Float64Array.from({ length: 120 }, (_, i) => 0.01 * random.normal(i, 0));
const bates: BatesParameters = {
  kappa: 3,
  theta: 0.4,
  volOfVol: 1.2,
  rho: -0.5,
  jumpIntensity: 2,
  jumpMean: -0.1,
  jumpSd: 0.12,
};
const garch = { omega: 1e-5, alpha: 0.08, beta: 0.85, gamma: 0.05 };
const hawkes = { base: 10, excitation: 5, decay: 20 };
const rates = [
  [0, 4, 1],
  [3, 0, 1],
  [2, 2, 0],
];
const correlations = [
  [1, 0.5],
  [0.5, 1],
];
const vasicek = { speed: 0.8, level: 0.05, vol: 0.02 };
const DAY = 86_400;
const closes = Float64Array.from({ length: 10 }, (_, i) => 100 + i);
const bars = {
  source: "made",
  times: Float64Array.from(closes, (_, i) => i * DAY),
  opens: closes,
  highs: closes.map((close) => close + 1),
  lows: closes.map((close) => close - 1),
  closes,
  barSeconds: DAY,
};
const daily = Float64Array.from({ length: 80 }, (_, i) => 0.3 + 0.1 * Math.sin(i) + 0.05 * Math.cos(3 * i));
const quote = { isCall: true, strike: 110, bid: 1, ask: 2, mark: 1.5, markVol: 0.5, forward: 100, index: 100 };

const calls: Readonly<Record<string, Call>> = {
  sampleBars: { of: sampleBars, args: [bars, DAY, 10, DAY / 4] },
  simulateBates: {
    of: (parameters: BatesParameters, start: { price: number; variance: number }, stepYears: number, steps: number) =>
      simulateBates(parameters, start, stepYears, steps, random),
    args: [bates, { price: 100, variance: 0.3 }, 1 / 365, 10],
  },
  correlationFactor: { of: correlationFactor, args: [correlations] },
  tightenedCorrelations: { of: tightenedCorrelations, args: [correlations, 0.5] },
  correlatedReturns: { of: correlatedReturns, args: [[0.5, 0.6], correlations, 1 / 365, 10, random] },
  fitGarch: { of: fitGarch, args: [returns, true] },
  garchLogLikelihood: { of: garchLogLikelihood, args: [returns, garch, 1e-4] },
  garchResiduals: {
    of: garchResiduals,
    args: [
      returns,
      {
        parameters: garch,
        startVariance: 1e-4,
        logLikelihood: 0,
        persistence: 0.9,
        variances: returns,
        activeBounds: [],
      },
    ],
  },
  garchVariance: { of: garchVariance, args: [garch] },
  garchVariances: { of: garchVariances, args: [returns, garch, 1e-4] },
  simulateGarch: { of: simulateGarch, args: [garch, 1e-4, 20, random, returns] },
  fitHar: { of: fitHar, args: [daily, 2, [1, 3, 9]] },
  forecastHar: { of: forecastHar, args: [fitHar(daily, 2, [1, 3, 9]), daily] },
  qlike: { of: qlike, args: [0.3, 0.4] },
  hawkesExpectedExcess: { of: hawkesExpectedExcess, args: [hawkes, 3, 0.1] },
  hawkesLogLikelihood: {
    of: hawkesLogLikelihood,
    args: [hawkes, Float64Array.of(0.1, 0.2, 0.4, 0.5), 1],
    infinite: "nothing can arrive",
  },
  hawkesMeanIntensity: { of: hawkesMeanIntensity, args: [hawkes] },
  hawkesResiduals: { of: hawkesResiduals, args: [hawkes, Float64Array.of(0.1, 0.2, 0.4, 0.5)] },
  hawkesTimes: { of: hawkesTimes, args: [hawkes, 1, random] },
  joinBars: {
    of: joinBars,
    args: [[bars, { ...bars, source: "later", times: bars.times.map((time) => time + 10 * DAY) }]],
  },
  extendWithPrices: { of: extendWithPrices, args: [bars, [10 * DAY, 11 * DAY], [100, 101]] },
  DesignedJumps: {
    of: (design: { fromStep: number; toStep: number; share: number }, intensity: number, stepYears: number) =>
      new DesignedJumps(design, () => intensity, stepYears, random).result,
    args: [{ fromStep: 2, toStep: 8, share: 0.5 }, 3, 0.01],
  },
  MarketSurface: {
    of: (snapshot: ConstructorParameters<typeof MarketSurface>[0], logMoneyness: number, years: number) =>
      new MarketSurface(snapshot).volAt(logMoneyness, years),
    args: [
      {
        time: 0,
        quotes: [
          { ...quote, expiry: 30 * DAY, openInterest: 1 },
          { ...quote, expiry: 60 * DAY, openInterest: 1, strike: 120 },
        ],
      },
      0.1,
      0.1,
    ],
  },
  realisedVariance: { of: realisedVariance, args: [bars, DAY, 8 * DAY] },
  realisedVariances: {
    of: realisedVariances,
    args: [{ ...bars, times: bars.times.map((time) => time / 4), barSeconds: DAY / 4 }, DAY, 2 * DAY, DAY],
  },
  shortestLife: { of: shortestLife, args: [{ barSeconds: DAY }] },
  simulateRegimes: { of: simulateRegimes, args: [rates, 0, 0.01, 20, random] },
  stationaryShares: { of: stationaryShares, args: [rates] },
  switchingReturns: { of: switchingReturns, args: [Uint8Array.of(0, 1, 1, 0), [0.4, 0.9], 0.01, random] },
  transitionMatrix: { of: transitionMatrix, args: [rates, 0.1] },
  resampleHistory: { of: resampleHistory, args: [[returns], 20, 5, random, 0] },
  coxIngersollRossBond: { of: coxIngersollRossBond, args: [vasicek, 0.03, 5] },
  simulateCoxIngersollRoss: { of: simulateCoxIngersollRoss, args: [vasicek, 0.03, 0.1, 10, random] },
  simulateVasicek: { of: simulateVasicek, args: [vasicek, 0.03, 0.1, 10, random] },
  vasicekBond: { of: vasicekBond, args: [vasicek, 0.03, 5] },
  stationaryVariance: { of: stationaryVariance, args: [bates, 0.7] },
  indexSnapshots: {
    of: indexSnapshots,
    args: [{ times: Float64Array.of(DAY, 2 * DAY), vols: Float64Array.of(0.5, 0.6), droppedRows: 0 }, 30, bars],
  },
  describeWindow: { of: describeWindow, args: [{ from: DAY, to: 2 * DAY }] },
  drawWindows: {
    of: drawWindows,
    args: ["--calm", { from: 0, to: 100 * DAY }, 7 * DAY, 3, [{ from: 10 * DAY, to: 20 * DAY }], random],
  },
  selectBars: { of: selectBars, args: ["--calm", bars, { from: DAY, to: 8 * DAY }, 0] },
};

describe("bad input to src/processes", function () {
  this.timeout(20_000);

  for (const [name, call] of Object.entries(calls)) {
    it(`is refused by name by ${name}, or gives numbers`, () => checkBadInput(call));
  }

  it("is tried on every function but those of inner loops and readers of text", async () => {
    const folder = join(import.meta.dirname, "../../src/processes");
    const readers = [
      "parse",
      "find",
      "toNumber",
      "toUnixSeconds",
      "DataFaults",
      "commonest",
      "longestStill",
      "rulesOf",
      "timeUnit",
    ];
    const found = await checkedFunctions(folder);
    const tried = found.filter((name) => !readers.some((reader) => name.startsWith(reader)));
    expect(tried.sort()).to.deep.equal(Object.keys(calls).sort());
  });

  it("of windows is refused where they overlap", () => {
    const window = { from: 0, to: 10 };
    expect(() => requireDisjoint("--stress", window, "--calm", { from: 9, to: 12 })).to.throw("overlaps");
  });
});
