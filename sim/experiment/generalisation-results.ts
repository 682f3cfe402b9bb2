import { contractDomain, frozenHash } from "../../src/models/frozen-model.ts";
import { modelByName } from "../../src/models/models.ts";
import type { FittedModel } from "../../src/models/pricing-model.ts";
import type { Controls, Generalisation, ModelResult, Smile } from "../results/generalisation.ts";
import { finiteOrNull, type ControlVerdict, type Sample } from "../results/parts.ts";
import type { Scenario } from "../scenarios/scenario.ts";

import type {
  BreakingPoint,
  CurvePoint,
  GeneralisationResult,
  ModelResult as ScoredModel,
  Spread,
  Threshold,
} from "./generalisation/result.ts";

const CONTROL_SUMMARIES: Readonly<Record<string, string>> = {
  attainable: "true stress parameters, state filtered from the same prices",
  perfect: "the generator's own prices",
};

/** The off-chain experiment as `results.json` shows it. `fitted` holds a frozen fit of each model by name. */
export function generalisationResults(
  result: GeneralisationResult,
  scenario: Scenario,
  fitted: ReadonlyMap<string, FittedModel>,
  controls: Controls,
): Generalisation {
  return {
    replicates: result.replicates,
    trainingDraws: result.replicates,
    severities: [...result.severities],
    ages: [...result.ages],
    designs: ["listed", "standardised"],
    primary: { severity: result.primarySeverity, age: result.primaryAge, design: "listed" },
    training: {
      days: scenario.training.days,
      quotes: result.trainingQuotes,
      levelRange: [...result.trainedLevel],
      moneynessRange: [...result.chart.trainedX],
    },
    models: result.models.map((model) => modelResult(model, result, fitted.get(model.name))),
    controls,
    smiles: result.chart.smiles.map((smile): Smile => ({
      severity: smile.severity,
      tenorDays: smile.tenor,
      x: [...result.chart.x],
      truth: [...smile.truth],
      models: Object.entries(smile.models).map(([model, vol]) => ({ model, vol: vol.map(finiteOrNull) })),
    })),
    heatMaps: heatMaps(result),
  };
}

function modelResult(model: ScoredModel, result: GeneralisationResult, fitted: FittedModel | undefined): ModelResult {
  const primary = primaryPoint(model, result);
  return {
    name: model.name,
    summary: CONTROL_SUMMARIES[model.name] ?? modelByName(model.name).summary,
    kind: model.isControl ? "control" : "model",
    information: model.information,
    complexity: finiteOrNull(fitted?.complexity),
    frozenHash: fitted === undefined ? "" : `0x${frozenHash(fitted)}`,
    domain: [...(fitted?.domain ?? contractDomain)],
    domainShareOut: finiteOrNull(primary?.outOfDomain),
    fit: sample(model.fitNoisy),
    fitClean: sample(model.fitClean),
    calm: sample(model.calm),
    optimism: sample(model.optimism),
    rawCalm: sample(model.calmRaw),
    gaps: model.curve.flatMap((point) => [
      {
        severity: point.severity,
        age: point.age,
        design: "listed" as const,
        gap: sample(point.gap),
        rawGap: sample(point.rawGap),
        logGap: sample(point.logGap),
      },
      {
        severity: point.severity,
        age: point.age,
        design: "standardised" as const,
        gap: sample(point.standardisedGap),
        rawGap: null,
        logGap: null,
      },
    ]),
    versusAttainable:
      model.verdict === undefined
        ? null
        : {
            severity: result.primarySeverity,
            age: result.primaryAge,
            design: "listed",
            d: sample(model.verdict.excess),
            adjustedLower: finiteOrNull(model.verdict.lower),
            upper: finiteOrNull(model.verdict.upper),
            pValue: finiteOrNull(model.verdict.pValue),
            adjustedPValue: finiteOrNull(model.verdict.adjustedPValue),
            threshold: model.verdict.threshold,
            verdict: model.verdict.verdict,
          },
    breakingPoint: model.breakingPoint === undefined ? null : breakingPoint(model.breakingPoint),
    exploitable: model.curve
      .filter(({ age }) => age === result.primaryAge)
      .map((point) => ({
        severity: point.severity,
        soldTooCheap: finiteOrNull(point.exploitableByBuyers),
        boughtTooDear: finiteOrNull(point.exploitableBySellers),
        missedSales: finiteOrNull(point.missedBuyers),
        missedPurchases: finiteOrNull(point.missedSellers),
      })),
  };
}

