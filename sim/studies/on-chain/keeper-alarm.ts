import { UserError } from "../../../src/errors/user-error.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyTable } from "../../results/study.ts";
import { type AlarmCount, alarmedModel, alarmRule, type Reaction } from "./alarms/alarmed-model.ts";
import { type ArmRuns, inPercent, percentText, postedModel, runArms } from "./chain-arms.ts";
import { fitOrNothing, holdOut } from "../shared/fitting.ts";
import type { Study } from "../study.ts";

const NAME = "keeper-alarm";
const reactions: readonly Reaction[] = ["re-mark", "conservative"];

/** What a keeper's reaction to an alarm does for the vault, in stress and, by its false alarms, in calm. */
export const keeperAlarm: Study = {
  name: NAME,
  summary: "A keeper that re-marks or widens when the market's surface disagrees: what that saves the vault, on chain",
  on: "chain",
  async run(context) {
    const { scenario, masterSeed } = context;
    const { presets, seeds } = scenario.onChain;
    const model = postedModel(context, NAME);
    const arms = [model, ...reactions.map((reaction) => `${model}, ${reaction} on alarm`)];
    const config = configOf({ scenario, masterSeed });
    const pricers = pricersOf(config);
    const counts = new Map<string, AlarmCount>();
    const runs = await runArms(context, {
      ...{ study: NAME, model, preset: presets[presets.length - 1], arms },
      variant(base, arm, { seed, severity }) {
        if (arm === model) return base;
        const random = replicateRandom(config, seed);
        const { early, later } = holdOut(trainingQuotes(config, pricers, random));
        const before = fitOrNothing(model, early, random);
        if (before === undefined) {
          throw new UserError({
            where: `model ${model}`,
            what: `cannot be fitted to the early days of seed ${seed}`,
            expected: "a fit",
          });
        }
        const key = `${arm}|${severity}`;
        const count = counts.get(key) ?? { asked: 0, alarmed: 0 };
        counts.set(key, count);
        return alarmedModel(base, alarmRule(before, later), reactions[arms.indexOf(arm) - 1], count);
      },
    });
    return {
      name: NAME,
      title: "A keeper that hears the alarm",
      question: "What does it save the vault when the keeper reacts to an alarm on the model's error?",
      answer: runs.answer(),
      charts: runs.charts(),
      tables: [table(runs, arms, counts)],
      notes: [
        `${seeds} chain seeds an arm, each with its own training draw. The alarm: the market's seven-day vol at the money, one keeper cycle old, differs from the model's by more than three deviations of held-out calm errors.`,
        "Re-marking scales the model's vols to that market level; conservative keeps them and posts a deviation as large as the distance, which the uncertainty premium adds to the spread where the preset has it. Both read market quotes that the plain model does not, so a saving is that of the information and the reaction together.",
        "Moments are all at which the vols were asked for, by the keeper and by the measurement.",
      ],
    };
  },
};

function table(runs: ArmRuns, arms: readonly string[], counts: ReadonlyMap<string, AlarmCount>): StudyTable {
  const alarms = (arm: string, severity: number) => {
    const count = counts.get(`${arm}|${severity}`);
    return count === undefined || count.asked === 0 ? null : inPercent(count.alarmed / count.asked);
  };
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
      alarms(arm, 1),
      i === 0 ? "–" : percentText(runs.saved(arm, 0)),
      alarms(arm, 0),
      refused(arm),
    ]),
  };
}
