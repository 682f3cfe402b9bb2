import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { holm } from "../../../src/statistics/holm.ts";
import { median } from "../../../src/statistics/moments.ts";
import { FEWEST_CURVES, simultaneousMedianBand } from "../../../src/statistics/simultaneous-band.ts";
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
import { foretold } from "./distance.ts";
import type { Band } from "./gap-curves.ts";
import { bandsOf, beyondAttainable } from "./gap-curves.ts";
import { heatMap, modelResult, optimism } from "./model-result.ts";
import { excesses, gap, isScored, pairWithControl, primaryIndex, rmse } from "./paired-model.ts";
import type { PairedModel } from "./paired-model.ts";
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
  const optimismTests = testOptimism(candidates, chance);
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
        foretold: foretoldOf(config, model, replicates),
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

/** Sign tests of a median optimism of at most none, and a band over the models in the replicates that all share. */
function testOptimism(models: readonly PairedModel[], chance: Chance): NonNullable<ModelResult["optimismTest"]>[] {
  const pValues = models.map(({ own }) => signTest(Float64Array.from(own, optimism), 0));
  const adjusted = holm(pValues);
  const byIndex = models.map(({ indices, own }) => new Map(indices.map((index, i) => [index, optimism(own[i])])));
  const shared = [...(byIndex[0]?.keys() ?? [])].filter((index) => byIndex.every((of) => of.has(index)));
  const curves = shared.map((index) => byIndex.map((of) => of.get(index)!));
  const band =
    shared.length < FEWEST_CURVES ? undefined : simultaneousMedianBand(curves, chance.resampling(shared.length));
  return pValues.map((pValue, i) => ({
    pValue,
    adjustedPValue: adjusted[i],
    band: band === undefined ? null : { low: band.low[i], high: band.high[i] },
  }));
}

function foretoldOf(
  config: GeneralisationConfig,
  { indices, own }: PairedModel,
  replicates: readonly ReplicateErrors[],
) {
  const primary = primaryIndex(config);
  const energies = new Map(replicates.map(({ index, distances }) => [index, distances[primary][0].energy]));
  return foretold(
    indices.map((index) => energies.get(index)!),
    own.map((one) => gap(one, primary, 0, rmse)),
  );
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
