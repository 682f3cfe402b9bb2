import { UserError } from "../../src/errors/user-error.ts";
import type { FittedModel } from "../../src/models/pricing-model.ts";
import type { RunSpec } from "../engine/run-record.ts";
import { chainSetting } from "../experiment/chain-setting.ts";
import { ChainWorker } from "../experiment/chain-worker.ts";
import { estimate } from "../experiment/estimate.ts";
import type { JudgedRun } from "../experiment/finished-run.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../experiment/generalisation/replicate.ts";
import { configOf } from "../experiment/generalisation/run-generalisation.ts";
import { PERFECT } from "../experiment/plan.ts";
import { groupRuns } from "../experiment/run-group.ts";
import type { Estimate } from "../results/parts.ts";
import type { StudyResult } from "../results/study.ts";
import { type AlarmCount, alarmedModel, alarmRule, type Reaction } from "./alarmed-model.ts";
import { fitOrNothing, holdOut } from "./fitting.ts";
import type { Study, StudyContext } from "./study.ts";

/** The model whose keeper is given an alarm, where the run has it. */
const USUAL = "smile-level";
const reactions: readonly Reaction[] = ["re-mark", "conservative"];
const PERCENT = 100;

/** What a keeper's reaction to an alarm does for the vault, in stress and, by its false alarms, in calm. */
export const keeperAlarm: Study = {
  name: "keeper-alarm",
  summary: "A keeper that re-marks or widens when the market's surface disagrees: what that saves the vault, on chain",
  on: "chain",
  async run(context) {
    const { scenario, masterSeed, hardhat, signal } = context;
    const name = watchedModel(context);
    const arms = armsOf(context, name);
    const base = chainSetting({ ...requestOf(context), scenario, masterSeed });
    const worker = new ChainWorker(hardhat.network, { ...base, modelOf: arms.modelOf });
    const runs: JudgedRun[] = [];
    try {
      for (const group of groupRuns(specsOf(context, arms.names))) {
        runs.push(...(await worker.run(group, () => undefined, signal)));
      }
    } finally {
      await worker.close();
    }
    return resultOf(context, arms.names, arms.counts, runs);
  },
};

function watchedModel({ models }: StudyContext): string {
  const name = models.includes(USUAL) ? USUAL : models.find((model) => model !== "constant");
  if (name !== undefined) return name;
  throw new UserError({
    where: "--studies keeper-alarm",
    what: `no model but ${models.join(", ")}`,
    expected: "a model that a keeper posts",
  });
}

/** What {@link chainSetting} asks for beside the scenario; no file, no process is involved. */
function requestOf({ jobs }: StudyContext) {
  return { jobs, history: undefined, ownModels: [], command: "" } as const;
}

interface Arms {
  /** The plain model first. */
  readonly names: readonly string[];
  readonly counts: ReadonlyMap<string, AlarmCount>;
  modelOf(spec: RunSpec): FittedModel | undefined;
}

/** Models by arm and seed, fitted as the experiment's own chain seeds are. */
function armsOf({ scenario, masterSeed }: StudyContext, name: string): Arms {
  const config = configOf({ scenario, masterSeed });
  const pricers = pricersOf(config);
  const names = [name, ...reactions.map((reaction) => `${name}, ${reaction} on alarm`)];
  const counts = new Map<string, AlarmCount>();
  const bySeed = new Map<string, FittedModel>();
  return {
    names,
    counts,
    modelOf({ model, seed, severity }) {
      const key = `${model}|${seed}|${severity}`;
      const known = bySeed.get(key);
      if (known !== undefined) return known;
      const random = replicateRandom(config, seed);
      const training = trainingQuotes(config, pricers, random);
      const fitted = fitOrNothing(name, training, random);
      const { early, later } = holdOut(training);
      const before = fitOrNothing(name, early, random);
      if (fitted === undefined || before === undefined) {
        throw new UserError({ where: `model ${name}`, what: `cannot be fitted to seed ${seed}`, expected: "a fit" });
      }
      const reaction = reactions[names.indexOf(model) - 1];
      const counted = `${model}|${severity}`;
      if (!counts.has(counted)) counts.set(counted, { asked: 0, alarmed: 0 });
      const arm =
        reaction === undefined
          ? fitted
          : alarmedModel(fitted, alarmRule(before, later), reaction, counts.get(counted)!);
      bySeed.set(key, arm);
      return arm;
    },
  };
}

/** Calm, where every alarm is a false one, and the worst. */
const severities = [0, 1] as const;

