import { armSeverities, inPercent, percentText, postedModel, presetWith, runArms } from "./chain-arms.ts";
import { FALSE_ALARMS } from "./alarms/realised-alarm.ts";
import { realisedAlarmArms } from "./alarms/realised-alarm-variants.ts";
import type { Study } from "../study.ts";

const NAME = "cusum-keeper";
const question = "What does it save the vault when the keeper reacts to a CUSUM of realised against quoted vol?";

/** A keeper whose alarm reads the feed alone, against the same keeper without one. */
export const cusumKeeper: Study = {
  name: NAME,
  summary: "A keeper that widens or recalibrates on a CUSUM of realised against quoted vol: what it saves, on chain",
  on: "chain",
  async run(context) {
    const { scenario } = context;
    const model = postedModel(context, NAME);
    const preset = presetWith(context, NAME, "uncertaintyPremium");
    const arms = realisedAlarmArms(model);
    const runs = await runArms(context, { study: NAME, model, preset, arms });
    return {
      name: NAME,
      title: "A keeper with a CUSUM",
      question,
      answer: runs.answer(),
      charts: runs.charts(),
      tables: armSeverities.toReversed().map((severity) => ({
        caption: `Severity ${severity}: what each reaction changes, means over seeds; saved: paired by seed, 95 %`,
        head: [
          "arm",
          "saved, % of NAV",
          "loss, % of NAV",
          "alarm, % of moments",
          "effective error, vol points",
          "trades refused",
        ],
        digits: [0, 0, 2, 0, 1, 0],
        rows: arms.map((arm, i) => [
          arm,
          i === 0 ? "–" : percentText(runs.saved(arm, severity)),
          inPercent(runs.mean(arm, severity, ({ summary }) => summary.loss)),
          runs.alarmed(arm, severity),
          runs.mean(arm, severity, ({ summary }) => summary.quotes.effective),
          runs.mean(arm, severity, ({ summary: { posts } }) => posts.tradesRefused),
        ]),
      })),
      notes: [
        `${scenario.onChain.seeds} chain seeds an arm, few for a skewed cost, and no correction for comparing two arms with one; models are fitted as the experiment's own chain seeds are.`,
        `The chart: two-sided CUSUM over a day of hourly returns of the feed, in deviations of the vol that the model now quotes for seven days at the money; its limit is passed at ${100 * FALSE_ALARMS} % of the moments of calm training. A fresh calm path has another level of variance than the one of training, so that it alarms there more often.`,
        "Recalibrating scales the model's vols by what was realised since the change, by at most three; conservative keeps them and posts the size of that correction as a deviation, which the contract adds to the spread. The correction is taken from the moves that raised the alarm, so it overshoots where the alarm is false. Neither sees a market quote.",
        "Moments are all at which the vols were asked for, by the keeper and by the measurement.",
      ],
    };
  },
};
