import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import { UserError } from "../../../../src/errors/user-error.ts";
import { createRandom } from "../../../../src/random/random.ts";
import { bridgedHole, longestHole } from "../../../experiment/history/holes.ts";
import { quotesWithin, type RecordedMarket } from "../../../experiment/history/recorded-market.ts";
import type { StudyResult } from "../../../results/study.ts";
import { decimalText, medianOf, rangeText, type Measured } from "../../shared/points.ts";
import { askedIn, fitOn, lossName, stepOf, type Asked } from "../../shared/recorded.ts";
import { breathe } from "../../shared/streams.ts";
import type { RecordedContext } from "../../study.ts";

const DAY = 86_400;
/** Ages of the training data, steps between their last moment and the test. */
const AGES = [0, 7, 30, 90, 180, 365] as const;
/** With quotes, whose files are shorter. */
const QUOTED_AGES = [0, 7, 14, 30, 60, 90] as const;
/** Test spans over the file at most, and steps of each. */
const MOST_SPANS = 40;
const SPAN_STEPS = 7;
/** Fewest test spans that say anything. */
const FEWEST_SPANS = 6;
/** Prices before training that realised vols still remember. */
const MEMORY = 14 * DAY;

/** Loss of each model in one test span by age; NaN where it could not be fitted. */
type TestSpan = ReadonlyMap<string, readonly number[]>;

/** What becomes of a model's skill as its training data age, over test spans through the whole file. */
export async function recordedDecay(context: RecordedContext): Promise<StudyResult> {
  const { market, models, masterSeed, tests } = context;
  const ages = market.snapshots === undefined ? AGES : QUOTED_AGES;
  const { calm } = tests[0].test;
  const length = calm.to - calm.from;
  const spans = testSpans(market, length, ages);
  if (spans.length < FEWEST_SPANS) {
    throw new UserError({
      where: "--studies skill-decay",
      what: `the file has room for ${spans.length} test spans with training data up to ${ages.at(-1)} steps old`,
      expected: `at least ${FEWEST_SPANS}`,
    });
  }
  const random = createRandom(masterSeed, "history", "skill-decay");
  const weeks: TestSpan[] = [];
  for (const { from, asked } of spans) {
    const losses = new Map<string, number[]>(models.map((name) => [name, []]));
    for (const age of ages) {
      const to = from - age * stepOf(market);
      const taught = quotesWithin(market, { from: to - length, to });
      for (const name of models) {
        const model: FittedModel | undefined = fitOn(market, name, taught, random);
        losses.get(name)!.push(model === undefined ? Number.NaN : asked.lossOf(model));
      }
    }
    weeks.push(losses);
    await breathe(context, weeks.length, spans.length);
  }
  return resultOf(context, ages, weeks, length);
}

/** Spans that do not overlap, evenly over the file, whose longest memory has no hole. */
function testSpans(
  market: RecordedMarket,
  length: number,
  ages: readonly number[],
): readonly { readonly from: number; readonly asked: Asked }[] {
  const { bars, snapshots } = market;
  const step = stepOf(market);
  const span = SPAN_STEPS * step;
  const before = ages[ages.length - 1] * step + length;
  const start = Math.max(bars.times[0] + MEMORY, snapshots?.[0].time ?? 0);
  const first = Math.ceil((start + before) / step) * step;
  const last = Math.min(bars.times[bars.times.length - 1], snapshots?.at(-1)!.time ?? Infinity) - span;
  const count = Math.min(MOST_SPANS, Math.floor((last - first) / span) + 1);
  if (count < 1) return [];
  const apart = count === 1 ? span : Math.max(span, Math.floor((last - first) / (count - 1) / step) * step);
  return Array.from({ length: count }, (_, i) => first + i * apart).flatMap((from) => {
    if (from > last) return [];
    const whole =
      snapshots !== undefined || longestHole(bars, { from: from - before, to: from + span }) <= bridgedHole(bars);
    const asked = askedIn(market, { from, to: from + span });
    return whole && asked.count > 0 ? [{ from, asked }] : [];
  });
}

function resultOf(
  { market, models }: RecordedContext,
  ages: readonly number[],
  weeks: readonly TestSpan[],
  length: number,
): StudyResult {
  const what = lossName(market);
  const unit = stepOf(market) === DAY ? "days" : "weeks";
  const at = (model: string, age: number) => medianOf(weeks.map((week) => week.get(model)![age]));
  const beyond = (model: string, age: number): Measured =>
    medianOf(weeks.map((week) => week.get(model)![age] - week.get(model)![0]));
  const last = ages.length - 1;
  return {
    name: "skill-decay",
    title: "Skill decay",
    question: "How fast does a model lose its skill as its training data age, and does retraining bring it back?",
    answer: `Trained on data ${ages[last]} ${unit} old, a model's ${what} is beyond that of one trained up to the day by ${rangeText(
      models,
      (model) => model,
      (model) => beyond(model, last),
      (cost) => decimalText(cost, 2),
    )} (median over ${weeks.length} test spans).`,
    charts: [
      {
        kind: "lines",
        title: "Loss by age of the training data",
        note: "Median over test spans through the whole file; all ages are asked the same.",
        x: { label: `${unit} between training and test`, scale: "linear" },
        y: { label: what, scale: "log" },
        series: models.map((name) => ({
          name,
          points: ages.map((age, i) => ({ x: age, ...at(name, i) })),
        })),
      },
    ],
    tables: [
      {
        caption: `Beyond the loss of the same model trained up to the test, ${what}; median over test spans with its 95 % interval`,
        head: ["model", ...ages.slice(1).map((age) => `${age} ${unit} old`)],
        rows: models.map((model) => [model, ...ages.slice(1).map((_, i) => decimalText(beyond(model, i + 1), 2))]),
      },
    ],
    notes: [
      `${weeks.length} test spans of ${SPAN_STEPS} ${unit}, none overlapping, evenly over the file; training spans of ${Math.round(length / DAY)} days as long as the scenario's calm, wherever they fall, calm or not. Test spans are the unit, paired by age.`,
      "One history: spans near each other share a regime, so that the intervals are too narrow by what they share.",
    ],
  };
}
