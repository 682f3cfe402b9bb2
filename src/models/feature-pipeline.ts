import { YEAR_SECONDS } from "../time/year.ts";
import type { FeatureName, FeatureTable, QuoteFeatures, ReturnHistory } from "./pricing-model.ts";
import { featureNames } from "./pricing-model.ts";

/** Memory of the features, in seconds. */
export interface FeatureSettings {
  /** Mean age of the weights of the short and of the long realised volatility. */
  readonly shortMemory: number;
  readonly longMemory: number;
  /** Step of the regular grid on which jumps and the volatility of volatility are measured. */
  readonly gridStep: number;
  /** Returns on that grid that are kept. */
  readonly returnCount: number;
  /** Half-life of order flow. */
  readonly flowHalfLife: number;
}

export const defaultFeatureSettings: FeatureSettings = {
  shortMemory: 43_200,
  longMemory: 604_800,
  gridStep: 3_600,
  returnCount: 720,
  flowHalfLife: 21_600,
};

/** What a feed round tells: USD answer and the time of its observation in seconds. */
export interface PriceRound {
  readonly answer: number;
  readonly observedAt: number;
}

/** Public state of the chain at a time in seconds. */
export interface ChainState {
  readonly time: number;
  /** Signed vega bought from the vault since the previous call, as a share of the vega limit. */
  readonly vegaBought: number;
  readonly utilisation: number;
  /** Borrow rate of the underlying less that of the quote asset, per year. */
  readonly rateDifferential: number;
  /** Gwei. */
  readonly baseFee: number;
}

/** Features that all quotes of a moment share, with the feed's spot that moneyness is measured from. */
export type MomentFeatures = Readonly<Record<Exclude<FeatureName, "logMoneyness" | "years">, number>> & {
  /** USD: the last answer of the feed. */
  readonly spot: number;
  readonly returns: ReturnHistory;
};

/**
 * Features from feed rounds and public chain state, updated one event at a time. Training and the chain run this same
 * code over the same rounds. Nothing is read from the future and silence adds nothing: features stand as of the last
 * round, so how events are grouped into calls makes no difference.
 *
 * - `shortVol`, `longVol`: exponentially weighted quadratic variation over *rounds*, divided by the weighted time that
 *   they span. Rounds that come at irregular, price-driven times leave quadratic variation unbiased, since they are
 *   stopping times of the price.
 * - `volOfVol`: weighted standard deviation of ln `shortVol` on the regular grid, with the long memory.
 * - `returns`: log returns of last values on the grid.
 * - `jumpShare`: 1 − bipower/realised variation (Barndorff-Nielsen & Shephard 2004) of last values on the grid, in [0, 1].
 */
export class FeaturePipeline {
  readonly #settings: FeatureSettings;
  readonly #short: WeightedVariance;
  readonly #long: WeightedVariance;
  #spot = Number.NaN;
  #observedAt = Number.NaN;
  #gridAt = Number.NaN;
  #gridLog = Number.NaN;
  #gridReturn = 0;
  readonly #gridReturns: number[] = [];
  #history: ReturnHistory | undefined;
  #realised = 0;
  #bipower = 0;
  #volWeight = 0;
  #volMean = 0;
  #volSpread = 0;
  #flow = 0;
  #flowAt = Number.NaN;
  #utilisation = 0;
  #rateDifferential = 0;
  #baseFee = 0;
  #surfaceLevel = Number.NaN;

  constructor(settings: FeatureSettings = defaultFeatureSettings) {
    this.#settings = settings;
    this.#short = new WeightedVariance(settings.shortMemory);
    this.#long = new WeightedVariance(settings.longMemory);
  }

