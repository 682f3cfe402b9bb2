import type { Action } from "../../src/protocol/actions.ts";
import type { DeployedAccount, DeployedProtocol } from "../../src/protocol/adapter.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { Submission } from "../agents/agent.ts";
import { planSetting, planSubmission, type PlannedTransaction } from "./block-plan.ts";
import type { Moment } from "./block-stages.ts";
import type { RunFeatures } from "./run-features.ts";
import type { RunWorld } from "./run-world.ts";
import { smilesOf, truthPosts, type VolPlan } from "./vol-plan.ts";

/** What a run does by itself, beside its agents: puts the vol source in force, and writes perfect pricing. */
export class Harness {
  readonly #plan: VolPlan;
  readonly #world: RunWorld;
  readonly #protocol: DeployedProtocol<ProtocolView, Action>;
  readonly #features: RunFeatures;
  /** Whose account posts the grid's smiles: the contract takes them from no other. */
  readonly #keeper: DeployedAccount | undefined;

  constructor(
    plan: VolPlan,
    world: RunWorld,
    protocol: DeployedProtocol<ProtocolView, Action>,
    features: RunFeatures,
    keeper: DeployedAccount | undefined,
  ) {
    this.#plan = plan;
    this.#world = world;
    this.#protocol = protocol;
    this.#features = features;
    this.#keeper = keeper;
  }

  /** The vol source of the run, put in force by the owner in its first block; `view` is the state before it. */
  settings({ index, time, context }: Moment, view: ProtocolView): PlannedTransaction[] {
    if (index > 0) return [];
    const { source, constantVol } = this.#plan;
    const setting = planSetting(this.#protocol.setVolSource(source), context.baseFee);
    if (constantVol === undefined) return [setting];
    const vol = constantVol(this.#features.at(view.time), time);
    return [planSetting(this.#protocol.setConstantVol(vol), context.baseFee), setting];
  }

  /** The truth, written first in each block for P0, and through the grid for P1. */
  actions(time: number, view: ProtocolView): Action[] {
    const { source, poster } = this.#plan;
    if (source === "truth") return truthPosts(this.#world, view, this.#protocol.series, time);
    if (poster !== "harness") return [];
    const smile = this.#plan.smileAt(this.#features.at(view.time), time);
    const { price } = view.markets.find(({ underlying }) => underlying === this.#protocol.underlying)!;
    return [{ kind: "post-smiles", smiles: smilesOf(view, smile, price, time) }];
  }

  /** The same as transactions. */
  posts({ index, time, context }: Moment, view: ProtocolView): PlannedTransaction[] {
    const [first, ...others] = this.actions(time, view);
    if (first === undefined) return [];
    const steps: Submission["steps"] = [first, ...others];
    const submission: Submission = {
      id: `harness:${index}`,
      account: "operator",
      steps,
      bid: { maxFee: context.baseFee, tip: 0n, gas: Number(this.#protocol.gasLimitOf(steps)) },
      validUntil: time,
      lane: "private",
    };
    const account = this.#plan.source === "grid" ? this.#keeper : undefined;
    return [planSubmission(this.#protocol, account ?? this.#protocol.harness, "harness", submission)];
  }
}
