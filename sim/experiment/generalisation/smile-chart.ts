import { contractDomain } from "../../../src/models/frozen-model.ts";
import { modelByName } from "../../../src/models/models.ts";
import { ModelFitError } from "../../../src/models/model-fit-error.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { attainableVols } from "./attainable.ts";
import type { GeneralisationConfig } from "./config.ts";
import { attainableName } from "./config.ts";
import { testMoments } from "./moments.ts";
import { quotesAt } from "./quotes.ts";
import type { Prepared } from "./replicate.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "./replicate.ts";
import type { SmileChart } from "./result.ts";

/** From −4 to 4 by quarters: one beyond the training range of the shipped scenarios on either side, and more. */
const grid = Array.from({ length: 33 }, (_, i) => (i - 16) / 4);

/** Smiles of truth, models and attainable in one replicate at the primary age, calm and under every severity. */
export function smileChart(config: GeneralisationConfig, prepared: Prepared, replicate: number): SmileChart {
  const { scenario, severities } = config;
  const pricers = pricersOf(config);
  const random = replicateRandom(config, replicate);
  const training = trainingQuotes(config, pricers, random);
  const fitted = config.models.flatMap((name) => fitOrNothing(name, training, random));
  const dense = { ...scenario, training: { ...scenario.training, moneyness: grid } };
  const shown = severities.includes(0) ? severities : [0, ...severities];
  const smiles = shown.flatMap((severity) => {
    const [moment] = testMoments(scenario, pricers, random.fork("test"), severity);
    const quotes = quotesAt(dense, pricers, [moment], ["standardised"], random.fork("chart-noise"));
    const vols = Object.fromEntries(fitted.map((model) => [model.name, model.predictMany(quotes.features).vol]));
    vols[attainableName] = attainableSmiles(prepared, config, pricers, severity, moment.severity, quotes.features);
    return scenario.training.tenors.map((tenor, t) => {
      const part = (column: Float64Array) => Array.from(column.subarray(t * grid.length, (t + 1) * grid.length));
      const models = Object.fromEntries(Object.entries(vols).map(([name, column]) => [name, part(column)]));
      return { severity, tenor, truth: part(quotes.clean).map((vol) => (Number.isNaN(vol) ? null : vol)), models };
    });
  });
  const { moneyness } = scenario.training;
  return {
    replicate,
    age: scenario.scoring.ages[0],
    x: grid,
    trainedX: [Math.min(...moneyness), Math.max(...moneyness)],
    trainedLevel: fitted[0]?.trainedOn.levelRange ?? [0, 0],
    smiles,
  };
}

function fitOrNothing(
  name: string,
  training: Parameters<ReturnType<typeof modelByName>["fit"]>[0],
  random: Parameters<ReturnType<typeof modelByName>["fit"]>[1],
) {
  try {
    return [modelByName(name).fit(training, random.fork("fit", name))];
  } catch (error) {
    if (error instanceof ModelFitError) return [];
    throw error;
  }
}

function attainableSmiles(
  { rules }: Prepared,
  { severities }: GeneralisationConfig,
  pricers: TruthPricers,
  severity: number,
  inForce: number,
  features: Parameters<typeof attainableVols>[3],
): Float64Array {
  const rule = severity === 0 ? rules.calm[0] : rules.bySeverity[severities.indexOf(severity)][0];
  const vols = new Float64Array(features.count);
  attainableVols(rule, pricers, inForce, features, 0, features.count, vols);
  return vols.map((vol) => Math.min(contractDomain[1], Math.max(contractDomain[0], vol)));
}
