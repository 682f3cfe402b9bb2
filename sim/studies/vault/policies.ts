import { mean, quantile, standardDeviation } from "../../../src/statistics/moments.ts";
import { defaultTradeTerms } from "../../experiment/generalisation/config.ts";
import { testMoments } from "../../experiment/generalisation/moments.ts";
import { pricersOf, replicateRandom } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyBars, StudyResult, StudyTable } from "../../results/study.ts";
import { drawCount, fittedDraw } from "../shared/fitted-draw.ts";
import { poolCosts } from "./hedging/trading-costs.ts";
import { decimalText, meanOf, type Measured } from "../shared/points.ts";
import { modelVols, stageOf, vaultProfit, type Policy, type Stage, type VaultTerms } from "./policies/quoting-vault.ts";
import { agesBetween, breathe } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Fresh draws of training; each gives a calm path to search on and a calm and a stressed one to test on. */
const MOST_DRAWS = 40;
/** Hours from half a day before the onset to a day after. */
const AGES = agesBetween(-12 * 3600, 24 * 3600, 3600);
/** Policies searched, and the one that goes with a model chosen for its accuracy. */
const HALF_SPREADS = [0.005, 0.01, 0.02, 0.04, 0.08] as const;
const BANDS = [0.01, 0.05, 0.2, Infinity] as const;
const SIZES = [2, 5, 12] as const;
const USUAL: Policy = { halfSpread: 0.01, band: 0.05, size: 5 };
/** Probability of an informed order a series, side and hour; ours. */
const INFORMED = 0.3;
/** Basis points of NAV in a share of it. */
const POINTS = 10_000;

const policies: readonly Policy[] = HALF_SPREADS.flatMap((halfSpread) =>
  BANDS.flatMap((band) => SIZES.map((size) => ({ halfSpread, band, size }))),
);
const usual = policies.findIndex((one) =>
  (Object.keys(USUAL) as (keyof Policy)[]).every((key) => one[key] === USUAL[key]),
);

/** Profits of one model by policy, then draw, in basis points of NAV; and its calm error, vol points. */
interface Ledger {
  readonly name: string;
  readonly errors: number[];
  readonly search: readonly number[][];
  readonly tests: readonly (readonly number[][])[];
}

/** Policies searched for stable profit beside models chosen for accuracy. */
export const policySearch: Study = {
  name: "policies",
  summary: "Is a policy searched for stable profit worth more than an accurate model? Spread, hedge band and size",
  on: "paths",
  async run(context) {
    const { scenario, models, masterSeed } = context;
    const severities = [0, scenario.scoring.primarySeverity];
    const config = configOf({ scenario, models, severities, masterSeed });
    const watched = { ...scenario, scoring: { ...scenario.scoring, ages: AGES } };
    const pricers = pricersOf(config);
    const terms: VaultTerms = {
      nav: scenario.protocol.nav,
      vegaLimit: (scenario.protocol.terms.vegaLimit ?? 0.01) * scenario.protocol.nav,
      flow: { privateValue: defaultTradeTerms.privateValue, informed: INFORMED },
      costs: poolCosts(scenario),
    };
    const none = () => policies.map((): number[] => []);
    const ledgers = models.map((name): Ledger => ({ name, errors: [], search: none(), tests: severities.map(none) }));
    const draws = drawCount(scenario, MOST_DRAWS);
    for (let draw = 0; draw < draws; draw++) {
      const random = replicateRandom(config, draw).fork("policies");
      const stage = (stream: string, severity: number) => {
        const own = random.fork(stream);
        return stageOf(testMoments(watched, pricers, own, severity), pricers, own.fork("orders"));
      };
      const search = stage("search", 0);
      const tests = severities.map((severity) => stage("test", severity));
      const fitted = fittedDraw(config, pricers, draw);
      for (const ledger of ledgers) {
        const model = fitted.get(ledger.name);
        if (model === undefined) continue;
        const profitsOn = (on: Stage, into: readonly number[][]) => {
          const vols = modelVols(model, on);
          policies.forEach((policy, p) => into[p].push((POINTS * vaultProfit(on, vols, policy, terms)) / terms.nav));
          return vols;
        };
        ledger.errors.push(calmError(search, profitsOn(search, ledger.search)));
        tests.forEach((test, t) => profitsOn(test, ledger.tests[t]));
      }
      await breathe(context, draw + 1, draws);
    }
    return resultOf(context, ledgers, severities, draws);
  },
};

function calmError({ trueVols }: Stage, vols: readonly Float64Array[]): number {
  const squares = vols.flatMap((hour, i) => Array.from(hour, (vol, s) => (vol - trueVols[i][s]) ** 2));
  return 100 * Math.sqrt(mean(squares));
}

/** A model with a policy, and what it was chosen for. */
interface Choice {
  readonly name: string;
  readonly ledger: Ledger;
  readonly policy: number;
}

/** All choices rest on the search paths alone. */
function choicesOf(ledgers: readonly Ledger[]): Choice[] {
  const usable = ledgers.filter(({ errors }) => errors.length >= 2);
  const accurate = usable.toSorted((a, b) => mean(a.errors) - mean(b.errors))[0];
  const all = usable.flatMap((ledger) => policies.map((_, policy) => ({ ledger, policy })));
  const best = (
    candidates: typeof all,
    score: (profits: readonly number[], ledger: Ledger, policy: number) => number,
  ) => {
    const scored = candidates.map((one) => ({
      ...one,
      score: score(one.ledger.search[one.policy], one.ledger, one.policy),
    }));
    return scored.reduce((a, b) => (b.score > a.score ? b : a));
  };
  const stability = (profits: readonly number[]) => mean(profits) / standardDeviation(profits);
  // Share of the deviation without any hedge that the hedge takes away, where it leaves a profit.
  const efficiency = (profits: readonly number[], ledger: Ledger, policy: number) => {
    const { halfSpread, size } = policies[policy];
    const unhedged = policies.findIndex(
      (one) => one.halfSpread === halfSpread && one.size === size && one.band === Infinity,
    );
    return mean(profits) > 0 ? 1 - standardDeviation(profits) / standardDeviation(ledger.search[unhedged]) : -Infinity;
  };
  const ofAccurate = all.filter(({ ledger }) => ledger === accurate);
  return [
    { name: "accuracy, usual policy", ledger: accurate, policy: usual },
    { name: "accuracy, policy for stability", ...best(ofAccurate, stability) },
    { name: "model and policy for stability", ...best(all, stability) },
    { name: "model and policy for hedging", ...best(all, efficiency) },
  ];
}

