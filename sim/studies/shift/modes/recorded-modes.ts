import type { FeatureTable } from "../../../../src/models/pricing-model.ts";
import { featureNames } from "../../../../src/models/pricing-model.ts";
import { createRandom } from "../../../../src/random/random.ts";
import { quantile } from "../../../../src/statistics/moments.ts";
import { momentsAt, quotesWithin, type RecordedMarket } from "../../../experiment/history/recorded-market.ts";
import type { TrainedTest } from "../../../experiment/history/trained-test.ts";
import type { StudyResult } from "../../../results/study.ts";
import { decimalText, FEWEST_REPLICATES, medianOf } from "../../shared/points.ts";
import { askedIn, fitOn, lossName, stepOf, type Asked, type Predictor } from "../../shared/recorded.ts";
import { breathe } from "../../shared/streams.ts";
import type { RecordedContext } from "../../study.ts";

const DAY = 86_400;

/** How a model meets the recorded window; `window`: steps of record that it is fitted on again, each step anew. */
interface RecordedMode {
  readonly name: string;
  readonly description: string;
  readonly window?: number;
  readonly isStatic?: boolean;
}

/** Modes, by what there is to be fitted on: whole surfaces are learnt from in days, lives take weeks to end. */
export function recordedModes(market: RecordedMarket): readonly RecordedMode[] {
  const [short, long] = market.snapshots === undefined ? [14, 60] : [7, 14];
  const unit = stepOf(market) === DAY ? "d" : "weeks";
  return [
    { name: "frozen", description: "parameters of calm, state seen anew at each quote" },
    { name: "static", description: "state too held at its last calm value", isStatic: true },
    ...[short, long].map((window) => ({
      name: `recalibrated, ${window} ${unit}`,
      description: `fitted again each ${unit === "d" ? "day at 00:00 UTC" : "week"} on what the ${window} ${unit} before had shown`,
      window,
    })),
  ];
}

/** Loss by model, mode and test. */
type Losses = ReadonlyMap<string, readonly number[]>;

/** Frozen, static and recalibrating models in the recorded stress windows. */
export async function recordedModesStudy({
  market,
  tests,
  models,
  masterSeed,
  signal,
  advance,
}: RecordedContext): Promise<StudyResult> {
  const modes = recordedModes(market);
  const losses = new Map<string, number[]>();
  const random = createRandom(masterSeed, "history", "modes");
  for (const [done, trained] of tests.entries()) {
    const steps = stepsOf(market, trained);
    for (const mode of modes) {
      const taught = steps.map(({ from }) =>
        mode.window === undefined
          ? undefined
          : quotesWithin(market, { from: from - mode.window * stepOf(market), to: from }),
      );
      for (const name of models) {
        const frozen = trained.fitted.get(name);
        const means = steps.map(({ asked, held }, i) => {
          const own = taught[i];
          const model: Predictor | undefined = own === undefined ? frozen : fitOn(market, name, own, random);
          return model === undefined ? Number.NaN : asked.lossOf(mode.isStatic ? heldAt(model, held) : model);
        });
        const key = `${name}|${mode.name}`;
        losses.set(key, [...(losses.get(key) ?? []), together(market, means, steps)]);
      }
    }
    await breathe({ signal, advance }, done + 1, tests.length);
  }
  return resultOf({ market, tests, models }, modes, losses);
}

interface Step {
  readonly from: number;
  readonly asked: Asked;
  /** Features at the end of calm. */
  readonly held: FeatureTable | undefined;
}

/** The window step by step, with what each asks; steps that ask nothing are left out. */
function stepsOf(market: RecordedMarket, { test: { calm, stress } }: TrainedTest): Step[] {
  const step = stepOf(market);
  const last = quotesWithin(market, { from: calm.to - 7 * step, to: calm.to }).features;
  const held = momentsAt(market, [calm.to]).length === 0 || last.count === 0 ? undefined : last;
  return Array.from({ length: Math.floor((stress.to - stress.from) / step) }, (_, i) => stress.from + i * step)
    .map((from) => ({ from, asked: askedIn(market, { from, to: from + step }), held }))
    .filter(({ asked }) => asked.count > 0);
}

