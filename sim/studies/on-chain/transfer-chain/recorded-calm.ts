import type { MomentFeatures } from "../../../../src/models/feature-pipeline.ts";
import { featureNames, type FeatureName } from "../../../../src/models/pricing-model.ts";
import { createRandom, type Random } from "../../../../src/random/random.ts";
import type { RunRecord } from "../../../engine/run-record.ts";
import type { Columns } from "../../../experiment/finished-run.ts";
import type { Moment } from "../../../experiment/generalisation/moments.ts";
import { quotesAt, type MarketQuotes } from "../../../experiment/generalisation/quotes.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import type { TruthPricers } from "../../../world/truth-pricers.ts";

/** Seconds between moments that are recorded of a run. */
const STEP = 4 * 3600;
const DAY = 86_400;

const recordedFeatures = featureNames.filter((name) => name !== "logMoneyness" && name !== "years");

/** The truth and the public features at moments of a calm run, a row each. */
export function recordMoments(record: RunRecord): Columns {
  const start = record.genesis.time;
  const end = record.blocks[record.blocks.length - 1].time;
  const times = Array.from({ length: Math.floor((end - start) / STEP) }, (_, i) => start + (i + 1) * STEP);
  // The clock need not have a block at a moment: the last one before it tells what was known then.
  const blocks = times.map((time) => record.blocks.findLast((block) => block.time <= time) ?? record.genesis);
  const column = (pick: (block: (typeof blocks)[number]) => number) => Float64Array.from(blocks, pick);
  return {
    time: column((block) => block.time - start),
    spot: column(({ truth }) => truth.spot),
    variance: column(({ truth }) => truth.variance),
    feedSpot: column(({ features }) => features.spot),
    ...Object.fromEntries(recordedFeatures.map((name) => [name, column(({ features }) => features[name])])),
  };
}

/** Calm quotes of a share of the recorded runs, drawn by the seed: what a model is trained on in that market. */
export function recordedQuotes(
  scenario: Scenario,
  pricers: TruthPricers,
  runs: readonly Columns[],
  share: number,
  masterSeed: number,
  seed: number,
): MarketQuotes {
  const random = createRandom(masterSeed, "recorded calm", seed);
  const chosen = draw(runs, Math.max(1, Math.round(share * runs.length)), random);
  // Runs follow each other with days of their own, so that whole runs are fitted on or held out.
  const days = Math.ceil(scenario.clock.horizon / DAY) + 1;
  const moments = chosen.flatMap((run, place) => momentsOf(run, place * days * DAY));
  return quotesAt(scenario, pricers, moments, ["standardised"], random.fork("noise"));
}

function momentsOf(run: Columns, offset: number): Moment[] {
  return Array.from(run.time, (time, row) => {
    const features = Object.fromEntries(recordedFeatures.map((name) => [name, run[name][row]]));
    return {
      time: offset + time,
      spot: run.spot[row],
      variance: run.variance[row],
      severity: 0,
      features: {
        ...(features as Record<(typeof recordedFeatures)[number] & FeatureName, number>),
        spot: run.feedSpot[row],
        // Models that read whole histories of returns learn nothing from flow.
        returns: { step: 3600, end: Number.NaN, values: new Float64Array(0) },
      } as MomentFeatures,
    };
  });
}

/** Some of the runs in their order, each set of a size as likely as another. */
function draw<Run>(runs: readonly Run[], count: number, random: Random): Run[] {
  const keys = runs.map((_, i) => random.uniform(i, 0));
  const limit = keys.toSorted((a, b) => a - b)[count - 1];
  return runs.filter((_, i) => keys[i] <= limit);
}
