import type { CalmSurfaces } from "./calm-surfaces.ts";
import { calmSurfaces, FEWEST_QUOTES, oncePerSurfaces } from "./calm-surfaces.ts";
import { checkCalm, LEVEL_YEARS, splitCalm, summarise } from "./calm-split.ts";
import type { SmileCalibration } from "./floating-smile.ts";
import { freeze } from "./frozen-model.ts";
import type { LevelSource } from "./level-source.ts";
import { byLevelSource } from "./level-source.ts";
import { fitLevelRule, levelsOf } from "./level-rule.ts";
import type { LevelRule } from "./level-rule.ts";
import type { FeatureName, FeatureTable, PricingModel } from "./pricing-model.ts";
import { tailLogError } from "./validation.ts";

/** Vols of a model with frozen structural parameters, for any state. */
export interface StatePricer {
  /**
   * Vols at each log-moneyness, written to `out`; NaN where a price is below what the pricer resolves.
   * @param variance - annualised variance today: the state
   */
  impliedVols(variance: number, years: number, logMoneyness: Float64Array, out: Float64Array): void;
}

/** A model of the price's dynamics whose structural parameters stay frozen while its state is marked to a level. */
export interface DynamicsFamily<P> {
  readonly name: string;
  /** For `npx hardhat models`, without where the level comes from. */
  readonly what: string;
  /**
   * @param to - row that the moments to calibrate to lie before
   * @throws {ModelFitError} naming the quote or tenor
   */
  calibrate(model: string, surfaces: CalmSurfaces, to: number): SmileCalibration<P>;
  pricer(parameters: P): StatePricer;
}

/** The family with its state marked to realised vols, and to the surface of the previous keeper cycle. */
export function markedModels<P>(family: DynamicsFamily<P>): readonly [PricingModel, PricingModel] {
  const once = {
    ...family,
    calibrate: oncePerSurfaces((model, surfaces, to) => family.calibrate(model, surfaces, to)),
  };
  return byLevelSource(family.name, (source) => markedModel(once, source));
}

/** States that a level can be marked to: 0.3 % to 600 % of vol. */
const LEAST_VARIANCE = 1e-5;
const LARGEST_VARIANCE = 36;
const MARK_TOLERANCE = 1e-9;
const MOST_MARK_STEPS = 60;
/** Share by which a strike comes nearer until its price is resolved. */
const NEARER = 0.8;
const MOST_NEARER = 40;

function markedModel<P>(family: DynamicsFamily<P>, { name, information, from, what }: LevelSource): PricingModel {
  const uses: readonly FeatureName[] = ["logMoneyness", "years", ...from];
  return {
    name,
    summary: `${family.what}, state marked to a level from ${what}`,
    information,
    fit(calm) {
      checkCalm(name, calm, uses, FEWEST_QUOTES);
      const { fitEnd, validationStart, count } = splitCalm(name, calm);
      const surfaces = calmSurfaces(name, calm);
      const fitOn = (to: number) => {
        const { rule, conditionNumber } = fitLevelRule(name, from, calm, to);
        const shape = family.calibrate(name, surfaces, to);
        return { rule, conditionNumber, shape, pricer: new MarkedPricer(family.pricer(shape.parameters)) };
      };
      const early = fitOn(fitEnd);
      const relativeSd = tailLogError(calm, validationStart, (at) => markedVols(early.pricer, early.rule, at));
      const { rule, conditionNumber, shape, pricer } = fitOn(count);
      return freeze({
        name,
        information,
        uses,
        trainedOn: summarise(calm),
        parameters: { level: rule.coefficients, structure: shape.parameters, relativeSd },
        diagnostics: () => ({
          degreesOfFreedom: shape.degreesOfFreedom + rule.coefficients.length,
          boundsActive: shape.boundsActive,
          conditionNumber: Math.max(shape.conditionNumber, conditionNumber),
        }),
        raw: (at) => markedVols(pricer, rule, at),
        sd: (vol) => relativeSd * vol,
      });
    },
  };
}

/** Vols of all rows; rows of one level and tenor, as they come, are priced together. */
function markedVols(pricer: MarkedPricer, rule: LevelRule, at: FeatureTable): Float64Array {
  const levels = levelsOf(rule, at);
  const vols = new Float64Array(at.count);
  for (let from = 0; from < at.count;) {
    let to = from + 1;
    while (to < at.count && at.years[to] === at.years[from] && levels[to] === levels[from]) to++;
    pricer.vols(levels[from], at.years[from], at.logMoneyness.subarray(from, to), vols.subarray(from, to));
    from = to;
  }
  return vols;
}

/** Prices at the state whose at-the-money vol of seven days is a given level. */
class MarkedPricer {
  readonly #pricer: StatePricer;
  readonly #moneyness = new Float64Array(1);
  readonly #vol = new Float64Array(1);
  #level = Number.NaN;
  #variance = Number.NaN;

  constructor(pricer: StatePricer) {
    this.#pricer = pricer;
  }

  /**
   * A level beyond what any state gives takes the nearest state; a strike too far to price, the vol of one that is not;
   * a tenor too short for any price, the level.
   */
  vols(level: number, years: number, logMoneyness: Float64Array, out: Float64Array): void {
    if (level !== this.#level) {
      this.#variance = this.#stateOf(level);
      this.#level = level;
    }
    this.#pricer.impliedVols(this.#variance, years, logMoneyness, out);
    for (let i = 0; i < out.length; i++) {
      let k = logMoneyness[i];
      for (let step = 0; step < MOST_NEARER && !(out[i] > 0); step++) {
        out[i] = this.#volAt(this.#variance, years, (k *= NEARER));
      }
      if (!(out[i] > 0)) out[i] = level;
    }
  }

  /** Logarithms of level and state are nearly linear in each other: false position after Illinois. */
  #stateOf(level: number): number {
    const target = Math.log(level);
    const miss = (logVariance: number) => Math.log(this.#volAt(Math.exp(logVariance), LEVEL_YEARS, 0)) - target;
    let [low, high] = [Math.log(LEAST_VARIANCE), Math.log(LARGEST_VARIANCE)];
    let [below, above] = [miss(low), miss(high)];
    if (below >= 0) return LEAST_VARIANCE;
    if (above <= 0) return LARGEST_VARIANCE;
    for (let step = 0; step < MOST_MARK_STEPS && high - low > MARK_TOLERANCE; step++) {
      const middle = (low * above - high * below) / (above - below);
      const there = miss(middle);
      if (Math.abs(there) < MARK_TOLERANCE) return Math.exp(middle);
      if (there < 0) {
        [low, below] = [middle, there];
        above /= 2;
      } else {
        [high, above] = [middle, there];
        below /= 2;
      }
    }
    return Math.exp(0.5 * (low + high));
  }

  #volAt(variance: number, years: number, logMoneyness: number): number {
    this.#moneyness[0] = logMoneyness;
    this.#pricer.impliedVols(variance, years, this.#moneyness, this.#vol);
    return this.#vol[0];
  }
}
