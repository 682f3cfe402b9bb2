import type { Chain } from "../../src/chain/chain.ts";
import type { RunRecording } from "../../src/chain/bundle-recorder.ts";
import { InternalError } from "../../src/errors/internal-error.ts";
import type { FittedModel } from "../../src/models/pricing-model.ts";
import type { Action } from "../../src/protocol/actions.ts";
import type { DeployedProtocol } from "../../src/protocol/adapter.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import { checkLedger } from "../../src/protocol/ledger.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { narrate, type NarrativeLine } from "./narrative.ts";
import { RunningRun } from "./running-run.ts";
import type { RunRecord, RunSpec } from "./run-record.ts";
import type { RunWorld } from "./run-world.ts";
import { checkTwin, twinCheckBlocks } from "./twin-check.ts";

/** Everything that a run is made of. The chain stands at the end of the protocol's set-up. */
export interface RunInputs {
  readonly chain: Chain;
  readonly protocol: DeployedProtocol<ProtocolView, Action>;
  readonly scenario: Scenario;
  readonly spec: RunSpec;
  /** The frozen model; undefined for a rung of the ladder, which prices by the truth. */
  readonly model: FittedModel | undefined;
  readonly world: RunWorld;
  /** Sees every block, for the bundle; undefined when nobody wants one. */
  readonly recording: RunRecording | undefined;
}

/** A finished run: what measures need, and what happened in words. */
export interface RunResult {
  readonly record: RunRecord;
  readonly narrative: readonly NarrativeLine[];
}

/**
 * Runs a scenario on a chain, block by block.
 * @throws {InternalError} for whatever no healthy run can do: disorder, an unexpected revert, money from nowhere, a twin
 * that differs from the contract; it says which seed, block and action reproduce it
 */
export async function runOnChain(inputs: RunInputs): Promise<RunResult> {
  const { chain, protocol, spec, recording } = inputs;
  const run = new RunningRun(inputs, await readView(chain, protocol).then(({ view }) => view));
  for (const [index, time] of run.clock.times.entries()) {
    const moment = run.advanceWorld(index, time);
    const decisions = run.decide(moment);
    const order = run.buildBlock(moment, decisions);
    const statement = run.state(moment, order);
    const mined = await chain.mine(statement);
    const { view, data } = await readView(chain, protocol);
    const events: readonly ProtocolEvent[] = protocol.events(mined);
    const outcomes = run.outcomes(moment, order, mined, events);
    guarded(spec, index, "ledger", () =>
      checkLedger(protocol.ledger(run.view), protocol.ledger(view), mined.gasUsed * statement.baseFeePerGas),
    );
    recording?.add({
      ...run.recorded(order, outcomes),
      statement,
      mined,
      read: { ...protocol.read.call, returned: data },
    });
    run.finishBlock({ moment, order, statement, mined, view, events, outcomes });
    if (twinCheckBlocks(run.clock.times.length).includes(index)) await checkTwin(chain, protocol, view, spec, index);
  }
  const record = run.record();
  return { record, narrative: narrate(record, run.intents) };
}

async function readView(
  chain: Chain,
  { read }: DeployedProtocol<ProtocolView, Action>,
): Promise<{ view: ProtocolView; data: `0x${string}` }> {
  const data = await chain.call(read.call.to, read.call.data);
  return { view: read.decode(data), data };
}

/** A law that breaks stops the run with what reproduces it. */
function guarded(spec: RunSpec, block: number, action: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    const what = `${error instanceof Error ? error.message : String(error)} (${spec.model}, ${spec.preset}, chain seed ${spec.seed}, severity ${spec.severity})`;
    throw new InternalError(what, { seed: spec.masterSeed, block, action }, error);
  }
}
