import { runLengths } from "../../../../src/statistics/bayesian-change-point.ts";
import { cusumPath } from "../../../../src/statistics/cusum.ts";
import { kolmogorovSmirnov, populationStability, wasserstein } from "../../../../src/statistics/drift.ts";
import { mean, standardDeviation } from "../../../../src/statistics/moments.ts";

/** What is watched: a value an observation, the first `calibration` of them calm. */
export interface Watched {
  readonly logVol: Float64Array;
  readonly error: Float64Array;
  readonly calibration: number;
}

/** A statistic that alarms where it exceeds a threshold, one value an observation. */
export interface Monitor {
  readonly name: string;
  /** @param trained - ln realised vol of the training days */
  statistic(watched: Watched, trained: Float64Array): Float64Array;
}

/** Half the shift, in standard deviations, that the chart is tuned to; ours. */
const ALLOWANCE = 0.5;
/** Observations between changes that the Bayesian monitor expects, and run lengths that count as recent. */
const [MEAN_RUN, RECENT] = [200, 3];
/** Log errors below a tenth of a per cent are beneath every quote's noise. */
const SMALLEST_SPREAD = 1e-3;
/** Latest observations whose distribution is compared with training. */
const DRIFT_WINDOW = 12;

/** All monitors, those of single observations first. */
export const monitors: readonly Monitor[] = [
  ...(["error", "logVol"] as const).flatMap((source): Monitor[] => {
    const of = source === "error" ? "of the error" : "of realised vol";
    return [
      {
        name: `CUSUM ${of}`,
        statistic: (watched) => cusumPath(innovations(watched[source], watched.calibration), ALLOWANCE),
      },
      {
        name: `change point ${of}`,
        statistic: (watched) => changeShare(standardised(watched[source], watched.calibration)),
      },
    ];
  }),
  drift("PSI", (trained, recent) => populationStability(trained, recent)),
  drift("KS", (trained, recent) => kolmogorovSmirnov(trained, recent).statistic),
  drift("Wasserstein", wasserstein),
];

/** A distance between the latest observations of realised vol and those of training. */
function drift(name: string, distance: (trained: Float64Array, recent: Float64Array) => number): Monitor {
  return {
    name: `${name} of realised vol`,
    statistic: ({ logVol }, trained) =>
      logVol.map((_, t) => (t + 1 < DRIFT_WINDOW ? 0 : distance(trained, logVol.slice(t + 1 - DRIFT_WINDOW, t + 1)))),
  };
}

/** In standard deviations of the calibration span about its mean. */
function standardised(values: Float64Array, calibration: number): Float64Array {
  const calm = values.subarray(0, calibration);
  const centre = mean(calm);
  const spread = Math.max(SMALLEST_SPREAD, standardDeviation(calm));
  return values.map((value) => (value - centre) / spread);
}

/**
 * What each value is beyond its forecast from the one before, in standard deviations of the calibration span: a chart
 * of values that depend on each other would alarm on their memory.
 * @see Alwan & Roberts (1988), "Time-series modeling for statistical process control"
 */
function innovations(values: Float64Array, calibration: number): Float64Array {
  const z = standardised(values, calibration);
  let [cross, square] = [0, 0];
  for (let t = 1; t < calibration; t++) {
    cross += z[t] * z[t - 1];
    square += z[t - 1] ** 2;
  }
  const memory = square > 0 ? Math.min(1, Math.max(-1, cross / square)) : 0;
  return standardised(
    z.map((value, t) => (t === 0 ? 0 : value - memory * z[t - 1])),
    calibration,
  );
}

function changeShare(values: Float64Array): Float64Array {
  const prior = { meanRun: MEAN_RUN, mean: 0, meanWeight: 1, variance: 1, varianceWeight: 4, recent: RECENT };
  return runLengths(values, prior).changed;
}
