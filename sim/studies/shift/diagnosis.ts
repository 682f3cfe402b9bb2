import { contractDomain } from "../../../src/models/frozen-model.ts";
import type { FeatureInput, FittedModel, QuoteFeatures } from "../../../src/models/pricing-model.ts";
import { featureNames } from "../../../src/models/pricing-model.ts";
import { median } from "../../../src/statistics/moments.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyResult } from "../../results/study.ts";
import { drawCount, fittedDraw } from "../shared/fitted-draw.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Fresh draws of training and test. */
const REPLICATES = 24;
/** Worst quotes told one by one, each of another draw, and drivers named with each. */
const [TOLD, DRIVERS] = [4, 3];
const VOL_POINTS = 100;
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** The worst quote of a model in one draw. Vol points. */
interface WorstQuote {
  readonly model: string;
  readonly replicate: number;
  readonly tenorDays: number;
  /** ln(strike / feed spot). */
  readonly logMoneyness: number;
  readonly truth: number;
  readonly vol: number;
  readonly error: number;
  readonly base: number;
  readonly clamping: number;
  readonly drivers: readonly { readonly input: FeatureInput; readonly adds: number; readonly isOutside: boolean }[];
}

/** The worst errors, quote by quote, and what drove them. */
export const diagnosis: Study = {
  name: "diagnosis",
  summary: "The worst errors under stress, quote by quote, with the features that drove each",
  on: "paths",
  async run(context) {
    const { primarySeverity, ages } = context.scenario.scoring;
    const config = configOf({ ...context, severities: [primarySeverity] });
    const pricers = pricersOf(config);
    const worst: WorstQuote[] = [];
    const draws = drawCount(context.scenario, REPLICATES);
    for (let index = 0; index < draws; index++) {
      const random = replicateRandom(config, index).fork("test");
      const quotes = quoteStream(config, pricers, random, primarySeverity, [ages[0]], "listed");
      for (const [model, fitted] of fittedDraw(config, pricers, index)) {
        worst.push(worstQuote(model, fitted, quotes, index));
      }
      await breathe(context, index + 1, draws);
    }
    return resultOf(context, worst, draws);
  },
};

function worstQuote(model: string, fitted: FittedModel, quotes: MarketQuotes, replicate: number): WorstQuote {
  const { vol } = fitted.predictMany(quotes.features);
  let row = -1;
  for (let i = 0; i < vol.length; i++) {
    if (Number.isNaN(quotes.clean[i])) continue;
    if (row < 0 || Math.abs(vol[i] - quotes.clean[i]) > Math.abs(vol[row] - quotes.clean[row])) row = i;
  }
  const { features } = quotes;
  const names = featureNames.map((name) => [name, features[name][row]]);
  const at = { ...Object.fromEntries(names), returns: features.returns[row] } as unknown as QuoteFeatures;
  const { base, contributions, clamping } = fitted.explain(at);
  const { ranges } = fitted.trainedOn;
  const isOutside = (input: FeatureInput) => {
    if (input === "returns") return false;
    const range = ranges[input];
    return range !== undefined && (at[input] < range[0] || at[input] > range[1]);
  };
  const drivers = Object.entries(contributions).map(([input, adds]) => ({
    input: input as FeatureInput,
    adds: VOL_POINTS * adds,
    isOutside: isOutside(input as FeatureInput),
  }));
  return {
    model,
    replicate,
    tenorDays: Math.round(365 * features.years[row]),
    logMoneyness: features.logMoneyness[row],
    truth: VOL_POINTS * quotes.clean[row],
    vol: VOL_POINTS * vol[row],
    error: VOL_POINTS * (vol[row] - quotes.clean[row]),
    base: VOL_POINTS * base,
    clamping: VOL_POINTS * clamping,
    drivers: drivers.sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds) || (a.input < b.input ? -1 : 1)),
  };
}

