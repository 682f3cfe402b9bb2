import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import { scoreModelsAlone, type ModelErrors } from "../../experiment/generalisation/replicate.ts";
import { breathe } from "../shared/streams.ts";
import type { StudyResult } from "../../results/study.ts";
import { medianOf, rangeText } from "../shared/points.ts";
import type { Study, StudyContext } from "../study.ts";

/** Training windows, as multiples of the scenario's. */
const WINDOWS = [0.25, 0.5, 1, 2] as const;
/** Fewest days that a training window may have. */
const FEWEST_DAYS = 10;
/** Fresh draws of training and test a window. */
const REPLICATES = 24;

/** Error of a model in one replicate, vol points. */
interface Errors {
  readonly calm: number;
  readonly stress: number;
}

/** Error on fresh calm and on stressed paths by the length of the calm that a model was trained on. */
export const learningCurve: Study = {
  name: "learning-curve",
  summary: "Error on fresh calm and under stress by days of training: does more calm data help?",
  on: "paths",
  async run(context) {
    const days = [...new Set(WINDOWS.map((share) => daysOf(context, share)))];
    const scored: { days: number; replicates: ModelErrors[] }[] = [];
    for (const each of days) {
      scored.push({ days: each, replicates: scoreWith(context, each) });
      await breathe(context, scored.length, days.length);
    }
    return resultOf(context, scored);
  },
};

function daysOf({ scenario }: StudyContext, share: number): number {
  return Math.max(FEWEST_DAYS, Math.round(share * scenario.training.days));
}

function scoreWith(context: StudyContext, days: number): ModelErrors[] {
  const { scenario, masterSeed, models } = context;
  const shortened = { ...scenario, training: { ...scenario.training, days } };
  const { primarySeverity } = scenario.scoring;
  const config = configOf({ scenario: shortened, models, severities: [0, primarySeverity], masterSeed });
  return scoreModelsAlone(config, 0, REPLICATES);
}

function resultOf(
  { models, scenario }: StudyContext,
  scored: readonly { readonly days: number; readonly replicates: readonly ModelErrors[] }[],
): StudyResult {
  const { primarySeverity } = scenario.scoring;
  const line = (pick: (errors: Errors) => number) =>
    models.map((name) => ({
      name,
      points: scored.map(({ days, replicates }) => {
        const values = replicates.flatMap((replicate) => errorsOf(replicate, name) ?? []).map(pick);
        return { x: days, ...medianOf(values) };
      }),
    }));
  const calm = line((errors) => errors.calm);
  const stress = line((errors) => errors.stress);
  const x = { label: "training days", scale: "log" } as const;
  const y = { label: "root mean square error, vol points", scale: "log" } as const;
  const [first, last] = [scored[0].days, scored[scored.length - 1].days];
  const changes = models.map((name, index) => {
    const change = (points: (typeof calm)[number]["points"]) => ratio(points[points.length - 1].y, points[0].y);
    return { name, calm: change(calm[index].points), stress: change(stress[index].points) };
  });
  const range = (where: "calm" | "stress") =>
    rangeText(
      changes,
      ({ name }) => name,
      ({ [where]: change }) => ({ y: change, low: null, high: null }),
      ({ y }) => signed(y),
    );
  return {
    name: "learning-curve",
    title: "Learning curve",
    question: "Does more calm data help, and does it help under stress?",
    answer: `From ${first} to ${last} days of calm, the median error moves by ${range("calm")} on fresh calm and by ${range("stress")} at severity ${primarySeverity}.`,
    charts: [
      {
        kind: "lines",
        title: "Error on a fresh calm path by days of training",
        note: "Median over fresh draws of training and test, with its 95 % interval.",
        x,
        y,
        series: calm,
      },
      {
        kind: "lines",
        title: `Error at severity ${primarySeverity} by days of training`,
        note: "The same models on the stressed twin of each path: what more calm data cannot teach stays.",
        x,
        y,
        series: stress,
      },
    ],
    tables: [],
    notes: [
      `${REPLICATES} fresh draws of training and test a window; listed quotes ${scenario.scoring.ages[0] / 3600} h after onset.`,
    ],
  };
}

function errorsOf({ models }: ModelErrors, name: string): Errors | undefined {
  const model = models[name];
  if ("failure" in model) return undefined;
  return { calm: model.calm[0].listed.rmse, stress: model.stress[model.stress.length - 1][0].listed.rmse };
}

function ratio(to: number | null, from: number | null): number | null {
  return to === null || from === null || from === 0 ? null : to / from - 1;
}

function signed(change: number | null): string {
  if (change === null) return "an unknown amount";
  const percent = Math.round(100 * change);
  return `${percent > 0 ? "+" : percent < 0 ? "−" : ""}${Math.abs(percent)} %`;
}
