import type { CensoredInterval } from "../../../src/statistics/turnbull.ts";
import { PERFECT } from "../../experiment/plan.ts";
import type { StudyResult, StudyTable } from "../../results/study.ts";
import type { Study, StudyContext } from "../study.ts";
import { chainRuns } from "./thresholds/chain-runs.ts";
import type { RunBook, RunPlace } from "./thresholds/run-book.ts";
import { gridOf, seekAll, type PlacedThreshold } from "./thresholds/seek-all.ts";
import {
  cellsOf,
  FEWEST_FOR_FIVE_PERCENT,
  fivePercentText,
  medianText,
  shareOf,
  type ThresholdCell,
} from "./thresholds/threshold-cells.ts";
import {
  compareCells,
  comparisonTable,
  countsText,
  movedText,
  powerText,
  seedsText,
  type CellPair,
  type Comparison,
} from "./thresholds/threshold-comparisons.ts";
import { costChart, sharesChart } from "./thresholds/threshold-charts.ts";
import { vaultPredicates } from "./thresholds/vault-run.ts";

const NAME = "breaking-points-chain";
/** Severity to which a threshold is sought. */
const TOLERANCE = 1 / 16;
const [primary, drawdown, ...solvency] = vaultPredicates;

/** Severity at which the vault breaks, by model and preset, sought seed by seed on chain. */
export const breakingPointsChain: Study = {
  name: NAME,
  summary: "At which severity does the vault break, and does a preset move that point? By bisection on chain",
  on: "chain",
  async run(context) {
    const { scenario } = context;
    const { models, presets, seeds } = scenario.onChain;
    const grid = gridOf(scenario);
    const places = [PERFECT, ...models].flatMap((model) =>
      presets.flatMap((preset) => Array.from({ length: seeds }, (_, seed): RunPlace => ({ model, preset, seed }))),
    );
    const book = chainRuns(context);
    const plan = { places, predicates: vaultPredicates, grid, tolerance: TOLERANCE, limits: scenario.breaks };
    const found = await seekAll(plan, book);
    return resultOf(context, grid, book, found);
  },
};

function resultOf(
  { scenario }: StudyContext,
  grid: readonly number[],
  book: RunBook,
  found: readonly PlacedThreshold[],
): StudyResult {
  const { models, presets, seeds } = scenario.onChain;
  const { drawdown: drawdownLimit, excessCost } = scenario.breaks;
  const cells = cellsOf(found, primary);
  const byPreset = compareCells(pairsOf(cells, "preset"));
  const byModel = compareCells(pairsOf(cells, "model"));
  return {
    name: NAME,
    title: "Breaking points on chain",
    question: "At which severity does the vault break, and which preset moves that point?",
    answer: `${foundText(cells, excessCost)} ${movedBy(byPreset, presets)}`,
    charts: [
      sharesChart(
        `Share of seeds on which the cost beyond perfect pricing has passed ${percent(excessCost)} of NAV`,
        cells.map(named),
        { step: TOLERANCE, grid },
      ),
      costChart(book, cells.map(named), grid, seeds),
      sharesChart(
        `Share of seeds on which the vault's drawdown has passed ${percent(drawdownLimit)}`,
        cellsOf(found, drawdown).map(named),
        { step: TOLERANCE, grid },
      ),
    ],
    tables: [
      table(cells, `Cost beyond perfect pricing passes ${percent(excessCost)} of NAV: ${CAPTION_END}`),
      ...(byPreset.length === 0
        ? []
        : [comparisonTable("Presets: which breaks first, paired by seed", "model", byPreset)]),
      ...(byModel.length === 0
        ? []
        : [comparisonTable("Models: which breaks first, paired by seed", "preset", byModel)]),
      othersTable(found, scenario.breaks.drawdown),
    ],
    notes: [
      `${book.size} chain runs: ${models.length} models and perfect pricing, ${presets.join(" and ")}, ${seedsText(seeds)}, at the severities ${grid.join(", ")} for first passage and re-entries, then bisected to ${TOLERANCE} within the cell of the first passage; all severities of a seed share their random numbers.`,
      "A threshold is known to lie in an interval. The distribution is Turnbull's; the median is where half of the seeds have broken, and its interval takes its ends from those of the thresholds' intervals, so that it is rather too wide. A passage that begins and ends between two severities of the grid is not seen.",
      "Shift: severity at which the second breaks less that of the first, above zero where the second breaks later. Alike are seeds on which both lie in the same interval, unknown those on which neither can be told to come first since one at least is off the dial. Insolvent: bad debt beyond the insurance fund, or longs not paid in full.",
      ...(seeds < FEWEST_FOR_FIVE_PERCENT
        ? [`The severity at which 5 % have broken is not said of fewer than ${FEWEST_FOR_FIVE_PERCENT} seeds.`]
        : []),
      ...(byPreset.length === 0 ? [] : [`Presets: ${powerText(seeds, byPreset.length)}`]),
      ...(byModel.length === 0
        ? []
        : [`Models, an exploratory family of its own: ${powerText(seeds, byModel.length)}`]),
    ],
  };
}

