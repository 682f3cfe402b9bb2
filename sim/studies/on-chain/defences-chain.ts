import { UserError } from "../../../src/errors/user-error.ts";
import { defenceNames, type DefenceName } from "../../../deployments/presets.ts";
import { defencesOf } from "../../../src/protocol/deploy/market-terms.ts";
import { createRandom } from "../../../src/random/random.ts";
import { holm } from "../../../src/statistics/holm.ts";
import { signFlips, signFlipTest } from "../../../src/statistics/paired-tests.ts";
import { estimate, meanOf } from "../../experiment/estimate.ts";
import { PERFECT } from "../../experiment/plan.ts";
import type { Estimate } from "../../results/parts.ts";
import type { StudyResult, StudyTable } from "../../results/study.ts";
import type { Study, StudyContext } from "../study.ts";
import { percentText } from "./chain-arms.ts";
import { chainRuns } from "./thresholds/chain-runs.ts";
import type { RunBook } from "./thresholds/run-book.ts";
import { gridOf, seekAll, type PlacedThreshold } from "./thresholds/seek-all.ts";
import { costChart, excessCosts, sharesChart } from "./thresholds/threshold-charts.ts";
import { cellsOf, medianText, type ThresholdCell } from "./thresholds/threshold-cells.ts";
import {
  compareCells,
  comparisonTable,
  countsText,
  movedText,
  powerText,
  seedsText,
  type Comparison,
} from "./thresholds/threshold-comparisons.ts";
import { vaultPredicates } from "./thresholds/vault-run.ts";

const NAME = "defences-chain";
/** Severity to which a threshold is sought: one halving of the usual grid's cells. */
const TOLERANCE = 1 / 8;
const LEVEL = 0.05;
const [primary] = vaultPredicates;

/** The scenario's last preset, the same without each of the defences in question, and the first preset. */
interface Arm {
  readonly name: string;
  /** Short enough for the end of a line in a chart. */
  readonly label: string;
  readonly preset: string;
}

/** What taking defences away costs at severity 1. */
interface CostChange {
  readonly arm: Arm;
  readonly without: Estimate;
  /** Excess cost without them less that with them, paired by seed. */
  readonly change: Estimate;
  readonly p: number;
  readonly adjusted: number;
  /** Runs of the grid that lose something else than with all defences. */
  readonly changed: number;
}

/** Which defence moves the breaking point: the last preset's own ones, taken away one at a time. */
export const defencesChain: Study = {
  name: NAME,
  summary: "Which defence moves the vault's breaking point, and what does each save? Each taken away in turn, on chain",
  on: "chain",
  async run(context) {
    const { scenario } = context;
    const { seeds } = scenario.onChain;
    const { loose, strict, defences } = defencesInQuestion(context);
    const arms: Arm[] = [
      { name: strict, label: strict, preset: strict },
      ...defences.map((defence) => ({
        name: `without ${defence}`,
        label: `− ${defence}`,
        preset: `${strict}-${defence}`,
      })),
      // Without a single one in question that is the same again.
      ...(defences.length > 1 ? [{ name: loose, label: loose, preset: loose }] : []),
    ];
    const book = chainRuns(context);
    const model = await costliest(book, context, loose);
    const places = arms.flatMap(({ preset }) => Array.from({ length: seeds }, (_, seed) => ({ model, preset, seed })));
    const grid = gridOf(scenario);
    const plan = { places, predicates: [primary], grid, tolerance: TOLERANCE, limits: scenario.breaks };
    const found = await seekAll(plan, book);
    return resultOf(context, { model, arms, grid, book, found });
  },
};

/** Defences of the last preset that the first one lacks. @throws {UserError} when there is none */
function defencesInQuestion({ scenario: { onChain } }: StudyContext): {
  readonly loose: string;
  readonly strict: string;
  readonly defences: DefenceName[];
} {
  const [loose, strict] = [onChain.presets[0], onChain.presets[onChain.presets.length - 1]];
  const defences = defenceNames(defencesOf(strict) & ~defencesOf(loose));
  if (defences.length > 0) return { loose, strict, defences };
  throw new UserError({
    where: `--studies ${NAME}`,
    what: `${strict} has no defence that ${loose} lacks`,
    expected: "presets of which the last has defences that the first lacks, such as OPEN,FULL",
  });
}

/** The model that costs most at severity 1 under a preset, mean over seeds. */
async function costliest(book: RunBook, { scenario: { onChain } }: StudyContext, preset: string): Promise<string> {
  const { models, seeds } = onChain;
  await book.make(
    [PERFECT, ...models].flatMap((model) =>
      Array.from({ length: seeds }, (_, seed) => ({ model, preset, seed, severity: 1 })),
    ),
  );
  const costs = models.map((model) => meanOf(excessCosts(book, { model, preset }, 1, seeds)));
  return models[costs.indexOf(Math.max(...costs))];
}

/** All that was found. */
interface Findings {
  readonly model: string;
  readonly arms: readonly Arm[];
  readonly grid: readonly number[];
  readonly book: RunBook;
  readonly found: readonly PlacedThreshold[];
}

