import type { Scenario } from "../../scenarios/scenario.ts";
import type { TradeTerms } from "./quote-errors.ts";

/** What the off-chain experiment is: everything that its replicates depend on, as plain JSON. */
export interface GeneralisationConfig {
  readonly scenario: Scenario;
  /** Names of models; the controls are always beside them. */
  readonly models: readonly string[];
  /** Ascending, in [0, 1]. */
  readonly severities: readonly number[];
  readonly masterSeed: number;
  readonly trade: TradeTerms;
  /** Share of training quotes that come from paths at the primary severity: the leak control; 0 otherwise. */
  readonly leak: number;
}

/** Half a spread of two vol points, and private values of two points on average; ours. */
export const defaultTradeTerms: TradeTerms = { halfSpread: 0.01, privateValue: 0.02 };

/** Names of the controls in results. */
export const attainableName = "attainable";
export const perfectName = "perfect";
