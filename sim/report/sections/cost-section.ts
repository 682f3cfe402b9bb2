import type { EChartsOption, SeriesOption } from "echarts";

import type { ChainCell, EventShare } from "../../results/on-chain.ts";
import type { Results } from "../../results/results.ts";
import { baseOption, drawn, figure, marginFor, xValues, yNames } from "../chart.ts";
import type { Chart } from "../chart.ts";
import { interval, list, number, percent, probability } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { costCoverageNote } from "../interval-coverage.ts";
import { strokes } from "../palette.ts";
import { hardestCells, hardestSeverity } from "../selection.ts";
import { table } from "../table.ts";
import { benchmarkWithin, costText } from "../verdict.ts";
import { amplificationTable, ladderTable } from "./besides-tables.ts";

const rowName = ({ model, preset }: ChainCell) => `${model} · ${preset}`;

/** Excess cost by model and preset: every seed, the mean, its interval. Undefined when nothing ran on chain. */
export function costChart(results: Results): Chart | undefined {
  const cells = byPreset(hardestCells(results).filter(({ excessCost }) => excessCost !== null));
  if (cells.length === 0) return undefined;
  return {
    id: "cost",
    title: `Cost of model error at severity ${hardestSeverity(results)}, beyond ${benchmarkWithin(results)} on the same seed`,
    note: `Diamond: mean. Bar: 95 % interval over seeds. Dots: single seeds. Right of zero the model costs the vault money. ${costCoverageNote(cells[0].perSeed.length)}`.trim(),
    height: 70 + 26 * cells.length,
    choices: [],
    variants: { "": { option: costOption(results, cells), table: costTable(results) } },
  };
}

function byPreset(cells: readonly ChainCell[]): ChainCell[] {
  const presets = [...new Set(cells.map(({ preset }) => preset))];
  return presets.flatMap((preset) => cells.filter((cell) => cell.preset === preset));
}

function costOption(results: Results, cells: readonly ChainCell[]): EChartsOption {
  const stroke = strokes(results);
  const inPercent = (value: number | null) => (value === null ? null : drawn(value * 100));
  return {
    ...baseOption(),
    tooltip: { ...baseOption().tooltip, trigger: "item", formatter: "{a}" },
    grid: { left: marginFor(cells.map(rowName)), right: 24, top: 8, bottom: 48 },
    xAxis: xValues("excess cost, % of the vault's value at genesis"),
    yAxis: yNames(cells.map(rowName)),
    series: cells.flatMap((cell, row): SeriesOption[] => {
      const { color } = stroke(cell.model);
      const { mean, low, high } = cell.excessCost!;
      const name = `${rowName(cell)}: ${costText(cell)}`;
      return [
        {
          name,
          type: "line",
          data:
            low === null || high === null
              ? []
              : [
                  [inPercent(low)!, row],
                  [inPercent(high)!, row],
                ],
          symbol: "none",
          color,
          lineStyle: { color, width: 4, opacity: 0.55 },
          ...(row === 0
            ? {
                markLine: {
                  silent: true,
                  symbol: "none",
                  label: { show: false },
                  lineStyle: { color: "$muted", type: "solid", width: 1 },
                  data: [{ xAxis: 0 }],
                },
              }
            : {}),
        },
        {
          name,
          type: "scatter",
          data: cell.perSeed.map(({ excessCost }) => [inPercent(excessCost), row]),
          symbolSize: 6,
          itemStyle: { color, opacity: 0.45 },
        },
        {
          name,
          type: "scatter",
          data: [[inPercent(mean), row]],
          symbol: "diamond",
          symbolSize: 13,
          itemStyle: { color },
        },
      ];
    }),
  };
}

function costTable(results: Results): Html {
  const cells = results.onChain.filter(({ kind }) => kind === "model");
  return table(
    "Share of NAV at genesis; excess is beyond the control on the same seed",
    ["model", "preset", "severity", "excess cost", "p, above zero", "skewness", "loss", "control's loss", "seeds"],
    cells.map((cell) => [
      cell.model,
      cell.preset,
      number(cell.severity, 2),
      costText(cell),
      testText(cell),
      number(cell.excessTest?.skewness ?? null),
      percent(cell.loss.mean),
      percent(cell.controlLoss?.mean ?? null),
      cell.perSeed.length,
    ]),
  );
}