function resultOf({ scenario, masterSeed }: StudyContext, { model, arms, grid, book, found }: Findings): StudyResult {
  const { seeds, models, presets } = scenario.onChain;
  const [loose] = presets;
  const [strict, ...others] = arms;
  const cells = cellsOf(found, primary);
  const armOf = ({ preset }: ThresholdCell) => arms.find((arm) => arm.preset === preset)!;
  const moved = compareCells(
    cells.slice(1).map((cell) => ({
      of: model,
      first: { name: strict.name, cell: cells[0] },
      second: { name: armOf(cell).name, cell },
    })),
  );
  const costsOf = ({ preset }: Arm) => excessCosts(book, { model, preset }, 1, seeds);
  const paired = others.map((arm) => costsOf(arm).map((cost, seed) => cost - costsOf(strict)[seed]));
  const flips = seeds < 2 ? undefined : signFlips(seeds, createRandom(masterSeed, NAME));
  const pValues = paired.map((differences) => (flips === undefined ? 1 : signFlipTest(differences, flips)));
  const adjusted = holm(pValues);
  const changes = others.map((arm, i): CostChange => ({
    ...{ arm, p: pValues[i], adjusted: adjusted[i] },
    without: estimate(costsOf(arm)),
    change: estimate(paired[i]),
    changed: changedRuns(book, { model, grid, seeds }, arm, strict),
  }));
  const limit = `${Math.round(1000 * scenario.breaks.excessCost) / 10} % of NAV`;
  const lines = arms.map(({ label, preset }) => ({ name: label, model, preset }));
  return {
    name: NAME,
    title: "Defences one at a time",
    question: "Which defence moves the severity at which the vault breaks, and what does each save?",
    answer: `${model} under ${strict.name} passes ${limit} beyond perfect pricing at a median severity of ${medianText(cells[0])}. ${movesText(moved, changes, strict.name)} ${costsText(changes)}`,
    charts: [
      sharesChart(
        `Share of seeds on which the cost beyond perfect pricing has passed ${limit}`,
        cells.map((cell) => ({ ...cell, name: armOf(cell).label })),
        {
          step: TOLERANCE,
          grid,
        },
      ),
      costChart(book, lines, grid, seeds),
    ],
    tables: [
      comparisonTable(`Breaking point without each defence, against ${strict.name}, paired by seed`, "model", moved),
      costsTable(strict.name, estimate(costsOf(strict)), cells, changes),
    ],
    notes: [
      `${book.size} chain runs on ${seedsText(seeds)}. The model is the costliest of ${models.join(", ")} at severity 1 under ${loose} on these same seeds, so its cost there is rather too high. Severities ${grid.join(", ")}, then bisected to ${TOLERANCE}; perfect pricing runs under every arm, and each arm is judged by its own.`,
      `Taken away are the defences that ${strict.name} has and ${loose} lacks, one at a time: what two of them do only together, or either of them alone, shows in no row but that of ${loose}.`,
      `Shift: severity at which the vault breaks without the defence less that with it; below zero, the defence helps. Runs changed: of ${seeds * grid.length} at the severities above, those that lose something else than with all defences. Exploratory; Holm over the rows of each table; the p-value of a cost is of a sign-flip permutation.`,
      powerText(seeds, moved.length),
    ],
  };
}

/** How many runs of one arm lose something else than the other arm's of the same seed and severity. */
function changedRuns(
  book: RunBook,
  { model, grid, seeds }: Pick<Findings, "model" | "grid"> & { readonly seeds: number },
  one: Arm,
  other: Arm,
): number {
  return grid
    .flatMap((severity) => Array.from({ length: seeds }, (_, seed) => ({ model, seed, severity })))
    .filter((at) => book.at({ ...at, preset: one.preset })?.loss !== book.at({ ...at, preset: other.preset })?.loss)
    .length;
}

function movesText(moved: readonly Comparison[], changes: readonly CostChange[], strict: string): string {
  const told = (one: Comparison) => `${one.second.name} ${countsText(one)}`;
  const shown = moved.filter(({ isShown }) => isShown).map((one) => `${told(one)}, by ${movedText(one)}`);
  const rest = moved.filter(({ isShown }, i) => !isShown && changes[i].changed > 0).map(told);
  const idle = changes.filter(({ changed }) => changed === 0).map(({ arm }) => arm.name);
  const sentences = [
    ...(shown.length === 0 ? [] : [`Against ${strict} it is shown to break ${shown.join("; ")}.`]),
    ...(rest.length === 0 ? [] : [`That it breaks elsewhere is not shown: ${rest.join("; ")}.`]),
    ...(idle.length === 0 ? [] : [`Every run ends the same ${idle.join(" or ")}.`]),
  ];
  return sentences.join(" ");
}

function costsText(changes: readonly CostChange[]): string {
  const told = (one: CostChange) => `${percentText(one.change)} of NAV ${one.arm.name}`;
  const shown = changes.filter(({ adjusted }) => adjusted <= LEVEL);
  if (shown.length > 0) return `At severity 1 the excess cost changes by ${shown.map(told).join(", ")}.`;
  const largest = changes.reduce((one, other) =>
    Math.abs(other.change.mean ?? 0) > Math.abs(one.change.mean ?? 0) ? other : one,
  );
  return `No change of the excess cost at severity 1 is shown; the largest is ${told(largest)}.`;
}

function costsTable(
  strict: string,
  plain: Estimate,
  cells: readonly ThresholdCell[],
  changes: readonly CostChange[],
): StudyTable {
  return {
    caption: "Excess cost at severity 1 with all defences and without each, 95 % over seeds; change: paired by seed",
    head: ["arm", "breaks at", "runs changed", "excess cost", `change against ${strict}`, "p", "p, Holm", "shown"],
    digits: [0, 0, 0, 0, 0, 3, 3, 0],
    rows: [
      [strict, medianText(cells[0]), "–", percentText(plain), "–", "–", "–", "–"],
      ...changes.map((one, i) => [
        one.arm.name,
        medianText(cells[i + 1]),
        one.changed,
        percentText(one.without),
        percentText(one.change),
        one.p,
        one.adjusted,
        one.adjusted > LEVEL ? "not shown" : (one.change.mean ?? 0) > 0 ? "costs more" : "costs less",
      ]),
    ],
  };
}
