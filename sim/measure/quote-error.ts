import { blackGreeks } from "../../src/pricing/black-scholes.ts";
import type { BlockRecord, RunRecord } from "../engine/run-record.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";

/** Vega-weighted root mean squared vol errors over the plateau, in vol points. */
export interface QuoteErrors {
  /** The frozen model's own output against the truth. */
  readonly intended: number;
  /** What each step adds to that: effective = intended + projection + latency + guards. */
  readonly projection: number;
  readonly latency: number;
  readonly guards: number;
  /** The contract's quote against the truth. */
  readonly effective: number;
  /** Vega-weighted mean of the signed effective error: positive is over-priced. */
  readonly bias: number;
  /** Largest absolute effective error. */
  readonly worst: number;
  /** Part of the effective error outside the half-spread, by side, vega-weighted mean. */
  readonly exploitableByBuyers: number;
  readonly exploitableBySellers: number;
  /** Quotes measured, and quotes that the contract could not give. */
  readonly quotes: number;
  readonly missing: number;
}

/** Quote errors over the blocks of the plateau (all blocks when severity is zero). */
export function quoteErrors(run: RunRecord, halfSpread: number): QuoteErrors {
  const squares = { model: 0, projected: 0, offered: 0, quoted: 0 };
  let weights = 0;
  let signed = 0;
  let cheap = 0;
  let dear = 0;
  let worst = 0;
  let quotes = 0;
  let missing = 0;
  for (const block of run.blocks) {
    if (!isMeasured(run, block)) continue;
    for (let i = 0; i < block.view.series.length; i++) {
      const weight = vegaWeight(block, i);
      if (weight === 0) continue;
      const truth = block.trueVols[i];
      const quoted = block.quotedVols[i];
      if (!Number.isFinite(quoted)) {
        missing++;
        continue;
      }
      const model = finiteOr(block.modelVols[i], quoted);
      const projected = finiteOr(block.projectedVols[i], model);
      const offered = finiteOr(block.offeredVols[i], projected);
      quotes++;
      weights += weight;
      squares.model += weight * (model - truth) ** 2;
      squares.projected += weight * (projected - truth) ** 2;
      squares.offered += weight * (offered - truth) ** 2;
      squares.quoted += weight * (quoted - truth) ** 2;
      signed += weight * (quoted - truth);
      cheap += weight * Math.max(0, truth - quoted - halfSpread);
      dear += weight * Math.max(0, quoted - truth - halfSpread);
      worst = Math.max(worst, Math.abs(quoted - truth));
    }
  }
  const mean = (sum: number) => (weights === 0 ? 0 : (100 * sum) / weights);
  const rms = (sum: number) => (weights === 0 ? 0 : 100 * Math.sqrt(sum / weights));
  return {
    intended: rms(squares.model),
    projection: rms(squares.projected) - rms(squares.model),
    latency: rms(squares.offered) - rms(squares.projected),
    guards: rms(squares.quoted) - rms(squares.offered),
    effective: rms(squares.quoted),
    bias: mean(signed),
    worst: 100 * worst,
    exploitableByBuyers: mean(cheap),
    exploitableBySellers: mean(dear),
    quotes,
    missing,
  };
}

/** Ages since onset by whose edges the effective error is told, hours; the first spell is the calm before it. */
export const errorAges = [-12, 0, 2, 6, 12, 24, 36] as const;

/** Vega-weighted root mean squared effective error between neighbours of `errorAges`, vol points; NaN where no block is. */
export function effectiveErrorByAge({ blocks, onset }: RunRecord): number[] {
  return errorAges.slice(1).map((to, i) => {
    let [squares, weights] = [0, 0];
    for (const block of blocks) {
      const age = (block.time - onset) / 3600;
      if (age < errorAges[i] || age >= to) continue;
      for (const [series, quoted] of block.quotedVols.entries()) {
        const weight = vegaWeight(block, series);
        if (weight === 0 || !Number.isFinite(quoted)) continue;
        squares += weight * (quoted - block.trueVols[series]) ** 2;
        weights += weight;
      }
    }
    return 100 * Math.sqrt(squares / weights);
  });
}

/** Whether a block's quotes are measured: those of the plateau, all where severity is zero. */
export function isMeasured({ spec, plateauFrom, plateauTo }: RunRecord, { time }: BlockRecord): boolean {
  return spec.severity === 0 || (time >= plateauFrom && time <= plateauTo);
}

/** True vega of a series in a block, USD per 1.00 of vol; zero for what is not quoted any more. */
export function vegaWeight(block: BlockRecord, index: number): number {
  const series = block.view.series[index];
  const years = (series.expiry - block.time) / YEAR_SECONDS;
  const vol = block.trueVols[index];
  if (years <= 0 || !(vol > 0)) return 0;
  return blackGreeks(series.isCall, block.truth.spot, series.strike, years, vol).vega;
}

function finiteOr(value: number, fallback: number): number {
  return Number.isFinite(value) ? value : fallback;
}
