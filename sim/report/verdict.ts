import type { Generalisation, ModelResult } from "../results/generalisation.ts";
import type { HistoryResult } from "../results/history.ts";
import type { ChainCell } from "../results/on-chain.ts";
import type { Results } from "../results/results.ts";
import { breaksAt, list, number, percent, percentInterval, plural, utcDays } from "./format.ts";
import { costliest, hardestCells, hardestSeverity } from "./selection.ts";

/** A number that the reader takes away, with what it means. */
export interface Figure {
  readonly value: string;
  readonly label: string;
  readonly detail: string;
}

export interface Verdict {
  /** Two sentences: how far the models generalise, and what failure costs. */
  readonly sentences: readonly string[];
  readonly figures: readonly Figure[];
}

/** The answer before the detail, in plain words; the same in terminal and report. */
export function verdict(results: Results): Verdict {
  const { generalisation, history } = results;
  const reach =
    generalisation !== null
      ? { sentence: generalisationSentence(generalisation), figures: generalisationFigures(generalisation) }
      : history !== null
        ? { sentence: historySentence(history), figures: historyFigures(history) }
        : { sentence: "Nothing was scored off chain.", figures: [] };
  return { sentences: [reach.sentence, costSentence(results)], figures: [...reach.figures, ...costFigures(results)] };
}

function judged(generalisation: Generalisation): ModelResult[] {
  return generalisation.models.filter(({ kind }) => kind === "model");
}

function generalisationSentence(generalisation: Generalisation): string {
  const models = judged(generalisation);
  const by = (verdict: string) => models.filter(({ versusAttainable }) => versusAttainable?.verdict === verdict);
  const [broke, held, open] = [by("broke"), by("held"), by("not shown")];
  const setting = `Trained on ${trainingText(generalisation.training)} and stressed to severity ${generalisation.primary.severity}`;
  const names = (group: readonly ModelResult[]) => list(group.map(({ name }) => name));
  const parts = [
    broke.length > 0 ? `${broke.length} of ${models.length} models broke (${list(broke.map(whereItBroke))})` : "",
    held.length > 0 ? `${names(held)} held` : "",
    open.length > 0 ? `for ${names(open)} neither is shown by ${plural(generalisation.replicates, "path")}` : "",
  ].filter((part) => part !== "");
  if (parts.length === 0) return `${setting}, no model was compared with the attainable control.`;
  if (held.length === models.length)
    return `${setting}, it held: ${models.length === 1 ? models[0]!.name : `all ${models.length} models`} stayed within the threshold of the attainable control.`;
  return `${setting}, ${parts.join("; ")}.`;
}

/** `60 calm days`, or `60 calm days, 20 % of whose quotes an adversary lowered by 30 vol points,`. */
export function trainingText({ days, poison }: Generalisation["training"]): string {
  const calm = plural(days, "calm day");
  if (poison === null) return calm;
  const moved = `${poison.shift < 0 ? "lowered" : "raised"} by ${number(100 * Math.abs(poison.shift), 0)} vol points`;
  return `${calm}, ${percent(poison.share, 0)} of whose quotes an adversary ${moved},`;
}

function whereItBroke({ name, breakingPoint }: ModelResult): string {
  if (breakingPoint === null) return name;
  if (breakingPoint.censored === "at-or-below-0") return `${name} already on a fresh calm path`;
  if (breakingPoint.censored === "above-1") return name;
  return `${name} at severity ${number(breakingPoint.median, 2)}`;
}

function generalisationFigures(generalisation: Generalisation): Figure[] {
  const models = judged(generalisation);
  const compared = models.filter(({ versusAttainable }) => versusAttainable !== null);
  const broke = compared.filter(({ versusAttainable }) => versusAttainable!.verdict === "broke");
  const worst = compared
    .filter(({ versusAttainable }) => versusAttainable!.d.median !== null)
    .toSorted((a, b) => b.versusAttainable!.d.median! - a.versusAttainable!.d.median!)[0];
  return [
    {
      value: `${broke.length} of ${compared.length}`,
      label: "models broke out of regime",
      detail: `shift gap beyond attainable, severity ${generalisation.primary.severity}, Holm-adjusted`,
    },
    {
      value: worst === undefined ? "–" : `${number(worst.versusAttainable!.d.median)} vp`,
      label: "largest gap beyond attainable",
      detail:
        worst === undefined
          ? "nothing was compared"
          : `${worst.name}, adjusted lower bound ${number(worst.versusAttainable!.adjustedLower)} vp, breaks at ${breaksAt(worst.breakingPoint)}`,
    },
  ];
}

function historySentence(history: HistoryResult): string {
  const models = history.models.filter(({ kind }) => kind === "model");
  const windows = `Fitted on ${utcDays(history.calm)} and tested on ${utcDays(history.stress)}`;
  const worse = models.filter(({ forecastFailure }) => forecastFailure !== null && forecastFailure > 0);
  const quoted = models
    .filter(({ quotes }) => quotes !== null && quotes.gapVp !== null)
    .toSorted((a, b) => b.quotes!.gapVp! - a.quotes!.gapVp!);
  const span =
    quoted.length === 0
      ? ""
      : `; against real quotes the error grew by ${number(quoted.at(-1)!.quotes!.gapVp)} (${quoted.at(-1)!.name}) to ${number(quoted[0]!.quotes!.gapVp)} vol points (${quoted[0]!.name})`;
  return `${windows}, ${worse.length} of ${models.length} models forecast realised variance worse than in calm${span}. History has one path and no truth: this is forecast failure, not a proof.`;
}

