// Does every model fit on every calm draw, and how long does it take? `node bench/models.ts [draws] [model,…]`
// Fits the whole ladder on calm draws of the default scenario, each model on its own so that none profits from another's
// preparation, and predicts a fresh calm path and the same under full stress. Prints CPU time per fit and of the
// predictions, failures, how often a bound was active, conditioning, median errors in vol points, and how often the truth
// lay within 1.645 standard deviations of the posted vol, which would be 90 % of a normal error. Then fits the ladder once
// more as a replicate of an experiment does, where models share preparations and members, and checks that this changes
// no parameter. Ends with exit code 1 when a fit fails, a prediction is not finite or sharing changes a fit.
import { quotesAt } from "../sim/experiment/generalisation/quotes.ts";
import { testMoments } from "../sim/experiment/generalisation/moments.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../sim/experiment/generalisation/run-generalisation.ts";
import { loadScenario } from "../sim/scenarios/load-scenario.ts";
import { fitOnce } from "../src/models/fit-once.ts";
import { frozenHash } from "../src/models/frozen-model.ts";
import { ModelFitError } from "../src/models/model-fit-error.ts";
import { listModels } from "../src/models/models.ts";
import type { Predictions } from "../src/models/pricing-model.ts";
import { mean, median } from "../src/statistics/moments.ts";

const draws = Number(process.argv[2] ?? 20);
const names = process.argv[3]?.split(",") ?? listModels().map(({ name }) => name);
const scenario = loadScenario("vol-shock");
const config = configOf({ scenario, models: names, masterSeed: 2026 });
const pricers = pricersOf(config);

interface Record {
  readonly fitMs: number[];
  readonly predictMs: number[];
  readonly condition: number[];
  readonly calm: number[];
  readonly stress: number[];
  readonly coverCalm: number[];
  readonly coverStress: number[];
  readonly bounds: Map<string, number>;
  failures: number;
  notFinite: number;
}

const records = new Map(
  listModels()
    .filter(({ name }) => names.includes(name))
    .map((model): [typeof model, Record] => [
      model,
      {
        fitMs: [],
        predictMs: [],
        condition: [],
        calm: [],
        stress: [],
        coverCalm: [],
        coverStress: [],
        bounds: new Map(),
        failures: 0,
        notFinite: 0,
      },
    ]),
);

function cpuMs<T>(work: () => T): { readonly ms: number; readonly value: T } {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1e3, value };
}

const rootMeanSquare = (raw: Float64Array, truth: Float64Array) =>
  100 * Math.sqrt(raw.reduce((sum, vol, i) => sum + (vol - truth[i]) ** 2, 0) / raw.length);

/** Share of quotes in per cent whose truth is within the two-sided 90 % band of a normal error. */
const coverage = ({ vol, sd }: Predictions, truth: Float64Array) =>
  (100 / vol.length) * vol.reduce((held, value, i) => held + (Math.abs(value - truth[i]) <= 1.645 * sd[i] ? 1 : 0), 0);

const sharedMs: number[] = [];
let changed = 0;

for (let draw = 0; draw < draws; draw++) {
  const random = replicateRandom(config, draw);
  const training = trainingQuotes(config, pricers, random);
  const [calm, stress] = [0, 1].map((severity) => {
    const moments = testMoments(scenario, pricers, random.fork("test"), severity).slice(0, 1);
    return quotesAt(scenario, pricers, moments, ["standardised"], random.fork("test-noise"));
  });
  const hashes = new Map<string, string>();
  for (const [model, record] of records) {
    try {
      const { ms, value: fitted } = cpuMs(() => model.fit({ ...training }, random.fork("fit")));
      hashes.set(model.name, frozenHash(fitted));
      const predicted = cpuMs(() => [calm, stress].map(({ features }) => fitted.rawMany(features)));
      record.fitMs.push(ms);
      record.predictMs.push(predicted.ms);
      record.condition.push(fitted.diagnostics.conditionNumber ?? Number.NaN);
      for (const bound of fitted.diagnostics.boundsActive) {
        record.bounds.set(bound, (record.bounds.get(bound) ?? 0) + 1);
      }
      if (predicted.value.some((vols) => !vols.every(Number.isFinite))) record.notFinite++;
      record.calm.push(rootMeanSquare(predicted.value[0], calm.clean));
      record.stress.push(rootMeanSquare(predicted.value[1], stress.clean));
      record.coverCalm.push(coverage(fitted.predictMany(calm.features), calm.clean));
      record.coverStress.push(coverage(fitted.predictMany(stress.features), stress.clean));
    } catch (error) {
      if (!(error instanceof ModelFitError)) throw error;
      console.log(`draw ${draw}: ${error.message}`);
      record.failures++;
    }
  }
  const fittable = [...records.keys()].filter(({ name }) => hashes.has(name));
  const { ms, value: together } = cpuMs(() => fittable.map((model) => fitOnce(model, training, random.fork("fit"))));
  sharedMs.push(ms);
  changed += together.filter((fitted) => frozenHash(fitted) !== hashes.get(fitted.name)).length;
  if (process.stderr.isTTY) process.stderr.write(`\r${draw + 1}/${draws}`);
}

const number = (value: number, digits = 1) => ` ${(Number.isFinite(value) ? value.toFixed(digits) : "–").padStart(8)}`;
console.log(`${draws} calm draws of ${scenario.name}`);
console.log(
  `${"model".padEnd(20)}   fit ms   most ms  pred. ms    failed not finite condition  calm vp stress vp   % held % stress  bounds active`,
);
let total = 0;
for (const [{ name }, record] of records) {
  const fit = record.fitMs.length > 0 ? median(record.fitMs) : Number.NaN;
  total += fit;
  const middle = (values: number[]) =>
    values.every(Number.isFinite) && values.length > 0 ? median(values) : Number.NaN;
  const bounds = [...record.bounds].map(([bound, count]) => `${bound}: ${count}`).join(", ");
  console.log(
    name.padEnd(20) +
      number(fit) +
      number(Math.max(...record.fitMs)) +
      number(middle(record.predictMs)) +
      number(record.failures, 0) +
      number(record.notFinite, 0) +
      number(middle(record.condition.filter(Number.isFinite)), 0) +
      number(middle(record.calm), 2) +
      number(middle(record.stress), 2) +
      number(mean(record.coverCalm), 0) +
      number(mean(record.coverStress), 0) +
      `  ${bounds}`,
  );
}
console.log(
  `whole ladder: ${total.toFixed(0)} ms a replicate, each model alone; ${median(sharedMs).toFixed(0)} ms with shared fits, ${changed} of which differ`,
);
if (changed > 0 || [...records.values()].some(({ failures, notFinite }) => failures + notFinite > 0))
  process.exitCode = 1;
