import { contractDomain, frozenHash } from "../../../src/models/frozen-model.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { holm } from "../../../src/statistics/holm.ts";
import { median } from "../../../src/statistics/moments.ts";
import type {
  Comparison,
  Controls,
  Distance,
  Generalisation,
  HeatMap,
  ModelResult,
  VersusAttainable,
} from "../../results/generalisation.ts";
import { breakingPoint } from "./breaking-point.ts";
import { Chance } from "./chance.ts";
import type { GeneralisationConfig } from "./config.ts";
import { attainableName, perfectName } from "./config.ts";
import { compareModels } from "./comparisons.ts";
import type { Band, Beyond } from "./gap-curves.ts";
import { bandsOf, beyondAttainable } from "./gap-curves.ts";
import { gap, isScored, excesses, pairWithControl, rmse } from "./paired-model.ts";
import type { PairedModel } from "./paired-model.ts";
import type { QuoteErrors } from "./quote-errors.ts";
import type { DesignName } from "./quotes.ts";
import { designNames } from "./quotes.ts";
import type { ModelReplicate, ReplicateErrors } from "./replicate.ts";
import { sampleOf } from "./sample.ts";
import type { Placebo, Power, PrimaryEvidence, Verdict } from "./verdict.ts";
import { placeboOf, powerOf, signTest, verdicts } from "./verdict.ts";

/** What the statistics say, apart from charts and controls. */
export interface Summary {
  readonly models: ModelResult[];
  readonly heatMaps: HeatMap[];
  readonly placebo: NonNullable<Controls["placebo"]>;
  readonly smallestGapVp: number;
  readonly replicateSd: { readonly model: string; readonly sdVp: number; readonly n: number }[];
  /** Medians over replicates of the lowest and highest at-the-money vol that training saw. */
  readonly levelRange: [number, number];
  readonly distances: Distance[];
  readonly comparisons: Comparison[];
}

/**
 * Statistics over replicates, by the rules that the scenario fixed beforehand.
 * @param first - the models as fitted in the first replicate, for their hash and diagnostics
 * @param chance - of bands and permutations; many experiments of one master seed may share it
 */
export function summarise(
  config: GeneralisationConfig,
  replicates: readonly ReplicateErrors[],
  first: readonly FittedModel[],
  chance = new Chance(config.masterSeed),
): Summary {
  const { breaks } = config.scenario;
  const candidates = config.models.map((name) => pairWithControl(name, replicates));
  const controls = [attainableName, perfectName].map((name) => pairWithControl(name, replicates));
  const evidence = candidates.map((model) => primaryEvidence(config, model));
  const judged = verdicts(evidence, breaks.pricingVolPoints, breaks.pricingMultiple);
  const powers = evidence.map(({ excess }, i) => powerOf(excess, judged[i].threshold, candidates.length));
  const placebos = candidates.map((model) => placeboOfModel(config, model));
  // A replicate in which no model could be fitted has no range of its own.
  const levels = replicates.map(({ levelRange }) => levelRange).filter(([low]) => Number.isFinite(low));
  const curves = (model: PairedModel) => gapCurves(config, model, chance);
  const beyond = config.scenario.scoring.ages.map((_, age) =>
    designNames.map((design) => beyondAttainable(config, candidates, age, design)),
  );
  const optimismTests = testOptimism(candidates);
  return {
    models: [
      ...candidates.map((model, i) => ({
        ...modelResult(
          config,
          model,
          first.find(({ name }) => name === model.name),
          curves(model),
          beyond.map((byDesign) => byDesign.map((byModel) => byModel[i])),
        ),
        optimismTest: optimismTests[i],
        versusAttainable: versusAttainable(config, evidence[i], judged[i], powers[i]),
        breakingPoint: breakingPointOf(config, model),
      })),
      ...controls.map((control) => modelResult(config, control, undefined, curves(control), undefined)),
    ],
    distances: distancesOf(config, replicates),
    comparisons: compareModels(candidates, primaryIndex(config), chance),
    heatMaps: [...candidates, controls[0]].map((model) => heatMap(config, model)),
    placebo: placeboControl(candidates, placebos),
    smallestGapVp: Math.max(...placebos.map(({ low, high }) => Math.max(-low, high))),
    replicateSd: candidates.map(({ name, own }, i) => ({ model: name, sdVp: powers[i].sd, n: own.length })),
    levelRange: [median(levels.map(([low]) => low)), median(levels.map(([, high]) => high))],
  };
}

/** Excess of a model over attainable at the primary severity and age in one replicate; undefined without a fit. */
export function primaryExcess(
  config: GeneralisationConfig,
  replicate: ReplicateErrors,
  name: string,
): number | undefined {
  const own = replicate.models[name];
  const control = replicate.models[attainableName];
  if (!isScored(own) || !isScored(control)) return undefined;
  const primary = primaryIndex(config);
  return gap(own, primary, 0, rmse) - gap(control, primary, 0, rmse);
}

