import type { FeatureTable } from "../../../src/models/pricing-model.ts";
import { leastSquares, normalEquations } from "../../../src/models/least-squares.ts";
import { contractDomain } from "../../../src/models/frozen-model.ts";
import { createRandom } from "../../../src/random/random.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import type { GeneralisationConfig } from "./config.ts";
import type { Moment } from "./moments.ts";
import { testMomentsOf } from "./moments.ts";

/**
 * Rule of the attainable control at one severity and age: ln variance = b₀ + b₁ ln shortVol + b₂ ln longVol, by least
 * squares over paths that no replicate uses. It knows the true parameters and how long they have been in force, but
 * sees prices only: what is left is the state that nobody can observe.
 */
export type FilterRule = readonly [number, number, number];

/** Rules by severity and age; severity 0 first, then those of the configuration. */
export interface AttainableRules {
  readonly calm: readonly FilterRule[];
  readonly bySeverity: readonly (readonly FilterRule[])[];
}

/**
 * Paths a rule. All replicates share the rule, so its own chance is in no interval over them: from a hundred paths the
 * interval of the gap beyond attainable held the truth in 92 % of experiments, from these in 94.5 % (`bench/coverage.ts`).
 */
export const RULE_DRAWS = 400;
/** Keeps the logarithm of a variance that reached zero, 1 % vol. */
const SMALLEST_VARIANCE = 1e-4;
const TERMS = 3;

/** Fits the rules on streams of their own. */
export function fitAttainable(config: GeneralisationConfig, pricers: TruthPricers): AttainableRules {
  const random = createRandom(config.masterSeed, "generalisation", "attainable");
  const all = [0, ...config.severities.filter((severity) => severity !== 0)];
  const draws = Array.from({ length: RULE_DRAWS }, (_, i) =>
    testMomentsOf(config.scenario, pricers, random.fork(i), all),
  );
  const rulesAt = (severity: number): FilterRule[] => {
    const place = all.indexOf(severity);
    return config.scenario.scoring.ages.map((_, age) => fitRule(draws.map((moments) => moments[place][age])));
  };
  return { calm: rulesAt(0), bySeverity: config.severities.map(rulesAt) };
}

function fitRule(moments: readonly Moment[]): FilterRule {
  const count = moments.length;
  const rows = new Float64Array(count * TERMS);
  const target = new Float64Array(count);
  moments.forEach(({ features, variance }, i) => {
    rows.set([1, Math.log(features.shortVol), Math.log(features.longVol)], i * TERMS);
    target[i] = Math.log(Math.max(SMALLEST_VARIANCE, variance));
  });
  const design = { rows, columns: TERMS, target, weight: new Float64Array(count).fill(1) };
  const [b0, b1, b2] = leastSquares("attainable", design, normalEquations(design, 0, count), 0, count);
  return [b0, b1, b2];
}

/**
 * Vols of the attainable control for rows `from` … `to` − 1: filtered variance, true parameters of `severity`, strikes
 * measured from the feed.
 */
export function attainableVols(
  rule: FilterRule,
  pricers: TruthPricers,
  severity: number,
  at: FeatureTable,
  from: number,
  to: number,
  out: Float64Array,
): void {
  const pricer = pricers.at(severity);
  for (let row = from; row < to;) {
    let end = row;
    while (end < to && at.years[end] === at.years[row] && at.shortVol[end] === at.shortVol[row]) end++;
    const variance = Math.exp(rule[0] + rule[1] * Math.log(at.shortVol[row]) + rule[2] * Math.log(at.longVol[row]));
    pricer.impliedVols(variance, at.years[row], at.logMoneyness.subarray(row, end), out.subarray(row, end));
    // Where the filtered price has no vol the control says what the contract would: its upper bound.
    for (let i = row; i < end; i++) if (Number.isNaN(out[i])) out[i] = contractDomain[1];
    row = end;
  }
}
