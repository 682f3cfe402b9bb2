import type { CalmSurfaces } from "./calm-surfaces.ts";
import { fitLogRule } from "./level-rule.ts";
import { ModelFitError } from "./model-fit-error.ts";
import type { FeatureName, FeatureTable } from "./pricing-model.ts";

/** Frozen rule of at-the-money vols: ln σ_atm(τᵢ) = b₀ + Σ bⱼ ln featureⱼ, coefficients of its own for every tenor. */
export interface TermRule {
  readonly from: readonly FeatureName[];
  /** Years, rising. */
  readonly years: readonly number[];
  /** By tenor: b₀, then one per feature. */
  readonly coefficients: readonly (readonly number[])[];
}

/** At-the-money total variance at tenors. */
export interface TermStructure {
  readonly years: readonly number[];
  /** Never falling: a calendar spread at the money costs nothing less than nothing. */
  readonly thetas: Float64Array;
}

/**
 * Least-squares rules over the calm moments whose rows lie before `to`.
 * @throws {ModelFitError} naming the tenor when its moments do not determine the rule
 */
export function fitTermRule(
  model: string,
  from: readonly FeatureName[],
  features: FeatureTable,
  { years, moments }: CalmSurfaces,
  to: number,
): { readonly rule: TermRule; readonly conditionNumber: number } {
  const fits = years.map((tenor, t) => {
    const quoted = moments.filter(({ row, atm }) => row < to && Number.isFinite(atm[t]));
    if (quoted.length <= from.length + 1) {
      const where = `tenor of ${(365 * tenor).toFixed(2)} days`;
      throw new ModelFitError(
        model,
        `${quoted.length} moments for ${from.length + 1} coefficients of its level`,
        where,
      );
    }
    return fitLogRule(
      model,
      from,
      features,
      quoted.map(({ row }) => row),
      quoted.map(({ atm }) => atm[t]),
    );
  });
  return {
    rule: { from, years, coefficients: fits.map(({ rule }) => rule.coefficients) },
    conditionNumber: Math.max(...fits.map(({ conditionNumber }) => conditionNumber)),
  };
}

/** Term structure that a rule reads from one row of features. */
export function termAt({ from, years, coefficients }: TermRule, at: FeatureTable, row: number): TermStructure {
  const logs = from.map((name) => Math.log(at[name][row]));
  const thetas = new Float64Array(years.length);
  coefficients.forEach(([constant, ...slopes], t) => {
    const logVol = slopes.reduce((sum, slope, i) => sum + slope * logs[i], constant);
    thetas[t] = Math.max(t > 0 ? thetas[t - 1] : 0, years[t] * Math.exp(2 * logVol));
  });
  return { years, thetas };
}

/** Total variance linear in time between tenors, from 0 at no time; at constant vol beyond the last. */
export function thetaAt({ years, thetas }: TermStructure, tenor: number): number {
  return mixAt(years, tenor, (t) => thetas[t]);
}

/**
 * Total variance between tenors whose own smiles are known: linear in time at equal normalised moneyness, from 0 at no
 * time and at constant vol beyond the last.
 * @param varianceOf - total variance of a tenor at the normalised moneyness in question
 */
export function mixAt(years: readonly number[], tenor: number, varianceOf: (index: number) => number): number {
  const last = years.length - 1;
  if (tenor >= years[last]) return (tenor / years[last]) * varianceOf(last);
  const later = years.findIndex((end) => end > tenor);
  if (later === 0) return (tenor / years[0]) * varianceOf(0);
  const share = (tenor - years[later - 1]) / (years[later] - years[later - 1]);
  return (1 - share) * varianceOf(later - 1) + (share === 0 ? 0 : share * varianceOf(later));
}