export function primaryIndex({ severities, scenario }: GeneralisationConfig): number {
  return severities.indexOf(scenario.scoring.primarySeverity);
}

function primaryEvidence(config: GeneralisationConfig, model: PairedModel): PrimaryEvidence {
  const calmError = median(model.own.map((one) => rmse(one.calm[0])));
  return { excess: excesses(model, primaryIndex(config), 0), calmError };
}

/** Bands by age, by design, by severity. */
function gapCurves(config: GeneralisationConfig, model: PairedModel, chance: Chance): Band[][][] {
  return config.scenario.scoring.ages.map((_, age) =>
    designNames.map((design) => bandsOf(config, model, age, design, chance)),
  );
}

function testOptimism(models: readonly PairedModel[]): NonNullable<ModelResult["optimismTest"]>[] {
  const pValues = models.map(({ own }) => signTest(Float64Array.from(own, optimism), 0));
  const adjusted = holm(pValues);
  return pValues.map((pValue, i) => ({ pValue, adjustedPValue: adjusted[i] }));
}

/** Both in the design of training: errors of different designs are not compared. */
function optimism({ calm, fitClean }: ModelReplicate): number {
  return calm[0].standardised.rmse - fitClean;
}

function distancesOf(
  { scenario, severities }: GeneralisationConfig,
  replicates: readonly ReplicateErrors[],
): Distance[] {
  return severities.flatMap((severity, s) =>
    scenario.scoring.ages.flatMap((age, a) =>
      designNames.map((design) => ({
        severity,
        age,
        design,
        quotesOutside: sampleOf(replicates.map(({ distances }) => distances[s][a].outside[design].quotes)),
        featuresOutside: sampleOf(replicates.map(({ distances }) => distances[s][a].outside[design].features)),
        energy: sampleOf(replicates.map(({ distances }) => distances[s][a].energy)),
      })),
    ),
  );
}

/**
 * @param bands - by age, by design, by severity
 * @param beyond - the same; undefined for controls
 */
function modelResult(
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
  };
}

function versusAttainable(
  { scenario }: GeneralisationConfig,
  { excess }: PrimaryEvidence,
  judged: Verdict,
  power: Power,
): VersusAttainable {
  return {
    severity: scenario.scoring.primarySeverity,
    age: scenario.scoring.ages[0],
    design: "listed",
    d: sampleOf(excess),
    adjustedLower: judged.lower,
    upper: judged.upper,
    pValue: judged.pValue,
    adjustedPValue: judged.adjustedPValue,
    threshold: judged.threshold,
    verdict: judged.verdict,
    smallestDetectableVp: power.smallestDetectable,
    powerAtThreshold: power.atThreshold,
  };
}

function breakingPointOf(
  config: GeneralisationConfig,
  model: PairedModel,
): Generalisation["models"][number]["breakingPoint"] {
  const { pricingVolPoints, pricingMultiple } = config.scenario.breaks;
  const bySeverity = config.severities.map((_, s) => excesses(model, s, 0));
  const betweenCalms = (one: ModelReplicate) => rmse(one.placebo[0]) - rmse(one.calm[0]);
  return breakingPoint(config.severities, {
    excess: model.own.map((_, i) => bySeverity.map((values) => values[i])),
    thresholds: model.own.map((one) => Math.max(pricingVolPoints, pricingMultiple * rmse(one.calm[0]))),
    placeboExcess: model.own.map((one, i) => betweenCalms(one) - betweenCalms(model.control[i])),
  });
}

function placeboOfModel({ scenario }: GeneralisationConfig, { own }: PairedModel): Placebo {
  const differences = Float64Array.from(own, (one) => rmse(one.calm[0]) - rmse(one.placebo[0]));
  return placeboOf(differences, scenario.breaks.pricingVolPoints);
}

/** The widest interval speaks for all; one model with too few paths is said by name in `byModel`. */
function placeboControl(
  models: readonly PairedModel[],
  placebos: readonly Placebo[],
): NonNullable<Controls["placebo"]> {
  return {
    low: Math.min(...placebos.map(({ low }) => low)),
    high: Math.max(...placebos.map(({ high }) => high)),
    byModel: models.map(({ name }, i) => ({
      model: name,
      low: placebos[i].low,
      high: placebos[i].high,
      n: placebos[i].n,
    })),
    falsePositives: null,
    verdict: placebos.every(({ verdict }) => verdict === "passed") ? "passed" : "too-few",
  };
}

function heatMap({ scenario }: GeneralisationConfig, { name, own }: PairedModel): HeatMap {
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