function primaryPoint(model: ScoredModel, result: GeneralisationResult): CurvePoint | undefined {
  return model.curve.find(({ severity, age }) => severity === result.primarySeverity && age === result.primaryAge);
}

function sample(spread: Spread): Sample {
  return {
    median: finiteOrNull(spread.median),
    low: finiteOrNull(spread.low),
    high: finiteOrNull(spread.high),
    mean: finiteOrNull(spread.mean),
    q90: finiteOrNull(spread.q90),
    n: spread.n,
  };
}

function breakingPoint(point: BreakingPoint): NonNullable<ModelResult["breakingPoint"]> {
  return {
    median: severityOrNull(point.median),
    low: severityOrNull(point.low),
    high: severityOrNull(point.high),
    censored: point.median === "≤ 0" ? "at-or-below-0" : point.median === "> 1" ? "above-1" : "none",
    seeds: point.n,
    reentries: point.reentries,
    falseBreakRate: finiteOrNull(point.falseBreaks),
  };
}

function severityOrNull(threshold: Threshold): number | null {
  return typeof threshold === "number" ? finiteOrNull(threshold) : null;
}

/** Absolute error of each model by tenor and moneyness at the primary severity, from the illustrative replicate. */
function heatMaps({ chart, primarySeverity, models }: GeneralisationResult): Generalisation["heatMaps"] {
  const smiles = chart.smiles.filter(({ severity }) => severity === primarySeverity);
  return models
    .filter(({ isControl }) => !isControl)
    .map(({ name }) => ({
      model: name,
      severity: primarySeverity,
      x: [...chart.x],
      tenorDays: smiles.map(({ tenor }) => tenor),
      errorVp: smiles.map(({ truth, models: vols }) =>
        truth.map((vol, i) => (vol === null || vols[name] === undefined ? null : 100 * Math.abs(vols[name][i] - vol))),
      ),
    }));
}

/** Controls that every default run has, as far as the off-chain experiment gives them. */
export function generalisationControls(result: GeneralisationResult): Controls {
  const models = result.models.filter(({ isControl }) => !isControl);
  const outcomes = models.map(({ placebo }) => placebo.outcome);
  const verdict: ControlVerdict = outcomes.every((outcome) => outcome === "passed") ? "passed" : "too-few";
  return {
    oracle: {
      maxErrorVp: finiteOrNull(result.oracle.largest),
      quotes: result.oracle.quotes,
      limitVp: result.oracle.limit,
      verdict: result.oracle.passed ? "passed" : "failed",
    },
    placebo: {
      low: finiteOrNull(Math.min(...models.map(({ placebo }) => placebo.low))),
      high: finiteOrNull(Math.max(...models.map(({ placebo }) => placebo.high))),
      byModel: models.map(({ name, placebo }) => ({
        model: name,
        low: finiteOrNull(placebo.low),
        high: finiteOrNull(placebo.high),
        n: result.replicates,
      })),
      falsePositives: null,
      verdict,
    },
    permutation: null,
    leak: null,
    knownBreak: null,
    smallestGapVp: finiteOrNull(
      Math.max(...models.map(({ power }) => power?.smallestDetectable ?? Number.NEGATIVE_INFINITY)),
    ),
    p0: null,
    ladder: [],
    varianceRatios: [],
  };
}