function specsOf({ scenario, masterSeed }: StudyContext, arms: readonly string[]): RunSpec[] {
  const { presets, seeds } = scenario.onChain;
  const shared = { scenario: scenario.name, masterSeed, preset: presets[presets.length - 1], feedback: true };
  return severities.flatMap((severity) =>
    Array.from({ length: seeds }, (_, seed): RunSpec[] => [
      { ...shared, severity, seed, model: PERFECT, rung: "P0" },
      ...arms.map((model): RunSpec => ({ ...shared, severity, seed, model })),
    ]).flat(),
  );
}

function resultOf(
  { scenario }: StudyContext,
  arms: readonly string[],
  counts: ReadonlyMap<string, AlarmCount>,
  runs: readonly JudgedRun[],
): StudyResult {
  const of = (model: string, severity: number) =>
    runs
      .filter(({ summary: { spec } }) => spec.model === model && spec.severity === severity)
      .sort((a, b) => a.summary.spec.seed - b.summary.spec.seed);
  const [plain, ...reacting] = arms;
  const costs = (model: string, severity: number) => of(model, severity).map((run) => run.excessCost ?? Number.NaN);
  const saved = (model: string, severity: number) => {
    const [before, after] = [costs(plain, severity), costs(model, severity)];
    return estimate(before.map((cost, seed) => cost - after[seed]));
  };
  const alarms = (model: string, severity: number) => {
    const count = counts.get(`${model}|${severity}`);
    return count === undefined || count.asked === 0 ? null : (PERCENT * count.alarmed) / count.asked;
  };
  const refused = (model: string, severity: number) => {
    const [attempted, turned] = of(model, severity).reduce(
      ([all, away], { summary: { posts } }) => [all + posts.tradesAttempted, away + posts.tradesRefused],
      [0, 0],
    );
    return attempted === 0 ? null : (PERCENT * turned) / attempted;
  };
  const told = reacting.map(
    (model) =>
      `${model.replace(`${plain}, `, "")} saves ${percentText(saved(model, 1))} of NAV at severity 1 and ${percentText(saved(model, 0))} in calm`,
  );
  const isShown = reacting.some((model) => (saved(model, 1).low ?? 0) > 0);
  const { presets, seeds } = scenario.onChain;
  return {
    name: "keeper-alarm",
    title: "A keeper that hears the alarm",
    question: "What does it save the vault when the keeper reacts to an alarm on the model's error?",
    answer: `Against the plain ${plain} on the same seeds, ${told.join("; ")}. ${seeds} seeds${reacting.some((model) => saved(model, 1).low === null) ? " are too few for an interval" : ""}.${isShown ? "" : " No saving at severity 1 is shown: none has an interval above zero."}`,
    charts: severities.toReversed().map((severity) => ({
      kind: "bars",
      title: severity === 0 ? "Excess cost in calm: what false alarms do" : "Excess cost at severity 1 by reaction",
      note: `Share of NAV beyond perfect pricing on the same seed, under ${presets[presets.length - 1]}, mean over seeds with its 95 % interval.`,
      unit: "excess cost, % of NAV",
      bars: arms.map((name) => ({ name, ...inPercent(estimate(costs(name, severity))) })),
    })),
    tables: [
      {
        caption: "What each reaction saves against the plain model, share of NAV, paired by seed",
        head: [
          "arm",
          "saved at severity 1",
          "alarm, % of moments",
          "saved in calm",
          "alarm in calm, % of moments",
          "trades refused at 1, %",
        ],
        rows: arms.map((model) => [
          model,
          model === plain ? "–" : percentText(saved(model, 1)),
          alarms(model, 1),
          model === plain ? "–" : percentText(saved(model, 0)),
          alarms(model, 0),
          refused(model, 1),
        ]),
      },
    ],
    notes: [
      `${seeds} chain seeds an arm, each with its own training draw. The alarm: the market's seven-day vol at the money, one keeper cycle old, differs from the model's by more than three deviations of held-out calm errors.`,
      "Re-marking scales the model's vols to that market level; conservative keeps them and posts a deviation as large as the distance, which the uncertainty premium adds to the spread where the preset has it. Both read market quotes that the plain model does not, so a saving is that of the information and the reaction together.",
      "Moments are all at which the vols were asked for, by the keeper and by the measurement.",
    ],
  };
}

function inPercent({ mean, low, high }: Estimate) {
  const scaled = (value: number | null) => (value === null ? null : PERCENT * value);
  return { value: scaled(mean), low: scaled(low), high: scaled(high) };
}

/** `3.1 % [0.2, 6.0]`. */
function percentText({ mean, low, high }: Estimate): string {
  const text = (value: number) => (PERCENT * value).toFixed(1).replace(/^-/, "−");
  if (mean === null) return "an unknown share";
  return `${text(mean)} %${low === null || high === null ? "" : ` [${text(low)}, ${text(high)}]`}`;
}
