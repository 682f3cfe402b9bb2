import type { MeanSurface, SurfaceCalibration } from "./calm-surfaces.ts";
import { calmSurfaces, FEWEST_QUOTES, lastSurface, meanSurface, oncePerSurfaces } from "./calm-surfaces.ts";
import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import type { LevelSource } from "./level-source.ts";
import { byLevelSource } from "./level-source.ts";
import type { FeatureName, FeatureTable, FitDiagnostics, PricingModel } from "./pricing-model.ts";
import type { TermRule, TermStructure } from "./term-structure.ts";
import { fitTermRule, termAt } from "./term-structure.ts";
import { tailLogError } from "./validation.ts";

/** A frozen shape of the smile with what its calibration says of itself. */
export interface SmileCalibration<P> extends FitDiagnostics {
  readonly parameters: P;
  readonly conditionNumber: number;
}

/** A parametric smile whose shape is calibrated to calm surfaces and then floats with at-the-money vols. */
export interface SmileFamily<P> {
  readonly name: string;
  /** For `npx hardhat models`, without where the level comes from. */
  readonly what: string;
  /** @throws {ModelFitError} naming the tenor */
  calibrate(model: string, surface: MeanSurface): SmileCalibration<P>;
  /** Total variance at k = ln(K/F) and a tenor, given at-the-money total variances. */
  totalVariance(parameters: P, term: TermStructure, logMoneyness: number, years: number): number;
}

/** The family with its level read from realised vols, and from the surface of the previous keeper cycle. */
export function floatingModels<P>(family: SmileFamily<P>): readonly [PricingModel, PricingModel] {
  const calibrate = oncePerSurfaces((model, surfaces, to) => family.calibrate(model, meanSurface(model, surfaces, to)));
  return byLevelSource(family.name, (source) => floatingModel(family, calibrate, source));
}

/**
 * The family with the shape of the last calm day alone, as it is fitted day by day: fitted again, it takes the last day
 * that there is. Its level is that of the surface of the previous keeper cycle.
 * @param what - for `npx hardhat models`, without where the level comes from
 */
export function dailyModel<P>(family: SmileFamily<P>, what: string): PricingModel {
  const calibrate: SurfaceCalibration<SmileCalibration<P>> = (model, surfaces, to) =>
    family.calibrate(model, lastSurface(model, surfaces, to));
  const [, lagged] = byLevelSource(family.name, (source) => source);
  return floatingModel({ ...family, what }, calibrate, { ...lagged, name: `${family.name}-daily` });
}

function floatingModel<P>(
  family: SmileFamily<P>,
  calibrate: SurfaceCalibration<SmileCalibration<P>>,
  { name, information, from, what }: LevelSource,
): PricingModel {
  const uses: readonly FeatureName[] = ["logMoneyness", "years", ...from];
  return {
    name,
    summary: `${family.what}, levels from ${what}`,
    information,
    fit(calm) {
      checkCalm(name, calm, uses, FEWEST_QUOTES);
      const { fitEnd, validationStart, count } = splitCalm(name, calm);
      const surfaces = calmSurfaces(name, calm);
      const fitOn = (to: number) => ({
        term: fitTermRule(name, from, calm.features, surfaces, to),
        shape: calibrate(name, surfaces, to),
      });
      const early = fitOn(fitEnd);
      const relativeSd = tailLogError(calm, validationStart, (at) =>
        smileVols(family, early.shape.parameters, early.term.rule, at),
      );
      const { term, shape } = fitOn(count);
      return freeze({
        name,
        information,
        uses,
        trainedOn: summarise(calm),
        parameters: { level: term.rule, shape: shape.parameters, relativeSd },
        diagnostics: () => ({
          degreesOfFreedom: shape.degreesOfFreedom + term.rule.coefficients.flat().length,
          boundsActive: shape.boundsActive,
          conditionNumber: Math.max(shape.conditionNumber, term.conditionNumber),
        }),
        raw: (at) => smileVols(family, shape.parameters, term.rule, at),
        sd: (vol) => relativeSd * vol,
      });
    },
  };
}

function smileVols<P>(
  { totalVariance }: SmileFamily<P>,
  parameters: P,
  rule: TermRule,
  at: FeatureTable,
): Float64Array {
  const vols = new Float64Array(at.count);
  for (let row = 0; row < at.count; row++) {
    const years = at.years[row];
    const variance = totalVariance(parameters, termAt(rule, at, row), at.logMoneyness[row], years);
    vols[row] = Math.sqrt(Math.max(0, variance) / years);
  }
  return vols;
}
