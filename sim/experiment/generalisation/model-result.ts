import { contractDomain, frozenHash } from "../../../src/models/frozen-model.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { median } from "../../../src/statistics/moments.ts";
import type { Arbitrage, HeatMap, ModelResult } from "../../results/generalisation.ts";
import type { GeneralisationConfig } from "./config.ts";
import { attainableName, perfectName } from "./config.ts";
import type { Band, Beyond } from "./gap-curves.ts";
import type { PairedModel } from "./paired-model.ts";
import { gap, primaryIndex, rmse } from "./paired-model.ts";
import type { QuoteErrors } from "./quote-errors.ts";
import type { DesignName } from "./quotes.ts";
import { designNames } from "./quotes.ts";
import type { ModelReplicate } from "./replicate.ts";
import { sampleOf } from "./sample.ts";
import type { ArbitrageCount, ArbitrageKind, SurfaceArbitrage } from "./surface-arbitrage.ts";
import { arbitrageKinds } from "./surface-arbitrage.ts";

/**
 * What is said of a model or control by itself, over its replicates.
 * @param first - it as fitted in the first replicate; undefined for controls
 * @param bands - by age, by design, by severity
 * @param beyond - the same; undefined for controls
 */
export function modelResult(
  config: GeneralisationConfig,
  model: PairedModel,
  first: FittedModel | undefined,
  bands: readonly (readonly Band[][])[],
  beyond: readonly (readonly Beyond[][])[] | undefined,
): ModelResult {
  const { name, own, failures } = model;
  const over = (value: (one: ModelReplicate) => number) => sampleOf(own.map(value));
  const stressed = own.map((one) => one.stress[primaryIndex(config)][0].listed.outOfDomain);
  return {
    ...identity(name, first),
    domain: [...contractDomain],
    domainShareOut: stressed.reduce((sum, share) => sum + share, 0) / stressed.length,
    failedFits: failures.length,
    ...(failures.length > 0 ? { firstFailure: failures[0] } : {}),
    fit: over((one) => one.fitNoisy),
    fitClean: over((one) => one.fitClean),
    calm: over((one) => rmse(one.calm[0])),
    optimism: over(optimism),
    optimismTest: null,
    rawCalm: over((one) => one.calm[0].listed.rawRmse),
    gaps: config.severities.flatMap((_, s) =>
      config.scenario.scoring.ages.flatMap((_, a) =>
        designNames.map((design, d) => ({
          ...gapPoint(config, model, s, a, design),
          band: bands[a][d][s],
          beyond: beyond?.[a][d][s] ?? null,
        })),
      ),
    ),
    versusAttainable: null,
    breakingPoint: null,
    exploitable: config.severities.map((_, s) => exploitable(config, model, s)),
    foretold: null,
    arbitrage: arbitrageOf(config, model),
  };
}

const controlSummaries: Readonly<Record<string, string>> = {
  [attainableName]: "control: true stress parameters, state filtered from the same prices",
  [perfectName]: "control: the true model and its state",
};

function identity(name: string, first: FittedModel | undefined) {
  const summary = controlSummaries[name];
  if (summary !== undefined) {
    const information = name === perfectName ? ("state" as const) : ("prices" as const);
    return { name, summary, kind: "control" as const, information, complexity: null, frozenHash: "" };
  }
  const model = modelByName(name);
  return {
    name,
    summary: model.summary,
    kind: "model" as const,
    information: model.information,
    complexity: first?.diagnostics.degreesOfFreedom ?? null,
    diagnostics: first === undefined ? null : diagnosticsOf(first),
    frozenHash: first === undefined ? "" : `0x${frozenHash(first)}`,
  };
}

function diagnosticsOf({ diagnostics: { boundsActive, conditionNumber } }: FittedModel) {
  return {
    boundsActive: [...boundsActive],
    conditionNumber: conditionNumber !== null && Number.isFinite(conditionNumber) ? conditionNumber : null,
  };
}

function gapPoint(
  config: GeneralisationConfig,
  { own }: PairedModel,
  severity: number,
  age: number,
  design: DesignName,
): Omit<ModelResult["gaps"][number], "band" | "beyond"> {
  const gaps = (field: keyof QuoteErrors) =>
    sampleOf(own.map((one) => gap(one, severity, age, (c) => c[design][field])));
  const values = (field: keyof QuoteErrors) => sampleOf(own.map((one) => one.stress[severity][age][design][field]));
  return {
    severity: config.severities[severity],
    age: config.scenario.scoring.ages[age],
    design,
    gap: gaps("rmse"),
    error: values("rmse"),
    absoluteGap: gaps("mae"),
    bias: values("bias"),
    rawGap: gaps("rawRmse"),
    logGap: gaps("logRmse"),
  };
}

function exploitable({ severities }: GeneralisationConfig, { own }: PairedModel, severity: number) {
  const middle = (field: keyof QuoteErrors) => median(own.map((one) => one.stress[severity][0].listed[field]));
  return {
    severity: severities[severity],
    soldTooCheap: middle("exploitableByBuyers"),
    boughtTooDear: middle("exploitableBySellers"),
    missedSales: middle("missedBuyers"),
    missedPurchases: middle("missedSellers"),
    priceErrorBp: sampleOf(own.map((one) => one.stress[severity][0].priceBp)),
  };
}

/** Over the surfaces of all replicates that were looked at. */
function arbitrageOf({ scenario }: GeneralisationConfig, { own }: PairedModel): Arbitrage[] {
  const surfaces = own.flatMap(({ arbitrage }) => (arbitrage === undefined ? [] : [arbitrage]));
  if (surfaces.length === 0) return [];
  return [0, scenario.scoring.primarySeverity].map((severity, at) => {
    const found = surfaces.map((pair) => pair[at]);
    const kind = (name: ArbitrageKind) => {
      const counts = found.map((surface) => surface[name]);
      const total = (pick: (count: ArbitrageCount) => number) => counts.reduce((sum, count) => sum + pick(count), 0);
      return {
        rate: total(({ violations }) => violations) / total(({ checked }) => checked),
        worstBp: Math.max(...counts.map(({ worstBp }) => worstBp)),
      };
    };
    const isFree = (surface: SurfaceArbitrage) => arbitrageKinds.every((name) => surface[name].violations === 0);
    return {
      severity,
      surfaces: found.length,
      freeShare: found.filter(isFree).length / found.length,
      bounds: kind("bounds"),
      vertical: kind("vertical"),
      butterfly: kind("butterfly"),
      calendar: kind("calendar"),
    };
  });
}

/** Error on fresh calm less that of fit, both in the design of training: errors of different designs are not compared. */
export function optimism({ calm, fitClean }: ModelReplicate): number {
  return calm[0].standardised.rmse - fitClean;
}

/** Where in the smile it errs, at the primary severity. */
export function heatMap({ scenario }: GeneralisationConfig, { name, own }: PairedModel): HeatMap {
  const { tenors, moneyness } = scenario.training;
  const errorAt = (quote: number) => {
    const errors = own.map((one) => one.primaryErrors[quote]).filter((error) => !Number.isNaN(error));
    return errors.length === 0 ? null : median(errors);
  };
  return {
    model: name,
    severity: scenario.scoring.primarySeverity,
    x: [...moneyness],
    tenorDays: [...tenors],
    errorVp: tenors.map((_, t) => moneyness.map((_, i) => errorAt(t * moneyness.length + i))),
  };
}
