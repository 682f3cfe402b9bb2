import type { JudgedRun } from "../../experiment/finished-run.ts";
import { estimate } from "../../experiment/estimate.ts";
import { armSeverities, inPercent, percentText, postedModel, presetWith, runArms, type ArmRuns } from "./chain-arms.ts";
import { uncertaintyArms } from "./uncertainty-on-chain/uncertainty-variants.ts";
import type { Study, StudyContext } from "../study.ts";
import type { StudyTable } from "../../results/study.ts";

const NAME = "uncertainty-on-chain";
const question = "Does it pay the vault when the model's uncertainty reaches the contract, and by which way?";

/** Ways of the posted deviation into the contract, as defences beside a preset that has none of them. */
const allWays: readonly { readonly name: string; readonly defences: string }[] = [
  { name: "no way", defences: "" },
  { name: "spread", defences: "+uncertaintyPremium" },
  { name: "size", defences: "+uncertaintySize" },
  { name: "margin", defences: "+uncertaintyMargin" },
  { name: "spread, size and margin", defences: "+uncertaintyPremium+uncertaintySize+uncertaintyMargin" },
];

/** The runs of one way. */
interface Way {
  readonly name: string;
  readonly runs: ArmRuns;
}

/** The same model with its posted standard deviation left out, as it is, and three times as large; then way by way. */
export const uncertaintyOnChain = uncertaintyOnChainBy(allWays.map(({ name }) => name));

/** The study with some of the ways, the first being what the others are compared with. */
export function uncertaintyOnChainBy(names: readonly string[]): Study {
  const ways = allWays.filter(({ name }) => names.includes(name));
  return {
    name: NAME,
    summary: `${question} The posted deviation times 0, 1 and 3; through spread, size and margin, on chain`,
    on: "chain",
    async run(context) {
      const model = postedModel(context, NAME);
      const preset = presetWith(context, NAME, "uncertaintyPremium");
      const arms = uncertaintyArms(model);
      const largest = arms[arms.length - 1];
      const runsOf = (count: number) => count * armSeverities.length * context.scenario.onChain.seeds;
      // With perfect pricing beside: the arms under the preset, then one arm for every way.
      const [first, each] = [runsOf(arms.length + 1), runsOf(2)];
      const total = first + each * ways.length;
      const part = (before: number): StudyContext => ({
        ...context,
        advance: (done) => context.advance(before + done, total),
      });
      const runs = await runArms(part(0), { study: NAME, model, preset, arms });
      const byWay: Way[] = [];
      for (const [i, { name, defences }] of ways.entries()) {
        const plan = { study: NAME, model, preset: `${withoutWays(preset)}${defences}`, arms: [largest] };
        byWay.push({ name, runs: await runArms(part(first + i * each), plan) });
      }
      const deviations = armSeverities.flatMap((severity) =>
        arms.flatMap((arm) => runs.of(arm, severity).map(({ readings }) => readings.deviation)),
      );
      return {
        name: NAME,
        title: "Uncertainty that reaches the contract",
        question,
        answer: `${runs.answer()} ${toldByWay(byWay, largest)}`,
        charts: runs.charts(),
        tables: armSeverities
          .toReversed()
          .flatMap((severity) => [
            table(runs, arms, severity),
            ...(byWay.length > 0 ? [wayTable(byWay, largest, severity)] : []),
          ]),
        notes: [
          `${context.scenario.onChain.seeds} chain seeds an arm, few for a skewed cost, and no correction for comparing several arms with one; all arms quote the same vols.`,
          `The model's own deviation of a typical calm quote is ${Math.min(...deviations).toFixed(1)} to ${Math.max(...deviations).toFixed(1)} vol points over the seeds. Spread (defence bit 17): the contract adds what is posted to the half-spread of every trade. Size (bit 40): beyond a deviation of five vol points the largest trade and the vega that opening may reach shrink in proportion. Margin (bit 41): maintenance counts the vega of each short times the deviation.`,
          `Ways are compared under ${preset} without any of the three, with one of them, and with all; the preset WARY has them all.`,
          "The deviation was learned in calm: under stress the model errs by more than it says.",
          "A wider spread turns away orders that perfect pricing would have filled; excess cost counts what they would have earned.",
        ],
      };
    },
  };
}

function withoutWays(preset: string): string {
  return `${preset}-uncertaintyPremium-uncertaintySize-uncertaintyMargin`;
}

/** Excess cost that a way saves against none, share of NAV, paired by seed. */
function savedBy(byWay: readonly Way[], way: Way, arm: string, severity: number) {
  const [before, after] = [byWay[0], way].map(({ runs }) =>
    runs.of(arm, severity).map(({ excessCost }) => excessCost ?? Number.NaN),
  );
  return estimate(before.map((cost, seed) => cost - after[seed]));
}

function toldByWay(byWay: readonly Way[], arm: string): string {
  if (byWay.length < 2) return "";
  const told = byWay.slice(1).map((way) => `by ${way.name} ${percentText(savedBy(byWay, way, arm, 1))}`);
  return `At three times the deviation, against none that reaches the contract: ${told.join("; ")}.`;
}

function wayTable(byWay: readonly Way[], arm: string, severity: number): StudyTable {
  return {
    caption: `Severity ${severity}: what three times the deviation does by each way, means over seeds; saved: paired by seed, 95 %`,
    head: [
      "way",
      "saved, % of NAV",
      "half-spread traded at, vp",
      "largest opening, USD of vega a vp",
      "peak vega, % of limit",
      "peak shorts in margin, contracts",
      "trades filled",
      "liquidations",
    ],
    digits: [0, 0, 1, 0, 0, 0, 0, 1],
    rows: byWay.map((way, i) => {
      const mean = (pick: (run: JudgedRun) => number) => way.runs.mean(arm, severity, pick);
      return [
        way.name,
        i === 0 ? "–" : percentText(savedBy(byWay, way, arm, severity)),
        mean(({ summary }) => summary.dealing.halfSpread),
        mean(({ summary }) => summary.dealing.largestOpening),
        inPercent(mean(({ summary }) => summary.peakVega)),
        mean(({ summary }) => summary.dealing.peakShorts),
        mean(({ summary: { posts } }) => posts.tradesAttempted - posts.tradesRefused),
        mean(({ summary }) => summary.liquidations.started),
      ];
    }),
  };
}

function table(runs: ArmRuns, arms: readonly string[], severity: number): StudyTable {
  const nav = ({ summary }: JudgedRun) => summary.values[0];
  return {
    caption: `Severity ${severity}: what the posted deviation changes, means over seeds; saved: paired by seed, 95 %`,
    head: [
      "arm",
      "saved, % of NAV",
      "loss, % of NAV",
      "edge at trade, % of NAV",
      "fees, % of NAV",
      "trades filled",
      "trades refused",
    ],
    digits: [0, 0, 2, 2, 2, 0, 0],
    rows: arms.map((arm, i) => [
      arm,
      i === 0 ? "–" : percentText(runs.saved(arm, severity)),
      inPercent(runs.mean(arm, severity, ({ summary }) => summary.loss)),
      inPercent(runs.mean(arm, severity, (run) => run.summary.split.edge / nav(run))),
      inPercent(runs.mean(arm, severity, (run) => run.summary.split.fees / nav(run))),
      runs.mean(arm, severity, ({ summary: { posts } }) => posts.tradesAttempted - posts.tradesRefused),
      runs.mean(arm, severity, ({ summary: { posts } }) => posts.tradesRefused),
    ]),
  };
}
