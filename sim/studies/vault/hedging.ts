import { createRandom } from "../../../src/random/random.ts";
import { bcaInterval } from "../../../src/statistics/bootstrap.ts";
import { mean, standardDeviation } from "../../../src/statistics/moments.ts";
import type { StudyBars, StudyResult, StudyTable } from "../../results/study.ts";
import { TruthPricers } from "../../world/truth-pricers.ts";
import { bookPath } from "./hedging/book-path.ts";
import type { Explained } from "./hedging/explain-profit.ts";
import { explainProfit, explanationTerms } from "./hedging/explain-profit.ts";
import type { HedgedProfit } from "./hedging/hedge.ts";
import { OPTION_HALF_SPREAD, runHedge } from "./hedging/hedge.ts";
import { listedBook, secondsHeld } from "./hedging/listed-book.ts";
import { hedgingStrategies } from "./hedging/strategies.ts";
import { HEDGE_GAS, poolCosts } from "./hedging/trading-costs.ts";
import { decimalText, meanOf, type Measured } from "../shared/points.ts";
import { breathe } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Paths a severity. */
const PATHS = 160;
/** Seconds between states: no strategy trades more often. */
const STEP = 1800;
const RESAMPLES = 1000;
/** Basis points of NAV in a share of it. */
const POINTS = 10_000;

/** Delta-hedging strategies on the same paths of the true world, and what the book's P&L is made of. */
export const hedging = hedgingOver(PATHS);

/** The study over a number of paths a severity, at least twenty. */
export function hedgingOver(paths: number): Study {
  return {
    name: "hedging",
    summary:
      "Which delta hedge of the vault's book pays? Seven rules on the same paths with their costs; P&L explained",
    on: "paths",
    async run(context) {
      const { scenario } = context;
      const strategies = hedgingStrategies(scenario);
      const arms: Arm[] = [];
      for (const severity of [0, scenario.scoring.primarySeverity]) {
        const done = arms.length * paths;
        const runs: HedgedProfit[][] = strategies.map(() => []);
        const explained: Arm["explained"][number][] = [];
        for (const states of statesOf(context, severity, paths)) {
          const book = listedBook(scenario).map(({ contracts }) => contracts);
          strategies.forEach((strategy, i) => runs[i].push(runHedge(strategy, states, book, poolCosts(scenario))));
          explained.push(explainProfit(states, book));
          await breathe(context, done + explained.length, 2 * paths);
        }
        arms.push({ severity, runs, explained });
      }
      return resultOf(context, arms, paths);
    },
  };
}

/** One severity: runs by strategy, then path, and the parts of the unhedged book's P&L by path. */
interface Arm {
  readonly severity: number;
  readonly runs: readonly (readonly HedgedProfit[])[];
  readonly explained: readonly { readonly smooth: Explained; readonly jumps: Explained }[];
}

function* statesOf({ scenario, masterSeed }: StudyContext, severity: number, paths: number) {
  const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
  const { expiries } = scenario.listing;
  // The vega hedge: the longest expiry at the money, not in the book.
  const vegaHedge = { contracts: 0, isCall: false, strike: scenario.spot, expiry: expiries[expiries.length - 1] };
  const options = [...listedBook(scenario), vegaHedge];
  for (let path = 0; path < paths; path++) {
    const random = createRandom(masterSeed, "hedging", path);
    yield bookPath(scenario, pricers, random, severity, options, STEP);
  }
}

function resultOf(context: StudyContext, arms: readonly Arm[], paths: number): StudyResult {
  const { scenario } = context;
  const strategies = hedgingStrategies(scenario);
  const scale = POINTS / scenario.protocol.nav;
  const profits = arms.map(({ runs }) => runs.map((runsOfOne) => runsOfOne.map(({ profit }) => profit * scale)));
  const stressed = profits[profits.length - 1];
  const [calm, stress] = arms.map(({ severity }) => severity);
  return {
    name: "hedging",
    title: "Delta hedging",
    question: "Which rule of hedging leaves the least risk, and what does it cost?",
    answer: answerOf(
      strategies.map(({ name }) => name),
      profits,
      [calm, stress],
      context,
    ),
    charts: [
      bars(
        `Mean P&L against hedging ${strategies[0].name}, severity ${stress}`,
        "basis points of NAV",
        strategies.slice(1).map(({ name }, i) => ({ name, ...pairedMean(stressed[i + 1], stressed[0]) })),
      ),
      bars(
        `Standard deviation of P&L against hedging ${strategies[0].name}, severity ${stress}`,
        "basis points of NAV",
        strategies.slice(1).map(({ name }, i) => ({ name, ...pairedSpread(stressed[i + 1], stressed[0], context) })),
      ),
    ],
    tables: [...arms.map((arm, i) => strategyTable(context, arm, profits[i])), explanationTable(arms, scale)],
    notes: [
      `${paths} paths a severity share their random numbers across strategies; the vault's genesis book from the start to the end of the plateau, ${secondsHeld(scenario) / 3600} h, valued by the true model; a state every ${STEP / 60} min.`,
      ...strategies.map(({ name, rule }) => `${name}: ${rule}.`),
      `Each trade pays the pool's fee and impact in slices of half a per cent of the pool, which arbitrage closes between them, and ${HEDGE_GAS.toLocaleString("en-US")} gas a slice; the vega hedge pays ${100 * OPTION_HALF_SPREAD} vol point.`,
      "Minimum variance is a rule for the next instant under the parameters then in force: it knows nothing of a regime that is about to change.",
      "All start hedged at the Black–Scholes delta. Trades move no outside price here, and every rule sees the true vols: what a wrong model does to a hedge is the chain's business.",
    ],
  };
}

