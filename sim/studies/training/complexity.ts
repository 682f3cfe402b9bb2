import { UserError } from "../../../src/errors/user-error.ts";
import { contractDomain } from "../../../src/models/frozen-model.ts";
import { ModelFitError } from "../../../src/models/model-fit-error.ts";
import { modelByName } from "../../../src/models/models.ts";
import { ridgeWithGrid } from "../../../src/models/polynomial.ts";
import type { PricingModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import { mean, median } from "../../../src/statistics/moments.ts";
import { createRandom } from "../../../src/random/random.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyLines, StudyResult } from "../../results/study.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { drawCount } from "../shared/fitted-draw.ts";
import { FEWEST_REPLICATES, type Measured, medianOf, decimalText } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Training draws that the decomposition averages over, and test paths that it is repeated on. */
const [TRAININGS, TESTS] = [16, 12];
/** Training draws whose degrees of freedom are computed, which costs as much as a fit. */
const DIAGNOSED = 3;
/** Penalties per quote of the ladder, from a flat vol to the free polynomial. */
const PENALTIES = [1e3, 100, 30, 10, 3, 1, 1e-1, 1e-2, 1e-4, 1e-8] as const;
const VOL_POINTS = 100;

const regimes = ["calm", "stress"] as const;
type Regime = (typeof regimes)[number];

/** Root mean squares over the quotes of a test path, vol points: systematic error, spread over training draws, both. */
interface Decomposition {
  readonly bias: number;
  readonly spread: number;
  readonly total: number;
}

interface Rung {
  readonly name: string;
  /** Effective degrees of freedom, median over the first training draws. */
  readonly degrees: number;
  /** By test path. */
  readonly by: Readonly<Record<Regime, readonly Decomposition[]>>;
}

/** How error splits into bias and variance as a model is given freedom, in calm and under stress. */
export const complexity: Study = {
  name: "complexity",
  summary: "Bias and variance by effective degrees of freedom, calm against stress",
  on: "paths",
  async run(context) {
    const { primarySeverity, ages } = context.scenario.scoring;
    const config = configOf({ ...context, severities: [0, primarySeverity] });
    const pricers = pricersOf(config);
    const tests = testPaths(config, pricers, primarySeverity, ages[0], drawCount(config.scenario, TESTS));
    const trainings: QuoteSet[] = [];
    for (let index = 0; index < drawCount(config.scenario, TRAININGS); index++) {
      trainings.push(trainingQuotes(config, pricers, replicateRandom(config, index)));
    }
    const fits = PENALTIES.length + config.models.length;
    const ladder: Rung[] = [];
    for (const [i, penalty] of PENALTIES.entries()) {
      ladder.push(...rungOf(config, `ridge ${penalty}`, ridgeWithGrid([penalty]), trainings, tests));
      await breathe(context, i + 1, fits);
    }
    const listed: Rung[] = [];
    for (const [i, name] of config.models.entries()) {
      listed.push(...rungOf(config, name, modelByName(name), trainings, tests));
      await breathe(context, PENALTIES.length + i + 1, fits);
    }
    return resultOf(context, ladder, listed, trainings.length);
  },
};

type Tests = Readonly<Record<Regime, readonly MarketQuotes[]>>;

/** Test paths of their own, which no replicate uses. */
function testPaths(
  config: GeneralisationConfig,
  pricers: TruthPricers,
  severity: number,
  age: number,
  count: number,
): Tests {
  const random = createRandom(config.masterSeed, "complexity");
  const paths = (at: number) =>
    Array.from({ length: count }, (_, i) => quoteStream(config, pricers, random.fork(i), at, [age]));
  return { calm: paths(0), stress: paths(severity) };
}

/** The decomposition of one model; nothing when too few training draws determine it. */
function rungOf(
  config: GeneralisationConfig,
  name: string,
  model: PricingModel,
  trainings: readonly QuoteSet[],
  tests: Tests,
): Rung[] {
  const fits = trainings.flatMap((training, index) => {
    try {
      return [model.fit(training, replicateRandom(config, index).fork("fit"))];
    } catch (error) {
      if (error instanceof ModelFitError) return [];
      throw error;
    }
  });
  if (fits.length < FEWEST_REPLICATES) return [];
  const decomposed = (paths: readonly MarketQuotes[]) =>
    paths.map(({ features, clean }) => {
      return decompose(
        fits.map((fit) =>
          fit.rawMany(features).map((vol) => Math.min(contractDomain[1], Math.max(contractDomain[0], vol))),
        ),
        clean,
      );
    });
  return [
    {
      name,
      degrees: median(fits.slice(0, DIAGNOSED).map(({ diagnostics }) => diagnostics.degreesOfFreedom)),
      by: { calm: decomposed(tests.calm), stress: decomposed(tests.stress) },
    },
  ];
}

/**
 * E(σ̂ − σ)² = (Eσ̂ − σ)² + Var σ̂ over training draws, averaged over quotes; the variance has divisor n, so that the
 * parts add up exactly.
 * @param predictions - by training draw, vols of the same quotes
 * @see Geman, Bienenstock & Doursat (1992), "Neural networks and the bias/variance dilemma"
 */
export function decompose(predictions: readonly ArrayLike<number>[], truth: ArrayLike<number>): Decomposition {
  let [bias, spread, count] = [0, 0, 0];
  for (let i = 0; i < truth.length; i++) {
    if (Number.isNaN(truth[i])) continue;
    const values = predictions.map((vols) => vols[i]);
    const centre = mean(values);
    bias += (centre - truth[i]) ** 2;
    spread += mean(values.map((value) => (value - centre) ** 2));
    count++;
  }
  const root = (sum: number) => VOL_POINTS * Math.sqrt(sum / count);
  return { bias: root(bias), spread: root(spread), total: root(bias + spread) };
}

function resultOf(
  { scenario }: StudyContext,
  ladder: readonly Rung[],
  listed: readonly Rung[],
  trainings: number,
): StudyResult {
  const { primarySeverity } = scenario.scoring;
  if (ladder.length === 0) {
    throw new UserError({
      where: "--studies complexity",
      what: `no ridge polynomial could be fitted in ${FEWEST_REPLICATES} of ${trainings} training draws`,
      expected: `more training days than ${scenario.training.days}`,
    });
  }
  const rungs = [...ladder].sort((a, b) => a.degrees - b.degrees);
  const parts = ["total", "bias", "spread"] as const;
  const at = (rung: Rung, regime: Regime, part: (typeof parts)[number]): Measured =>
    medianOf(rung.by[regime].map((one) => one[part]));
  const best = (regime: Regime) =>
    rungs.reduce((a, b) => ((at(b, regime, "total").y ?? Infinity) < (at(a, regime, "total").y ?? Infinity) ? b : a));
  const charts = regimes.map((regime): StudyLines => ({
    kind: "lines",
    title: regime === "calm" ? "Complexity curve in calm" : `Complexity curve at severity ${primarySeverity}`,
    note: "Ridge polynomials from a flat vol to the free one. Bias: what the mean over training draws gets wrong; spread: what the draw decides.",
    x: { label: "effective degrees of freedom", scale: "log" },
    y: { label: "root mean square error, vol points", scale: "log" },
    series: parts.map((part) => ({
      name: part,
      points: rungs.map((rung) => ({ x: rung.degrees, ...at(rung, regime, part) })),
    })),
  }));
  const [calm, stress] = regimes.map(best);
  const free = rungs[rungs.length - 1];
  const one = (measured: Measured) => decimalText(measured, 1);
  return {
    name: "complexity",
    title: "Complexity curve",
    question: "How much freedom should a model have, and is it the same in calm and under stress?",
    answer: `Calm error is least at ${calm.degrees.toFixed(0)} effective degrees of freedom (${one(at(calm, "calm", "total"))} vol points), error at severity ${primarySeverity} at ${stress.degrees.toFixed(0)} (${one(at(stress, "stress", "total"))}); the freest polynomial, with ${free.degrees.toFixed(0)}, owes ${one(at(free, "stress", "spread"))} of its ${one(at(free, "stress", "total"))} there to the training draw it happened to see.`,
    charts,
    tables: [
      {
        caption: "Bias and spread of the listed models, vol points, with 95 % intervals over test paths",
        head: ["model", "degrees of freedom", ...regimes.flatMap((r) => [`bias, ${r}`, `spread, ${r}`, `total, ${r}`])],
        rows: listed.map((rung) => [
          rung.name,
          rung.degrees,
          ...regimes.flatMap((regime) => (["bias", "spread", "total"] as const).map((p) => one(at(rung, regime, p)))),
        ]),
      },
    ],
    notes: [
      `${trainings} training draws, ${rungs[0].by.calm.length} test paths of their own in each regime, quotes in the design of training against the clean surface after the contract's domain; medians over test paths. Squares of bias and spread add up to the square of the total on each path.`,
    ],
  };
}
