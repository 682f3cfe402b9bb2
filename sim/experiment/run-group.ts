import type { RunRecording } from "../../src/chain/bundle-recorder.ts";
import type { FittedModel } from "../../src/models/pricing-model.ts";
import type { Action } from "../../src/protocol/actions.ts";
import type { DeployedProtocol } from "../../src/protocol/adapter.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { NarrativeLine } from "../engine/narrative.ts";
import type { RunRecord, RunSpec } from "../engine/run-record.ts";
import type { RunWorld } from "../engine/run-world.ts";
import type { Stage, StagedRun } from "../engine/stage.ts";
import { gainsByParty } from "../measure/gains.ts";
import type { TrueGreeks } from "../measure/greeks-error.ts";
import { summariseRun } from "../measure/run-summary.ts";
import type { Scenario } from "../scenarios/scenario.ts";

import type { Columns, FinishedRun, JudgedRun, Readings } from "./finished-run.ts";
import { judgeRuns } from "./judge.ts";
import { storyOf } from "./story.ts";

/** The runs that share a world: one preset, severity and seed; the perfect control and every model. */
export interface RunGroup {
  readonly preset: string;
  readonly severity: number;
  readonly seed: number;
  readonly specs: readonly RunSpec[];
}

/** What a bundle is made from, kept only for runs that may become the worst of their model. */
export interface BundleMaterial {
  readonly spec: RunSpec;
  readonly record: RunRecord;
  readonly narrative: readonly NarrativeLine[];
  readonly recording: RunRecording;
  readonly protocol: DeployedProtocol<ProtocolView, Action>;
  readonly gains: ReadonlyMap<string, number>;
}

/** A group's runs with what is needed should one of them be the worst. */
export interface FinishedGroup {
  readonly runs: readonly JudgedRun[];
  readonly materials: readonly BundleMaterial[];
}

/** What every group of an experiment shares. */
export interface GroupContext {
  readonly scenario: Scenario;
  /** A fresh world each time: what is traded moves it. */
  readonly worldOf: (spec: RunSpec) => RunWorld;
  /** The frozen model of a run; undefined for the perfect control. */
  readonly modelOf: (spec: RunSpec) => FittedModel | undefined;
  /** What the model of a run counted by now; absent: models count nothing. */
  readonly readingsOf?: (spec: RunSpec) => Readings;
  /** What is taken from the record of a run before it is dropped; absent: nothing. */
  readonly columnsOf?: (record: RunRecord) => Columns;
  readonly trueGreeks: TrueGreeks;
  /** Whether finished runs keep their logs. */
  readonly logs?: boolean;
  /** USD of one unit of the chain's native asset, for gas. */
  readonly nativePrice: number;
  readonly signal: AbortSignal | undefined;
  readonly onRun: () => void;
}

/** Specs by preset, severity and seed, in their order. */
export function groupRuns(specs: readonly RunSpec[]): RunGroup[] {
  const groups = new Map<string, RunSpec[]>();
  for (const spec of specs) {
    const key = `${spec.preset}|${spec.severity}|${spec.seed}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [spec]);
    else group.push(spec);
  }
  return [...groups.values()].map((runs) => ({
    preset: runs[0].preset,
    severity: runs[0].severity,
    seed: runs[0].seed,
    specs: runs,
  }));
}

/** Runs a group on a stage of its preset, one run after the other. */
export async function runGroup(stage: Stage, group: RunGroup, context: GroupContext): Promise<FinishedGroup> {
  const finished: { run: FinishedRun; staged: StagedRun }[] = [];
  for (const spec of group.specs) {
    context.signal?.throwIfAborted();
    const staged = await stage.run(spec, context.modelOf(spec), context.worldOf(spec));
    finished.push({ run: measureRun(stage.protocol, staged, context), staged });
    context.onRun();
  }
  const judged = judgeRuns(
    finished.map(({ run }) => run),
    context.scenario.breaks,
  );
  return {
    runs: judged.map((run) => ({ ...run, story: withBreaks(run) })),
    materials: finished.map(({ run, staged }) => ({
      spec: run.summary.spec,
      record: staged.record,
      narrative: staged.narrative,
      recording: staged.recording,
      protocol: stage.protocol,
      gains: run.gains,
    })),
  };
}

function measureRun(
  protocol: DeployedProtocol<ProtocolView, Action>,
  { record, narrative }: StagedRun,
  context: GroupContext,
): FinishedRun {
  const { halfSpread, vegaLimit } = protocol.tradingLimits(record.genesis.view);
  const summary = summariseRun(record, {
    scenario: context.scenario,
    trueGreeks: context.trueGreeks,
    healthAtTruth: (block, account) =>
      protocol.healthAtTruth(block.view, account as `0x${string}`, block.trueVols, block.truth.spot),
    neutralInventory: record.genesis.view.markets.reduce((sum, { inventory }) => sum + inventory, 0),
    halfSpread,
    vegaLimit,
  });
  return {
    summary,
    readings: context.readingsOf?.(record.spec) ?? {},
    columns: context.columnsOf?.(record) ?? {},
    gains: gainsByParty(record, context.nativePrice),
    times: Float64Array.from(record.blocks, ({ time }) => time),
    story: storyOf(record, narrative.map(markOf)),
    log: context.logs === true ? record.log : undefined,
  };
}

type Mark = FinishedRun["story"]["marks"][number];

function markOf(line: NarrativeLine): Mark {
  const kinds: Readonly<Record<NarrativeLine["kind"], Mark["kind"]>> = {
    fault: "other",
    trade: "attack",
    hedge: "other",
    liquidation: "liquidation",
    "bad-debt": "bad-debt",
    settlement: "settlement",
    withdrawal: "withdrawal",
    refused: "refused",
  };
  return {
    time: line.time,
    block: line.index,
    kind: kinds[line.kind],
    who: line.who,
    text: line.text,
    amount: line.vault === undefined ? null : -line.vault,
  };
}

function withBreaks(run: JudgedRun): FinishedRun["story"] {
  const marks = [...run.summary.breaks, ...run.excessBreaks].map(({ predicate, excess, block, text }): Mark => ({
    time: run.times[block],
    block,
    kind: "break",
    who: "",
    text: `${predicate}${excess ? ", beyond the control" : ""}: ${text}`,
    amount: null,
  }));
  return { ...run.story, marks: [...run.story.marks, ...marks].sort((a, b) => a.block - b.block) };
}
