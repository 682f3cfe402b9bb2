import { UserError } from "../../../src/errors/user-error.ts";
import { modelByName } from "../../../src/models/models.ts";
import { median } from "../../../src/statistics/moments.ts";
import { breakingPoint } from "./breaking-point.ts";
import type { GeneralisationConfig } from "./config.ts";
import { attainableName, perfectName } from "./config.ts";
import type { QuoteErrors } from "./quote-errors.ts";
import type { Cell, FailedReplicate, ModelReplicate, ReplicateErrors } from "./replicate.ts";
import type { CurvePoint, GeneralisationResult, ModelResult, OracleCheck, SmileChart, Verdict } from "./result.ts";
import { spreadOf } from "./spread.ts";
import type { PrimaryEvidence } from "./verdict.ts";
import { placeboOf, powerOf, verdicts } from "./verdict.ts";

/** Largest difference between two implementations of the truth, vol points. */
const ORACLE_LIMIT = 0.01;

/** No interval is shown of fewer. */
const FEWEST_REPLICATES = 6;

/** A model's replicates beside the attainable control's of the same index. */
interface PairedModel {
  readonly name: string;
  readonly own: readonly ModelReplicate[];
  readonly control: readonly ModelReplicate[];
  readonly failures: readonly string[];
}

/** Statistics over replicates, by the rules that the scenario fixed beforehand. */
export function summarise(
  config: GeneralisationConfig,
  replicates: readonly ReplicateErrors[],
  chart: SmileChart,
): GeneralisationResult {
  const { scenario, severities, masterSeed } = config;
  const { primarySeverity, ages } = scenario.scoring;
  const primary = severities.indexOf(primarySeverity);
  const candidates = config.models.map((name) => pairWithControl(name, replicates));
  const judged = verdicts(
    candidates.map((model) => primaryEvidence(model, primary)),
    scenario.breaks.pricingVolPoints,
    scenario.breaks.pricingMultiple,
  );
  const control = pairWithControl(attainableName, replicates);
  const levels = replicates.map(({ levelRange }) => levelRange);
  return {
    kind: "synthetic",
    scenario: scenario.name,
    masterSeed,
    replicates: replicates.length,
    severities,
    ages,
    primarySeverity,
    primaryAge: ages[0],
    trainedLevel: [median(levels.map(([low]) => low)), median(levels.map(([, high]) => high))],
    trainingQuotes: scenario.training.days * scenario.training.tenors.length * scenario.training.moneyness.length,
    models: [
      ...candidates.map((model, i) => modelResult(config, model, judged[i])),
      modelResult(config, control, undefined),
      modelResult(config, pairWithControl(perfectName, replicates), undefined),
    ],
    oracle: oracleCheck(replicates),
    unobservableState: spreadOf(control.own.map((one) => gap(one, primary, 0, rmse))),
    chart,
  };
}

/** Excess at the primary severity and age of one model, by replicate index; undefined where it has none. */
export function primaryExcess(
  config: GeneralisationConfig,
  replicate: ReplicateErrors,
  name: string,
): number | undefined {
  const own = replicate.models[name];
  const control = replicate.models[attainableName];
  if ("failure" in own || "failure" in control) return undefined;
  const primary = config.severities.indexOf(config.scenario.scoring.primarySeverity);
  return gap(own, primary, 0, rmse) - gap(control, primary, 0, rmse);
}

function pairWithControl(name: string, replicates: readonly ReplicateErrors[]): PairedModel {
  const pairs = replicates.map(({ models }) => ({ own: models[name], control: models[attainableName] }));
  const scored = pairs.filter((pair) => isScored(pair.own));
  const failures = pairs.flatMap(({ own }) => ("failure" in own ? [own.failure] : []));
  if (scored.length < FEWEST_REPLICATES) {
    const counted = `could be fitted in ${scored.length} of ${pairs.length} replicates`;
    throw new UserError({
      where: `model ${name}`,
      what: failures.length === 0 ? counted : `${counted} (${failures[0]})`,
      expected: `at least ${FEWEST_REPLICATES}, from more replicates or more training days`,
    });
  }
  return {
    name,
    own: scored.map(({ own }) => own as ModelReplicate),
    control: scored.map(({ control }) => control as ModelReplicate),
    failures,
  };
}

function isScored(one: ModelReplicate | FailedReplicate): one is ModelReplicate {
  return !("failure" in one);
}

type Measure = (cell: Cell) => number;

const rmse: Measure = ({ listed }) => listed.rmse;
const standardised: Measure = (cell) => cell.standardised.rmse;

/** Error at a severity and age less the error on fresh calm at that age. */
function gap(one: ModelReplicate, severity: number, age: number, measure: Measure): number {
  return measure(one.stress[severity][age]) - measure(one.calm[age]);
}

