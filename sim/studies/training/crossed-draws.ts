import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { median } from "../../../src/statistics/moments.ts";
import { twoWayVariance, type TwoWayVariance } from "../../../src/statistics/two-way-variance.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom } from "../../experiment/generalisation/replicate.ts";
import type { StudyResult } from "../../results/study.ts";
import { errorOn, fittedDraw, primaryDraws } from "../shared/fitted-draw.ts";
import { rangeText, shareText } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study } from "../study.ts";

/** Training draws and test draws; every model of the one is scored on every path of the other. */
const MOST_DRAWS = 14;

/** A model's shift gaps, vol points: by training draw, then by test draw. */
interface Gaps {
  readonly name: string;
  readonly gaps: readonly (readonly number[])[];
}

/** Splits the variance of the shift gap into what comes of the training draw and what of the stressed path. */
export const crossedDraws: Study = {
  name: "crossed-draws",
  summary: "Does the shift gap vary by what the model was trained on, or by the path that it meets?",
  on: "paths",
  async run(context) {
    const { scenario, models } = context;
    const { primarySeverity, ages } = scenario.scoring;
    const { config, pricers, draws } = primaryDraws(context, MOST_DRAWS);
    const trained: ReadonlyMap<string, FittedModel>[] = [];
    const tests: { readonly calm: MarketQuotes; readonly stress: MarketQuotes }[] = [];
    for (let draw = 0; draw < draws; draw++) {
      trained.push(fittedDraw(config, pricers, draw));
      const random = replicateRandom(config, draw).fork("crossed");
      const at = (severity: number) => quoteStream(config, pricers, random, severity, [ages[0]], "listed");
      tests.push({ calm: at(0), stress: at(primarySeverity) });
      await breathe(context, draw + 1, draws);
    }
    const scored = models.map((name): Gaps => {
      const fitted = trained.flatMap((draw) => draw.get(name) ?? []);
      return {
        name,
        gaps: fitted.map((model) =>
          tests.map(({ calm, stress }) => errorOn(config, model, stress) - errorOn(config, model, calm)),
        ),
      };
    });
    return resultOf(scored, draws, primarySeverity, ages[0]);
  },
};

function resultOf(scored: readonly Gaps[], draws: number, severity: number, age: number): StudyResult {
  const split = scored
    .filter(({ gaps }) => gaps.length >= 2)
    .map(({ name, gaps }) => ({ name, gaps, variance: twoWayVariance(gaps) }));
  const shares = split.map(({ name, variance }) => ({ name, ...sharesOf(variance) }));
  const range = (source: "rows" | "columns") =>
    rangeText(
      shares,
      ({ name }) => name,
      ({ [source]: share }) => ({ y: share, low: null, high: null }),
      shareText,
    );
  return {
    name: "crossed-draws",
    title: "Two sources of chance",
    question: "Does the shift gap vary by what the model was trained on, or by the path that it meets?",
    answer: `Of the variance of the gap at severity ${severity}, the training draw makes ${range("rows")}, the path ${range("columns")}; the rest is how the two combine.`,
    charts: [
      {
        kind: "bars",
        title: "Share of the gap's variance that comes of the training draw",
        note: "Long bars: another calm sample would give another model. Short ones: the stressed path decides.",
        unit: "share",
        bars: shares.map(({ name, rows }) => ({ name, value: rows, low: null, high: null })),
      },
    ],
    tables: [
      {
        caption: "Standard deviations of the shift gap by source, vol points",
        head: ["model", "median gap", "training draw", "path", "both together", "standard error of the mean"],
        rows: split.map(({ name, gaps, variance }) => [
          name,
          median(gaps.flat()),
          Math.sqrt(variance.rows),
          Math.sqrt(variance.columns),
          Math.sqrt(variance.rest),
          variance.standardError,
        ]),
      },
    ],
    notes: [
      `Every model of ${draws} training draws on every path of ${draws} test draws, listed quotes ${age / 3600} h after onset; components by the analysis of variance, negative ones zero.`,
      "The main table draws both afresh in each replicate, so its intervals cover both sources.",
      "Variances follow the largest errors: of a model that sometimes explodes they describe the explosions.",
    ],
  };
}

function sharesOf({ rows, columns, rest }: TwoWayVariance): { rows: number | null; columns: number | null } {
  const total = rows + columns + rest;
  return total === 0 ? { rows: null, columns: null } : { rows: rows / total, columns: columns / total };
}