/** A model that sees the features of the end of calm, whatever happens; strike and tenor are still the quote's. */
function heldAt(model: Predictor, held: FeatureTable | undefined): Predictor {
  if (held === undefined) return model;
  const last = held.count - 1;
  return {
    predictMany: (at) => {
      const columns = featureNames.map((name) => [
        name,
        name === "logMoneyness" || name === "years" ? at[name] : new Float64Array(at.count).fill(held[name][last]),
      ]);
      const returns = Array.from({ length: at.count }, () => held.returns[last]);
      return model.predictMany({ count: at.count, returns, ...Object.fromEntries(columns) } as unknown as FeatureTable);
    },
  };
}

/** Losses of steps as one: squares of vol points are averaged by quotes, QLIKE by origins; steps without are left out. */
function together({ snapshots }: RecordedMarket, values: readonly number[], steps: readonly Step[]): number {
  let [sum, weight] = [0, 0];
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    sum += steps[i].asked.count * (snapshots === undefined ? value : value ** 2);
    weight += steps[i].asked.count;
  });
  if (weight === 0) return Number.NaN;
  return snapshots === undefined ? sum / weight : Math.sqrt(sum / weight);
}

function resultOf(
  { market, tests, models }: Pick<RecordedContext, "market" | "tests" | "models">,
  modes: readonly RecordedMode[],
  losses: Losses,
): StudyResult {
  const at = (model: string, mode: string, test: number) => {
    const loss = losses.get(`${model}|${mode}`)![test];
    return Number.isFinite(loss) ? loss : null;
  };
  const [first] = tests;
  const what = lossName(market);
  const middle = (mode: string) => {
    const known = models.map((model) => at(model, mode, 0)).filter((loss) => loss !== null);
    return known.length === 0 ? "unknown" : decimalText({ y: quantile(known, 0.5), low: null, high: null }, 2);
  };
  const [frozen, ...others] = modes;
  const gains = () => ({
    caption: `Less the frozen model's, ${what}: median over windows with its 95 % interval`,
    head: ["model", ...others.map(({ name }) => name)],
    rows: models.map((model) => [
      model,
      ...others.map(({ name }) => {
        const gains = tests.map(
          (_, i) => losses.get(`${model}|${name}`)![i] - losses.get(`${model}|${frozen.name}`)![i],
        );
        return decimalText(medianOf(gains), 2);
      }),
    ]),
  });
  return {
    name: "modes",
    title: "Frozen, static, recalibrated",
    question: "Is the failure one of parameters that nobody updates, or would a model fitted again fail too?",
    answer: `In ${first.test.name}, ${what}, median over ${models.length} models: ${modes
      .map(({ name }) => `${name} ${middle(name)}`)
      .join(
        ", ",
      )}. One path and ${tests.length === 1 ? "one window" : `${tests.length} windows`}: no interval inside a window.`,
    charts: [
      {
        kind: "heat",
        title: `${first.test.name}: ${what}`,
        note: "Down a column: what keeping the state current, and what fitting again, is worth to a model.",
        columns: { label: "model", names: [...models] },
        rows: { label: "mode", names: modes.map(({ name }) => name) },
        unit: market.snapshots === undefined ? "QLIKE" : "vol points",
        values: modes.map(({ name }) => models.map((model) => at(model, name, 0))),
      },
    ],
    tables: [
      {
        caption: `By window, ${what}`,
        head: ["window and model", ...modes.map(({ name }) => name)],
        digits: [0, ...modes.map(() => 2)],
        rows: tests.flatMap(({ test }, i) =>
          models.map((model) => [`${test.name}, ${model}`, ...modes.map(({ name }) => at(model, name, i))]),
        ),
      },
      ...(tests.length < FEWEST_REPLICATES ? [] : [gains()]),
    ],
    notes: [
      ...modes.map(({ name, description }) => `${name}: ${description}.`),
      market.snapshots === undefined
        ? "Without quotes a model is fitted again on realised vols of lives that had ended, which is late by their length."
        : "Fitting again sees the quotes of whole days before the day that is asked about; the quotes are the market's, at no cost.",
      "A value is missing where the model could not be fitted on what the window before had shown.",
    ],
  };
}
