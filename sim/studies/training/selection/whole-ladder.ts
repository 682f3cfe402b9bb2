import type { Moment } from "../../../experiment/generalisation/moments.ts";
import type { MarketQuotes } from "../../../experiment/generalisation/quotes.ts";
import type { StudyTable } from "../../../results/study.ts";
import type { TruthPricers } from "../../../world/truth-pricers.ts";
import type { Random } from "../../../../src/random/random.ts";
import { mean, standardDeviation } from "../../../../src/statistics/moments.ts";
import { deflatedSharpe, probabilisticSharpe, sharpeSample } from "../../../../src/statistics/sharpe.ts";
import type { SharpeSample } from "../../../../src/statistics/sharpe.ts";
import { spearman } from "../../../../src/statistics/spearman.ts";
import { errorOf, fitOrNothing } from "../../shared/fitting.ts";
import { hedgedProfit, modelHedge } from "../../shared/hedged-profit.ts";
import type { Measured } from "../../shared/points.ts";
import { decimalText, meanOf } from "../../shared/points.ts";
import { overfittingOf } from "./overfitting.ts";

/** What one draw shows of one model of the ladder. */
export interface LadderScore {
  /** Errors in vol points: on the quotes that were fitted, and under the scenario's stress. */
  readonly fit: number;
  readonly stress: number;
  /** Hedged P&L by hour, basis points of spot. */
  readonly calmProfit: Float64Array;
  readonly stressProfit: Float64Array;
}

/** What one draw is scored on. */
export interface LadderDraw {
  readonly random: Random;
  readonly pricers: TruthPricers;
  readonly training: MarketQuotes;
  readonly stressed: MarketQuotes;
  readonly calmPath: readonly Moment[];
  readonly stressPath: readonly Moment[];
}

/** Scores of a ladder of models on one draw; those that could not be fitted are left out. */
export function scoreLadder(names: readonly string[], draw: LadderDraw): Map<string, LadderScore> {
  const { random, pricers, training, stressed, calmPath, stressPath } = draw;
  const scores = new Map<string, LadderScore>();
  for (const name of names) {
    const fitted = fitOrNothing(name, training, random);
    if (fitted === undefined) continue;
    const hedge = modelHedge(fitted);
    scores.set(name, {
      fit: errorOf(fitted, training, training.target),
      stress: errorOf(fitted, stressed, stressed.clean),
      calmProfit: hedgedProfit(calmPath, pricers, hedge),
      stressProfit: hedgedProfit(stressPath, pricers, hedge),
    });
  }
  return scores;
}

/** What the choice among all models of the ladder is worth. */
export interface LadderFindings {
  readonly tables: readonly StudyTable[];
  /** A sentence for the answer. */
  readonly sentence: string;
  readonly note: string;
}

const kinds = [
  ["calm", "calmProfit"],
  ["stress", "stressProfit"],
] as const;

/**
 * Overfitting of the choice over the whole ladder, with as many trials as there are models that have a record.
 * @param asked - models that the run compares, whose rows are shown
 */
export function ladderFindings(
  draws: readonly ReadonlyMap<string, LadderScore>[],
  tried: readonly string[],
  asked: readonly string[],
): LadderFindings {
  const models = tried.filter((name) => draws.every((draw) => draw.has(name)));
  const overfitting = kinds.map(([kind, field]) => {
    const columns = models.map((model) => draws.map((draw) => draw.get(model)![field]));
    return { kind, ...overfittingOf(columns) };
  });
  const sharpes = kinds.map(([, field]) => sharpesOf(draws, models, field));
  const ranks = meanOf(
    draws.map((draw) =>
      spearman(
        models.map((model) => draw.get(model)!.fit),
        models.map((model) => draw.get(model)!.stress),
      ),
    ),
    [-1, 1],
  );
  const best = sharpes.map((of) => models.reduce((a, b) => (of.get(b)!.sharpe > of.get(a)!.sharpe ? b : a)));
  const rowOf = (label: string, model: string) => [
    label,
    ...sharpes.flatMap((of) => {
      const { sharpe, chance, deflated } = of.get(model)!;
      return [sharpe, 100 * chance, 100 * deflated];
    }),
  ];
  const shown = asked.filter((name) => models.includes(name));
  const [calm] = sharpes;
  return {
    tables: [
      {
        caption: `Probability of backtest overfitting of the choice among all ${models.length} models by Sharpe ratio of hourly hedged P&L, combinatorially symmetric`,
        head: ["on paths of", "probability, %", "slope out on in sample", "splits", "models"],
        rows: overfitting.map(({ kind, probability, degradation, splits }) => [
          kind,
          100 * probability,
          degradation,
          splits,
          models.length,
        ]),
        digits: [0, 1, 2, 0, 0],
      },
      {
        caption: `Sharpe ratio of hedged P&L a path of two days; chance that the true one is above zero, and above what the best of ${models.length} unskilled trials would show (deflated)`,
        head: [
          "model",
          "calm, Sharpe",
          "above zero, %",
          "deflated, %",
          "stress, Sharpe",
          "above zero, %",
          "deflated, %",
        ],
        rows: [
          rowOf(`best in calm: ${best[0]}`, best[0]),
          rowOf(`best under stress: ${best[1]}`, best[1]),
          ...shown.map((model) => rowOf(model, model)),
        ],
        digits: [0, 2, 0, 0, 2, 0, 0],
      },
    ],
    sentence: sentenceOf(models.length, overfitting[0].probability, best[0], calm.get(best[0])!.deflated, ranks),
    note: noteOf(draws.length, tried, models),
  };
}

function sentenceOf(count: number, probability: number, best: string, deflated: number, ranks: Measured): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  return `Over all ${count} models the ranks by fit correlate with those under stress at ${decimalText(ranks)}, the choice by calm hedged P&L lands below the median out of sample in ${percent(probability)} of splits, and that of ${best} is skill with a chance of ${percent(deflated)} once ${count} trials are counted.`;
}

function noteOf(draws: number, tried: readonly string[], models: readonly string[]): string {
  const without = tried.filter((name) => !models.includes(name));
  const left =
    without.length === 0 ? "" : ` ${without.join(", ")} could not be fitted on every draw and has no record.`;
  return `Sharpe ratios are over ${draws} draws, a path each, since the hours of a path depend on each other; blocks of the cross-validation end where draws end. In calm, truth prices charge for no risk, so that no hedge earns anything in expectation; under stress the book loses at the onset whatever hedges it. Hedges of one book differ little, and so do their ratios: deflating takes away less than among strategies of all kinds.${left}`;
}

/** A Sharpe ratio with what it is worth. */
interface JudgedSharpe extends SharpeSample {
  /** That the true ratio is above zero, and above that of the best of as many unskilled models. */
  readonly chance: number;
  readonly deflated: number;
}

/** Over draws, a path's P&L being one observation. */
function sharpesOf(
  draws: readonly ReadonlyMap<string, LadderScore>[],
  models: readonly string[],
  field: "calmProfit" | "stressProfit",
): Map<string, JudgedSharpe> {
  const samples = models.map((model) => sharpeSample(draws.map((draw) => mean(draw.get(model)![field]))));
  const variance = standardDeviation(samples.map(({ sharpe }) => sharpe)) ** 2;
  return new Map(
    models.map((model, i) => [
      model,
      {
        ...samples[i],
        chance: probabilisticSharpe(samples[i], 0),
        deflated: deflatedSharpe(samples[i], models.length, variance),
      },
    ]),
  );
}
