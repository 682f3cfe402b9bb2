import { blackGreeks } from "../../src/pricing/black-scholes.ts";
import type { BlockRecord, RunRecord } from "../engine/run-record.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";

import { isMeasured, vegaWeight } from "./quote-error.ts";

/** Greeks are compared at one block in this many: they move slowly and the true ones cost a transform each. */
const EVERY = 8;

/** True sensitivities under the generator's own model. */
export interface TrueGreeks {
  /** dV/dS at constant variance. */
  delta(block: BlockRecord, series: number): number;
  /** Hedge ratio that minimises the variance of the hedged position, spot–vol correlation and jumps included. */
  minimumVarianceDelta(block: BlockRecord, series: number): number;
}

/** Errors of the Greeks at the contract's vol against the truth, RMSE over the plateau. */
export interface GreeksErrors {
  /** Units of underlying per contract. */
  readonly delta: number;
  /** Relative to the root mean square true vega: far from the money the true one is next to nothing. */
  readonly vega: number;
  /** dDelta/dvol, per 1.00 of vol. */
  readonly vanna: number;
  /** Share of quotes whose vanna has the wrong sign. */
  readonly signFlips: number;
  readonly quotes: number;
}

export function greeksErrors(run: RunRecord, truth: TrueGreeks): GreeksErrors {
  let delta = 0;
  let vega = 0;
  let trueVega = 0;
  let vanna = 0;
  let flips = 0;
  let quotes = 0;
  run.blocks.forEach((block, at) => {
    if (at % EVERY !== 0 || !isMeasured(run, block)) return;
    block.view.series.forEach((series, i) => {
      const quoted = block.quotedVols[i];
      if (vegaWeight(block, i) === 0 || !Number.isFinite(quoted) || quoted <= 0) return;
      const years = (series.expiry - block.time) / YEAR_SECONDS;
      const { spot } = block.truth;
      const seen = blackGreeks(series.isCall, spot, series.strike, years, quoted);
      const real = blackGreeks(series.isCall, spot, series.strike, years, block.trueVols[i]);
      delta += (seen.delta - truth.delta(block, i)) ** 2;
      vega += (seen.vega - real.vega) ** 2;
      trueVega += real.vega ** 2;
      vanna += (seen.vanna - real.vanna) ** 2;
      if (seen.vanna * real.vanna < 0) flips++;
      quotes++;
    });
  });
  const rmse = (sum: number) => (quotes === 0 ? 0 : Math.sqrt(sum / quotes));
  return {
    delta: rmse(delta),
    vega: quotes === 0 ? 0 : Math.sqrt(vega / trueVega),
    vanna: rmse(vanna),
    signFlips: quotes === 0 ? 0 : flips / quotes,
    quotes,
  };
}
