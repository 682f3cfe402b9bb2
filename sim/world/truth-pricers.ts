import { BatesPricer } from "../../src/pricing/bates.ts";
import type { ProcessName, RegimeParameters } from "./regime.ts";
import { regimeAt } from "./regime.ts";

/** Pricers of the true model by severity, shared by all runs of a scenario because transforms are worth keeping. */
export class TruthPricers {
  readonly #calm: RegimeParameters;
  readonly #crash: RegimeParameters;
  readonly #process: ProcessName;
  readonly #bySeverity = new Map<number, BatesPricer>();

  constructor(regimeCalm: RegimeParameters, regimeCrash: RegimeParameters, process: ProcessName) {
    this.#calm = regimeCalm;
    this.#crash = regimeCrash;
    this.#process = process;
  }

  /** Pricer under the parameters of a severity, taken as lasting. */
  at(severity: number): BatesPricer {
    let pricer = this.#bySeverity.get(severity);
    if (pricer === undefined) {
      pricer = new BatesPricer(regimeAt(this.#calm, this.#crash, severity, this.#process));
      this.#bySeverity.set(severity, pricer);
    }
    return pricer;
  }
}
