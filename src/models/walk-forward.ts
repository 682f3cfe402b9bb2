import { UserError } from "../errors/user-error.ts";
import type { QuoteSet } from "./pricing-model.ts";

/** How a history is walked through. All in days that have quotes. */
export interface WalkForwardSettings {
  /** Days trained on before each test block; Infinity takes all that came before. */
  readonly window: number;
  /** Days before the purge of the first test block: the same test blocks for any window up to it. */
  readonly warmup: number;
  /** Days of a test block. */
  readonly block: number;
  /** Days dropped between training and test: at least as long as a label reaches ahead. */
  readonly purge: number;
  /** Days dropped after a test block before later training may use data again: features remember that long. */
  readonly embargo: number;
}

/** Rows to train and to test on. */
export interface WalkForwardFold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Purged walk-forward folds with embargo: each block of days is tested on a model of earlier days alone, `purge` days
 * before the block left out of training. Days within `embargo` after an *earlier* test block are left out of later
 * training too, as their features still carry what that block was scored on. A remainder shorter than a block is not
 * tested.
 * @param quotes - in order of days
 * @throws {UserError} when settings leave no fold, or are none
 * @see López de Prado (2018), "Advances in financial machine learning", 7.4 and 12.2
 */
export function walkForward(quotes: QuoteSet, settings: WalkForwardSettings): WalkForwardFold[] {
  requireSettings(settings);
  const { window, warmup, block, purge, embargo } = settings;
  const days = rowsByDay(quotes.day);
  const first = warmup + purge;
  const folds: WalkForwardFold[] = [];
  for (let test = first; test + block <= days.length; test += block) {
    const to = test - purge;
    const train: number[] = [];
    for (let day = Math.max(0, to - window); day < to; day++) {
      // Blocks follow each other, so that each day after the first block comes `sinceBlock % block` days after one.
      const sinceBlock = day - first;
      const isEmbargoed = embargo > 0 && sinceBlock >= block && sinceBlock % block < embargo;
      if (!isEmbargoed) train.push(...days[day]);
    }
    if (train.length > 0) {
      folds.push({ train: Int32Array.from(train), test: Int32Array.from(days.slice(test, test + block).flat()) });
    }
  }
  if (folds.length === 0) {
    throw new UserError({
      where: "walk-forward folds",
      what: `${days.length} days of quotes hold no warm-up of ${warmup}, purge of ${purge} and block of ${block} days`,
      expected: "more days, or shorter windows",
    });
  }
  return folds;
}

function rowsByDay(day: Int32Array): number[][] {
  const days: number[][] = [];
  for (let row = 0; row < day.length; row++) {
    if (row === 0 || day[row] !== day[row - 1]) days.push([]);
    days[days.length - 1].push(row);
  }
  return days;
}

function requireSettings({ window, warmup, block, purge, embargo }: WalkForwardSettings): void {
  const isWhole = [warmup, block, purge, embargo].every((days) => Number.isInteger(days) && days >= 0);
  if (isWhole && warmup >= 1 && block >= 1 && window >= 1 && embargo < block) return;
  throw new UserError({
    where: "walk-forward folds",
    what: `window ${window}, warm-up ${warmup}, block ${block}, purge ${purge}, embargo ${embargo}`,
    expected: "whole days, a window, warm-up and block of at least one, an embargo shorter than a block",
  });
}
