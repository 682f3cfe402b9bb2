import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { normalQuantile } from "../../../src/random/normal-quantile.ts";
import type { Random } from "../../../src/random/random.ts";
import { adaptiveConformal, intervalQuality, splitConformal } from "../../../src/statistics/conformal.ts";
import type { IntervalQuality } from "../../../src/statistics/conformal.ts";
import { mean, median } from "../../../src/statistics/moments.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyLines, StudyResult, StudyTable } from "../../results/study.ts";
import { disagreementOf, type DetectorEvidence, detectorParts } from "./uncertainty/disagreement.ts";
import { fitOrNothing, holdOut } from "../shared/fitting.ts";
import { meanOf, shareText, type Measured } from "../shared/points.ts";
import { agesBetween, breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Miscoverage aimed at. */
const MISCOVERAGE = 0.1;
/** Fresh draws of training and test. */
const REPLICATES = 30;
/** A market quote of each option comes every two hours for three days from the onset. */
const AGES = agesBetween(7200, 3 * 86_400, 7200);
/** Step of the adaptive level after each outcome, and scores that count. */
const [RATE, WINDOW] = [0.05, 48];

const methods = ["posterior sd", "split conformal", "sliding split conformal", "adaptive conformal"] as const;
type Method = (typeof methods)[number];
type ByMethod = Readonly<Record<Method, IntervalQuality>>;

/** What one replicate shows of one model at one severity. */
interface Shown {
  readonly model: string;
  readonly severity: number;
  readonly quality: ByMethod;
}

/** Whether intervals around a model's vols hold in calm and under stress, and what they cost in width. */
export const uncertainty = uncertaintyOver(REPLICATES);

/** The study over a number of fresh draws of training and test. */
export function uncertaintyOver(replicates: number): Study {
  return {
    name: "uncertainty",
    summary:
      "Do 90 % bands hold under stress? Posterior sd, split, sliding and adaptive conformal, with width; disagreement",
    on: "paths",
    async run(context) {
      const config = configOf({ ...context, severities: context.scenario.scoring.severities });
      const pricers = pricersOf(config);
      const shown: Shown[] = [];
      const detectors: DetectorEvidence[] = [];
      for (let index = 0; index < replicates; index++) {
        const random = replicateRandom(config, index);
        const calibrated = calibrate(config, trainingQuotes(config, pricers, random), random);
        for (const severity of config.severities) {
          const stream = quoteStream(config, pricers, random.fork("test"), severity, AGES);
          for (const model of calibrated)
            shown.push({ model: model.name, severity, quality: qualityOf(model, stream) });
          detectors.push(disagreementOf(calibrated, stream, index));
        }
        await breathe(context, index + 1, replicates);
      }
      return resultOf(context, config, shown, detectors);
    },
  };
}

/** A model fitted on the first part of training, with its errors on later calm days by tenor. */
interface Calibrated {
  readonly name: string;
  readonly fitted: FittedModel;
  readonly scores: ReadonlyMap<number, Float64Array>;
}

function calibrate(config: GeneralisationConfig, training: MarketQuotes, random: Random): Calibrated[] {
  const { early, later } = holdOut(training);
  return config.models.flatMap((name) => {
    const fitted = fitOrNothing(name, early, random);
    if (fitted === undefined) return [];
    const { vol } = fitted.predictMany(later.features);
    const scores = new Map<number, number[]>();
    vol.forEach((value, row) => {
      const tenor = later.features.years[row];
      if (!scores.has(tenor)) scores.set(tenor, []);
      scores.get(tenor)!.push(Math.abs(later.target[row] - value));
    });
    return [{ name, fitted, scores: new Map([...scores].map(([tenor, own]) => [tenor, Float64Array.from(own)])) }];
  });
}

/** Quality over all quotes of a stream; each option of the design is a stream of its own in time. */
function qualityOf({ fitted, scores }: Calibrated, stream: MarketQuotes): ByMethod {
  const { vol, sd } = fitted.predictMany(stream.features);
  const perMoment = vol.length / AGES.length;
  const z = normalQuantile(1 - MISCOVERAGE / 2);
  const score: number[] = [];
  const found: Record<Method, number[]> = {
    "posterior sd": [],
    "split conformal": [],
    "sliding split conformal": [],
    "adaptive conformal": [],
  };
  for (let option = 0; option < perMoment; option++) {
    const rows = AGES.map((_, step) => step * perMoment + option).filter((row) => !Number.isNaN(stream.clean[row]));
    if (rows.length === 0) continue;
    const own = rows.map((row) => Math.abs(stream.target[row] - vol[row]));
    const known = scores.get(stream.features.years[option])!;
    const split = splitConformal(known, MISCOVERAGE);
    // A level that never moves is split conformal of the latest scores.
    const [sliding, adaptive] = [0, RATE].map((rate) =>
      adaptiveConformal(known, own, { miscoverage: MISCOVERAGE, rate, window: WINDOW }),
    );
    score.push(...own);
    found["posterior sd"].push(...rows.map((row) => z * sd[row]));
    found["split conformal"].push(...rows.map(() => split));
    found["sliding split conformal"].push(...sliding.halfWidths);
    found["adaptive conformal"].push(...adaptive.halfWidths);
  }
  return Object.fromEntries(methods.map((method) => [method, intervalQuality(found[method], score)])) as ByMethod;
}

function resultOf(
  { models }: StudyContext,
  { severities }: GeneralisationConfig,
  shown: readonly Shown[],
  detectors: readonly DetectorEvidence[],
): StudyResult {
  const at = (model: string, severity: number) =>
    shown.filter((one) => one.model === model && one.severity === severity).map(({ quality }) => quality);
  const coverage = (model: string, severity: number, method: Method) =>
    meanOf(
      at(model, severity).map((quality) => quality[method].coverage),
      [0, 1],
    );
  const known = models.filter((model) => at(model, severities[0]).length > 0);
  const hardest = severities[severities.length - 1];
  const charts = methods.map((method): StudyLines => ({
    kind: "lines",
    title: `Coverage of 90 % intervals by severity: ${method}`,
    note: `Mean over fresh draws of training and test, with its 95 % interval; 0.9 is what was promised.`,
    x: { label: "severity", scale: "linear" },
    y: { label: "share of market quotes inside", scale: "linear" },
    series: known.map((name) => ({
      name,
      points: severities.map((severity) => ({ x: severity, ...coverage(name, severity, method) })),
    })),
  }));
  const typical = (severity: number, method: Method) =>
    medianModel(known.map((model) => ({ model, covered: coverage(model, severity, method) })));
  const told = (method: Method): string => {
    const { model, covered } = typical(hardest, method);
    const { width, infinite } = priceOf(at(model, hardest).map((quality) => quality[method]));
    const calm = shareText({ ...typical(severities[0], method).covered, low: null, high: null });
    return `${method} ${shareText(covered)} (${width === null ? "none finite" : `mean finite width ${width.toFixed(0)} vp`}, ${infinite.toFixed(0)} % infinite; in calm ${calm})`;
  };
  const { answer, charts: roc, tables, notes } = detectorParts(detectors, known);
  return {
    name: "uncertainty",
    title: "Uncertainty of a quote",
    question: "Do a model's error bands hold when the regime changes, and does disagreement between models tell?",
    answer: `Share of quotes at severity ${hardest} that 90 % bands of the median model cover: ${methods.map(told).join("; ")}. ${answer}`,
    charts: [...charts, ...roc],
    tables: [qualityTable(known, [severities[0], hardest], at), ...tables],
    notes: [
      `${new Set(detectors.map(({ replicate }) => replicate)).size} fresh draws of training and test; models are fitted on the first 70 % of the training days and calibrated on the last 20 %, by tenor; ${AGES.length} market quotes an option over three days from the onset, in the design of training, noise included.`,
      `Adaptive conformal moves its level by ${RATE} after each outcome and keeps the latest ${WINDOW} scores; each option is its own stream and knows a quote before the next one comes.`,
      `Sliding split conformal takes the latest ${WINDOW} scores of an option at the level that never moves.`,
      "Widths are means of finite intervals within a draw, the median over draws; a whole line covers everything, so its share stands beside.",
      ...notes,
    ],
  };
}

/** Coverage of one model, with its interval. */
interface Covered {
  readonly model: string;
  readonly covered: Measured;
}

/** The middle one of several models by its coverage. */
function medianModel(values: readonly Covered[]): Covered {
  const present = values.filter(({ covered }) => covered.y !== null).sort((a, b) => a.covered.y! - b.covered.y!);
  return present[Math.floor((present.length - 1) / 2)] ?? { model: "", covered: { y: null, low: null, high: null } };
}

/** What coverage was bought with: mean width of finite intervals, vol points, null of none; share of infinite ones, %. */
function priceOf(found: readonly IntervalQuality[]): { readonly width: number | null; readonly infinite: number } {
  const finite = found.filter(({ meanWidth }) => meanWidth < Infinity);
  return {
    width: finite.length === 0 ? null : 100 * median(finite.map(({ meanWidth }) => meanWidth)),
    infinite: found.length === 0 ? Number.NaN : 100 * mean(found.map(({ infiniteShare }) => infiniteShare)),
  };
}

function qualityTable(
  models: readonly string[],
  severities: readonly number[],
  at: (model: string, severity: number) => ByMethod[],
): StudyTable {
  const rows = models.flatMap((model) =>
    methods.map((method) => [
      model,
      method,
      ...severities.flatMap((severity) => {
        const found = at(model, severity).map((quality) => quality[method]);
        const { width, infinite } = priceOf(found);
        return [100 * (meanOf(found.map(({ coverage }) => coverage)).y ?? Number.NaN), width, infinite].map((value) =>
          value === null || Number.isNaN(value) ? null : value,
        );
      }),
    ]),
  );
  const columns = severities.flatMap((severity) => [
    `covered at ${severity}, %`,
    `mean finite width at ${severity}, vp`,
    `infinite at ${severity}, %`,
  ]);
  return { caption: "Coverage, width and share of infinite intervals", head: ["model", "method", ...columns], rows };
}
