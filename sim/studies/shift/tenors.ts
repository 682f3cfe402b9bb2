import { contractDomain } from "../../../src/models/frozen-model.ts";
import { scoreQuotes } from "../../experiment/generalisation/quote-errors.ts";
import { replicateRandom } from "../../experiment/generalisation/replicate.ts";
import type { StudyResult } from "../../results/study.ts";
import { fittedDraw, primaryDraws } from "../shared/fitted-draw.ts";
import { decimalText, medianOf, rangeText } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study } from "../study.ts";

/** Days to expiry at which models are asked, trained there or not. */
const TENORS = [0.5, 1, 3, 7, 14, 30, 60, 90];
const MOST_DRAWS = 24;

/** Errors of one model at one tenor over replicates, vol points. */
interface TenorErrors {
  readonly calm: number[];
  readonly gap: number[];
}

/** Fresh-calm error and shift gap by time to expiry, from half a day to three months, beyond the trained tenors too. */
export const tenors: Study = {
  name: "tenors",
  summary: "Error on fresh calm and shift gap by time to expiry, from half a day to three months",
  on: "paths",
  async run(context) {
    const { scenario, models } = context;
    const { primarySeverity, ages } = scenario.scoring;
    const { config, pricers, draws } = primaryDraws(context, MOST_DRAWS);
    const asked = { ...config, scenario: { ...scenario, training: { ...scenario.training, tenors: TENORS } } };
    const errors = new Map(
      models.map((name) => [name, TENORS.map((): TenorErrors => ({ calm: [], gap: [] }))] as const),
    );
    const strikes = scenario.training.moneyness.length;
    for (let index = 0; index < draws; index++) {
      const random = replicateRandom(config, index).fork("tenors");
      const [calm, stress] = [0, primarySeverity].map((severity) =>
        quoteStream(asked, pricers, random, severity, [ages[0]], "standardised"),
      );
      for (const [name, model] of fittedDraw(config, pricers, index)) {
        const byTenor = (quotes: typeof calm) => {
          const raw = model.rawMany(quotes.features);
          const truth = { truth: quotes.clean, weight: quotes.weight, vega: quotes.vega };
          return TENORS.map(
            (_, i) => scoreQuotes(truth, raw, contractDomain, config.trade, i * strikes, (i + 1) * strikes).rmse,
          );
        };
        const [still, moved] = [byTenor(calm), byTenor(stress)];
        errors.get(name)!.forEach((at, i) => {
          at.calm.push(still[i]);
          at.gap.push(moved[i] - still[i]);
        });
      }
      await breathe(context, index + 1, draws);
    }
    return resultOf(errors, draws, scenario.training.tenors, primarySeverity, ages[0]);
  },
};

function resultOf(
  errors: ReadonlyMap<string, readonly TenorErrors[]>,
  draws: number,
  trained: readonly number[],
  severity: number,
  age: number,
): StudyResult {
  const series = (pick: (at: TenorErrors) => readonly number[]) =>
    [...errors].map(([name, at]) => ({ name, points: at.map((own, i) => ({ x: TENORS[i], ...medianOf(pick(own)) })) }));
  const gapAt = (tenor: number) =>
    rangeText(
      [...errors],
      ([name]) => name,
      ([, at]) => medianOf(at[tenor].gap),
      (gap) => decimalText(gap, 1),
    );
  const [shortest, longest] = [Math.min(...trained), Math.max(...trained)];
  const x = { label: "days to expiry", scale: "log" } as const;
  return {
    name: "tenors",
    title: "By time to expiry",
    question: "Where along the term structure does a model fail, and does it know tenors that it never saw?",
    answer: `Median shift gap at severity ${severity}, vol points: ${gapAt(0)} at half a day to expiry, ${gapAt(TENORS.length - 1)} at ${TENORS.at(-1)} days.`,
    charts: [
      {
        kind: "lines",
        title: `Shift gap at severity ${severity} by days to expiry`,
        note: `Median over fresh draws with its 95 % interval; models were trained on ${shortest} to ${longest} days.`,
        x,
        y: { label: "shift gap, vol points", scale: "linear" },
        series: series(({ gap }) => gap),
      },
      {
        kind: "lines",
        title: "Error on a fresh calm path by days to expiry",
        note: "Outside the trained tenors this is extrapolation without any change of regime.",
        x,
        y: { label: "root mean square error, vol points", scale: "log" },
        series: series(({ calm }) => calm),
      },
    ],
    tables: [],
    notes: [
      `${draws} fresh draws, standardised strikes ${age / 3600} h after onset; half a day is asked here alone, since no vault lists it.`,
    ],
  };
}
