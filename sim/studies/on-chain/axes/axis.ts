import type { FeatureInput } from "../../../../src/models/pricing-model.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import type { Market } from "../market-runs.ts";

/** One setting of an axis, the rest as the scenario has it. */
export interface AxisLevel {
  /** With its unit: "6 h". */
  readonly label: string;
  readonly market: Market;
}

/** One thing about a market that is moved alone. */
export interface Axis {
  readonly name: string;
  /** As the scenario has it. */
  readonly base: string;
  readonly levels: readonly AxisLevel[];
  /** Features that it can move; a model that reads none of them prices alike at every level. */
  readonly features: readonly FeatureInput[];
  /** Whether it can move when and whether surfaces land. */
  readonly posts: boolean;
}

/** Makes a level of the scenario with some of it changed. */
export type MakeLevel = (label: string, changed: Partial<Scenario>) => AxisLevel;
