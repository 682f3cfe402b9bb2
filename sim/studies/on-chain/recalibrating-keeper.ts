import { estimate } from "../../experiment/estimate.ts";
import type { JudgedRun } from "../../experiment/finished-run.ts";
import { errorAges } from "../../measure/quote-error.ts";
import type { StudyLines, StudyTable } from "../../results/study.ts";
import type { Study } from "../study.ts";
import { armSeverities, inPercent, percentText, postedModel, runArms, type ArmRuns } from "./chain-arms.ts";
import { MANIPULATED_MARKET, recalibrationArms } from "./tending/recalibration-variants.ts";

const NAME = "recalibrating-keeper";

/** A keeper that fits its model again each cycle, against the same model frozen. */
export const recalibratingKeeper: Study = {
  name: NAME,
  summary:
    "A keeper that fits its model again each cycle, on honest and on manipulated quotes: what it saves, on chain",
  on: "chain",
  async run(context) {
    const { scenario } = context;
    const { presets, seeds } = scenario.onChain;
    const model = postedModel(context, NAME);
    const arms = recalibrationArms(model);
    const runs = await runArms(context, { study: NAME, model, preset: presets[presets.length - 1], arms });
    const { share, shift } = MANIPULATED_MARKET;
    return {
      name: NAME,
      title: "A keeper that fits again",
      question:
        "What does it save the vault when the keeper fits its model again each cycle, on honest and on manipulated quotes?",
      answer: runs.answer(),
      charts: [...runs.charts(), errorByAge(runs, arms)],
      tables: [...armSeverities.toReversed().map((severity) => table(runs, arms, severity)), ageTable(runs, arms)],
      notes: [
        `${seeds} chain seeds an arm; models are fitted as the experiment's own chain seeds are, and fitted again from the calm that precedes the run on. No correction for comparing several arms with one.`,
        `The keeper fits again at most once a cycle of ${scenario.keeper.cycle / 60} min, when it is asked; it knows 36 surfaces of the window in the design of training, market noise included, the last at least a cycle old. A window that does not determine the model leaves the one in force.`,
        `Manipulated: ${100 * share} % of the quotes, drawn at random, stand ${-100 * shift} vol points too low, in the calm before the run as well; share and shift are ours.`,
        "Gas is that of the keeper's transactions, posts and chores, which it pays. Fits run off chain: their number and the quotes they rest on are told, their seconds are not, since a result does not depend on the machine.",
        "It is a study and no model of `--models`: off chain a model is scored frozen, and a model that is fitted again has nothing frozen to score; the study `modes` asks there.",
      ],
    };
  },
};

function table(runs: ArmRuns, arms: readonly string[], severity: number): StudyTable {
  const mean = (arm: string, pick: (run: JudgedRun) => number) => runs.mean(arm, severity, pick);
  const refused = ({ summary: { posts } }: JudgedRun) => {
    return Object.values(posts.refused).reduce((sum, count) => sum + count, 0) / posts.offered;
  };
  return {
    caption: `Severity ${severity}: what fitting again changes, means over seeds; saved: paired by seed, 95 %`,
    head: [
      "arm",
      "saved, % of NAV",
      "seeds that would show it",
      "loss, % of NAV",
      "effective error, vp",
      "fits",
      "on the plateau",
      "failed",
      "quotes fitted, thousands",
      "keeper's gas, millions",
      "keeper's loss, USD",
      "smiles refused, %",
      "trades filled",
    ],
    digits: [0, 0, 0, 2, 1, 0, 0, 0, 0, 1, 0, 0, 0],
    rows: arms.map((arm, i) => {
      const quotes = runs.reading(arm, severity, "quotesFitted");
      return [
        arm,
        i === 0 ? "–" : percentText(runs.saved(arm, severity)),
        i === 0 ? "–" : runs.power(arm, severity),
        inPercent(mean(arm, ({ summary }) => summary.loss)),
        mean(arm, ({ summary }) => summary.quotes.effective),
        runs.reading(arm, severity, "fits"),
        runs.reading(arm, severity, "fitsInPlateau"),
        runs.reading(arm, severity, "failedFits"),
        quotes === null ? null : quotes / 1000,
        mean(arm, ({ summary }) => (summary.gasByRole["surface-keeper"] ?? 0) / 1e6),
        mean(arm, ({ gains }) => -(gains.get("surface-keeper") ?? Number.NaN)),
        inPercent(mean(arm, refused)),
        mean(arm, ({ summary: { posts } }) => posts.tradesAttempted - posts.tradesRefused),
      ];
    }),
  };
}

/** Spells between neighbouring ages, in words. */
const spells = errorAges.slice(1).map((to, i) => `${errorAges[i]} to ${to} h`);

function errorByAge(runs: ArmRuns, arms: readonly string[]): StudyLines {
  return {
    kind: "lines",
    title: "Effective error by age of the shift",
    note: "What the contract quotes against the truth at severity 1, vega-weighted; mean over seeds with its 95 % interval.",
    x: { label: "hours since onset, middle of the spell", scale: "linear" },
    y: { label: "effective error, vol points", scale: "linear" },
    series: arms.map((name) => ({
      name,
      points: spells.map((_, i) => ({ x: (errorAges[i] + errorAges[i + 1]) / 2, ...errorIn(runs, name, i) })),
    })),
  };
}

function ageTable(runs: ArmRuns, arms: readonly string[]): StudyTable {
  return {
    caption: "Effective error at severity 1 by hours since onset, vol points, means over seeds",
    head: ["arm", ...spells],
    rows: arms.map((arm) => [arm, ...spells.map((_, i) => errorIn(runs, arm, i).y)]),
  };
}

function errorIn(runs: ArmRuns, arm: string, spell: number) {
  const { mean: y, low, high } = estimate(runs.of(arm, 1).map(({ summary }) => summary.effectiveByAge[spell]));
  return { y, low, high };
}
