import Table from "cli-table3";

import type { Results } from "../results/results.ts";
import { breaksAt, cellsText, list, number, percent, percentInterval, plural, utcDays } from "./format.ts";
import { costliest, hardestCells, hardestSeverity, primaryGap } from "./selection.ts";
import { benchmarkOfCost, costText, verdict } from "./verdict.ts";
import { TERMINAL_WIDTH, wrap } from "./wrap.ts";

/** Colours of a terminal; the identity where there are none. */
export interface Colours {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
}

/** The first line of a run: what is run, how large, on what seed. */
export function headline(facts: {
  scenario: string;
  models: number;
  replicates: number | null;
  seeds: number;
  presets: readonly string[];
  masterSeed: number;
}): string {
  return [
    "regimebreak",
    facts.scenario,
    `${plural(facts.models, "model")} + controls`,
    `${facts.replicates === null ? "real history" : `${plural(facts.replicates, "path")} scored`}, ${plural(facts.seeds, "seed")} on chain`,
    `${facts.presets.length === 1 ? "preset" : "presets"} ${list(facts.presets)}`,
    `seed ${facts.masterSeed}`,
  ].join("  ");
}

/** One screen: the answer, the tables behind it, and the next commands ready to paste. */
export function renderTerminal(results: Results, directory: string, colours: Colours): string {
  const blocks = [
    wrap(verdict(results).sentences.join("\n")),
    results.history === null ? generalisationBlock(results, colours) : historyBlock(results, colours),
    costBlock(results, colours),
    besidesBlock(results, colours),
    studiesBlock(results, colours),
    cautions(results, colours),
    commands(results, directory, colours),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function generalisationBlock(results: Results, colours: Colours): string {
  const { generalisation } = results;
  if (generalisation === null) return "";
  const severities = generalisation.severities.filter((severity) => severity > 0);
  const rows = generalisation.models.map((model) => [
    model.kind === "control" ? `${model.name} (control)` : model.name,
    number(model.fit.median),
    number(model.calm.median),
    ...severities.map((severity) => number(primaryGap(results, model, severity)?.gap.median ?? null)),
    breaksAt(model.breakingPoint),
    verdictWord(model.versusAttainable?.verdict, colours),
  ]);
  const { placebo, oracle, smallestGapVp } = generalisation.controls;
  const controls = [
    placebo === null
      ? ""
      : `placebo 90 % [${number(placebo.low)}, ${number(placebo.high)}] vp over ${plural(generalisation.replicates, "path")}`,
    oracle === null ? "" : `oracle ${number(oracle.maxErrorVp, 4)} vp`,
    smallestGapVp === null ? "" : `smallest gap they can tell ${number(smallestGapVp)} vp`,
  ].filter((part) => part !== "");
  return section(
    "How far does each model generalise?",
    "median error in vol points; gap = beyond a fresh calm path",
    table(["model", "fit", "fresh calm", ...severities.map((severity) => `gap ${severity}`), "breaks at", ""], rows, [
      ...Array.from({ length: 2 + severities.length }, (_, index) => index + 1),
    ]) + (controls.length === 0 ? "" : `\n  ${colours.dim(controls.join(" · "))}`),
    colours,
  );
}

function historyBlock(results: Results, colours: Colours): string {
  const history = results.history!;
  const quoted = history.models.some(({ quotes }) => quotes !== null);
  const rows = history.models.map((model) => [
    model.kind === "model" ? model.name : `${model.name} (${model.kind})`,
    number(model.calm.qlike, 3),
    number(model.stress.qlike, 3),
    number(model.forecastFailure, 3),
    model.nullQuantile === null ? "too few windows" : percent(model.nullQuantile, 0),
    ...(quoted
      ? [
          number(model.quotes?.calm.rmseVp ?? null),
          number(model.quotes?.stress.rmseVp ?? null),
          number(model.quotes?.gapVp ?? null),
        ]
      : []),
  ]);
  return section(
    "How well does each forecast survive?",
    `QLIKE of realised variance; calm ${utcDays(history.calm)}, stress ${utcDays(history.stress)}`,
    table(
      [
        "model",
        "calm",
        "stress",
        "failure",
        "above calm windows",
        ...(quoted ? ["quotes calm, vp", "stress, vp", "gap, vp"] : []),
      ],
      rows,
      [1, 2, 3, 4, 5, 6, 7],
    ) +
      testsText(history) +
      acrossText(history),
    colours,
  );
}

/** Failure in every window, where there are several. */
function testsText({ tests }: NonNullable<Results["history"]>): string {
  if (tests.length < 2) return "";
  const quoted = tests.some(({ models }) => models.some(({ quotes }) => quotes !== null));
  const rows = tests[0]!.models
    .filter(({ kind, quotes }) => kind === "model" || quotes !== null || !quoted)
    .map(({ name }) => [
      name,
      ...tests.map((test) => {
        const model = test.models.find((candidate) => candidate.name === name);
        return quoted ? number(model?.quotes?.gapVp ?? null) : number(model?.forecastFailure ?? null, 2);
      }),
    ]);
  const what = quoted ? "growth of error on real quotes, vol points" : "forecast failure";
  return `\n\n${table(
    [`${what}, by window`, ...tests.map(({ name }) => name)],
    rows,
    [...tests.keys()].map((column) => column + 1),
  )}`;
}

/** All stress windows together, where there is a statement. */
function acrossText({ across }: NonNullable<Results["history"]>): string {
  return across
    .map(({ loss, windows, nullWindows, rows }) => {
      const above = rows.filter(({ adjusted }) => adjusted < 0.05).map(({ model }) => model);
      const told =
        above.length === 0
          ? "no model is shown to lose more than in calm"
          : `shown to lose more than in calm: ${list(above)}`;
      const by = loss === "qlike" ? "forecasts" : "real quotes";
      return `\n\n${wrap(
        `${windows.length === 2 ? "Both" : `All ${windows.length}`} windows among ${nullWindows} random calm ones, by ${by}: ${told} (exact test on ranks, Holm, 5 %).`,
        "  ",
      )}`;
    })
    .join("");
}

function costBlock(results: Results, colours: Colours): string {
  const cells = hardestCells(results);
  if (cells.length === 0) return "";
  const presets = [...new Set(cells.map(({ preset }) => preset))];
  const models = [...new Set(cells.map(({ model }) => model))];
  const rows = models.map((model) => {
    const own = cells.filter((cell) => cell.model === model);
    const at = (preset: string) => own.find((cell) => cell.preset === preset);
    const strict = at(presets.at(-1)!);
    const first = own.find(({ firstBreak }) => firstBreak !== null)?.firstBreak;
    return [
      model,
      ...presets.map((preset) => {
        const cell = at(preset);
        return cell === undefined ? "–" : costText(cell);
      }),
      strict === undefined || strict.posts.offered === 0
        ? "–"
        : percent(strict.posts.refused / strict.posts.offered, 0),
      first === undefined || first === null ? "–" : `${first.predicate}, seed ${first.seed}, block ${first.block}`,
    ];
  });
  const told = cells.filter(({ firstBreak }) => firstBreak !== null).slice(0, 1);
  const story = told.map(
    ({ model, firstBreak }) => `\n${wrap(`${model}, block ${firstBreak!.block}: ${firstBreak!.text}`, "  ")}`,
  );
  return section(
    "What does that cost the vault?",
    `share of NAV beyond ${benchmarkOfCost(results)}, same seeds, severity ${hardestSeverity(results)}`,
    table(
      [
        "model",
        ...presets.map((preset) => `excess cost, ${preset}`),
        `posts refused, ${presets.at(-1)}`,
        "first break",
      ],
      rows,
      presets.map((_, index) => index + 1).concat(presets.length + 1),
    ) + story.join(""),
    colours,
  );
}

function studiesBlock({ studies }: Results, colours: Colours): string {
  return studies.map(({ question, answer }) => `${colours.bold(question)}\n${wrap(answer, "  ")}`).join("\n\n");
}

/** The rungs of perfect pricing and what feedback adds, where they were asked for. */
function besidesBlock({ ladder, amplification }: Results, colours: Colours): string {
  const hardest = Math.max(...[...ladder, ...amplification].map(({ severity }) => severity));
  const rungs = ladder
    .filter(({ severity }) => severity === hardest)
    .map(({ preset, rungs: climbed, models }) => {
      const steps = climbed.map(
        ({ rung, stepVp, errorVp }) => `${rung} ${signed((stepVp ?? errorVp).mean, stepVp !== null)}`,
      );
      const rest = models.map(({ model, beyondVp }) => `${model} ${signed(beyondVp.mean, true)}`);
      return wrap(`${preset}: ${steps.join(", ")}; then ${rest.join(", ")}`, "  ");
    });
  const fed = amplification
    .filter(({ severity }) => severity === hardest)
    .map(({ model, preset, loss }) => [model, preset, percentInterval(loss.mean, loss.low, loss.high)]);
  return [
    ...(rungs.length === 0
      ? []
      : [
          section(
            "What would perfect pricing lose on its way?",
            `quote error in vol points, each beyond the one before, severity ${hardest}`,
            rungs.join("\n"),
            colours,
          ),
        ]),
    ...(fed.length === 0
      ? []
      : [
          section(
            "What does feedback add?",
            `loss with less loss without, share of NAV, same seeds, severity ${hardest}`,
            table(["model", "preset", "feedback adds"], fed, [2]),
            colours,
          ),
        ]),
  ].join("\n\n");
}

function signed(value: number | null, isStep: boolean): string {
  const text = number(value, 2);
  return isStep && value !== null && value >= 0 ? `+${text}` : text;
}

function cautions(results: Results, colours: Colours): string {
  const lines = [
    ...(results.ledgerCheck !== null && !results.ledgerCheck.holds
      ? [
          colours.red(
            `  the ledger does not balance: off by ${results.ledgerCheck.largestResidual} units. Trust nothing above.`,
          ),
        ]
      : []),
    ...results.rolesWithoutFill.map(({ role, cells }) =>
      wrap(`${role} never traded in ${cellsText(cells, results.onChain.length)}`, "  "),
    ),
    ...failedControls(results).map((name) => colours.red(`  control failed: ${name}`)),
  ];
  return lines.join("\n");
}

/** Names of the controls that failed. */
export function failedControls(results: Results): string[] {
  const controls = results.generalisation?.controls;
  if (controls === undefined) return [];
  const { oracle, placebo, permutation, leak, knownBreak, p0 } = controls;
  return Object.entries({ oracle, placebo, permutation, leak, "known break": knownBreak, "P0 on chain": p0 })
    .filter(([, control]) => control?.verdict === "failed")
    .map(([name]) => name);
}

function commands(results: Results, directory: string, colours: Colours): string {
  const worst = costliest(hardestCells(results))?.model;
  const bundle = results.bundles.find(({ model }) => model === worst) ?? results.bundles[0];
  return [
    ["report", `${directory}/report.html`],
    ...(bundle === undefined ? [] : [["replay", `npx hardhat replay ${directory}/bundles/${bundle.file}`]]),
    ["repeat", results.meta.command],
  ]
    .map(([name, text]) => `  ${colours.dim(name!.padEnd(8))} ${text}`)
    .join("\n");
}

/** A heading with its note beside it, or below it where a line cannot hold both. */
function section(title: string, note: string, body: string, colours: Colours): string {
  const beside = `   ${note}`;
  const below = `\n${wrap(note, "  ")}`;
  return `${colours.bold(title)}${colours.dim(title.length + beside.length <= TERMINAL_WIDTH ? beside : below)}\n${body}`;
}

function verdictWord(word: string | undefined, colours: Colours): string {
  if (word === undefined) return "";
  return word === "broke" ? colours.red(word) : word === "held" ? colours.green(word) : word;
}

const none = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "" },
  ...{ "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};

/** A list of what there is, a line each; what no line can hold goes on under its last column. */
export function listing(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const before = head
    .slice(0, -1)
    .map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const room = TERMINAL_WIDTH - before.reduce((sum, width) => sum + width + 2, 2);
  return table(
    head,
    rows.map((row) => [...row.slice(0, -1), wrap(row.at(-1)!, "", room)]),
    [],
  );
}

/** Columns aligned without borders; those listed in `numeric` to the right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly number[],
): string {
  const drawn = new Table({
    chars: none,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: head.map((_, index) => (numeric.includes(index) ? "right" : "left")),
  });
  drawn.push([...head], ...rows.map((row) => [...row]));
  return drawn
    .toString()
    .split("\n")
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}