function historyFigures({ models }: HistoryResult): Figure[] {
  const candidates = models.filter(({ kind }) => kind === "model");
  const failed = candidates
    .filter(({ forecastFailure }) => forecastFailure !== null)
    .toSorted((a, b) => b.forecastFailure! - a.forecastFailure!)[0];
  const quoted = candidates
    .filter(({ quotes }) => quotes !== null && quotes.gapVp !== null)
    .toSorted((a, b) => b.quotes!.gapVp! - a.quotes!.gapVp!)[0];
  return [
    {
      value: failed === undefined ? "–" : number(failed.forecastFailure, 2),
      label: "largest forecast failure (QLIKE)",
      detail:
        failed === undefined
          ? "no model was scored"
          : `${failed.name}${failed.nullQuantile === null ? "" : `, above ${percent(failed.nullQuantile, 0)} of random calm windows`}`,
    },
    {
      value: quoted === undefined ? "–" : `${number(quoted.quotes!.gapVp)} vp`,
      label: "largest growth of error on real quotes",
      detail: quoted === undefined ? "no quotes were given" : quoted.name,
    },
  ];
}

function costSentence(results: Results): string {
  const cells = hardestCells(results);
  const worst = costliest(cells);
  if (worst === undefined) return "Nothing ran on chain, so no cost is known.";
  // History has no dial.
  const severity = results.history === null ? `At severity ${hardestSeverity(results)}` : "On chain";
  const shown = cells.filter(({ excessCost }) => excessCost?.low !== null && (excessCost?.low ?? 0) > 0);
  const seeds = plural(worst.perSeed.length, "seed");
  if (worst.excessCost!.mean! <= 0)
    return `${severity} no model cost the vault more than ${benchmarkWithin(results)} on the same random numbers (${seeds}; largest ${worst.model}, ${costText(worst)}).`;
  if (worst.excessCost!.low === null)
    return `${severity} the costliest model was ${worst.model} with ${costText(worst)} of NAV beyond ${benchmarkWithin(results)} under ${worst.preset}; with ${seeds} there is no interval, so nothing is shown.`;
  if (shown.length === 0)
    return `${severity} no model is shown to cost the vault anything beyond ${benchmarkOfCost(results)} (${seeds}; largest ${worst.model}, ${costText(worst)}).`;
  // A larger mean whose interval holds zero may be chance: the sentence names a cost that is shown.
  const named = shown.includes(worst) ? worst : costliest(shown)!;
  const aside =
    named.model === worst.model
      ? ""
      : ` (the larger mean of ${worst.model}, ${costText(worst)} under ${worst.preset}, may be chance)`;
  const others = cells
    .filter((cell) => cell.model === named.model && cell.preset !== named.preset)
    .map((cell) => `${costText(cell)} under ${cell.preset}`);
  return `${severity} the costliest model that is shown to cost anything, ${named.model}, cost the vault ${costText(named)} of NAV beyond ${benchmarkWithin(results)} under ${named.preset}${others.length === 0 ? "" : ` and ${list(others)}`}${aside}; ${breaksText(cells)}.`;
}

function breaksText(cells: readonly ChainCell[]): string {
  const excess = cells.flatMap(({ breaks }) => breaks.filter(({ excess }) => excess));
  if (excess.length === 0) return "no run broke in excess of the control";
  const counts = [...new Set(excess.map(({ predicate }) => predicate))].map((predicate) => {
    const runs = cells.flatMap(({ breaks }) => [
      ...new Set(breaks.filter((found) => found.excess && found.predicate === predicate).map(({ seed }) => seed)),
    ]).length;
    return `${runs} ${predicate}`;
  });
  const runs = cells.reduce((sum, { perSeed }) => sum + perSeed.length, 0);
  return `breaks in excess of the control: ${list(counts)}, of ${plural(runs, "run")}`;
}

function costFigures(results: Results): Figure[] {
  const cells = hardestCells(results);
  const presets = [...new Set(cells.map(({ preset }) => preset))].slice(0, 2);
  return presets.map((preset) => {
    const worst = costliest(cells.filter((cell) => cell.preset === preset));
    return {
      value: worst === undefined ? "–" : percent(worst.excessCost!.mean),
      label: `of NAV, largest excess cost under ${preset}`,
      detail:
        worst === undefined
          ? "no excess cost is known"
          : `${worst.model}, ${costText(worst)}, ${plural(worst.perSeed.length, "seed")}`,
    };
  });
}

/** What excess cost is measured against: truth where there is one, a named surrogate for history. */
export function benchmarkOfCost({ history }: Results): string {
  return history?.surrogate ?? "perfect pricing";
}

/** The same where the sentence goes on: a name with a clause of its own ends in a comma. */
export function benchmarkWithin(results: Results): string {
  const benchmark = benchmarkOfCost(results);
  return benchmark.includes(",") ? `${benchmark},` : benchmark;
}

/** Mean excess cost with its interval, in % of NAV. */
export function costText({ excessCost }: ChainCell): string {
  if (excessCost === null) return "–";
  return percentInterval(excessCost.mean, excessCost.low, excessCost.high);
}
