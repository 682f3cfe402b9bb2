import type { StudyLines, StudyResult, StudyTable } from "../../../results/study.ts";
import { decimalText, medianOf, placesText, type Measured } from "../../shared/points.ts";
import type { StudyContext } from "../../study.ts";

/** Sizes of the panels of trainers. */
export const panels = [3, 5, 7] as const;
/** Standard deviation of a venue's own bias, and what poison adds; vols, ours. */
export const VENUE_BIAS = 0.01;
export const POISON = 0.3;

export const rules = ["median", "mean"] as const;
export type Rule = (typeof rules)[number];

/** Who is poisoned: the trainer, who then posts what the adversary wants, or all quotes of its venue. */
export const attacks = ["trainer", "venue"] as const;
export type Attack = (typeof attacks)[number];

/** By size of the panel, then by number of poisoned, then by draw; root mean square errors, vol points. */
type BySize = ReadonlyMap<number, readonly number[][]>;

/** Errors of one model at one severity. */
export type PanelErrors = Readonly<Record<Attack, Readonly<Record<Rule, BySize>>>> & {
  /** Of one honest trainer alone, by draw. */
  readonly alone: number[];
};

export interface TrainerArm {
  readonly severity: number;
  readonly errors: ReadonlyMap<string, PanelErrors>;
}

/** Added error that is called more than nothing, vol points, as in the verdict on a shift gap. */
const NEGLIGIBLE_VP = 0.5;
const LARGEST = panels[panels.length - 1];

export function emptyErrors(): PanelErrors {
  const bySize = (): BySize => new Map(panels.map((size) => [size, Array.from({ length: size + 1 }, () => [])]));
  const byRule = () => ({ median: bySize(), mean: bySize() });
  return { trainer: byRule(), venue: byRule(), alone: [] };
}

/** Text, charts and tables of the study. */
export function trainersResult({ scenario }: StudyContext, arms: readonly TrainerArm[], draws: number): StudyResult {
  const threshold = scenario.breaks.pricingVolPoints;
  const [calm] = arms;
  const where = (attack: Attack, rule: Rule) =>
    placesText(
      [...calm.errors].map(([name, errors]) => {
        const at = breaksAt(errors[attack][rule], LARGEST, threshold);
        return [name, at === undefined ? undefined : `${at}`];
      }),
    );
  const before = [...calm.errors].map(([name, { trainer }]) => {
    const median = trainer.median.get(LARGEST)!;
    return `${name} ${decimalText(addedBy(median, Math.floor(LARGEST / 2)), 1)}`;
  });
  return {
    name: "trainers",
    title: "Independent trainers",
    question: "How many poisoned trainers does a posted median bear, and where does it break?",
    answer:
      `In calm the posted median of ${LARGEST} breaks at so many poisoned trainers: ${where("trainer", "median")}; the mean at ${where("trainer", "mean")}. ` +
      `The largest minority adds to the median, in vol points: ${before.join(", ")}. ` +
      `Where venues are poisoned and their trainers honest, the median breaks at ${where("venue", "median")}.`,
    charts: arms.flatMap(({ severity, errors }) => [
      ...rules.map((rule) => chart(severity, "trainer", rule, errors)),
      chart(severity, "venue", "median", errors),
    ]),
    tables: arms.flatMap((arm) => [breakTable(arm, threshold), honestTable(arm)]),
    notes: [
      `${draws} fresh markets; on each, ${LARGEST} trainers fit the same model to quotes of venues of their own (same options, own noise of ${100 * scenario.quoteNoise} vol points, own lasting bias of ${100 * VENUE_BIAS} vol point in standard deviation; ours); a smaller panel is the first of them; medians over draws with 95 % intervals.`,
      `A poisoned trainer adds ${100 * POISON} vol points to what its model says; of a poisoned venue all quotes are off by as much, and its trainer learns from them. All poison points in the same direction, up or down, whichever hurts more.`,
      `Broken: the added error's lower bound is above half a vol point and its median above the scenario's ${threshold}.`,
      "A model whose honest vols lie at an end of its domain can be made no worse there: poison adds nothing to what is broken. One that learns no vol from quotes cannot be misled by a venue.",
      "A median of honest trainers cancels what is independent between venues, and nothing of what they all have in common: the change of regime is in every one. Under stress poison that points where the market went lowers the error; the worse direction counts.",
    ],
  };
}

/** Fewest poisoned at which what is posted breaks; undefined where none do. */
export function breaksAt(errors: BySize, size: number, thresholdVp: number): number | undefined {
  const byCount = errors.get(size)!;
  const at = byCount.findIndex((_, poisoned) => {
    const { y, low } = addedBy(byCount, poisoned);
    return y !== null && y > thresholdVp && low !== null && low > NEGLIGIBLE_VP;
  });
  return at < 0 ? undefined : at;
}

/** Error with so many poisoned beyond that with none, draw by draw. */
function addedBy(errors: readonly (readonly number[])[], poisoned: number): Measured {
  return medianOf(errors[poisoned].map((error, draw) => error - errors[0][draw]));
}

function chart(severity: number, attack: Attack, rule: Rule, errors: ReadonlyMap<string, PanelErrors>): StudyLines {
  return {
    kind: "lines",
    title: `Error of the posted ${rule} by poisoned ${attack}s, severity ${severity}`,
    note:
      rule === "median" ? "Flat up to a minority, then the poison is the price." : "Every poisoned trainer moves it.",
    x: { label: `poisoned ${attack}s of ${LARGEST}`, scale: "linear" },
    y: { label: "root mean square error, vol points", scale: "linear" },
    series: [...errors].map(([name, byAttack]) => ({
      name,
      points: byAttack[attack][rule].get(LARGEST)!.map((draws, x) => ({ x, ...medianOf(draws) })),
    })),
  };
}

/** Where what is posted breaks: by model and attack, for every size of panel. */
function breakTable({ severity, errors }: TrainerArm, thresholdVp: number): StudyTable {
  return {
    caption: `Severity ${severity}: fewest poisoned that break what a panel of so many posts`,
    head: ["model, poisoned", ...rules.flatMap((rule) => panels.map((size) => `${rule} of ${size}`))],
    rows: [...errors].flatMap(([name, byAttack]) =>
      attacks.map((attack) => [
        `${name}, ${attack}s`,
        ...rules.flatMap((rule) =>
          panels.map((size) => `${breaksAt(byAttack[attack][rule], size, thresholdVp) ?? "none"}`),
        ),
      ]),
    ),
  };
}

function honestTable({ severity, errors }: TrainerArm): StudyTable {
  return {
    caption: `Severity ${severity}: honest error, and what the median of ${LARGEST} saves over one trainer; vol points`,
    head: ["model", "one honest trainer", "honest median", "saved"],
    rows: [...errors].map(([name, { alone, trainer }]) => {
      const [together] = trainer.median.get(LARGEST)!;
      const saved = medianOf(alone.map((error, draw) => error - together[draw]));
      return [name, decimalText(medianOf(alone), 1), decimalText(medianOf(together), 1), decimalText(saved, 2)];
    }),
  };
}
