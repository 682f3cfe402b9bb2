import type { JudgedRun } from "../../experiment/finished-run.ts";
import { armSeverities, inPercent, percentText, postedModel, presetWith, runArms, type ArmRuns } from "./chain-arms.ts";
import { uncertaintyArms } from "./uncertainty-on-chain/uncertainty-variants.ts";
import type { Study } from "../study.ts";
import type { StudyTable } from "../../results/study.ts";

const NAME = "uncertainty-on-chain";
const question = "Does it pay the vault when the model's uncertainty reaches the contract?";

/** The same model with its posted standard deviation left out, as it is, and three times as large. */
export const uncertaintyOnChain: Study = {
  name: NAME,
  summary: `${question} The posted deviation times 0, 1 and 3, on chain`,
  on: "chain",
  async run(context) {
    const model = postedModel(context, NAME);
    const preset = presetWith(context, NAME, "uncertaintyPremium");
    const arms = uncertaintyArms(model);
    const runs = await runArms(context, { study: NAME, model, preset, arms });
    const deviations = armSeverities.flatMap((severity) =>
      arms.flatMap((arm) => runs.of(arm, severity).map(({ readings }) => readings.deviation)),
    );
    return {
      name: NAME,
      title: "Uncertainty that reaches the contract",
      question,
      answer: runs.answer(),
      charts: runs.charts(),
      tables: armSeverities.toReversed().map((severity) => table(runs, arms, severity)),
      notes: [
        `${context.scenario.onChain.seeds} chain seeds an arm, few for a skewed cost, and no correction for comparing two arms with one; all arms quote the same vols.`,
        `The model's own deviation of a typical calm quote is ${Math.min(...deviations).toFixed(1)} to ${Math.max(...deviations).toFixed(1)} vol points over the seeds; the contract adds what is posted to the half-spread of every trade.`,
        "The deviation was learned in calm: under stress the model errs by more than it says.",
        "A wider spread turns away orders that perfect pricing would have filled; excess cost counts what they would have earned.",
      ],
    };
  },
};

function table(runs: ArmRuns, arms: readonly string[], severity: number): StudyTable {
  const nav = ({ summary }: JudgedRun) => summary.values[0];
  return {
    caption: `Severity ${severity}: what the posted deviation changes, means over seeds; saved: paired by seed, 95 %`,
    head: [
      "arm",
      "saved, % of NAV",
      "loss, % of NAV",
      "edge at trade, % of NAV",
      "fees, % of NAV",
      "trades filled",
      "trades refused",
    ],
    digits: [0, 0, 2, 2, 2, 0, 0],
    rows: arms.map((arm, i) => [
      arm,
      i === 0 ? "–" : percentText(runs.saved(arm, severity)),
      inPercent(runs.mean(arm, severity, ({ summary }) => summary.loss)),
      inPercent(runs.mean(arm, severity, (run) => run.summary.split.edge / nav(run))),
      inPercent(runs.mean(arm, severity, (run) => run.summary.split.fees / nav(run))),
      runs.mean(arm, severity, ({ summary: { posts } }) => posts.tradesAttempted - posts.tradesRefused),
      runs.mean(arm, severity, ({ summary: { posts } }) => posts.tradesRefused),
    ]),
  };
}
