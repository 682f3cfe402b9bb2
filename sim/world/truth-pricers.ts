import { BatesPricer } from "../../src/pricing/bates.ts";
import { hawkesExpectedExcess } from "../../src/processes/hawkes.ts";
import { clusteredAt } from "../../src/processes/jump-clusters.ts";
import type { JumpClustering } from "../../src/processes/jump-clusters.ts";
import type { ProcessName, RegimeParameters } from "./regime.ts";
import { regimeAt } from "./regime.ts";

/** State of the true model beside its variance. */
export interface PricedState {
  readonly severity: number;
  /** Intensity of jumps above the regime's, a year; none where jumps do not cluster. */
  readonly excitation?: number;
}

/** Pricers of the true model by severity, shared by all runs of a scenario because transforms are worth keeping. */
export class TruthPricers {
  /** How jumps cluster; undefined where they do not. */
  readonly clustering: JumpClustering | undefined;
  readonly #calm: RegimeParameters;
  readonly #crash: RegimeParameters;
  readonly #process: ProcessName;
  readonly #bySeverity = new Map<number, BatesPricer>();

  constructor(
    regimeCalm: RegimeParameters,
    regimeCrash: RegimeParameters,
    process: ProcessName,
    clustering?: JumpClustering,
  ) {
    this.#calm = regimeCalm;
    this.#crash = regimeCrash;
    this.#process = process;
    this.clustering = clustering;
  }

  /** Pricer under the parameters of a severity, taken as lasting. */
  at(severity: number): BatesPricer {
    let pricer = this.#bySeverity.get(severity);
    if (pricer === undefined) {
      pricer = new BatesPricer(this.#regimeAt(severity));
      this.#bySeverity.set(severity, pricer);
    }
    return pricer;
  }

  /**
   * Pricer of options with a life of `years`. Where jumps cluster they come, over the life, as often as is to be expected
   * of the excitement now and of what it will cause, but independently of each other: the law of their number has the
   * right mean and less spread than that of clusters.
   */
  forLife({ severity, excitation = 0 }: PricedState, years: number): BatesPricer {
    if (this.clustering === undefined || severity === 0) return this.at(severity);
    const regime = this.#regimeAt(severity);
    const law = clusteredAt(this.clustering, severity, regime.jumpIntensity);
    const jumpIntensity = regime.jumpIntensity + hawkesExpectedExcess(law, excitation, years);
    return new BatesPricer({ ...regime, jumpIntensity });
  }

  #regimeAt(severity: number): RegimeParameters {
    return regimeAt(this.#calm, this.#crash, severity, this.#process);
  }
}
