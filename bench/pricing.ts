/**
 * Pricing and calibration beside QuantLib: `node bench/pricing.ts`.
 *
 * Prints CPU time of both sides and their ratio (ours over theirs; QuantLib through its Python bindings, Debian's
 * `quantlib-python` or pip's `QuantLib`, named by the variable PYTHON if not found by itself). Both do the same work on
 * the same quotes; calibrations start from the same point, and ours also from its own screened starts. Least time of
 * several rounds, since other users of the machine only add to it.
 */
import { spawnSync } from "node:child_process";

import type { BatesState } from "../src/pricing/bates-coordinates.ts";
import { calibrateBates, calibrateHeston } from "../src/pricing/bates-calibration.ts";
import { BatesPricer } from "../src/pricing/bates.ts";
import { vanillaGreekColumns, vanillaGreeks, vanillaGreeksMany } from "../src/pricing/black-scholes-merton.ts";
import { blackPrice, blackPrices } from "../src/pricing/black-scholes.ts";
import { impliedVolOrNaN, impliedVols } from "../src/pricing/implied-vol.ts";
import { sabrVol, sabrVols } from "../src/pricing/sabr.ts";
import { ssviVol, ssviVols } from "../src/pricing/ssvi.ts";
import { calibrateSvi } from "../src/pricing/svi-calibration.ts";
import { sviVol, sviVols } from "../src/pricing/svi.ts";
import { createRandom } from "../src/random/random.ts";

const OPTIONS = 100_000;
/** Options that the Python side prices: its cost is per call. */
const PYTHON_OPTIONS = 10_000;
const truth: BatesState = {
  variance: 0.3,
  kappa: 3,
  theta: 0.4,
  volOfVol: 1.2,
  rho: -0.5,
  jumpIntensity: 2,
  jumpMean: -0.1,
  jumpSd: 0.12,
};
const start: BatesState = {
  variance: 0.4,
  kappa: 2,
  theta: 0.5,
  volOfVol: 1,
  rho: -0.3,
  jumpIntensity: 1,
  jumpMean: -0.05,
  jumpSd: 0.1,
};

interface Measured {
  readonly seconds: number;
  readonly value: number;
}

function leastCpuSeconds(rounds: number, work: () => number): Measured {
  let least = Infinity;
  let value = 0;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    value = work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6);
  }
  return { seconds: least, value };
}

const random = createRandom(1, "bench");
const column = (low: number, high: number, purpose: number) =>
  Float64Array.from({ length: OPTIONS }, (_, i) => low + (high - low) * random.uniform(i, purpose));
const options = {
  isCall: Uint8Array.from({ length: OPTIONS }, (_, i) => i % 2),
  spots: column(50, 150, 0),
  strikes: column(50, 150, 1),
  years: column(0.02, 2, 2),
  rates: column(0, 0.05, 3),
  dividends: column(0, 0.03, 4),
  vols: column(0.2, 1.2, 5),
};
const greeks = vanillaGreekColumns(OPTIONS);

const pricer = new BatesPricer(truth);
const surface = [7, 14, 30, 90, 180].map((days, t) => {
  const years = days / 365;
  const logMoneyness = Float64Array.from({ length: 9 }, (_, i) => (i - 4) * 0.55 * Math.sqrt(truth.variance * years));
  const vols = new Float64Array(9);
  pricer.impliedVols(truth.variance, years, logMoneyness, vols);
  return { days, years, logMoneyness, vols: vols.map((vol, i) => vol + 0.005 * Math.sin(5 * (9 * t + i))) };
});
const wide = Float64Array.from({ length: 15 }, (_, i) => -0.6 + (1.2 * i) / 14);
const smile = new Float64Array(15);
pricer.impliedVols(truth.variance, 90 / 365, wide, smile);
const sviSlice = { days: 90, years: 90 / 365, logMoneyness: wide, vols: smile };

const ours = {
  greeks: leastCpuSeconds(7, () => {
    vanillaGreeksMany(options, greeks);
    return greeks.price[0];
  }),
  svi: leastCpuSeconds(200, () => calibrateSvi(sviSlice).rmse),
  heston: leastCpuSeconds(12, () => calibrateHeston(surface, { previous: start }).rmse),
  bates: leastCpuSeconds(8, () => calibrateBates(surface, { previous: start }).rmse),
  hestonScreened: leastCpuSeconds(8, () => calibrateHeston(surface).rmse),
  batesScreened: leastCpuSeconds(6, () => calibrateBates(surface).rmse),
};

type Theirs = { readonly version: string } & Readonly<Record<string, Measured | { readonly missing: string }>>;

function quantLib(): Theirs | undefined {
  const rows = Array.from({ length: PYTHON_OPTIONS }, (_, i) => [
    options.isCall[i],
    options.spots[i],
    options.strikes[i],
    options.years[i],
    options.rates[i],
    options.dividends[i],
    options.vols[i],
  ]);
  const plain = ({ days, logMoneyness, vols }: typeof sviSlice) => ({
    days,
    logMoneyness: Array.from(logMoneyness),
    vols: Array.from(vols),
  });
  const input = JSON.stringify({ options: rows, surface: surface.map(plain), svi: plain(sviSlice), start });
  const script = new URL("quantlib-pricing.py", import.meta.url).pathname;
  const candidates = process.env.PYTHON === undefined ? ["python3", "/usr/bin/python3"] : [process.env.PYTHON];
  for (const python of candidates) {
    const run = spawnSync(python, [script], { input, encoding: "utf8", maxBuffer: 1 << 26 });
    if (run.status === 0) return JSON.parse(run.stdout) as Theirs;
    if (!/No module named/.test(run.stderr ?? "")) console.error(run.stderr);
  }
  return undefined;
}

