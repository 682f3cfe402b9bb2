import { defenceNames } from "../../deployments/presets.ts";
import { UserError } from "../../src/errors/user-error.ts";
import type { FittedModel } from "../../src/models/pricing-model.ts";
import { defencesOf } from "../../src/protocol/deploy/market-terms.ts";
import { chainSetting } from "../experiment/chain-setting.ts";
import { ChainWorker } from "../experiment/chain-worker.ts";
import { estimate } from "../experiment/estimate.ts";
import type { JudgedRun } from "../experiment/finished-run.ts";
import { PERFECT } from "../experiment/plan.ts";
import { groupRuns } from "../experiment/run-group.ts";
import type { RunSpec } from "../engine/run-record.ts";
import type { Estimate } from "../results/parts.ts";
import type { StudyResult } from "../results/study.ts";
import { scaledUncertainty } from "./scaled-uncertainty.ts";
import type { Study, StudyContext } from "./study.ts";

/** The model whose uncertainty is posted, where the run has it. */
const USUAL = "smile-level";
/** Factors of the posted standard deviation; against the first, nothing is posted, the others are compared. */
const factors = [0, 1, 3] as const;
/** Calm, where uncertainty only costs trade, and the worst. */
const severities = [0, 1] as const;
const PERCENT = 100;
const question = "Does it pay the vault when the model's uncertainty reaches the contract?";

/** The same model with its posted standard deviation left out, as it is, and three times as large. */
export const uncertaintyOnChain: Study = {
  name: "uncertainty-on-chain",
  summary: `${question} The posted deviation times 0, 1 and 3, on chain`,
  on: "chain",
  async run(context) {
    const { scenario, masterSeed, jobs, hardhat, signal } = context;
    const name = postedModel(context);
    const preset = chargingPreset(context);
    const request = { scenario, masterSeed, jobs, history: undefined, ownModels: [], command: "" };
    const setting = chainSetting({
      ...request,
      scenario: { ...scenario, onChain: { ...scenario.onChain, models: [name] } },
    });
    const posted: number[] = [];
    const modelOf = (spec: RunSpec): FittedModel => {
      const base = setting.modelOf({ ...spec, model: name });
      if (base === undefined) {
        throw new UserError({
          where: `model ${name}`,
          what: `cannot be fitted to seed ${spec.seed}`,
          expected: "a fit",
        });
      }
      posted[spec.seed] = base.predict(base.trainedOn.typical).sd;
      return scaledUncertainty(base, factors[arms(name).indexOf(spec.model)]);
    };
    const worker = new ChainWorker(hardhat.network, { ...setting, modelOf });
    const runs: JudgedRun[] = [];
    try {
      for (const group of groupRuns(specsOf(context, preset, arms(name)))) {
        runs.push(...(await worker.run(group, () => undefined, signal)));
      }
    } finally {
      await worker.close();
    }
    return resultOf(context, preset, name, posted, runs);
  },
};

function arms(name: string): string[] {
  return factors.map((factor) => `${name}, sd × ${factor}`);
}

function postedModel({ models }: StudyContext): string {
  const name = models.includes(USUAL) ? USUAL : models.find((model) => model !== "constant");
  if (name !== undefined) return name;
  throw new UserError({
    where: "--studies uncertainty-on-chain",
    what: `no model but ${models.join(", ")}`,
    expected: "a model that a keeper posts",
  });
}

/** The scenario's last preset, which has to charge for uncertainty. */
function chargingPreset({ scenario: { onChain } }: StudyContext): string {
  const preset = onChain.presets[onChain.presets.length - 1];
  if (defenceNames(defencesOf(preset)).includes("uncertaintyPremium")) return preset;
  throw new UserError({
    where: "--studies uncertainty-on-chain",
    what: `preset ${preset} does not charge for uncertainty`,
    expected: "a last preset with the defence uncertaintyPremium, such as FULL",
  });
}

function specsOf({ scenario, masterSeed }: StudyContext, preset: string, models: readonly string[]): RunSpec[] {
  const shared = { scenario: scenario.name, masterSeed, preset, feedback: true };
  return severities.flatMap((severity) =>
    Array.from({ length: scenario.onChain.seeds }, (_, seed): RunSpec[] => [
      { ...shared, severity, seed, model: PERFECT, rung: "P0" },
      ...models.map((model): RunSpec => ({ ...shared, severity, seed, model })),
    ]).flat(),
  );
}

