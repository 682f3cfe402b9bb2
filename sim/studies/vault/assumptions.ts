import { createRandom } from "../../../src/random/random.ts";
import { bcaInterval } from "../../../src/statistics/bootstrap.ts";
import { mean, standardDeviation } from "../../../src/statistics/moments.ts";
import { shapleyValues } from "../../../src/statistics/shapley.ts";
import type { StudyBars, StudyResult, StudyTable } from "../../results/study.ts";
import { assumptions as names, BelievingVault, FINE_STEP, RATES } from "./assumptions/believing-vault.ts";
import { secondsHeld } from "./hedging/listed-book.ts";
import { decimalText, meanOf, type Measured } from "../shared/points.ts";
import { breathe } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Paths a severity. */
const PATHS = 300;
const RESAMPLES = 400;
/** Basis points of NAV in a share of it. */
const POINTS = 10_000;
const ALL = 2 ** names.length - 1;

/** What the violation of each Black–Scholes assumption costs a vault that believes in all of them. */
export const assumptions = assumptionsOver(PATHS);

/** The study over a number of paths a severity, at least twenty. */
export function assumptionsOver(paths: number): Study {
  return {
    name: "assumptions",
    summary: "What does each Black–Scholes assumption cost the vault when it fails? One at a time and by Shapley value",
    on: "paths",
    async run(context) {
      const { scenario, masterSeed } = context;
      const arms: Arm[] = [];
      for (const severity of [0, scenario.scoring.primarySeverity]) {
        const vault = new BelievingVault(scenario, severity);
        const profits: Float64Array[] = [];
        for (let path = 0; path < paths; path++) {
          if (path % 10 === 0) await breathe(context, arms.length * paths + path, 2 * paths);
          const usd = vault.profits(createRandom(masterSeed, "assumptions", path));
          profits.push(usd.map((profit) => (POINTS * profit) / scenario.protocol.nav));
        }
        arms.push({ severity, profits });
      }
      const { secondsBetweenHedges } = new BelievingVault(scenario, 0);
      return resultOf(context, arms, paths, secondsBetweenHedges);
    },
  };
}

/** Profits of one severity in basis points of NAV: by path, by the set of violated assumptions. */
interface Arm {
  readonly severity: number;
  readonly profits: readonly Float64Array[];
}

function resultOf(context: StudyContext, arms: readonly Arm[], paths: number, between: number): StudyResult {
  const stress = arms[arms.length - 1];
  const costs = costShares(stress);
  const risks = riskShares(stress, context);
  const [first, second] = ranked(costs);
  const [risk] = ranked(risks);
  const total = meanOf(stress.profits.map((profits) => profits[0] - profits[ALL]));
  return {
    name: "assumptions",
    title: "Black–Scholes assumptions",
    question: "What does the violation of each Black–Scholes assumption cost this vault?",
    answer:
      `At severity ${stress.severity} a vault that sells and hedges at the calm vol loses ${decimalText(total, 0)} basis points of NAV ` +
      `to what it assumes: most to the violation of ${first.name} (${decimalText(first, 0)}), then to ${second.name} (${decimalText(second, 0)}). ` +
      `Most of its risk is ${risk.name} (${decimalText(risk, 0)} of ${deviation(stress, ALL).toFixed(0)} of standard deviation).`,
    charts: [
      bars(`Cost of each violation, severity ${stress.severity}`, "basis points of NAV, mean", costs),
      bars(
        `Share of each violation in the risk, severity ${stress.severity}`,
        "basis points of NAV, standard deviation",
        risks,
      ),
    ],
    tables: [...arms.map((arm) => switchTable(arm, context)), interactionTable(stress)],
    notes: [
      `${paths} paths a severity, on the same random numbers for all ${ALL + 1} sets of violated assumptions; the genesis book, sold and hedged at the calm vol, from the start to the end of the plateau (${secondsHeld(context.scenario) / 3600} h), marked to the truth.`,
      `Continuous trading is a hedge every ${FINE_STEP / 60} min, its violation one every ${between / 60} min, the mean gap between blocks.`,
      "Constant vol: variance stays at the calm level. Log-normal tails: jumps and the scenario's fall, where without them the diffusion has their variance, so that the level is the same; with constant vol the tails are those of calm.",
      "A fall that takes longer than a step is no jump to who hedges every step: tails cost more where trading is not continuous.",
      "Frictions: the pool's fee and impact in slices, and gas. They are paid on every hedge, so they cost most when trading is nearly continuous.",
      `Constant rate: a Vasicek rate from 0 about 0 (speed ${RATES.speed}, vol ${RATES.vol}; ours) moves forwards, discounts, the hedge's financing and the interest on the premium.`,
      "Shapley values share the total exactly on every path; the order of switching does not matter. Those of the risk share the standard deviation over paths.",
    ],
  };
}

