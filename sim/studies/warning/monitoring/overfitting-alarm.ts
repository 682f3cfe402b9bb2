import { rocArea, rocCurve, truePositivesAt } from "../../../../src/statistics/roc.ts";
import type { StudyLines, StudyTable } from "../../../results/study.ts";
import { decimalText, meanOf, medianOf } from "../../shared/points.ts";

/** Errors of a model in one draw against market quotes, root mean square, vol points. */
export interface OverfittingEvidence {
  readonly replicate: number;
  readonly model: string;
  readonly fit: number;
  /** On calm days of the training path that the fit did not see. */
  readonly heldOut: number;
  /** On a calm path that nobody saw before. */
  readonly fresh: number;
}

/** Optimism that the alarm should foretell: fresh-calm error less fit, vol points. */
const LARGE_OPTIMISM = 5;
/** Points of a drawn curve. */
const DRAWN = 41;

/**
 * Alarm before deployment: held-out calm error over fit error. Judged by the error on a fresh calm path, which it has
 * not seen.
 */
export function overfittingParts(evidence: readonly OverfittingEvidence[]): {
  answer: string;
  charts: StudyLines[];
  tables: StudyTable[];
  notes: string[];
} {
  const scoreOf = ({ heldOut, fit }: OverfittingEvidence) => Math.log(heldOut / fit);
  const isOverfitted = ({ fresh, fit }: OverfittingEvidence) => fresh - fit > LARGE_OPTIMISM;
  const models = [...new Set(evidence.map(({ model }) => model))];
  const labels = evidence.map(isOverfitted);
  const rows = models.map((model) => {
    const own = evidence.filter((one) => one.model === model);
    return [
      model,
      medianOf(own.map(({ fit }) => fit)).y,
      medianOf(own.map(({ heldOut }) => heldOut)).y,
      medianOf(own.map(({ fresh }) => fresh)).y,
      (100 * own.filter(isOverfitted).length) / own.length,
    ];
  });
  const tables: StudyTable[] = [
    {
      caption: `Overfitting: error on fit, held-out calm and a fresh calm path; share of draws with ${LARGE_OPTIMISM} vol points of optimism`,
      head: ["model", "fit, vp", "held out, vp", "fresh calm, vp", "optimistic, %"],
      rows,
      digits: [0, 1, 1, 1, 0],
    },
  ];
  if (!labels.includes(true) || !labels.includes(false)) {
    return { answer: "", charts: [], tables, notes: ["All fits are optimistic or none is: no alarm can be judged."] };
  }
  const curve = rocCurve(evidence.map(scoreOf), labels);
  const areas = [...new Set(evidence.map(({ replicate }) => replicate))].flatMap((replicate) => {
    const own = evidence.filter((one) => one.replicate === replicate);
    const found = own.map(isOverfitted);
    return found.includes(true) && found.includes(false) ? [rocArea(own.map(scoreOf), found)] : [];
  });
  const area = meanOf(areas, [0, 1]);
  const pooled = rocArea(evidence.map(scoreOf), labels);
  return {
    answer: `Held-out error over fit foretells an optimism above ${LARGE_OPTIMISM} vol points on a fresh calm path with an area of ${pooled.toFixed(2)} over all fits (${decimalText(area)} between the models of a draw).`,
    charts: [
      {
        kind: "lines",
        title: "Alarm on overfitting before deployment",
        note: `Held-out calm error over fit error, against optimism above ${LARGE_OPTIMISM} vol points on a fresh calm path.`,
        x: { label: "share of sound fits alarmed", scale: "linear" },
        y: { label: "share of optimistic fits alarmed", scale: "linear" },
        series: [
          {
            name: "held out over fit",
            points: Array.from({ length: DRAWN }, (_, i) => {
              const x = i / (DRAWN - 1);
              return { x, y: truePositivesAt(curve, x), low: null, high: null };
            }),
          },
        ],
      },
    ],
    tables,
    notes: [
      `The overfitting alarm is judged over ${evidence.length} fits; areas within a draw exist in ${areas.length} draws.`,
    ],
  };
}