/** Time of single calls over that of columns: what the batched forms save. */
function columnRatios(): readonly (readonly [string, number])[] {
  const out = new Float64Array(OPTIONS);
  const { isCall, spots, strikes, years, rates, dividends, vols } = options;
  const quotes = { isCall, forwards: spots, strikes, years, vols };
  const k = column(-0.6, 0.6, 6);
  const premiums = new Float64Array(OPTIONS);
  blackPrices(quotes, premiums);
  const svi = { a: 0.02, b: 0.1, rho: -0.3, m: 0.02, sigma: 0.15 };
  const ssvi = { years: [0.1, 0.5, 1], thetas: [0.02, 0.1, 0.2], rho: -0.4, eta: 1, gamma: 0.4 };
  const sabr = { alpha: 0.6, beta: 1, rho: -0.3, nu: 1 };
  const each = (single: (i: number) => number) => () => {
    let sum = 0;
    for (let i = 0; i < OPTIONS; i++) sum += single(i);
    return sum;
  };
  const optionAt = (i: number) => ({
    isCall: isCall[i] === 1,
    spot: spots[i],
    strike: strikes[i],
    years: years[i],
    rate: rates[i],
    dividend: dividends[i],
    vol: vols[i],
  });
  const many = (fill: () => unknown) => () => {
    fill();
    return out[0];
  };
  const cases: readonly (readonly [string, () => number, () => number])[] = [
    [
      "Black prices",
      each((i) => blackPrice(isCall[i] === 1, spots[i], strikes[i], years[i], vols[i])),
      many(() => blackPrices(quotes, out)),
    ],
    [
      "price and 12 Greeks",
      each((i) => vanillaGreeks(optionAt(i)).price),
      many(() => vanillaGreeksMany(options, greeks)),
    ],
    [
      "implied vols",
      each((i) => impliedVolOrNaN(isCall[i] === 1, premiums[i], spots[i], strikes[i], years[i])),
      many(() => impliedVols({ ...quotes, premiums }, out)),
    ],
    ["SVI vols", each((i) => sviVol(svi, 0.25, k[i])), many(() => sviVols(svi, 0.25, k, out))],
    ["SSVI vols", each((i) => ssviVol(ssvi, 0.3, k[i])), many(() => ssviVols(ssvi, 0.3, k, out))],
    [
      "SABR vols",
      each((i) => sabrVol(sabr, 100, 100 * Math.exp(k[i]), 0.5)),
      many(() => sabrVols(sabr, 100, 0.5, k, out)),
    ],
    [
      "Bates vols, one pricer",
      each((i) => pricer.impliedVolOrNaN(0.3, 0.2, k[i])),
      many(() => pricer.impliedVols(0.3, 0.2, k, out)),
    ],
  ];
  return cases.map(([name, single, columns]) => {
    const [alone, together] = [leastCpuSeconds(5, single), leastCpuSeconds(5, columns)];
    const rate = million(together, OPTIONS).padEnd(14);
    return [`${name.padEnd(28)} ${rate} single calls take`, alone.seconds / together.seconds];
  });
}

const theirs = quantLib();
console.log(theirs === undefined ? "QuantLib not found: our side alone" : `QuantLib ${theirs.version} by its bindings`);
const million = (of: Measured, count: number) => `${(count / of.seconds / 1e6).toFixed(2)} M/s`;
const milliseconds = (of: Measured) => `${(of.seconds * 1e3).toFixed(2)} ms, rmse ${of.value.toExponential(1)}`;

function line(name: string, mine: Measured, other: string, show: (of: Measured, isOurs: boolean) => string, scale = 1) {
  const found = theirs?.[other];
  const measured = typeof found === "object" && "seconds" in found ? found : undefined;
  const missing = typeof found === "object" && "missing" in found ? `not there (${found.missing})` : "";
  const beside = measured === undefined ? missing : `QuantLib ${show(measured, false)}`;
  const ratio = measured === undefined ? "" : `ratio ${((mine.seconds / measured.seconds) * scale).toFixed(3)}`;
  console.log(`${name.padEnd(44)} ${show(mine, true).padEnd(26)} ${beside.padEnd(36)} ${ratio}`);
}

line(
  "price and 12 Greeks (QuantLib: price and 5)",
  ours.greeks,
  "greeks",
  (of, isOurs) => million(of, isOurs ? OPTIONS : PYTHON_OPTIONS),
  PYTHON_OPTIONS / OPTIONS,
);
line("SVI slice, 15 quotes", ours.svi, "svi", milliseconds);
line("Heston, 45 quotes, same start", ours.heston, "heston", milliseconds);
line("Heston, 45 quotes, screened starts", ours.hestonScreened, "heston", milliseconds);
line("Bates, 45 quotes, same start", ours.bates, "bates", milliseconds);
line("Bates, 45 quotes, screened starts", ours.batesScreened, "bates", milliseconds);
console.log("\nColumns beside single calls, the same numbers to the bit");
for (const [name, ratio] of columnRatios()) console.log(`${name} ${ratio.toFixed(2)} times as long`);