function resultOf(
  { scenario }: StudyContext,
  preset: string,
  name: string,
  posted: readonly number[],
  runs: readonly JudgedRun[],
): StudyResult {
  const [none, ...others] = arms(name);
  const { seeds } = scenario.onChain;
  const of = (model: string, severity: number) =>
    runs
      .filter(({ summary: { spec } }) => spec.model === model && spec.severity === severity)
      .sort((a, b) => a.summary.spec.seed - b.summary.spec.seed);
  const costs = (model: string, severity: number) => of(model, severity).map((run) => run.excessCost ?? Number.NaN);
  const saved = (model: string, severity: number) => {
    const [before, after] = [costs(none, severity), costs(model, severity)];
    return estimate(before.map((cost, seed) => cost - after[seed]));
  };
  const over = (model: string, severity: number, pick: (run: JudgedRun) => number) =>
    estimate(of(model, severity).map(pick)).mean;
  const nav = ({ summary }: JudgedRun) => summary.values[0];
  const told = others.map(
    (model) =>
      `${model.replace(`${name}, `, "")} saves ${percentText(saved(model, 1))} of NAV at severity 1 and ${percentText(saved(model, 0))} in calm`,
  );
  const isShown = others.some((model) => (saved(model, 1).low ?? 0) > 0);
  return {
    name: "uncertainty-on-chain",
    title: "Uncertainty that reaches the contract",
    question,
    answer: `Against ${name} that posts no deviation, on the same seeds, ${told.join("; ")}. ${seeds} seeds${saved(others[0], 1).low === null ? " are too few for an interval" : ""}.${isShown ? "" : " No saving at severity 1 is shown: none has an interval above zero."}`,
    charts: severities.toReversed().map((severity) => ({
      kind: "bars",
      title:
        severity === 0 ? "Excess cost in calm by posted deviation" : "Excess cost at severity 1 by posted deviation",
      note: `Share of NAV beyond perfect pricing on the same seed, under ${preset}, mean over seeds with its 95 % interval.`,
      unit: "excess cost, % of NAV",
      bars: arms(name).map((model) => ({ name: model, ...inPercent(estimate(costs(model, severity))) })),
    })),
    tables: severities.toReversed().map((severity) => ({
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
      rows: arms(name).map((model) => [
        model,
        model === none ? "–" : percentText(saved(model, severity)),
        scaled(over(model, severity, ({ summary }) => summary.loss)),
        scaled(over(model, severity, (run) => run.summary.split.edge / nav(run))),
        scaled(over(model, severity, (run) => run.summary.split.fees / nav(run))),
        over(model, severity, ({ summary: { posts } }) => posts.tradesAttempted - posts.tradesRefused),
        over(model, severity, ({ summary: { posts } }) => posts.tradesRefused),
      ]),
    })),
    notes: [
      `${seeds} chain seeds an arm, few for a skewed cost; the models are fitted as the experiment's own chain seeds are, and all arms quote the same vols.`,
      `The model's own deviation of a typical calm quote is ${(PERCENT * Math.max(...posted.filter(Number.isFinite))).toFixed(1)} vol points at most over the seeds; the contract adds what is posted to the half-spread of every trade.`,
      "The deviation was learned in calm: under stress the model errs by more than it says, whatever the factor.",
      "A wider spread turns away orders that perfect pricing would have filled; excess cost counts what they would have earned.",
    ],
  };
}

function scaled(value: number | null): number | null {
  return value === null ? null : PERCENT * value;
}

function inPercent({ mean, low, high }: Estimate) {
  return { value: scaled(mean), low: scaled(low), high: scaled(high) };
}

/** `3.1 % [0.2, 6.0]`. */
function percentText({ mean, low, high }: Estimate): string {
  const text = (value: number) => (PERCENT * value).toFixed(2).replace(/^-/, "−");
  if (mean === null) return "an unknown share";
  return `${text(mean)} %${low === null || high === null ? "" : ` [${text(low)}, ${text(high)}]`}`;
}