function excesses({ own, control }: PairedModel, severity: number, age: number): Float64Array {
  return Float64Array.from(own, (one, i) => gap(one, severity, age, rmse) - gap(control[i], severity, age, rmse));
}

function primaryEvidence(model: PairedModel, primary: number): PrimaryEvidence {
  return { excess: excesses(model, primary, 0), calmError: median(model.own.map((one) => rmse(one.calm[0]))) };
}

function modelResult(config: GeneralisationConfig, model: PairedModel, verdict: Verdict | undefined): ModelResult {
  const { name, own, failures } = model;
  const isControl = name === attainableName || name === perfectName;
  const { pricingVolPoints } = config.scenario.breaks;
  const over = (value: (one: ModelReplicate) => number) => spreadOf(own.map(value));
  const placebo = Float64Array.from(own, (one) => rmse(one.calm[0]) - rmse(one.placebo[0]));
  return {
    name,
    information: name === attainableName ? "prices" : isControl ? "state" : modelByName(name).information,
    isControl,
    failedFits: failures.length,
    ...(failures.length > 0 ? { firstFailure: failures[0] } : {}),
    fitNoisy: over((one) => one.fitNoisy),
    fitClean: over((one) => one.fitClean),
    calm: over((one) => rmse(one.calm[0])),
    calmRaw: over((one) => one.calm[0].listed.rawRmse),
    calmStandardised: over((one) => standardised(one.calm[0])),
    optimism: over((one) => standardised(one.calm[0]) - one.fitClean),
    curve: config.severities.flatMap((_, s) =>
      config.scenario.scoring.ages.map((_, a) => curvePoint(config, model, s, a)),
    ),
    placebo: placeboOf(placebo, pricingVolPoints),
    ...(verdict === undefined ? {} : judgement(config, model, verdict)),
  };
}

/** What only models that are judged have. */
function judgement(config: GeneralisationConfig, model: PairedModel, verdict: Verdict) {
  const { pricingVolPoints, pricingMultiple } = config.scenario.breaks;
  const primary = config.severities.indexOf(config.scenario.scoring.primarySeverity);
  const bySeverity = config.severities.map((_, s) => excesses(model, s, 0));
  return {
    verdict,
    breakingPoint: breakingPoint(config.severities, {
      excess: model.own.map((_, i) => bySeverity.map((values) => values[i])),
      thresholds: model.own.map((one) => Math.max(pricingVolPoints, pricingMultiple * rmse(one.calm[0]))),
      placeboExcess: model.own.map((one, i) => {
        const between = (a: ModelReplicate) => rmse(a.placebo[0]) - rmse(a.calm[0]);
        return between(one) - between(model.control[i]);
      }),
    }),
    power: powerOf(excesses(model, primary, 0), verdict.threshold, config.models.length),
  };
}

function curvePoint(config: GeneralisationConfig, model: PairedModel, severity: number, age: number): CurvePoint {
  const { own } = model;
  const at = (one: ModelReplicate) => one.stress[severity][age];
  const over = (measure: Measure) => spreadOf(own.map((one) => measure(at(one))));
  const gaps = (measure: Measure) => spreadOf(own.map((one) => gap(one, severity, age, measure)));
  const middle = (field: keyof QuoteErrors) => median(own.map((one) => at(one).listed[field]));
  const share = (field: keyof QuoteErrors) => own.reduce((sum, one) => sum + at(one).listed[field], 0) / own.length;
  return {
    severity: config.severities[severity],
    age: config.scenario.scoring.ages[age],
    error: over(rmse),
    gap: gaps(rmse),
    excess: spreadOf(excesses(model, severity, age)),
    absoluteGap: gaps(({ listed }) => listed.mae),
    rawError: over(({ listed }) => listed.rawRmse),
    rawGap: gaps(({ listed }) => listed.rawRmse),
    logGap: gaps(({ listed }) => listed.logRmse),
    standardisedError: over(standardised),
    standardisedGap: gaps(standardised),
    bias: over(({ listed }) => listed.bias),
    outOfDomain: share("outOfDomain"),
    failedQuotes: share("failed"),
    exploitableByBuyers: middle("exploitableByBuyers"),
    exploitableBySellers: middle("exploitableBySellers"),
    missedBuyers: middle("missedBuyers"),
    missedSellers: middle("missedSellers"),
  };
}

function oracleCheck(replicates: readonly ReplicateErrors[]): OracleCheck {
  const differences = replicates.flatMap(({ oracleDifference }) =>
    oracleDifference === null ? [] : [oracleDifference],
  );
  const largest = differences.reduce((worst, difference) => Math.max(worst, Math.abs(difference)), 0);
  return {
    quotes: differences.length,
    largest,
    limit: ORACLE_LIMIT,
    passed: differences.length > 0 && largest < ORACLE_LIMIT,
  };
}
