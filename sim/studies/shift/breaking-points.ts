import { wilson } from "../../../src/statistics/binomial-interval.ts";
import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { censoredMedian, censoredQuantile, type CensoredInterval, turnbull } from "../../../src/statistics/turnbull.ts";
import { breakingPoint } from "../../experiment/generalisation/breaking-point.ts";
import { prepareReplicates, pricersOf, replicateRandom } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyHeat, StudyLines, StudyResult, StudyTable } from "../../results/study.ts";
import type { SeedEvidence, SeedThreshold } from "./breaking-points/seed-thresholds.ts";
import { bisect, SeedWorld, TOLERANCE } from "./breaking-points/seed-thresholds.ts";
import { drawCount, fittedDraw } from "../shared/fitted-draw.ts";
import { FEWEST_REPLICATES } from "../shared/points.ts";
import { severityText, severityWithin } from "../shared/severity-text.ts";
import { breathe } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Seeds of a study. */
const MOST_SEEDS = 120;
/** Fewest seeds for the 5 % point. */
const FEWEST_FOR_FIVE_PERCENT = 60;
/** Severities at which the distribution is drawn. */
const DRAWN = Array.from({ length: 17 }, (_, i) => i / 16);

/** Severity at which each model breaks, sought seed by seed. */
export const breakingPoints: Study = {
  name: "breaking-points",
  summary: "At which severity does each model break? By bisection seed by seed, beside the grid's interpolation",
  on: "paths",
  async run(context) {
    const { scenario, models, masterSeed } = context;
    const primary = { ...scenario, scoring: { ...scenario.scoring, ages: [scenario.scoring.ages[0]] } };
    const severities = [...new Set([0, ...scenario.scoring.severities])];
    const config = configOf({ scenario: primary, models, masterSeed, severities });
    const pricers = pricersOf(config);
    const { rules } = prepareReplicates(config);
    const sought = new Map(models.map((name): [string, Sought] => [name, { evidence: [], thresholds: [] }]));
    const seeds = drawCount(scenario, MOST_SEEDS);
    let evaluations = 0;
    for (let seed = 0; seed < seeds; seed++) {
      const world = new SeedWorld(config, pricers, rules, replicateRandom(config, seed));
      for (const [name, model] of fittedDraw(config, pricers, seed)) {
        const { error, placeboExcess } = world.calm(model);
        const threshold = Math.max(scenario.breaks.pricingVolPoints, scenario.breaks.pricingMultiple * error);
        const excess = config.severities.map((severity) => (severity === 0 ? 0 : world.excess(model, severity)));
        const evidence = { excess, threshold, placeboExcess };
        sought.get(name)!.evidence.push(evidence);
        sought.get(name)!.thresholds.push(bisect(config.severities, evidence, (at) => world.excess(model, at)));
      }
      evaluations += world.evaluations;
      await breathe(context, seed + 1, seeds);
    }
    return resultOf(context, config.severities, sought, seeds, evaluations);
  },
};

/** What was found of one model, seed by seed. */
interface Sought {
  readonly evidence: SeedEvidence[];
  readonly thresholds: SeedThreshold[];
}

function resultOf(
  { scenario }: StudyContext,
  severities: readonly number[],
  sought: ReadonlyMap<string, Sought>,
  seeds: number,
  evaluations: number,
): StudyResult {
  const found = [...sought].filter(([, { thresholds }]) => thresholds.length >= FEWEST_REPLICATES);
  const medians = found.map(([name, { thresholds }]) => `${name} ${medianText(thresholds)}`);
  return {
    name: "breaking-points",
    title: "Breaking points",
    question: "At which severity does each model break?",
    answer: `Median severity at which the gap beyond attainable first passes its threshold: ${medians.join(", ")}.`,
    charts: [distributionChart(found), earlierChart(found)],
    tables: [table(severities, found)],
    notes: [
      `The threshold is max(${scenario.breaks.pricingVolPoints} vol points, ${scenario.breaks.pricingMultiple} times the calm error). ${seeds} seeds, each with a model fitted on its own calm and paths that share their random numbers across severities; first passage on the grid ${severities.join(", ")}, then bisected to ${TOLERANCE} within its cell: ${(evaluations / seeds).toFixed(0)} severities a seed.`,
      "Thresholds are known to lie in an interval; the distribution is Turnbull's. A passage that begins and ends between two severities of the grid is not seen.",
      "Attainable's filter is fitted at the grid's severities and linear between them.",
      ...(seeds < FEWEST_FOR_FIVE_PERCENT
        ? [`The severity at which 5 % have broken is not said of fewer than ${FEWEST_FOR_FIVE_PERCENT} seeds.`]
        : []),
    ],
  };
}

