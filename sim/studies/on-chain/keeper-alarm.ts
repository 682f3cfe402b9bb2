import type { StudyTable } from "../../results/study.ts";
import { alarmArms } from "./alarms/alarm-variants.ts";
import { type ArmRuns, inPercent, percentText, postedModel, runArms } from "./chain-arms.ts";
import type { Study } from "../study.ts";

const NAME = "keeper-alarm";

/** What a keeper's reaction to an alarm does for the vault, in stress and, by its false alarms, in calm. */
export const keeperAlarm: Study = {
  name: NAME,
  summary: "A keeper that re-marks or widens when the market's surface disagrees: what that saves the vault, on chain",
  on: "chain",
  async run(context) {
    const { presets, seeds } = context.scenario.onChain;
    const model = postedModel(context, NAME);
    const arms = alarmArms(model);
    const runs = await runArms(context, { study: NAME, model, preset: presets[presets.length - 1], arms });
    return {
      name: NAME,
      title: "A keeper that hears the alarm",
      question: "What does it save the vault when the keeper reacts to an alarm on the model's error?",
      answer: runs.answer(),
      charts: runs.charts(),
      tables: [table(runs, arms)],
      notes: [
        `${seeds} chain seeds an arm, each with its own training draw. The alarm: the market's seven-day vol at the money, one keeper cycle old, differs from the model's by more than three deviations of held-out calm errors.`,
        "Re-marking scales the model's vols to that market level; conservative keeps them and posts a deviation as large as the distance, which the uncertainty premium adds to the spread where the preset has it. Both read market quotes that the plain model does not, so a saving is that of the information and the reaction together.",
        "Moments are all at which the vols were asked for, by the keeper and by the measurement.",
      ],
    };
  },
};

function table(runs: ArmRuns, arms: readonly string[]): StudyTable {
  const refused = (arm: string) => {
    const posts = runs.of(arm, 1).map(({ summary }) => summary.posts);
    const attempted = posts.reduce((sum, { tradesAttempted }) => sum + tradesAttempted, 0);
    const turned = posts.reduce((sum, { tradesRefused }) => sum + tradesRefused, 0);
    return attempted === 0 ? null : inPercent(turned / attempted);
  };
  return {
    caption: "What each reaction saves against the plain model, share of NAV, paired by seed",
    head: [
      "arm",
      "saved at severity 1",
      "alarm, % of moments",
      "saved in calm",
      "alarm in calm, % of moments",
      "trades refused at 1, %",
    ],
    rows: arms.map((arm, i) => [
      arm,
      i === 0 ? "–" : percentText(runs.saved(arm, 1)),
      runs.alarmed(arm, 1),
      i === 0 ? "–" : percentText(runs.saved(arm, 0)),
      runs.alarmed(arm, 0),
      refused(arm),
    ]),
  };
}
