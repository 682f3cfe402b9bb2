import type { FittedModel } from "../../src/models/pricing-model.ts";
import type { Random } from "../../src/random/random.ts";
import type { MarketQuoteTape, TapeTerms } from "./market-tape.ts";

/** A keeper at work on its model during one run. */
export interface Tending {
  /** The model in force; times do not fall from call to call. Asked twice for one time it says the same. */
  modelAt(now: number): FittedModel;
}

/** What a keeper works with in a run. */
export interface KeepersDesk {
  readonly tape: MarketQuoteTape;
  /** Of the keeper alone. */
  readonly random: Random;
  /** Severity is at its height from … to, Unix seconds; only what is counted may depend on it. */
  readonly plateau: readonly [number, number];
}

/** A model whose keeper reads the market's quotes and decides during the run which parameters are in force. */
export interface TendedModel extends FittedModel {
  readonly tape: TapeTerms;
  tend(desk: KeepersDesk): Tending;
}

export function isTended(model: FittedModel): model is TendedModel {
  return "tend" in model;
}