type Named = Measured & { readonly name: string };

/** Mean over paths of each path's Shapley values of cost. */
function costShares({ profits }: Arm): Named[] {
  const shares = profits.map((profit) => shapleyValues(names.length, (violated) => profit[0] - profit[violated]));
  return names.map((name, player) => ({ name, ...meanOf(shares.map((share) => share[player])) }));
}

/** Shapley values of the standard deviation over paths, resampling paths. */
function riskShares({ profits }: Arm, { masterSeed }: StudyContext): Named[] {
  const of = (sample: Float64Array, player: number) =>
    shapleyValues(names.length, (violated) => standardDeviation(sample.map((i) => profits[i][violated])))[player];
  const indices = profits.map((_, i) => i);
  const random = createRandom(masterSeed, "assumptions", "bootstrap");
  return names.map((name, player) => {
    const { estimate, low, high } = bcaInterval(indices, (sample) => of(sample, player), random, {
      resamples: RESAMPLES,
    });
    return { name, y: estimate, low, high };
  });
}

function ranked(shares: readonly Named[]): Named[] {
  return shares.toSorted((a, b) => (b.y ?? 0) - (a.y ?? 0));
}

function deviation({ profits }: Arm, violated: number): number {
  return standardDeviation(profits.map((profit) => profit[violated]));
}

function bars(title: string, unit: string, shares: readonly Named[]): StudyBars {
  return {
    kind: "bars",
    title,
    note: "Shapley values with 95 % intervals over paths.",
    unit,
    bars: shares.map(({ name, y, low, high }) => ({ name, value: y, low, high })),
  };
}

function switchTable(arm: Arm, context: StudyContext): StudyTable {
  const { profits, severity } = arm;
  const costs = costShares(arm);
  const risks = riskShares(arm, context);
  const against = (a: number, b: number) => decimalText(meanOf(profits.map((profit) => profit[a] - profit[b])), 1);
  const row = (
    name: string,
    violated: number,
    cost: string,
    last: string,
    player: number | undefined,
  ): StudyTable["rows"][number] => [
    name,
    mean(profits.map((profit) => profit[violated])),
    deviation(arm, violated),
    cost,
    last,
    player === undefined ? "" : decimalText(costs[player], 1),
    player === undefined ? "" : decimalText(risks[player], 1),
  ];
  return {
    caption: `Severity ${severity}: P&L in basis points of NAV, with 95 % intervals over paths, paired`,
    head: ["violated", "mean", "sd", "cost alone", "cost when all others are", "Shapley cost", "Shapley sd"],
    rows: [
      row("none", 0, "–", "–", undefined),
      ...names.map((name, i) => row(name, 1 << i, against(0, 1 << i), against(ALL ^ (1 << i), ALL), i)),
      row("all", ALL, against(0, ALL), "–", undefined),
    ],
  };
}

/** Second differences: what two violations cost together beyond what each costs alone. */
function interactionTable({ profits, severity }: Arm): StudyTable {
  const pairs = names.flatMap((a, i) =>
    names.slice(i + 1).map((b, j) => {
      const [one, other] = [1 << i, 1 << (i + 1 + j)];
      const values = profits.map((profit) => profit[one] + profit[other] - profit[0] - profit[one | other]);
      return { name: `${a} × ${b}`, ...meanOf(values) };
    }),
  );
  return {
    caption: `Severity ${severity}: cost of two violations beyond the sum of each alone, basis points of NAV, largest first`,
    head: ["pair", "beyond the sum"],
    rows: pairs
      .toSorted((a, b) => Math.abs(b.y ?? 0) - Math.abs(a.y ?? 0))
      .map((pair) => [pair.name, decimalText(pair, 1)]),
  };
}
