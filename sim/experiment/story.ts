import { vaultValueAtTruth } from "../measure/vault-value.ts";
import type { Story } from "../results/on-chain.ts";
import { finiteOrNull } from "../results/parts.ts";
import type { BlockRecord, RunRecord } from "../engine/run-record.ts";

/** A run on one time axis, for the report. `marks` come from the engine's narrative and the break predicates. */
export function storyOf(run: RunRecord, marks: Story["marks"]): Story {
  const atTheMoney = run.blocks.map(nearestAtTheMoney);
  return {
    model: run.spec.model,
    preset: run.spec.preset,
    severity: run.spec.severity,
    seed: run.spec.seed,
    bundle: null,
    times: run.blocks.map(({ time }) => time),
    onset: run.onset,
    spot: run.blocks.map(({ truth }) => truth.spot),
    feed: run.blocks.map(({ view }) => traded(run, view.markets).feed.answer),
    pool: run.blocks.map(({ view }) => {
      const market = traded(run, view.markets);
      return finiteOrNull(market.poolQuote / market.poolUnderlying);
    }),
    quotedVol: run.blocks.map((block, i) => finiteOrNull(block.quotedVols[atTheMoney[i]])),
    trueVol: run.blocks.map((block, i) => finiteOrNull(block.trueVols[atTheMoney[i]])),
    nav: run.blocks.map((block) => vaultValueAtTruth(block)),
    insurance: run.blocks.map(({ view }) => view.fund),
    mode: run.blocks.map(({ view }) => traded(run, view.markets).oracle),
    faults: run.faults.map(({ name, from, to }) => ({ name, from, to })),
    marks,
  };
}

function traded<T extends { readonly underlying: number }>(run: RunRecord, markets: readonly T[]): T {
  const underlying = run.genesis.view.series[0].underlying;
  return markets.find((market) => market.underlying === underlying)!;
}

/** Seconds before expiry below which an implied vol off the strike says little: no line is drawn from it. */
const SHORTEST_SHOWN = 86_400;

/** Index of the series nearest to spot of the nearest expiry that is at least a day away. */
function nearestAtTheMoney(block: BlockRecord): number {
  let best = 0;
  let score = Infinity;
  block.view.series.forEach((series, i) => {
    const left = series.expiry - block.time;
    if (left < SHORTEST_SHOWN || !series.isCall) return;
    const candidate = left + 1e3 * Math.abs(Math.log(series.strike / block.truth.spot));
    if (candidate < score) [best, score] = [i, candidate];
  });
  return best;
}
