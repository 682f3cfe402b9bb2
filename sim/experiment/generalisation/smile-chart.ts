import { contractDomain } from "../../../src/models/frozen-model.ts";
import type { FeatureTable, FittedModel } from "../../../src/models/pricing-model.ts";
import type { Smile } from "../../results/generalisation.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { attainableVols } from "./attainable.ts";
import type { GeneralisationConfig } from "./config.ts";
import { attainableName } from "./config.ts";
import { testMoments } from "./moments.ts";
import { quotesAt } from "./quotes.ts";
import type { Prepared } from "./replicate.ts";
import { fitModels, pricersOf, replicateRandom } from "./replicate.ts";

/** From −4 to 4 by quarters: beyond the training range on either side. */
const grid = Array.from({ length: 33 }, (_, i) => (i - 16) / 4);

/** "The smile that broke": truth, models and attainable in one replicate at the primary age, under every severity. */
export function smileChart(config: GeneralisationConfig, prepared: Prepared, replicate: number): Smile[] {
  const { scenario, severities } = config;
  const pricers = pricersOf(config);
  const random = replicateRandom(config, replicate);
  const fitted = fitModels(config, pricers, replicate).filter((model): model is FittedModel => !("failure" in model));
  const dense = { ...scenario, training: { ...scenario.training, moneyness: grid } };
  const shown = severities.includes(0) ? severities : [0, ...severities];
  return shown.flatMap((severity) => {
    const [moment] = testMoments(scenario, pricers, random.fork("test"), severity);
    const quotes = quotesAt(dense, pricers, [moment], ["standardised"], random.fork("chart-noise"));
    const vols = fitted.map(({ name, predictMany }) => ({ model: name, vol: predictMany(quotes.features).vol }));
    const rule = severity === 0 ? prepared.rules.calm[0] : prepared.rules.bySeverity[severities.indexOf(severity)][0];
    const filtered = attainableSmile(rule, pricers, moment.severity, quotes.features);
    return scenario.training.tenors.map((tenorDays, t): Smile => {
      const part = (column: Float64Array) => Array.from(column.subarray(t * grid.length, (t + 1) * grid.length));
      return {
        severity,
        tenorDays,
        x: grid,
        truth: part(quotes.clean).map((vol) => (Number.isNaN(vol) ? null : vol)),
        models: [...vols, { model: attainableName, vol: filtered }].map(({ model, vol }) => ({
          model,
          vol: part(vol),
        })),
      };
    });
  });
}

function attainableSmile(
  rule: Parameters<typeof attainableVols>[0],
  pricers: TruthPricers,
  severity: number,
  features: FeatureTable,
): Float64Array {
  const vols = new Float64Array(features.count);
  attainableVols(rule, pricers, severity, features, 0, features.count, vols);
  return vols.map((vol) => Math.min(contractDomain[1], Math.max(contractDomain[0], vol)));
}
