import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import { median, standardDeviation } from "../../../../src/statistics/moments.ts";
import { rocArea, rocCurve, truePositivesAt } from "../../../../src/statistics/roc.ts";
import type { MarketQuotes } from "../../../experiment/generalisation/quotes.ts";
import type { StudyLines, StudyTable } from "../../../results/study.ts";
import { decimalText, meanOf, shareText } from "../../shared/points.ts";

/** Error of the models' median vol that a detector should find, vol. */
const LARGE_ERROR = 0.05;
/** Every so many quotes of a stream are looked at: neighbours tell the same. */
const EVERY = 7;
/** Fewest models that can disagree. */
const FEWEST_MODELS = 3;
/** False alarms at which detectors are compared. */
const FALSE_ALARMS = 0.1;
/** Points of a drawn curve. */
const DRAWN = 41;

export const detectorNames = ["disagreement", "distance"] as const;
type Detector = (typeof detectorNames)[number];

/** Scores of the detectors over quotes of one path, and whether the models' median was far off. */
export interface DetectorEvidence {
  readonly replicate: number;
  readonly scores: Readonly<Record<Detector, readonly number[]>>;
  readonly isLarge: readonly boolean[];
}

interface NamedModel {
  readonly name: string;
  readonly fitted: FittedModel;
}

/**
 * Detectors of a large error that need no truth. `disagreement`: sd of the models' vols over their median.
 * `distance`: |ln(short realised vol / the middle of its training range)|.
 */
export function disagreementOf(
  models: readonly NamedModel[],
  stream: MarketQuotes,
  replicate: number,
): DetectorEvidence {
  const single = models.filter(({ name }) => !name.startsWith("ensemble"));
  const scores = { disagreement: [] as number[], distance: [] as number[] };
  const isLarge: boolean[] = [];
  if (single.length < FEWEST_MODELS) return { replicate, scores, isLarge };
  const vols = single.map(({ fitted }) => fitted.predictMany(stream.features).vol);
  const [low, high] = single[0].fitted.trainedOn.ranges.shortVol!;
  for (let row = 0; row < stream.clean.length; row += EVERY) {
    if (Number.isNaN(stream.clean[row])) continue;
    const own = vols.map((vol) => vol[row]);
    const centre = median(own);
    scores.disagreement.push(standardDeviation(own) / centre);
    scores.distance.push(Math.abs(Math.log(stream.features.shortVol[row] / Math.sqrt(low * high))));
    isLarge.push(Math.abs(centre - stream.clean[row]) > LARGE_ERROR);
  }
  return { replicate, scores, isLarge };
}

/** What the detectors are worth: operating curves over all quotes, areas by replicate. */
export function detectorParts(
  evidence: readonly DetectorEvidence[],
  models: readonly string[],
): { answer: string; charts: StudyLines[]; tables: StudyTable[]; notes: string[] } {
  const merged = byReplicate(evidence).filter(({ isLarge }) => isLarge.includes(true) && isLarge.includes(false));
  if (merged.length === 0) {
    return { answer: "", charts: [], tables: [], notes: ["Fewer than three models cannot be said to disagree."] };
  }
  const found = detectorNames.map((name) => {
    const labels = merged.flatMap(({ isLarge }) => isLarge);
    const curve = rocCurve(
      merged.flatMap(({ scores }) => scores[name]),
      labels,
    );
    const areas = merged.map(({ scores, isLarge }) => rocArea(scores[name], isLarge));
    const hits = merged.map(({ scores, isLarge }) => truePositivesAt(rocCurve(scores[name], isLarge), FALSE_ALARMS));
    return { name, curve, area: meanOf(areas, [0, 1]), hits: meanOf(hits, [0, 1]) };
  });
  const [disagreement, distance] = found;
  const members = models.filter((name) => !name.startsWith("ensemble"));
  return {
    answer: `Disagreement between the models ranks quotes with an error of their median above 5 vol points over others with an area of ${decimalText(disagreement.area)} (distance of realised vol from training: ${decimalText(distance.area)}).`,
    charts: [
      {
        kind: "lines",
        title: "Detecting a large error without knowing the truth",
        note: "Operating curve over quotes of all severities; the diagonal is a coin.",
        x: { label: "share of good quotes alarmed", scale: "linear" },
        y: { label: "share of quotes 5 vp off or more that are alarmed", scale: "linear" },
        series: found.map(({ name, curve }) => ({
          name,
          points: Array.from({ length: DRAWN }, (_, i) => {
            const x = i / (DRAWN - 1);
            return { x, y: truePositivesAt(curve, x), low: null, high: null };
          }),
        })),
      },
    ],
    tables: [
      {
        caption: "Detectors of an error of the models' median above 5 vol points",
        head: ["detector", "area under the curve", "found at 10 % false alarms"],
        rows: found.map(({ name, area, hits }) => [name, decimalText(area), shareText(hits)]),
      },
    ],
    notes: [
      `Disagreement is the spread of ${members.join(", ")} relative to their median; areas are means over ${merged.length} draws, quotes of all severities together.`,
    ],
  };
}

function byReplicate(evidence: readonly DetectorEvidence[]): DetectorEvidence[] {
  const indices = [...new Set(evidence.map(({ replicate }) => replicate))];
  return indices.map((replicate) => {
    const own = evidence.filter((one) => one.replicate === replicate);
    return {
      replicate,
      scores: {
        disagreement: own.flatMap(({ scores }) => scores.disagreement),
        distance: own.flatMap(({ scores }) => scores.distance),
      },
      isLarge: own.flatMap(({ isLarge }) => isLarge),
    };
  });
}
