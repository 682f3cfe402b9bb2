// Do the intervals hold what they promise? `node bench/coverage.ts [experiments]`. Prints numbers, asserts nothing.
// Thousands of cheap synthetic experiments run through the estimators as shipped: `summarise` over replicates for the
// shift gap and the gap beyond attainable, `estimate` over seeds for the excess cost. Dependence is that of the real
// experiment: quotes of a moment share their moment's error, calm and stress of a replicate share path and training
// draw, the control's rule is fitted once for all replicates, costs are paired by seed.
import { estimate } from "../sim/experiment/estimate.ts";
import { RULE_DRAWS } from "../sim/experiment/generalisation/attainable.ts";
import { Chance } from "../sim/experiment/generalisation/chance.ts";
import { attainableName, perfectName } from "../sim/experiment/generalisation/config.ts";
import { scoreQuotes } from "../sim/experiment/generalisation/quote-errors.ts";
import type { Cell, ModelReplicate, ReplicateErrors } from "../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../sim/experiment/generalisation/run-generalisation.ts";
import { summarise } from "../sim/experiment/generalisation/summarise.ts";
import { loadScenario } from "../sim/scenarios/load-scenario.ts";
import { contractDomain } from "../src/models/frozen-model.ts";
import { leastSquares, normalEquations } from "../src/models/least-squares.ts";
import { createRandom, type Random } from "../src/random/random.ts";
import { wilson } from "../src/statistics/binomial-interval.ts";
import { median } from "../src/statistics/moments.ts";

const experiments = Number(process.argv[2] ?? 4000);
const full = loadScenario("vol-shock");
const scenario = {
  ...full,
  training: { ...full.training, tenors: [7], moneyness: [0] },
  scoring: { ...full.scoring, ages: [full.scoring.ages[0]] },
};
const MODEL = "smile-level";
const config = configOf({ scenario, models: [MODEL], severities: [1], masterSeed: 1 });
const replicates = full.scoring.replicates;
const chance = new Chance(config.masterSeed);

/** Training days of a replicate, as in the real experiment. */
const TRAINING_DAYS = full.training.days;
/** Replicates from which the true medians are taken; their error is a fiftieth of an interval's. */
const TRUTH_REPLICATES = 400_000;
const QUOTES = 15;

/** How far a stressed level moves, ln vol: the symmetric truth and the skewed one. */
const moves: Record<string, (random: Random, at: number) => number> = {
  symmetric: (random, at) => 0.6 + 0.2 * random.normal(at, 2),
  skewed: (random, at) => 0.3 - 0.4 * Math.log(random.uniform(at, 2)),
};
/** What realised vol shows of the level, and how much of the move it has seen. */
const [FEATURE_NOISE, SEEN] = [0.15, 0.5];

/** Slope and intercept of ln level on the feature, by the code that fits the models. */
type Rule = readonly [number, number];

function ruleOf(feature: Float64Array, level: Float64Array): Rule {
  const count = level.length;
  const rows = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) rows.set([1, feature[i]], 2 * i);
  const design = { rows, columns: 2, target: level, weight: new Float64Array(count).fill(1) };
  const [b0, b1] = leastSquares(MODEL, design, normalEquations(design, 0, count), 0, count);
  return [b0, b1];
}

const featureColumn = new Float64Array(TRAINING_DAYS);
const levelColumn = new Float64Array(TRAINING_DAYS);

/** The model: a rule from one path of calm days, which depend on each other. */
function trained(random: Random, replicate: number): Rule {
  let level = 0;
  for (let day = 0; day < TRAINING_DAYS; day++) {
    const shock = random.normal(replicate * TRAINING_DAYS + day, 4);
    level = day === 0 ? 0.3 * shock : 0.9 * level + 0.3 * Math.sqrt(1 - 0.9 ** 2) * shock;
    levelColumn[day] = Math.log(0.5) + level;
    featureColumn[day] = levelColumn[day] + FEATURE_NOISE * random.normal(replicate * TRAINING_DAYS + day, 5);
  }
  return ruleOf(featureColumn, levelColumn);
}

interface State {
  readonly level: number;
  readonly feature: number;
}

/** Calm A, calm B and the stressed twin of A. */
function statesOf(random: Random, replicate: number, move: (typeof moves)[string]): [State, State, State] {
  const calm = (path: number): State => {
    const level = Math.log(0.5) + 0.3 * random.normal(replicate, path);
    return { level, feature: level + FEATURE_NOISE * random.normal(replicate, path + 6) };
  };
  const [a, b] = [calm(0), calm(1)];
  const shift = move(random, replicate);
  return [a, b, { level: a.level + shift, feature: a.feature + SEEN * shift }];
}

/** The control's rule from draws of the state at one severity, which all replicates of an experiment share. */
function controlRule(random: Random, draws: number, stressed: boolean, move: (typeof moves)[string]): Rule {
  const states = Array.from({ length: draws }, (_, i) => statesOf(random, i, move)[stressed ? 2 : 0]);
  return ruleOf(
    Float64Array.from(states, ({ feature }) => feature),
    Float64Array.from(states, ({ level }) => level),
  );
}

const truth = new Float64Array(QUOTES);
const ones = new Float64Array(QUOTES).fill(1);
const raw = new Float64Array(QUOTES);

