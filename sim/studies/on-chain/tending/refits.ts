import { ModelFitError } from "../../../../src/models/model-fit-error.ts";
import { modelByName } from "../../../../src/models/models.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import { recalibrating } from "../../../../src/models/recalibrating.ts";
import type { KeepersDesk } from "../../../engine/tended-model.ts";

const DAY = 86_400;

/** What a keeper fits a model on again. */
export interface RefitWindow {
  /** Seconds before the last quote that it may know. */
  readonly seconds: number;
  /** Age at which a quote counts half; Infinity: all alike. */
  readonly halfLifeSeconds: number;
}

/** Fits of a run, one after the other; the draws of each are addressed by its number. */
export class Refits {
  readonly #name: string;
  readonly #desk: KeepersDesk;
  readonly #lag: number;
  #fits = 0;
  #inPlateau = 0;
  #failed = 0;
  #quotes = 0;

  /**
   * @param name - of the model that is fitted
   * @param lag - seconds that a quote needs before it may be used
   */
  constructor(name: string, desk: KeepersDesk, lag: number) {
    this.#name = name;
    this.#desk = desk;
    this.#lag = lag;
  }

  /** The model as of `now`; undefined where the window does not determine it, so that the one in force stays. */
  fit(now: number, { seconds, halfLifeSeconds }: RefitWindow): FittedModel | undefined {
    const { tape, random, plateau } = this.#desk;
    const latest = now - this.#lag;
    const quotes = tape.quotes(latest - seconds, latest);
    const recalibration = { windowDays: seconds / DAY, halfLifeDays: halfLifeSeconds / DAY };
    const number = this.#fits + this.#failed;
    try {
      const stream = random.fork("refit", number);
      const fitted = recalibrating(modelByName(this.#name), recalibration).refit(quotes, now, this.#lag, stream);
      this.#fits++;
      this.#quotes += quotes.target.length;
      if (now >= plateau[0] && now <= plateau[1]) this.#inPlateau++;
      return fitted;
    } catch (error) {
      if (!(error instanceof ModelFitError)) throw error;
      this.#failed++;
      return undefined;
    }
  }

  /** Fits so far, those of them under the highest severity, those that failed, and the quotes of all. */
  get counts() {
    return { fits: this.#fits, fitsInPlateau: this.#inPlateau, failedFits: this.#failed, quotesFitted: this.#quotes };
  }
}
