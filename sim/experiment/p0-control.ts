import type { RunSummary } from "../measure/run-summary.ts";
import type { Controls } from "../results/generalisation.ts";
import { finiteOrNull } from "../results/parts.ts";

/** Largest error that a control at noise may show on chain, vol points. */
const LIMIT_VP = 0.01;

/** P0 is at noise: what its contract quotes is the true vol, in every quote of every run. Null without a run; a run without a quote fails. */
export function p0Control(runs: readonly Pick<RunSummary, "quotes">[]): Controls["p0"] {
  if (runs.length === 0) return null;
  const worst = Math.max(...runs.map(({ quotes }) => quotes.worst));
  const quotes = runs.reduce((sum, one) => sum + one.quotes.quotes, 0);
  return {
    maxErrorVp: finiteOrNull(worst),
    quotes,
    limitVp: LIMIT_VP,
    verdict: quotes > 0 && worst <= LIMIT_VP ? "passed" : "failed",
  };
}
