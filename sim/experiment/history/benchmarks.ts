import { leastSquares, normalEquations } from "../../../src/models/least-squares.ts";
import type { PriceBars } from "../../../src/processes/history.ts";
import { realisedVariance } from "../../../src/processes/realised-variance.ts";

/** A forecaster of variance that needs no option: what models have to beat. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  /** Annualised variance forecast over the horizon from `time` (Unix seconds). */
  forecast(time: number): number;
}

const DAY = 86_400;
/** Look-backs of HAR: a day, a week, a month. */
const LOOKBACKS = [DAY, 7 * DAY, 30 * DAY];

/** The mean realised variance of the calm origins: the constant with the least QLIKE there. */
export function bestConstant(realised: readonly number[]): Benchmark {
  const variance = realised.reduce((sum, value) => sum + value, 0) / realised.length;
  return { name: "best-constant", summary: "the calm window's mean realised variance", forecast: () => variance };
}

/**
 * ln RV over the horizon on ln RV of the last day, week and month, fitted on the calm origins; undefined where the file
 * does not reach a month back from enough of them.
 * @see Corsi (2009), "A simple approximate long-memory model of realized volatility"
 */
export function har(bars: PriceBars, origins: readonly number[], realised: readonly number[]): Benchmark | undefined {
  const usable = origins.map((_, i) => i).filter((i) => origins[i] - LOOKBACKS[2] >= bars.times[0]);
  if (usable.length < 2 * (LOOKBACKS.length + 1)) return undefined;
  const regressors = (time: number) => [
    1,
    ...LOOKBACKS.map((lookback) => Math.log(realisedVariance(bars, time - lookback, time))),
  ];
  const columns = LOOKBACKS.length + 1;
  const design = {
    rows: Float64Array.from(usable.flatMap((i) => regressors(origins[i]))),
    columns,
    target: Float64Array.from(usable, (i) => Math.log(realised[i])),
    weight: new Float64Array(usable.length).fill(1),
  };
  const b = leastSquares("har", design, normalEquations(design, 0, usable.length), 0, usable.length);
  return {
    name: "har",
    summary: "log HAR: realised variance of the last day, week and month",
    forecast: (time) => Math.exp(regressors(time).reduce((sum, value, i) => sum + value * b[i], 0)),
  };
}
