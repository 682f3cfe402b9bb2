import type { MomentFeatures } from "../../src/models/feature-pipeline.ts";
import type { FittedModel } from "../../src/models/pricing-model.ts";
import type { Action, PostedSmile, Series } from "../../src/protocol/actions.ts";
import type { VolSourceName } from "../../src/protocol/adapter.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { Observation } from "../agents/agent.ts";
import type { SurfaceWriter } from "../agents/surface-keeper.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import type { RunSpec } from "./run-record.ts";
import type { RunWorld } from "./run-world.ts";
import {
  gridVols,
  isClamped,
  modelSmile,
  nodeStrikes,
  postedSmile,
  volsBySeries,
  type SmileFunction,
} from "./smiles.ts";

/**
 * How a run's pricing reaches the chain.
 *
 * | run | source | who posts | when |
 * |---|---|---|---|
 * | P0 | true vol per series | harness | first in every block |
 * | P1 | posted grid | harness, for the keeper | first in every block |
 * | P2, P3 | posted grid | keeper, the truth | its cycle and latency; P3 is P2 under guards |
 * | model `constant` | constant | harness, once | at the start |
 * | any other model | posted grid | keeper, the frozen model | its cycle and latency |
 * | a tended model | posted grid | keeper, the model in force | its cycle and latency |
 */
export interface VolPlan {
  readonly source: VolSourceName;
  /** Who posts the grid's smiles; undefined: nobody. */
  readonly poster: "harness" | "keeper" | undefined;
  /** What the keeper posts when it does. */
  readonly write: SurfaceWriter | undefined;
  /** Smiles of the run's pricing at a time, from the features of that time. */
  smileAt(features: MomentFeatures, now: number): SmileFunction;
  /** Constant vol that the harness sets at the start. */
  readonly constantVol: ((features: MomentFeatures, now: number) => number) | undefined;
  /** Smiles of a post whose model left the contract's domain. */
  clamped(seen: Pick<Observation, "features" | "now">, smiles: readonly PostedSmile[]): number;
}

/**
 * The plan of a run: `model` is the frozen model, undefined for a rung of the ladder.
 * @param modelAt - the model in force at a time, where its keeper changes it
 */
export function volPlan(
  spec: RunSpec,
  model: FittedModel | undefined,
  world: RunWorld,
  keeperLatency: number,
  modelAt?: (now: number) => FittedModel,
): VolPlan {
  if (model === undefined) return truthPlan(spec, world, keeperLatency);
  const inForce = modelAt ?? (() => model);
  const smileAt = (features: MomentFeatures, now: number): SmileFunction => modelSmile(inForce(now), features, now);
  const isConstant = model.name === "constant";
  return {
    source: isConstant ? "constant" : "grid",
    poster: isConstant ? undefined : "keeper",
    write: isConstant
      ? undefined
      : (seen) => smilesOf(seen.view, smileAt(seen.features, seen.now), seen.features.spot, seen.now),
    smileAt,
    constantVol: isConstant
      ? (features, now) => smileAt(features, now)(Float64Array.of(features.spot), now + YEAR_SECONDS / 12).vol[0]
      : undefined,
    clamped: ({ features, now }, smiles) =>
      smiles.filter(({ expiry, referenceVol }) => {
        const nodes = nodeStrikes(features.spot, referenceVol, (expiry - now) / YEAR_SECONDS);
        return isClamped(inForce(now), features, now, nodes, expiry);
      }).length,
  };
}

function truthPlan(spec: RunSpec, world: RunWorld, keeperLatency: number): VolPlan {
  const isDirect = spec.rung === "P0";
  const byKeeper = spec.rung === "P2" || spec.rung === "P3";
  const smileAt = (_: MomentFeatures, now: number): SmileFunction => trueSmile(world, now);
  return {
    source: isDirect ? "truth" : "grid",
    poster: isDirect ? undefined : byKeeper ? "keeper" : "harness",
    write: byKeeper
      ? (seen) => smilesOf(seen.view, trueSmile(world, seen.now - keeperLatency), seen.features.spot, seen.now)
      : undefined,
    smileAt,
    constantVol: undefined,
    clamped: () => 0,
  };
}

/** Smiles of the truth at a time. */
export function trueSmile({ truth }: RunWorld, time: number): SmileFunction {
  return (strikes, expiry) => ({
    vol: strikes.map((strike) => truth.truthVol(expiry, strike, true, time)),
    sd: new Float64Array(strikes.length),
  });
}

/** A smile for each expiry that lies ahead. */
export function smilesOf(view: ProtocolView, smile: SmileFunction, spot: number, now: number): PostedSmile[] {
  return view.expiries
    .filter(({ expiry }) => expiry > now)
    .map(({ underlying, expiry }) => postedSmile(smile, underlying, expiry, spot, now));
}

/** The harness's posts of true vols for P0, one an expiry, in the order of the listed strikes. */
export function truthPosts(world: RunWorld, view: ProtocolView, series: readonly Series[], now: number): Action[] {
  const smile = trueSmile(world, now);
  return view.expiries
    .filter(({ expiry }) => expiry > now)
    .map(({ underlying, expiry }) => {
      const strikes = series.filter((each) => each.isCall && each.expiry === expiry && each.underlying === underlying);
      const { vol } = smile(
        Float64Array.from(strikes, ({ strike }) => strike),
        expiry,
      );
      return { kind: "post-truth", underlying, expiry, vols: vol } as const;
    });
}

/** The keeper's last post as it stands. */
export interface LastPost {
  readonly smiles: readonly PostedSmile[];
  readonly at: number;
}

/** The four steps of the telescope in one block, by series index. */
export interface Telescope {
  readonly modelVols: Float64Array;
  readonly projectedVols: Float64Array;
  readonly offeredVols: Float64Array;
  readonly quotedVols: Float64Array;
}

/** Model, projection, offer and contract's vol. Where the source is no grid there is nothing to project or to offer. */
export function telescope(
  plan: VolPlan,
  view: ProtocolView,
  quotedVols: Float64Array,
  features: MomentFeatures,
  lastPost: LastPost | undefined,
): Telescope {
  if (plan.source === "truth") {
    return { modelVols: quotedVols, projectedVols: quotedVols, offeredVols: quotedVols, quotedVols };
  }
  const smile = plan.smileAt(features, view.time);
  const modelVols = volsBySeries(smile, view.series, view.time);
  if (plan.source !== "grid") return { modelVols, projectedVols: modelVols, offeredVols: modelVols, quotedVols };
  const projectedVols = gridVols(view, smilesOf(view, smile, features.spot, view.time), view.time);
  const offeredVols =
    lastPost === undefined
      ? new Float64Array(view.series.length).fill(Number.NaN)
      : gridVols(view, lastPost.smiles, lastPost.at);
  return { modelVols, projectedVols, offeredVols, quotedVols };
}