function resultOf(
  { scenario }: StudyContext,
  ledgers: readonly Ledger[],
  severities: readonly number[],
  draws: number,
): StudyResult {
  const choices = choicesOf(ledgers);
  const [reference, ...others] = choices;
  const profits = ({ ledger, policy }: Choice, test: number) => ledger.tests[test][policy];
  const against = (choice: Choice, test: number): Measured => {
    const [own, usualOnes] = [profits(choice, test), profits(reference, test)];
    // Draws in which one model could not be fitted do not pair.
    return own.length === usualOnes.length ? meanOf(own.map((value, draw) => value - usualOnes[draw])) : meanOf([]);
  };
  const last = severities.length - 1;
  return {
    name: "policies",
    title: "Policies against accuracy",
    question: "Is a policy searched for stable profit worth more than an accurate model?",
    answer: `Against the most accurate model (${reference.ledger.name}) with the usual policy, a searched one earns on fresh paths, basis points of NAV: ${[
      ...new Set(others.map(describe)),
    ]
      .map((found) => {
        const [choice, ...same] = others.filter((other) => describe(other) === found);
        const names = [choice, ...same].map(({ name }) => name).join(", and ");
        return `${decimalText(against(choice, 0), 1)} in calm and ${decimalText(against(choice, last), 1)} at severity ${severities[last]} (${names}: ${found})`;
      })
      .join("; ")}.`,
    charts: severities.map((severity, test): StudyBars => ({
      kind: "bars",
      title: `Profit against the accurate model with the usual policy, severity ${severity}`,
      note: "Mean with its 95 % interval over fresh paths, paired.",
      unit: "basis points of NAV",
      bars: others.map((choice) => {
        const { y, low, high } = against(choice, test);
        return { name: choice.name, value: y, low, high };
      }),
    })),
    tables: [choiceTable(choices, severities, against), modelTable(ledgers, severities)],
    notes: [
      `${draws} draws: models fitted on their own calm, ${policies.length} policies searched on calm paths, scored on fresh calm and stressed ones, all on the same orders; from 12 h before the onset to 24 h after, hourly, three series of two weeks.`,
      `Searched: half-spreads ${HALF_SPREADS.map((each) => 100 * each).join(", ")} vol points, hedge bands ${BANDS.map((band) => (band === Infinity ? "none" : `${100 * band} %`)).join(", ")} of NAV, ${SIZES.join(", ")} contracts an order. Usual: ${describePolicy(USUAL)}.`,
      `Stability: mean over standard deviation of profit. Hedging: share of the unhedged deviation taken away, profit above zero. A noise trader a side, series and hour trades inside a private value of ${100 * defaultTradeTerms.privateValue} vol points on average; one who knows the truth comes with probability ${INFORMED}; ours.`,
      `The vault holds at most ${100 * (scenario.protocol.terms.vegaLimit ?? 0.01)} % of NAV of vega a vol point and pays the pool's fee, impact and gas. Nobody searches for stress: what a search on calm finds there is luck or structure.`,
    ],
  };
}

function describe({ ledger, policy }: Choice): string {
  return `${ledger.name}, ${describePolicy(policies[policy])}`;
}

function describePolicy({ halfSpread, band, size }: Policy): string {
  return `±${100 * halfSpread} vp, ${band === Infinity ? "no hedge" : `band ${100 * band} %`}, ${size} contracts`;
}

function choiceTable(
  choices: readonly Choice[],
  severities: readonly number[],
  against: (choice: Choice, test: number) => Measured,
): StudyTable {
  return {
    caption: "Profit on fresh paths, basis points of NAV; differences against the first row, paired, 95 %",
    head: [
      "chosen for",
      "what",
      ...severities.flatMap((severity) => [`mean, ${severity}`, "difference", "sd", "5 % quantile"]),
    ],
    rows: choices.map((choice, i) => [
      choice.name,
      describe(choice),
      ...severities.flatMap((_, test) => {
        const own = choice.ledger.tests[test][choice.policy];
        return [
          mean(own),
          i === 0 ? "–" : decimalText(against(choice, test), 1),
          standardDeviation(own),
          quantile(own, 0.05),
        ];
      }),
    ]),
  };
}

/** Every model with the usual policy: rank by accuracy beside rank by profit. */
function modelTable(ledgers: readonly Ledger[], severities: readonly number[]): StudyTable {
  return {
    caption: `Models with the usual policy (${describePolicy(USUAL)}): calm error in vol points, profit on fresh paths in basis points of NAV with 95 % intervals`,
    head: ["model", "calm error", ...severities.map((severity) => `profit, severity ${severity}`)],
    rows: ledgers
      .filter(({ errors }) => errors.length >= 2)
      .toSorted((a, b) => mean(a.errors) - mean(b.errors))
      .map(({ name, errors, tests }) => [
        name,
        mean(errors),
        ...tests.map((test) => decimalText(meanOf(test[usual]), 1)),
      ]),
  };
}
