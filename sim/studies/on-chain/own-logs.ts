import type { FittedModel } from "../../../src/models/pricing-model.ts";
import type { TradeLog } from "../../../src/models/trade-log.ts";
import { mean } from "../../../src/statistics/moments.ts";
import type { RunSpec } from "../../engine/run-record.ts";
import type { SettingOrder } from "../../experiment/chain-settings.ts";
import type { JudgedRun } from "../../experiment/finished-run.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom } from "../../experiment/generalisation/replicate.ts";
import { PERFECT } from "../../experiment/plan.ts";
import { groupRuns } from "../../experiment/run-group.ts";
import { runPlaced } from "../../experiment/run-placed.ts";
import { errorOn } from "../shared/fitted-draw.ts";
import { fitOrNothing } from "../shared/fitting.ts";
import { quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";
import { postedModel } from "./chain-arms.ts";
import { drawOf, LearningDays, RUNS, seedOf } from "./own-logs/learning-days.ts";
import { learnedArms, type LearnedArms, type LogOrder } from "./own-logs/log-variants.ts";
import { type DrawFindings, ownLogsResult, type Scored } from "./own-logs/own-logs-result.ts";
import { errorSurvival } from "./own-logs/error-survival.ts";
import { type DrawLogs, sourceQuotes, tradesOrNothing } from "./own-logs/training-sources.ts";
import { tradeBias } from "./own-logs/trade-bias.ts";

const NAME = "own-logs";
/** Fresh paths of each draw on which its models are scored. */
const TEST_PATHS = 8;
/** Runs of a draw on which what was learned is paid for. */
const PAID_RUNS = 4;

/** A protocol that learns from its own trades alone. */
export const ownLogs: Study = {
  name: NAME,
  summary: "What does a protocol lose that fits its model on its own trades? On chain, from the runs' own event logs",
  on: "chain",
  async run(context) {
    const { scenario, models, masterSeed } = context;
    const runs = new OwnLogRuns(context);
    const days = new LearningDays(scenario, masterSeed);
    const first = await runs.first();
    const learning = first.flatMap(({ posted }, draw) => {
      const quotes = tradesOrNothing(posted, "mid")?.quotes;
      return quotes !== undefined && fitOrNothing(runs.model, quotes, days.random(draw)) !== undefined ? [draw] : [];
    });
    const second = await runs.second(
      first.map(({ posted }) => posted),
      learning,
    );
    const findings = first.map((logs, draw): DrawFindings => {
      const own: DrawLogs = { ...logs, learned: second.logs.get(draw) };
      const tests = testsOf(days, draw, scenario.scoring.primarySeverity);
      const score = (model: FittedModel | undefined): Scored | undefined =>
        model && {
          calm: mean(tests.calm.map((test) => errorOn(days.config, model, test))),
          stress: mean(tests.stress.map((test) => errorOn(days.config, model, test))),
        };
      const posted = days.posted(draw, runs.model);
      const bySource = [...sourceQuotes(days, draw, own)].map(([source, quotes]) => {
        const fit = (name: string) => fitOrNothing(name, quotes, days.random(draw));
        const refitted = fit(runs.model);
        const errors = new Map(models.map((name) => [name, score(fit(name))]));
        const survival = posted && refitted && errorSurvival(posted, refitted, tests.calm);
        return [source, { quotes: quotes.target.length, errors, survival }] as const;
      });
      return {
        sources: new Map(bySource),
        before: score(posted),
        bias: {
          perfect: tradeBias(days, draw, own.perfect),
          posted: tradeBias(days, draw, own.posted),
          learned: own.learned && tradeBias(days, draw, own.learned),
        },
      };
    });
    return ownLogsResult(context, runs.model, findings, costsOf(second.paid, runs.arms));
  },
};

/** Runs of the study in two orders: the second posts what was learned from the first. */
class OwnLogRuns {
  readonly model: string;
  readonly arms: LearnedArms;
  readonly #context: StudyContext;
  readonly #shared: Pick<RunSpec, "scenario" | "masterSeed" | "preset">;
  #done = 0;

  constructor(context: StudyContext) {
    const { scenario, masterSeed } = context;
    this.#context = context;
    this.model = postedModel(context, NAME);
    this.arms = learnedArms(this.model);
    this.#shared = { scenario: scenario.name, masterSeed, preset: scenario.onChain.presets.at(-1)! };
  }

  /** The days of every draw under perfect pricing and under the posted model. */
  async first(): Promise<{ readonly perfect: TradeLog[]; readonly posted: TradeLog[] }[]> {
    const draws = this.#draws();
    const specs = draws.flatMap((draw) => this.#calmSpecs(draw, [PERFECT, this.arms.before]));
    const runs = await this.#run(specs, []);
    return draws.map((draw) => {
      return { perfect: logsOf(runs, draw, PERFECT), posted: logsOf(runs, draw, this.arms.before) };
    });
  }

  /** The days again under what was learned from them, and a fresh stressed run for each way to learn. */
  async second(
    logs: readonly (readonly TradeLog[])[],
    learning: readonly number[],
  ): Promise<{ readonly logs: ReadonlyMap<number, TradeLog[]>; readonly paid: readonly JudgedRun[] }> {
    const { before, market, own } = this.arms;
    const specs = learning.flatMap((draw) => [
      ...this.#calmSpecs(draw, [own]),
      ...[PERFECT, before, market, own].map((model) => {
        return this.#spec(model, { seed: seedOf(draw, RUNS), severity: 1, feedback: true });
      }),
    ]);
    const runs = await this.#run(specs, logs);
    const paid = runs.filter(({ summary }) => summary.spec.severity === 1);
    return { logs: new Map(learning.map((draw) => [draw, logsOf(runs, draw, own)])), paid };
  }

  #draws(): number[] {
    return Array.from({ length: this.#context.scenario.onChain.seeds }, (_, draw) => draw);
  }

  #calmSpecs(draw: number, models: readonly string[]): RunSpec[] {
    return Array.from({ length: RUNS }, (_, run) =>
      models.map((model) => this.#spec(model, { seed: seedOf(draw, run), severity: 0, feedback: false })),
    ).flat();
  }

  #spec(model: string, own: Pick<RunSpec, "seed" | "severity" | "feedback">): RunSpec {
    return { ...this.#shared, ...own, model, ...(model === PERFECT ? { rung: "P0" } : {}) };
  }

  async #run(specs: readonly RunSpec[], logs: LogOrder["logs"]): Promise<JudgedRun[]> {
    const { scenario, masterSeed, jobs, ownModels, hardhat, signal, advance } = this.#context;
    const alone = { ...scenario, onChain: { ...scenario.onChain, models: [this.model] } };
    const request = { scenario: alone, masterSeed, jobs, history: undefined, ownModels, command: "" };
    const variants: LogOrder = { maker: NAME, model: this.model, logs };
    const setting: SettingOrder = { request, variants, bundles: false, logs: true };
    const total = scenario.onChain.seeds * (3 * RUNS + PAID_RUNS);
    const onRun = () => advance(++this.#done, total);
    const groups = groupRuns(specs).map((group) => ({ setting: 0, group }));
    return (await runPlaced([setting], groups, { jobs, hardhat, signal, onRun })).flat();
  }
}

/** Logs of a draw's calm runs under one pricing, in their order. */
function logsOf(runs: readonly JudgedRun[], draw: number, model: string): TradeLog[] {
  return runs
    .filter(({ summary: { spec } }) => spec.severity === 0 && spec.model === model && drawOf(spec.seed) === draw)
    .sort((a, b) => a.summary.spec.seed - b.summary.spec.seed)
    .map(({ log }) => log!);
}

function testsOf({ config, pricers }: LearningDays, draw: number, severity: number) {
  const paths = (at: number): MarketQuotes[] =>
    Array.from({ length: TEST_PATHS }, (_, path) => {
      const random = replicateRandom(config, draw).fork("own-logs-test", path);
      return quoteStream(config, pricers, random, at, [config.scenario.scoring.ages[0]], "listed");
    });
  return { calm: paths(0), stress: paths(severity) };
}

/** Excess cost of what was learned, share of NAV, by arm and draw. */
function costsOf(paid: readonly JudgedRun[], { before, market, own }: LearnedArms) {
  const of = (arm: string) =>
    paid
      .filter(({ summary: { spec } }) => spec.model === arm)
      .sort((a, b) => a.summary.spec.seed - b.summary.spec.seed)
      .map(({ excessCost }) => excessCost ?? Number.NaN);
  return { before: of(before), market: of(market), own: of(own) };
}
