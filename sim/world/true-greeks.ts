import { minimumVarianceDelta } from "../../src/pricing/minimum-variance-delta.ts";
import type { TrueGreeks } from "../measure/greeks-error.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";

import type { TruthPricers } from "./truth-pricers.ts";

/** Shortest time to expiry for which a transform is evaluated, seconds. */
const SHORTEST_SECONDS = 60;

/** Sensitivities of the generator's own model at a block's true state. */
export function trueGreeks(pricers: TruthPricers): TrueGreeks {
  return {
    delta(block, index) {
      const series = block.view.series[index];
      const years = Math.max(series.expiry - block.time, SHORTEST_SECONDS) / YEAR_SECONDS;
      const logMoneyness = Math.log(series.strike / block.truth.spot);
      const pricer = pricers.at(block.truth.severity);
      return pricer.delta(block.truth.variance, years, logMoneyness, series.isCall);
    },
    minimumVarianceDelta(block, index) {
      const series = block.view.series[index];
      const years = Math.max(series.expiry - block.time, SHORTEST_SECONDS) / YEAR_SECONDS;
      const logMoneyness = Math.log(series.strike / block.truth.spot);
      const pricer = pricers.at(block.truth.severity);
      return minimumVarianceDelta(pricer, block.truth.variance, years, logMoneyness, series.isCall);
    },
  };
}
