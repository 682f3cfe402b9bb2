import { ranks } from "./spearman.ts";
import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations, TooFewObservationsError } from "./too-few-observations-error.ts";

/** How the best strategy of one half of the time does in the other. */
export interface BacktestOverfitting {
  /** Probability of backtest overfitting: share of splits whose winner is below the median out of sample. */
  readonly probability: number;
  /** Logit of the winner's relative rank out of sample, one per split; negative below the median. */
  readonly logits: Float64Array;
  /** Share of splits whose winner has a negative Sharpe ratio out of sample. */
  readonly lossProbability: number;
  /** Slope of the winner's Sharpe ratio out of sample on that in sample; 0 when the latter does not vary. */
  readonly degradation: number;
  readonly splits: number;
}

/**
 * Combinatorially symmetric cross-validation of the choice among strategies by Sharpe ratio.
 *
 * Time is cut in `blocks` equal parts (a remainder at the end is left out); every half of them is in-sample once. The
 * relative rank is rank/(N + 1), ties by mean rank, and the probability counts logits of at most zero.
 * @param returns - one column of returns per strategy, all of the same length
 * @param blocks - even, at least 2; 16 gives 12,870 splits
 * @throws {StatisticInputError} of blocks out of range or columns of different lengths
 * @throws {TooFewObservationsError} below two strategies or two returns per block, or when a half does not vary
 * @see Bailey, Borwein, López de Prado & Zhu (2017), "The probability of backtest overfitting", section 2
 */
export function backtestOverfitting(returns: readonly ArrayLike<number>[], blocks = 10): BacktestOverfitting {
  if (returns.length < 2) throw new TooFewObservationsError("backtest overfitting (strategies)", returns.length, 2);
  if (!(Number.isInteger(blocks) && blocks >= 2 && blocks <= 20 && blocks % 2 === 0)) {
    throw new StatisticInputError("backtest overfitting", `${blocks} blocks, expected an even number from 2 to 20`);
  }
  const length = returns[0].length;
  for (const column of returns) {
    requireObservations("backtest overfitting", column, 2 * blocks);
    if (column.length !== length) {
      throw new StatisticInputError("backtest overfitting", `columns of ${length} and ${column.length} returns`);
    }
  }
  const sums = returns.map((column) => blockSums(column, blocks));
  const logits: number[] = [];
  const inSample: number[] = [];
  const outOfSample: number[] = [];
  const full = 2 ** blocks - 1;
  for (let half = 0; half <= full; half++) {
    if (bitCount(half) !== blocks / 2) continue;
    const inside = sums.map((of) => sharpeOf(of, half, blocks));
    const outside = sums.map((of) => sharpeOf(of, full ^ half, blocks));
    const winner = inside.indexOf(Math.max(...inside));
    const share = ranks(outside)[winner] / (returns.length + 1);
    logits.push(Math.log(share / (1 - share)));
    inSample.push(inside[winner]);
    outOfSample.push(outside[winner]);
  }
  const splits = logits.length;
  return {
    probability: logits.filter((logit) => logit <= 0).length / splits,
    logits: Float64Array.from(logits),
    lossProbability: outOfSample.filter((sharpe) => sharpe < 0).length / splits,
    degradation: slopeOf(inSample, outOfSample),
    splits,
  };
}

interface BlockSums {
  readonly size: number;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

/** Sums about the column's own mean, so that squares keep their digits. */
function blockSums(column: ArrayLike<number>, blocks: number): BlockSums & { readonly centre: number } {
  const size = Math.floor(column.length / blocks);
  let centre = 0;
  for (let t = 0; t < size * blocks; t++) centre += column[t] / (size * blocks);
  const sum = new Float64Array(blocks);
  const squares = new Float64Array(blocks);
  for (let t = 0; t < size * blocks; t++) {
    const value = column[t] - centre;
    const block = Math.floor(t / size);
    sum[block] += value;
    squares[block] += value * value;
  }
  return { size, sum, squares, centre };
}

function sharpeOf(of: BlockSums & { readonly centre: number }, members: number, blocks: number): number {
  let [sum, squares] = [0, 0];
  for (let block = 0; block < blocks; block++) {
    if (((members >> block) & 1) === 0) continue;
    sum += of.sum[block];
    squares += of.squares[block];
  }
  const count = (of.size * blocks) / 2;
  const mean = sum / count;
  const variance = (squares - sum * mean) / (count - 1);
  if (!(variance > 0)) throw new TooFewObservationsError("backtest overfitting (distinct returns in a half)", 1, 2);
  return (of.centre + mean) / Math.sqrt(variance);
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function slopeOf(x: readonly number[], y: readonly number[]): number {
  const centreX = x.reduce((sum, value) => sum + value, 0) / x.length;
  const centreY = y.reduce((sum, value) => sum + value, 0) / y.length;
  let [xy, xx] = [0, 0];
  x.forEach((value, i) => {
    xy += (value - centreX) * (y[i] - centreY);
    xx += (value - centreX) ** 2;
  });
  return xx > 0 ? xy / xx : 0;
}