/** Errors at one moment through the shipped scorer: quotes have a smile of their own and share the level's error. */
function cellOf(rule: Rule, { level, feature }: State): Cell {
  const vol = Math.exp(rule[0] + rule[1] * feature);
  for (let i = 0; i < QUOTES; i++) {
    const smile = 0.02 * (i - (QUOTES - 1) / 2);
    truth[i] = Math.exp(level) * (1 + smile);
    raw[i] = vol * (1 + 0.8 * smile);
  }
  const errors = scoreQuotes({ truth, weight: ones, vega: ones }, raw, contractDomain, config.trade);
  return { listed: errors, standardised: errors, priceBp: 0 };
}

function scored(calm: Cell, placebo: Cell, stress: Cell): ModelReplicate {
  return { fitNoisy: 0, fitClean: 0, calm: [calm], placebo: [placebo], stress: [[stress]], primaryErrors: [0] };
}

interface Rules {
  readonly calm: Rule;
  readonly stress: Rule;
}

const none = { quotes: 0, features: 0 };

function replicateOf(random: Random, index: number, rules: Rules, move: (typeof moves)[string]): ReplicateErrors {
  const own = trained(random, index);
  const [a, b, stressed] = statesOf(random, index, move);
  const control = scored(cellOf(rules.calm, a), cellOf(rules.calm, b), cellOf(rules.stress, stressed));
  return {
    index,
    levelRange: [0.3, 0.8],
    models: {
      [MODEL]: scored(cellOf(own, a), cellOf(own, b), cellOf(own, stressed)),
      [attainableName]: control,
      [perfectName]: control,
    },
    oracleDifference: null,
    distances: [[{ outside: { listed: none, standardised: none }, energy: 0 }]],
  };
}

function rulesOf(random: Random, draws: number, move: (typeof moves)[string]): Rules {
  return {
    calm: controlRule(random.fork("rule-calm"), draws, false, move),
    stress: controlRule(random.fork("rule-stress"), draws, true, move),
  };
}

function say(what: string, hits: number, trials: number): void {
  const { rate, low, high } = wilson(hits, trials);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const short = `short by ${(100 * (0.95 - rate)).toFixed(1)} points`;
  const verdict = rate < 0.94 ? short : rate > 0.96 ? "wider than promised" : "94–96 %";
  console.log(`${what.padEnd(58)} covers ${percent(rate)} [${percent(low)}, ${percent(high)}]  ${verdict}`);
}

function gapCoverage(name: string): void {
  const move = moves[name];
  const random = createRandom(2026, "coverage", name);
  const gapOf = ({ stress, calm }: ModelReplicate) => stress[0][0].listed.rmse - calm[0].listed.rmse;
  const rules = rulesOf(random.fork("truth"), TRUTH_REPLICATES, move);
  const gaps = new Float64Array(TRUTH_REPLICATES);
  const excesses = new Float64Array(TRUTH_REPLICATES);
  for (let i = 0; i < TRUTH_REPLICATES; i++) {
    const { models } = replicateOf(random.fork("truth"), i, rules, move);
    gaps[i] = gapOf(models[MODEL] as ModelReplicate);
    excesses[i] = gaps[i] - gapOf(models[attainableName] as ModelReplicate);
  }
  const [trueGap, trueExcess] = [median(gaps), median(excesses)];
  let [gapHits, excessHits] = [0, 0];
  for (let experiment = 0; experiment < experiments; experiment++) {
    const stream = random.fork("experiment", experiment);
    const own = rulesOf(stream, RULE_DRAWS, move);
    const scoredReplicates = Array.from({ length: replicates }, (_, i) => replicateOf(stream, i, own, move));
    const [model] = summarise(config, scoredReplicates, [], chance).models;
    const { gap } = model.gaps.find(({ design, severity }) => design === "listed" && severity === 1)!;
    const { d } = model.versusAttainable!;
    if (gap.low! <= trueGap && trueGap <= gap.high!) gapHits++;
    if (d.low! <= trueExcess && trueExcess <= d.high!) excessHits++;
  }
  const of = `${name} truth, ${replicates} replicates`;
  say(`shift gap, ${of}`, gapHits, experiments);
  say(`gap beyond attainable, ${of}`, excessHits, experiments);
}

/** Cost of a model beyond perfect pricing by seed, share of NAV; the market's own move is common to both. */
const costs: Record<string, { readonly mean: number; draw(random: Random, seed: number): number }> = {
  normal: { mean: 0.1, draw: (random, seed) => 0.1 + 0.1 * random.normal(seed, 1) },
  // Skewness 2: that of a loss whose chance falls by e with each 10 % of NAV.
  skewed: { mean: 0.1, draw: (random, seed) => -0.1 * Math.log(random.uniform(seed, 1)) },
  // Skewness 6.2: a few seeds cost nearly everything.
  "heavy-tailed": { mean: 0.1 * Math.exp(0.5), draw: (random, seed) => 0.1 * Math.exp(random.normal(seed, 1)) },
};

function costCoverage(name: string, seeds: number): void {
  const { mean, draw } = costs[name];
  const random = createRandom(2026, "coverage", "cost", name, seeds);
  let hits = 0;
  for (let experiment = 0; experiment < experiments; experiment++) {
    const stream = random.fork(experiment);
    const excess = Array.from({ length: seeds }, (_, seed) => {
      const control = 0.1 + 0.04 * stream.normal(seed, 0);
      return control + draw(stream, seed) - control;
    });
    const { low, high } = estimate(excess);
    if (low! <= mean && mean <= high!) hits++;
  }
  say(`excess cost, ${name} truth, ${seeds} seeds`, hits, experiments);
}

console.log(`${experiments} experiments each, intervals of nominal 95 %`);
for (const name of Object.keys(moves)) gapCoverage(name);
for (const seeds of [6, 8, 16, 32]) for (const name of Object.keys(costs)) costCoverage(name, seeds);