function resultOf({ models, scenario }: StudyContext, worst: readonly WorstQuote[], draws: number): StudyResult {
  const { primarySeverity, ages } = scenario.scoring;
  const known = models.filter((model) => worst.some((one) => one.model === model));
  const of = (model: string) => worst.filter((one) => one.model === model);
  const inputs = [...new Set(worst.flatMap(({ drivers }) => drivers.map(({ input }) => input)))].sort();
  const adds = (model: string, input: FeatureInput) => {
    const found = of(model).flatMap(({ drivers }) => drivers.filter((driver) => driver.input === input));
    return found.length === 0 ? null : median(found.map((driver) => Math.abs(driver.adds)));
  };
  const isFar = ({ drivers }: WorstQuote) => drivers.some(({ isOutside }) => isOutside);
  const isClamped = ({ vol }: WorstQuote) =>
    vol / VOL_POINTS <= contractDomain[0] || vol / VOL_POINTS >= contractDomain[1];
  const percent = (part: number, all: number) => `${Math.round((100 * part) / all)} %`;
  const lead = (model: string) =>
    inputs.map((input) => ({ input, size: adds(model, input) ?? 0 })).reduce((a, b) => (b.size > a.size ? b : a));
  const told = known.map((model) => {
    const own = of(model);
    const { input, size } = inputs.length === 0 ? { input: "nothing", size: 0 } : lead(model);
    const driver = size === 0 ? "nothing" : `${input} by ${whole.format(size)} vol points`;
    return `${model}: ${driver} (${percent(own.filter(isFar).length, own.length)})`;
  });
  return {
    name: "diagnosis",
    title: "Diagnosis of the worst errors",
    question: "What drove the worst errors?",
    answer: `What moved the worst quote of each draw most at severity ${primarySeverity}, in the median – ${told.join("; ")}. In brackets: how often a feature lay outside what training saw.`,
    charts: [
      {
        kind: "heat",
        title: "What moved the worst quotes",
        note: "Median size of what each feature adds between training's typical quote and the worst one; Shapley values.",
        columns: { label: "feature", names: inputs },
        rows: { label: "model", names: known },
        unit: "vol points",
        values: known.map((model) => inputs.map((input) => adds(model, input))),
      },
    ],
    tables: [
      ...known.map((model) => ({
        caption: `${model}: worst quotes of ${TOLD} draws, vol points; * marks a feature out of its training range`,
        head: ["draw", "tenor, d", "ln(K/S)", "truth", "model", "error", "typical quote", "drivers", "clamped by"],
        rows: [...of(model)]
          .sort((a, b) => Math.abs(b.error) - Math.abs(a.error) || a.replicate - b.replicate)
          .slice(0, TOLD)
          .map((one) => [
            one.replicate,
            one.tenorDays,
            one.logMoneyness,
            one.truth,
            one.vol,
            one.error,
            one.base,
            one.drivers
              .slice(0, DRIVERS)
              .filter(({ adds: by }) => Math.abs(by) >= 0.05)
              .map(({ input, adds: by, isOutside }) => `${input}${isOutside ? "*" : ""} ${signed(by)}`)
              .join(", "),
            one.clamping,
          ]),
        digits: [0, 0, 3, 1, 1, 1, 1, 0, 1],
      })),
      {
        caption: "Worst quotes of all draws: out of the training range, and at an end of what a contract takes",
        head: ["model", "a feature out of range", "at the domain's end"],
        rows: known.map((model) => {
          const own = of(model);
          return [
            model,
            percent(own.filter(isFar).length, own.length),
            percent(own.filter(isClamped).length, own.length),
          ];
        }),
      },
    ],
    notes: [
      `${draws} fresh draws, listed quotes ${ages[0] / 3600} h after onset; the worst quote of a draw is that with the largest absolute error after the contract's domain. Typical quote, drivers and clamping add up to the model's vol; drivers beyond the first ${DRIVERS} are left out of the tables.`,
    ],
  };
}

function signed(value: number): string {
  const size = Math.abs(value);
  return `${value < 0 ? "−" : "+"}${size < 1000 ? size.toFixed(1) : whole.format(size)}`;
}
