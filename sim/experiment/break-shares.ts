import { clopperPearson } from "../../src/statistics/binomial-interval.ts";
import { binomialTest } from "../../src/statistics/binomial-test.ts";
import type { BreakName } from "../measure/breaks.ts";
import type { BreakShare, EventShare } from "../results/on-chain.ts";
import type { JudgedRun } from "./finished-run.ts";

/** What a run can break. */
const predicates: readonly Exclude<BreakName, "pricing">[] = ["economic", "solvency", "liveness"];
/** Fewest seeds for an interval. */
const FEWEST_FOR_INTERVAL = 6;

/**
 * Share of seeds in which each predicate fell, with exact intervals, and an exact test against perfect pricing on the
 * same seeds: of the seeds in which just one of the two broke, as many as of fair tosses would be the model's (McNemar).
 */
export function breakShares(runs: readonly JudgedRun[]): BreakShare[] {
  return predicates.map((predicate) => {
    const isIn = (breaks: readonly { readonly predicate: BreakName }[]) =>
      breaks.some((broken) => broken.predicate === predicate);
    const paired = runs.filter(({ control }) => control !== undefined);
    const own = paired.map(({ summary }) => isIn(summary.breaks));
    const control = paired.map((run) => isIn(run.control!.summary.breaks));
    const onlyOwn = own.filter((broke, i) => broke && !control[i]).length;
    const onlyControl = control.filter((broke, i) => broke && !own[i]).length;
    const isPaired = paired.length > 0;
    return {
      predicate,
      absolute: eventShare(runs.filter(({ summary }) => isIn(summary.breaks)).length, runs.length),
      control: isPaired ? eventShare(control.filter((broke) => broke).length, paired.length) : null,
      excess: isPaired
        ? eventShare(paired.filter(({ excessBreaks }) => isIn(excessBreaks)).length, paired.length)
        : null,
      onlyModel: onlyOwn,
      onlyControl,
      pValue: onlyOwn + onlyControl === 0 ? null : binomialTest(onlyOwn, onlyOwn + onlyControl, 0.5),
    };
  });
}

function eventShare(seeds: number, of: number): EventShare {
  const { low, high } = clopperPearson(seeds, of);
  const isShown = of >= FEWEST_FOR_INTERVAL;
  return { seeds, of, low: isShown ? low : null, high: isShown ? high : null };
}