  /** Takes in a round once it is on the chain. A round observed no later than the last one is ignored, as a feed would. */
  round({ answer, observedAt }: PriceRound): void {
    if (Number.isNaN(this.#spot)) {
      this.#gridAt = Math.floor(observedAt / this.#settings.gridStep) * this.#settings.gridStep;
      this.#gridLog = Math.log(answer);
    } else {
      if (observedAt <= this.#observedAt) return;
      this.#advanceGrid(observedAt);
      const logReturn = Math.log(answer / this.#spot);
      this.#short.add(logReturn, observedAt - this.#observedAt);
      this.#long.add(logReturn, observedAt - this.#observedAt);
    }
    this.#spot = answer;
    this.#observedAt = observedAt;
  }

  /** Takes in the public state of a block. */
  chain(state: ChainState): void {
    const elapsed = Number.isNaN(this.#flowAt) ? 0 : state.time - this.#flowAt;
    this.#flow = this.#flow * 2 ** (-elapsed / this.#settings.flowHalfLife) + state.vegaBought;
    this.#flowAt = state.time;
    this.#utilisation = state.utilisation;
    this.#rateDifferential = state.rateDifferential;
    this.#baseFee = state.baseFee;
  }

  /** Takes in the at-the-money vol of a market surface once its keeper cycle is over. */
  surface(level: number): void {
    this.#surfaceLevel = level;
  }

  /** Two rounds at different times have been seen, so that a volatility exists. */
  get isReady(): boolean {
    return this.#long.value > 0;
  }

  /** Features as of the last event; vols are NaN until `isReady`. */
  now(): MomentFeatures {
    return {
      spot: this.#spot,
      shortVol: Math.sqrt(this.#short.value),
      longVol: Math.sqrt(this.#long.value),
      volOfVol: this.#volWeight > 0 ? Math.sqrt(this.#volSpread / this.#volWeight) : 0,
      jumpShare: this.#realised > 0 ? Math.min(1, Math.max(0, 1 - this.#bipower / this.#realised)) : 0,
      orderFlow: this.#flow,
      utilisation: this.#utilisation,
      rateDifferential: this.#rateDifferential,
      baseFee: this.#baseFee,
      surfaceLevel: this.#surfaceLevel,
      returns: (this.#history ??= this.#returnHistory()),
    };
  }

  #returnHistory(): ReturnHistory {
    const { gridStep, returnCount } = this.#settings;
    const values = Float64Array.from(this.#gridReturns.slice(-returnCount));
    return { step: gridStep, end: values.length > 0 ? this.#gridAt : Number.NaN, values };
  }

  /** Fills the grid points before `until` with the last answer. */
  #advanceGrid(until: number): void {
    const { gridStep, longMemory } = this.#settings;
    const keep = Math.exp(-gridStep / longMemory);
    while (this.#gridAt + gridStep < until) {
      this.#gridAt += gridStep;
      const gridLog = Math.log(this.#spot);
      const gridReturn = gridLog - this.#gridLog;
      this.#realised = this.#realised * keep + gridReturn * gridReturn;
      this.#bipower = this.#bipower * keep + (Math.PI / 2) * Math.abs(gridReturn * this.#gridReturn);
      this.#gridLog = gridLog;
      this.#gridReturn = gridReturn;
      this.#keepReturn(gridReturn);
      if (this.#short.value > 0) this.#addLogVol(0.5 * Math.log(this.#short.value), keep);
    }
  }

  #keepReturn(gridReturn: number): void {
    const { returnCount } = this.#settings;
    this.#gridReturns.push(gridReturn);
    // Cut back only now and then: moving an array costs more than its length.
    if (this.#gridReturns.length >= 2 * returnCount) this.#gridReturns.splice(0, returnCount);
    this.#history = undefined;
  }

  /** Weighted mean and spread after West (1979), with decaying weights. */
  #addLogVol(logVol: number, keep: number): void {
    const weight = this.#volWeight * keep;
    const away = logVol - this.#volMean;
    this.#volWeight = weight + 1;
    this.#volMean += away / this.#volWeight;
    this.#volSpread = this.#volSpread * keep + away * (logVol - this.#volMean);
  }
}

/** Exponentially weighted quadratic variation per year of weighted time. */
class WeightedVariance {
  readonly #memory: number;
  #variation = 0;
  #time = 0;

  constructor(memory: number) {
    this.#memory = memory;
  }

  add(logReturn: number, seconds: number): void {
    const keep = Math.exp(-seconds / this.#memory);
    this.#variation = this.#variation * keep + logReturn * logReturn;
    this.#time = this.#time * keep + this.#memory * (1 - keep);
  }

  /** Annualised variance; NaN before the first return. */
  get value(): number {
    return (this.#variation / this.#time) * YEAR_SECONDS;
  }
}

/** Features of a quote at strike `strike` (USD) and `years` to expiry. Rates are zero: the forward is the feed's spot. */
export function quoteFeatures(moment: MomentFeatures, strike: number, years: number): QuoteFeatures {
  const { spot, ...shared } = moment;
  return { ...shared, logMoneyness: Math.log(strike / spot), years };
}

/** An empty table of `count` rows. */
export function createFeatureTable(count: number): FeatureTable {
  const columns = Object.fromEntries(featureNames.map((name) => [name, new Float64Array(count)]));
  const returns = new Array<ReturnHistory>(count).fill(noReturns);
  return { count, returns, ...(columns as Record<FeatureName, Float64Array>) };
}

/** The history before anything was seen. */
const noReturns: ReturnHistory = { step: defaultFeatureSettings.gridStep, end: Number.NaN, values: new Float64Array() };

/** Writes one quote into a table. */
export function setFeatures(
  table: FeatureTable,
  row: number,
  moment: MomentFeatures,
  logMoneyness: number,
  years: number,
): void {
  table.logMoneyness[row] = logMoneyness;
  table.years[row] = years;
  table.shortVol[row] = moment.shortVol;
  table.longVol[row] = moment.longVol;
  table.volOfVol[row] = moment.volOfVol;
  table.jumpShare[row] = moment.jumpShare;
  table.orderFlow[row] = moment.orderFlow;
  table.utilisation[row] = moment.utilisation;
  table.rateDifferential[row] = moment.rateDifferential;
  table.baseFee[row] = moment.baseFee;
  table.surfaceLevel[row] = moment.surfaceLevel;
  table.returns[row] = moment.returns;
}

/** The table of one quote. */
export function tableOf(at: QuoteFeatures): FeatureTable {
  const table = createFeatureTable(1);
  for (const name of featureNames) table[name][0] = at[name];
  table.returns[0] = at.returns;
  return table;
}

/** The rows `from` and later of a table, sharing its columns' memory. */
export function tableFrom(table: FeatureTable, from: number): FeatureTable {
  const columns = Object.fromEntries(featureNames.map((name) => [name, table[name].subarray(from)]));
  const returns = table.returns.slice(from);
  return { count: table.count - from, returns, ...(columns as Record<FeatureName, Float64Array>) };
}