/** A one-sided p, marked where it is of signed roots. */
function testText({ excessTest }: ChainCell): string {
  if (excessTest === null) return "–";
  return `${number(excessTest.p, 3)}${excessTest.scale === "plain" ? "" : ", of signed roots"}`;
}

/** What failure costs, and what the protocol's guards did about it. */
export function costSection(results: Results, chart: Chart | undefined): Html {
  if (chart === undefined)
    return html`<section>
      <h2>What does that cost the vault?</h2>
      <p>Nothing ran on chain.</p>
    </section>`;
  const cells = byPreset(results.onChain.filter(({ kind }) => kind === "model"));
  const steps = (cell: ChainCell) => {
    const { intended, projection, latency, guards, effective } = cell.errorVp;
    return [intended, projection, latency, guards, effective].map((step) => number(step));
  };
  return html`<section>
    <h2>What does that cost the vault?</h2>
    ${figure(chart)}
    ${table(
      "From the model's output to the contract's quote: error in vol points, added step by step, and what the guards refused",
      [
        "model",
        "preset",
        "severity",
        "model's error",
        "+ grid",
        "+ delay",
        "+ guards",
        "= quoted",
        "posts refused",
        "clamped",
        "quotes off the grid",
        "hours stale",
        "trades refused",
      ],
      cells.map((cell) => [
        cell.model,
        cell.preset,
        number(cell.severity, 2),
        ...steps(cell),
        cell.posts.offered === 0 ? "–" : percent(cell.posts.refused / cell.posts.offered, 0),
        cell.posts.offered === 0 ? "–" : percent(cell.posts.clamped / cell.posts.offered, 0),
        percent(cell.outsideGrid),
        number(cell.hoursWithoutFreshSurface),
        cell.tradesAttempted === 0 ? "–" : percent(cell.tradesRefused / cell.tradesAttempted, 0),
      ]),
    )}
    <p class="note">
      Guards can make the worst model harmless: its posts are refused and what is left is an old surface. So the error
      that a model intends and the one that the contract quotes stand side by side.
    </p>
    ${breakTable(cells)} ${ladderTable(results)} ${amplificationTable(results)}
  </section>`;
}

/** How often each predicate fell; those that fell nowhere are said in a sentence. */
function breakTable(cells: readonly ChainCell[]): Html {
  const rows = cells.flatMap((cell) => cell.breakShares.map((share) => ({ cell, share })));
  const fell = rows.filter(
    ({ share }) => share.absolute.seeds + (share.control?.seeds ?? 0) + (share.excess?.seeds ?? 0),
  );
  const idle = [...new Set(rows.map(({ share }) => share.predicate))].filter(
    (predicate) => !fell.some(({ share }) => share.predicate === predicate),
  );
  const never = idle.length === 0 ? "" : `Neither model nor control ever broke ${list(idle)}.`;
  if (fell.length === 0) return html`<p class="note">${never}</p>`;
  return html`<h3>How often did it break?</h3>
    ${table(
      "Seeds in which a predicate fell, with the exact 95 % interval of its chance",
      [
        "model",
        "preset",
        "severity",
        "predicate",
        "fell",
        "under perfect pricing",
        "only model : only control",
        "p",
        "in excess",
      ],
      fell.map(({ cell, share }) => [
        cell.model,
        cell.preset,
        number(cell.severity, 2),
        share.predicate,
        shareText(share.absolute),
        shareText(share.control),
        `${share.onlyModel} : ${share.onlyControl}`,
        probability(share.pValue),
        shareText(share.excess),
      ]),
    )}
    <p class="note">
      The p-value is that of an exact binomial test: where just one of the two broke on a seed, it is as likely the one
      as the other. Exploratory, one cell at a time. ${never}
    </p>`;
}

function shareText(share: EventShare | null): string {
  if (share === null) return "–";
  const { seeds, of, low, high } = share;
  return `${seeds} of ${of} ${interval(low, high, (value) => percent(value, 0))}`.trim();
}
