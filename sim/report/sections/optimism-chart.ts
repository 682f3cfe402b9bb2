import type { EChartsOption, SeriesOption } from "echarts";

import type { Generalisation, ModelResult } from "../../results/generalisation.ts";
import type { Results } from "../../results/results.ts";
import { baseOption, drawn, marginFor, xValues, yNames } from "../chart.ts";
import type { Chart } from "../chart.ts";
import { age, interval, number, significance } from "../format.ts";
import { strokes } from "../palette.ts";
import { primaryGap } from "../selection.ts";
import { table } from "../table.ts";

/** A median with its band. */
interface Row {
  readonly model: string;
  readonly what: "optimism" | "shift gap";
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly adjustedPValue: number | null;
}

const nameOf = ({ model, what }: Row) => `${model} · ${what}`;
const textOf = ({ value, low, high, adjustedPValue }: Row) =>
  `${number(value)} ${interval(low, high, number)}${significance(adjustedPValue)}`;

/** Overfitting beside the change of regime, model by model. Undefined where no model was scored. */
export function optimismChart(results: Results, generalisation: Generalisation): Chart | undefined {
  const models = generalisation.models.filter(({ kind }) => kind === "model");
  const rows = models.flatMap((model) => [...optimismRow(model), ...gapRow(results, generalisation, model)]);
  if (rows.length === 0) return undefined;
  const { severity, age: seconds } = generalisation.primary;
  return {
    id: "optimism",
    title: "Is it overfitting, or the change of regime?",
    note: `Diamond: optimism, what a fresh calm path adds to the error of fit. Circle: shift gap, what severity ${severity} adds to that, ${age(seconds)} after onset. Bars: 95 % bands, of optimism over all models, of a gap over its whole curve. Filled: shown after Holm's adjustment, optimism to be above none, a gap beyond attainable.`,
    height: 70 + 22 * rows.length,
    choices: [],
    variants: {
      "": {
        option: option(results, rows),
        table: table(
          "Medians over paths in vol points with 95 % bands; * p < 0.05, ** p < 0.01, *** p < 0.001 after Holm's adjustment",
          ["model", "of", "median"],
          rows.map((row) => [row.model, row.what, textOf(row)]),
        ),
      },
    },
  };
}

function optimismRow({ name, optimism: { median, low, high }, optimismTest }: ModelResult): Row[] {
  if (median === null) return [];
  const band = optimismTest?.band ?? { low, high };
  const adjustedPValue = optimismTest?.adjustedPValue ?? null;
  return [{ model: name, what: "optimism", value: median, ...band, adjustedPValue }];
}

function gapRow(results: Results, { primary }: Generalisation, model: ModelResult): Row[] {
  const at = primaryGap(results, model, primary.severity);
  if (at === undefined || at.gap.median === null) return [];
  const { low, high } = at.band ?? at.gap;
  const adjustedPValue = at.beyond?.adjustedPValue ?? null;
  return [{ model: model.name, what: "shift gap", value: at.gap.median, low, high, adjustedPValue }];
}

function option(results: Results, rows: readonly Row[]): EChartsOption {
  const stroke = strokes(results);
  const right = ceiling(rows);
  const names = rows.map(nameOf);
  return {
    ...baseOption(),
    tooltip: { ...baseOption().tooltip, trigger: "item", formatter: "{a}" },
    grid: { left: marginFor(names), right: 70, top: 8, bottom: 48 },
    xAxis: xValues("vol points", { max: right }),
    yAxis: yNames(names),
    series: rows.flatMap((row, y): SeriesOption[] => {
      const { color } = stroke(row.model);
      const name = `${nameOf(row)}: ${textOf(row)} vp`;
      const ends = row.low === null || row.high === null || row.low > right ? [] : [row.low, Math.min(row.high, right)];
      const isOff = row.value > right;
      const isShown = (row.adjustedPValue ?? 1) < 0.05;
      return [
        {
          name,
          type: "line",
          data: ends.map((end) => [drawn(end), y]),
          symbol: "none",
          color,
          lineStyle: { color, width: 4, opacity: 0.45 },
        },
        {
          name,
          type: "scatter",
          data: [[drawn(Math.min(row.value, right)), y]],
          symbol: isOff ? "triangle" : row.what === "optimism" ? "diamond" : "circle",
          symbolRotate: isOff ? -90 : 0,
          symbolSize: row.what === "optimism" ? 12 : 9,
          itemStyle: { color: isShown ? color : "$paper", borderColor: color, borderWidth: 1.5 },
          label: { show: isOff, position: "right", formatter: number(row.value), color },
          z: 3,
        },
      ];
    }),
  };
}

/** The end of the scale, so that one wild model does not flatten the others; what lies beyond is an arrow. */
function ceiling(rows: readonly Row[]): number {
  const values = rows.map(({ value }) => value).toSorted((a, b) => a - b);
  const usual = Math.max(1, values[Math.floor((values.length - 1) / 2)]!);
  const shown = rows.filter(({ value }) => value <= 8 * usual).map(({ value, high }) => Math.max(value, high ?? value));
  const end = Math.min(1.1 * Math.max(...shown), 12 * usual);
  const step = 10 ** Math.floor(Math.log10(end)) / 2;
  return Math.ceil(end / step) * step;
}
