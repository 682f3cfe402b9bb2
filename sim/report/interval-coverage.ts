import { plural } from "./format.ts";

/** Share of synthetic experiments whose nominal 95 % interval held the truth. */
export interface Coverage {
  readonly interval: string;
  readonly sample: string;
  /** By shape of the truth; null where the shape was not tried. */
  readonly symmetric: number;
  readonly skewed: number;
  readonly heavyTailed: number | null;
}

/** What prints these numbers. */
export const coverageCommand = "node bench/coverage.ts";

/** Measured by {@link coverageCommand}, 4,000 experiments each: good to 0.7 points, those below 90 % to 1.2. */
const costBySeeds: readonly (readonly [seeds: number, symmetric: number, skewed: number, heavyTailed: number])[] = [
  [6, 0.948, 0.891, 0.823],
  [8, 0.948, 0.89, 0.821],
  [16, 0.948, 0.913, 0.864],
  [32, 0.952, 0.921, 0.885],
];
const shiftGap = { symmetric: 0.957, skewed: 0.962 };
const beyondAttainable = { symmetric: 0.945, skewed: 0.946 };

/** What prints {@link placeboFalsePositives}. */
export const placeboCommand = "node bench/placebo.ts 500 8";
/** How often a test at 5 % finds a difference between calm paths, by model, measured over 500 replications. */
export const placeboFalsePositives = {
  replications: 500,
  least: 0.042,
  most: 0.07,
  mostInterval: [0.049, 0.096],
} as const;

/** Coverage of every interval of the report, for the number of chain seeds that ran. */
export function intervalCoverages(seeds: number): Coverage[] {
  const cost = costCoverage(seeds);
  return [
    { interval: "shift gap, median", sample: "200 paths", ...shiftGap, heavyTailed: null },
    { interval: "gap beyond attainable, median", sample: "200 paths", ...beyondAttainable, heavyTailed: null },
    ...(cost === undefined ? [] : [cost]),
  ];
}

/** Of the mean excess cost: the largest measured number of seeds that does not exceed those that ran. */
export function costCoverage(seeds: number): Coverage | undefined {
  const row = costBySeeds.findLast(([measured]) => measured <= seeds);
  if (row === undefined) return undefined;
  const [measured, symmetric, skewed, heavyTailed] = row;
  return { interval: "excess cost, mean", sample: plural(measured, "seed"), symmetric, skewed, heavyTailed };
}

/** A sentence for beside the intervals of excess cost; empty where there are none. */
export function costCoverageNote(seeds: number): string {
  const cost = costCoverage(seeds);
  if (cost === undefined) return "";
  const whole = (share: number) => `${Math.round(100 * share)} %`;
  const { sample, symmetric, skewed, heavyTailed } = cost;
  return `Over ${sample} such an interval holds the true mean in ${whole(symmetric)} of experiments with symmetric costs, in ${whole(skewed)} with skewed and ${whole(heavyTailed!)} with heavy-tailed ones.`;
}