function answerOf(
  names: readonly string[],
  profits: readonly (readonly (readonly number[])[])[],
  severities: readonly number[],
  context: StudyContext,
): string {
  const parts = profits.map((runs, arm) => {
    const spreads = runs.map(standardDeviation);
    const least = spreads.indexOf(Math.min(...spreads));
    const against =
      least === 0 ? "" : `, ${decimalText(pairedSpread(runs[least], runs[0], context), 0)} against hedging ${names[0]}`;
    const means = runs.map(mean);
    const most = means.indexOf(Math.max(...means));
    return (
      `At severity ${severities[arm]}, “${names[least]}” leaves the least risk ` +
      `(sd ${spreads[least].toFixed(0)} basis points of NAV${against}) and “${names[most]}” has the highest mean P&L ` +
      `(${decimalText(pairedMean(runs[most], runs[0]), 0)} more)`
    );
  });
  return `${parts.join(". ")}.`;
}

/** Mean of a − b over paths, paired. */
function pairedMean(a: readonly number[], b: readonly number[]): Measured {
  return a === b ? { y: 0, low: null, high: null } : meanOf(a.map((value, i) => value - b[i]));
}

/** Standard deviation of a less that of b, resampling paths. */
function pairedSpread(a: readonly number[], b: readonly number[], { masterSeed }: StudyContext): Measured {
  const indices = a.map((_, i) => i);
  const difference = (sample: Float64Array) =>
    standardDeviation(sample.map((i) => a[i])) - standardDeviation(sample.map((i) => b[i]));
  const random = createRandom(masterSeed, "hedging", "bootstrap");
  const { estimate, low, high } = bcaInterval(indices, difference, random, { resamples: RESAMPLES });
  return { y: estimate, low, high };
}

function bars(title: string, unit: string, values: readonly ({ readonly name: string } & Measured)[]): StudyBars {
  return {
    kind: "bars",
    title,
    note: "With 95 % intervals over paths, paired: both rules met the same paths.",
    unit,
    bars: values.map(({ name, y, low, high }) => ({ name, value: y, low, high })),
  };
}

function strategyTable(
  context: StudyContext,
  { severity, runs }: Arm,
  profits: readonly (readonly number[])[],
): StudyTable {
  const scale = POINTS / context.scenario.protocol.nav;
  const names = hedgingStrategies(context.scenario).map(({ name }) => name);
  const cost = (pick: (run: HedgedProfit) => number, i: number) => scale * mean(runs[i].map(pick));
  return {
    caption: `Hedged P&L at severity ${severity}, basis points of NAV; differences against ${names[0]}, paired, 95 %`,
    head: ["strategy", "mean", "mean difference", "sd", "sd difference", "pool", "gas", "option spread", "trades"],
    rows: names.map((name, i) => [
      name,
      mean(profits[i]),
      i === 0 ? "–" : decimalText(pairedMean(profits[i], profits[0]), 1),
      standardDeviation(profits[i]),
      i === 0 ? "–" : decimalText(pairedSpread(profits[i], profits[0], context), 1),
      cost(({ poolCost }) => poolCost, i),
      cost(({ gas }) => gas, i),
      cost(({ spread }) => spread, i),
      mean(runs[i].map(({ trades }) => trades)),
    ]),
  };
}

function explanationTable(arms: readonly Arm[], scale: number): StudyTable {
  const rows = arms.flatMap(({ severity, explained }) =>
    (["smooth", "jumps"] as const).flatMap((part): StudyTable["rows"] => {
      const sum = (values: Explained) => explanationTerms.reduce((total, term) => total + values[term], 0);
      const totals = explained.map((path) => scale * sum(path[part]));
      if (totals.every((total) => total === 0)) return [];
      const where = `severity ${severity}, ${part === "jumps" ? "steps with a jump or the fall" : "other steps"}`;
      const each = (of: (values: number[]) => number) =>
        explanationTerms.map((term) => of(explained.map((path) => scale * path[part][term])));
      return [
        [`${where}: mean`, ...each(mean), mean(totals)],
        [`${where}: sd`, ...each(standardDeviation), standardDeviation(totals)],
      ];
    }),
  );
  return {
    caption: "What the unhedged book's P&L is made of: Taylor terms at the true implied vols, basis points of NAV",
    head: ["", ...explanationTerms, "total"],
    rows,
  };
}