function table(severities: readonly number[], found: readonly (readonly [string, Sought])[]): StudyTable {
  return {
    caption: "Severity at which each model breaks: median with its 95 % interval over seeds",
    head: [
      "model",
      "bisected",
      "grid, interpolated",
      "5 % have broken",
      "broken in calm, share",
      "unbroken at the end, share",
      "re-entries",
      "seeds",
    ],
    digits: [0, 0, 0, 0, 2, 2, 0, 0],
    rows: found.map(([name, { evidence, thresholds }]) => {
      const grid = breakingPoint(severities, {
        excess: evidence.map(({ excess }) => excess),
        thresholds: evidence.map(({ threshold }) => threshold),
        placeboExcess: evidence.map(({ placeboExcess }) => placeboExcess),
      });
      const share = (is: (threshold: SeedThreshold) => boolean) => thresholds.filter(is).length / thresholds.length;
      return [
        name,
        medianText(thresholds),
        grid.median === null ? (grid.censored === "above-1" ? "> 1" : "≤ 0") : grid.median.toFixed(2),
        thresholds.length < FEWEST_FOR_FIVE_PERCENT
          ? "–"
          : severityWithin(censoredQuantile(withinOf(thresholds), 0.05)),
        share(({ within }) => within.low === -Infinity),
        share(({ within }) => within.high === Infinity),
        thresholds.filter(({ reenters }) => reenters).length,
        thresholds.length,
      ];
    }),
  };
}

/** Share of seeds that have broken, by severity. */
function distributionChart(found: readonly (readonly [string, Sought])[]): StudyLines {
  return {
    kind: "lines",
    title: "Share of seeds on which a model has broken",
    note: "Turnbull's estimate from each seed's own interval, with Wilson's 95 % interval.",
    x: { label: "severity", scale: "linear" },
    y: { label: "share of seeds broken", scale: "linear" },
    series: found.map(([name, { thresholds }]) => {
      const masses = turnbull(withinOf(thresholds));
      return {
        name,
        points: DRAWN.map((x) => {
          const y = Math.min(
            1,
            masses.filter(({ high }) => high <= x).reduce((sum, { mass }) => sum + mass, 0),
          );
          const { low, high } = wilson(Math.round(y * thresholds.length), thresholds.length);
          return { x, y, low, high };
        }),
      };
    }),
  };
}

/** Share of seeds on which the row's model breaks before the column's: paired, censored ones compared as far as known. */
function earlierChart(found: readonly (readonly [string, Sought])[]): StudyHeat {
  const names = found.map(([name]) => name);
  return {
    kind: "heat",
    title: "Share of seeds on which one model breaks before another",
    note: "Row before column, on the same paths; the rest breaks later, or in the same interval.",
    columns: { label: "than", names },
    rows: { label: "earlier", names },
    unit: "share of seeds",
    values: found.map(([row, one]) =>
      found.map(([column, other]) => {
        if (row === column || one.thresholds.length !== other.thresholds.length) return null;
        const earlier = one.thresholds.filter(({ within }, seed) => within.high <= other.thresholds[seed].within.low);
        return earlier.length / one.thresholds.length;
      }),
    ),
  };
}

function medianText(thresholds: readonly SeedThreshold[]): string {
  const intervals = withinOf(thresholds);
  const places = intervals.map(({ low, high }) => (low === -Infinity ? -1 : high === Infinity ? 2 : (low + high) / 2));
  const { low, high } = medianInterval(places);
  return `${severityText(censoredMedian(intervals))} [${severityText(low)}, ${severityText(high)}]`;
}

function withinOf(thresholds: readonly SeedThreshold[]): CensoredInterval[] {
  return thresholds.map(({ within }) => within);
}