function named(cell: ThresholdCell) {
  return { ...cell, name: `${cell.model}, ${cell.preset}` };
}

const CAPTION_END = "median severity with its 95 % interval over seeds";

/** Pairs that differ in one respect alone. */
function pairsOf(cells: readonly ThresholdCell[], differ: "preset" | "model"): CellPair[] {
  const same = differ === "preset" ? "model" : "preset";
  return [...new Set(cells.map((cell) => cell[same]))].flatMap((of) => {
    const alike = cells.filter((cell) => cell[same] === of);
    return alike.flatMap((first, i) =>
      alike.slice(i + 1).map((second) => ({
        of,
        first: { name: first[differ], cell: first },
        second: { name: second[differ], cell: second },
      })),
    );
  });
}

function foundText(cells: readonly ThresholdCell[], excessCost: number): string {
  const presets = [...new Set(cells.map(({ preset }) => preset))];
  const told = presets.map((preset) => {
    const own = cells.filter((cell) => cell.preset === preset);
    return `under ${preset} ${own.map((cell) => `${cell.model} ${medianText(cell)}`).join(", ")}`;
  });
  return `Median severity at which the cost beyond perfect pricing passes ${percent(excessCost)} of NAV: ${told.join("; ")}.`;
}

function movedBy(byPreset: readonly Comparison[], presets: readonly string[]): string {
  if (byPreset.length === 0) return `With ${presets.join(", ")} alone no preset is compared.`;
  const told = (one: Comparison) =>
    `for ${one.of} ${one.second.name} breaks ${countsText(one)}${presets.length > 2 ? ` than ${one.first.name}` : ""}`;
  const against = presets.length === 2 ? ` against ${presets[0]}` : "";
  const shown = byPreset.filter(({ isShown }) => isShown).map((one) => `${told(one)}, by ${movedText(one)}`);
  const rest = byPreset.filter(({ isShown }) => !isShown).map(told);
  const sentences = [
    ...(shown.length === 0 ? [] : [`A preset is shown to move it${against}: ${shown.join("; ")}.`]),
    ...(rest.length === 0 ? [] : [`That a preset moves it${against} is not shown: ${rest.join("; ")}.`]),
  ];
  return sentences.join(" ");
}

function table(cells: readonly ThresholdCell[], caption: string): StudyTable {
  return {
    caption,
    head: [
      "model",
      "preset",
      "breaks at",
      "5 % have broken",
      "broken in calm",
      "unbroken at the end",
      "re-entries",
      "seeds",
    ],
    digits: [0, 0, 0, 0, 0, 0, 0, 0],
    rows: cells.map((cell) => [
      cell.model,
      cell.preset,
      medianText(cell),
      fivePercentText(cell),
      shareOf(cell, ({ low }) => low === -Infinity),
      shareOf(cell, isUnbroken),
      cell.thresholds.filter(({ reenters }) => reenters).length,
      cell.thresholds.length,
    ]),
  };
}

/** What else breaks, and where. */
function othersTable(found: readonly PlacedThreshold[], drawdownLimit: number): StudyTable {
  const [insolventBeyond, insolvent] = solvency.map((predicate) => cellsOf(found, predicate));
  const medianOf = (cells: readonly ThresholdCell[], { model, preset }: ThresholdCell) => {
    const cell = cells.find((each) => each.model === model && each.preset === preset);
    return cell === undefined ? "–" : medianText(cell);
  };
  return {
    caption: `Other breaks: ${CAPTION_END}`,
    head: [
      "model",
      "preset",
      `drawdown > ${percent(drawdownLimit)}`,
      "without it at the end",
      "insolvent",
      "solvent at the end",
      "insolvent, and not under perfect pricing",
    ],
    rows: cellsOf(found, drawdown).map((cell, i) => [
      cell.model,
      cell.preset,
      medianText(cell),
      shareOf(cell, isUnbroken),
      medianText(insolvent[i]),
      shareOf(insolvent[i], isUnbroken),
      medianOf(insolventBeyond, cell),
    ]),
  };
}

function isUnbroken({ high }: CensoredInterval): boolean {
  return high === Infinity;
}

function percent(share: number): string {
  return `${Math.round(1000 * share) / 10} %`;
}
