/**
 * The library without a chain: simulate a market, fit smiles to it day by day, and ask which prices the next day best.
 *
 * `node examples/next-day-smiles.ts`
 *
 * Prices follow Bates's model; every day has a surface of quotes with noise. A flat vol, SVI slices, an SSVI surface and
 * Heston are fitted to today's quotes and scored on tomorrow's, at equal log-moneyness. Each is compared with the flat
 * vol by Diebold and Mariano's test, Holm-adjusted, with a BCa interval of the mean difference. A project that installs
 * the package imports from "regimebreak/src/…" instead.
 */
import { pathToFileURL } from "node:url";

import { butterflies } from "../src/pricing/arbitrage.ts";
import type { BatesState } from "../src/pricing/bates-coordinates.ts";
import { calibrateHeston } from "../src/pricing/bates-calibration.ts";
import type { BatesParameters } from "../src/pricing/bates.ts";
import { BatesPricer } from "../src/pricing/bates.ts";
import type { SmileQuotes } from "../src/pricing/calibration-input-error.ts";
import { calibrateSsvi } from "../src/pricing/ssvi-calibration.ts";
import { ssviVols } from "../src/pricing/ssvi.ts";
import { calibrateSvi } from "../src/pricing/svi-calibration.ts";
import { sviButterfly, sviVols } from "../src/pricing/svi.ts";
import { simulateBates } from "../src/processes/bates-path.ts";
import { createRandom } from "../src/random/random.ts";
import { bcaInterval } from "../src/statistics/bootstrap.ts";
import { dieboldMariano } from "../src/statistics/diebold-mariano.ts";
import { holm } from "../src/statistics/holm.ts";
import { mean } from "../src/statistics/moments.ts";

const truth: BatesParameters = {
  kappa: 4,
  theta: 0.36,
  volOfVol: 1.5,
  rho: -0.6,
  jumpIntensity: 3,
  jumpMean: -0.06,
  jumpSd: 0.08,
};
const TENORS = [7, 30, 90].map((days) => days / 365);
/** Strikes in deviations of the log price. */
const DEVIATIONS = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];
/** Half a vol point. */
const NOISE = 0.005;

/** A day's quotes by tenor. */
type Surface = readonly SmileQuotes[];

/** Vols that a model quotes at a surface's own places. */
type Fitted = (at: SmileQuotes, tenor: number) => Float64Array;

function surfaces(days: number, seed: number): Surface[] {
  const random = createRandom(seed, "next-day smiles");
  const { variances } = simulateBates(truth, { price: 100, variance: truth.theta }, 1 / 365, days, random.fork("path"));
  const pricer = new BatesPricer(truth);
  const noise = random.fork("noise");
  return Array.from(variances, (variance, day) =>
    TENORS.map((years, tenor) => {
      const logMoneyness = Float64Array.from(DEVIATIONS, (z) => z * Math.sqrt(truth.theta * years));
      const vols = new Float64Array(logMoneyness.length);
      pricer.impliedVols(Math.max(variance, 0.01), years, logMoneyness, vols);
      return { years, logMoneyness, vols: vols.map((vol, i) => vol + NOISE * noise.normal(day, 100 * tenor + i)) };
    }),
  );
}

function fitFlat(quotes: Surface): Fitted {
  const level = mean(quotes.flatMap(({ vols }) => Array.from(vols)));
  return ({ vols }) => new Float64Array(vols.length).fill(level);
}

function fitSvi(quotes: Surface): Fitted {
  const slices = quotes.map((slice) => calibrateSvi(slice).parameters);
  return ({ years, logMoneyness }, tenor) => {
    const vols = new Float64Array(logMoneyness.length);
    sviVols(slices[tenor], years, Float64Array.from(logMoneyness), vols);
    return vols;
  };
}

function fitSsvi(quotes: Surface): Fitted {
  const { parameters } = calibrateSsvi(quotes);
  return ({ years, logMoneyness }) => {
    const vols = new Float64Array(logMoneyness.length);
    ssviVols(parameters, years, Float64Array.from(logMoneyness), vols);
    return vols;
  };
}

/** Starts from the day before, as a desk does. */
function hestonFitter(): (quotes: Surface) => Fitted {
  let previous: BatesState | undefined;
  return (quotes) => {
    const { parameters } = calibrateHeston(quotes, { previous });
    previous = parameters;
    const pricer = new BatesPricer(parameters);
    return ({ years, logMoneyness }) => {
      const vols = new Float64Array(logMoneyness.length);
      pricer.impliedVols(parameters.variance, years, Float64Array.from(logMoneyness), vols);
      return vols;
    };
  };
}

/** What one model's next day cost, and whether that is less than the flat vol's. */
export interface SmileScore {
  readonly name: string;
  /** Mean absolute error on tomorrow's quotes, vol points. */
  readonly error: number;
  /** Less the flat vol's, with its BCa interval; null for the flat vol itself. */
  readonly difference: { readonly mean: number; readonly low: number; readonly high: number } | null;
  /** Diebold and Mariano's p-value, Holm-adjusted over the models. */
  readonly p: number | null;
}

/** Scores every model over consecutive days. */
export function nextDaySmiles(days = 40, seed = 1): SmileScore[] {
  const quotes = surfaces(days, seed);
  const models: readonly (readonly [string, (quotes: Surface) => Fitted])[] = [
    ["flat vol", fitFlat],
    ["SVI slices", fitSvi],
    ["SSVI surface", fitSsvi],
    ["Heston", hestonFitter()],
  ];
  const losses = models.map(([, fit]) =>
    Float64Array.from({ length: days - 1 }, (_, day) => {
      const fitted = fit(quotes[day]);
      return mean(
        quotes[day + 1].flatMap((slice, tenor) => {
          const vols = fitted(slice, tenor);
          return Array.from(slice.vols, (vol, i) => 100 * Math.abs(vols[i] - vol));
        }),
      );
    }),
  );
  const [flat, ...others] = losses;
  const adjusted = holm(others.map((loss) => dieboldMariano(loss, flat).p));
  return models.map(([name], m) => {
    if (m === 0) return { name, error: mean(flat), difference: null, p: null };
    const differences = losses[m].map((loss, day) => loss - flat[day]);
    const { estimate, low, high } = bcaInterval(differences, mean, createRandom(seed, "bootstrap", m));
    return { name, error: mean(losses[m]), difference: { mean: estimate, low, high }, p: adjusted[m - 1] };
  });
}

/** Share of the days on which a fitted SVI slice has no butterfly arbitrage. */
export function freeOfButterflies(days = 40, seed = 1): number {
  const slices = surfaces(days, seed).flatMap((surface) => surface.map((slice) => calibrateSvi(slice).parameters));
  return mean(slices.map((slice) => (butterflies((k) => sviButterfly(slice, k)).violations === 0 ? 1 : 0)));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log("Error on tomorrow's quotes, vol points; difference to the flat vol with 95 % interval, adjusted p");
  for (const { name, error, difference, p } of nextDaySmiles()) {
    const beside =
      difference === null
        ? ""
        : `${difference.mean.toFixed(2)} [${difference.low.toFixed(2)}, ${difference.high.toFixed(2)}], p ${p!.toPrecision(2)}`;
    console.log(`  ${name.padEnd(14)} ${error.toFixed(2).padStart(5)}  ${beside}`);
  }
  console.log(`SVI slices without butterfly arbitrage: ${(100 * freeOfButterflies()).toFixed(0)} %`);
}
