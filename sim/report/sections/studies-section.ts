import type { EChartsOption, SeriesOption } from "echarts";

import type { Results } from "../../results/results.ts";
import type { StudyBars, StudyChart, StudyHeat, StudyLines, StudyResult, StudyTable } from "../../results/study.ts";
import { baseOption, drawn, figure, heatCells, marginFor, xValues, yNames, yValues } from "../chart.ts";
import type { Chart, Variant } from "../chart.ts";
import { interval, number, withInterval } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { lineStrokes } from "../palette.ts";
import { table } from "../table.ts";

/** Charts of all studies, in their order. */
export function studyCharts(results: Results): Chart[] {
  return results.studies.flatMap((study) => study.charts.map((chart, index) => chartOf(results, study, chart, index)));
}

/** The further questions that the run was asked, each with its answer first. */
export function studiesSection(results: Results, charts: readonly Chart[]): Html {
  return html`${results.studies.map(
    (study) =>
      html`<section id="study-${study.name}">
        <h2>${study.title}</h2>
        <p><strong>${study.question}</strong> ${study.answer}</p>
        ${study.charts.map((_, index) => figure(charts.find(({ id }) => id === idOf(study, index))!))}
        ${study.tables.map(tableOf)}
        ${study.notes.length === 0 ? "" : html`<p class="note">${study.notes.join(" ")}</p>`}
      </section>`,
  )}`;
}

function idOf({ name }: StudyResult, index: number): string {
  return `study-${name}-${index}`;
}

function chartOf(results: Results, study: StudyResult, chart: StudyChart, index: number): Chart {
  const { height, variant } = drawingOf(results, study, chart);
  return {
    id: idOf(study, index),
    title: chart.title,
    note: chart.note,
    height,
    choices: [],
    variants: { "": variant },
  };
}

function drawingOf(results: Results, study: StudyResult, chart: StudyChart): { height: number; variant: Variant } {
  switch (chart.kind) {
    case "lines":
      return { height: 400, variant: { option: linesOption(results, chart), table: linesTable(chart) } };
    case "heat":
      return {
        height: 150 + 30 * chart.rows.names.length,
        variant: { option: heatOption(chart, heatRange(study, chart)), table: heatTable(chart) },
      };
    case "bars":
      return { height: 70 + 26 * chart.bars.length, variant: { option: barsOption(chart), table: barsTable(chart) } };
  }
}

function linesOption(results: Results, { x, y, series }: StudyLines): EChartsOption {
  const drawnAs = lineStrokes(
    results,
    series.map(({ name }) => name),
  );
  const type = (scale: "linear" | "log") => (scale === "log" ? { type: "log" } : {});
  return {
    ...baseOption(),
    grid: { left: 60, right: 150, top: 36, bottom: 48 },
    xAxis: xValues(x.label, { scale: true, ...type(x.scale) }),
    yAxis: yValues(y.label, type(y.scale)),
    series: series.flatMap(({ name, points }, index): SeriesOption[] => {
      const { color, type: line } = drawnAs[index];
      return [
        ...intervalSeries(name, points, color),
        {
          name,
          type: "line",
          data: points.map(({ x: at, y: value }) => [drawn(at), drawn(value)]),
          color,
          lineStyle: { color, type: line, width: 2 },
          symbolSize: 6,
          endLabel: { show: true, formatter: "{a}", color, distance: 6 },
          labelLayout: { moveOverlap: "shiftY" },
        },
      ];
    }),
  };
}

/** Intervals as thin whiskers, which stay apart on any scale. */
function intervalSeries(name: string, points: StudyLines["series"][number]["points"], color: string): SeriesOption[] {
  return points.flatMap(({ x, low, high }): SeriesOption[] =>
    low === null || high === null
      ? []
      : [
          {
            name: `${name}, 95 %`,
            type: "line",
            data: [
              [drawn(x), drawn(low)],
              [drawn(x), drawn(high)],
            ],
            symbol: "none",
            lineStyle: { color, width: 1, opacity: 0.6 },
            silent: true,
            tooltip: { show: false },
          },
        ],
  );
}

function linesTable({ title, x, y, series }: StudyLines): Html {
  const places = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))].toSorted((a, b) => a - b);
  return table(
    `${title}; ${y.label}`,
    [x.label, ...series.map(({ name }) => name)],
    places.map((at) => [
      short(at),
      ...series.map(({ points }) => {
        const point = points.find((candidate) => candidate.x === at);
        if (point === undefined || point.y === null) return "–";
        return `${short(point.y)} ${interval(point.low, point.high, short)}`.trim();
      }),
    ]),
  );
}

/** Ends of the colours: the same for all heat maps of a study that share a unit, so that they can be compared. */
function heatRange({ charts }: StudyResult, { unit }: StudyHeat): readonly [number, number] {
  const alike = charts.filter((chart) => chart.kind === "heat").filter((chart) => chart.unit === unit);
  const known = alike.flatMap(({ values }) => values.flat()).filter((value) => value !== null);
  return [Math.min(0, ...known), Math.max(0, ...known, 1e-9)];
}

/** Pixels of a heat map's columns together and of a letter under them, and lines that a column's name may take. */
const [HEAT_WIDTH, LETTER, MOST_LINES] = [840, 7, 3] as const;

function heatOption(
  { columns, rows, unit, values }: StudyHeat,
  [least, greatest]: readonly [number, number],
): EChartsOption {
  const width = Math.floor(HEAT_WIDTH / columns.names.length);
  const lines = Math.max(...columns.names.map((name) => Math.ceil((name.length * LETTER) / width)));
  const nameGap = 14 + 14 * Math.min(lines, MOST_LINES);
  return {
    ...baseOption(),
    tooltip: { ...baseOption().tooltip, trigger: "item" },
    grid: { left: marginFor(rows.names), right: 16, top: 28, bottom: nameGap + 62 },
    xAxis: {
      type: "category",
      data: [...columns.names],
      name: columns.label,
      nameLocation: "middle",
      nameGap,
      nameTextStyle: { color: "$muted" },
      // Names of columns that are many stand as they find room; the table has all.
      axisLabel: { color: "$muted", ...(lines > MOST_LINES ? {} : { interval: 0, width, overflow: "break" }) },
    },
    yAxis: {
      ...yNames(rows.names),
      name: rows.label,
      nameLocation: "start",
      nameTextStyle: { color: "$muted", align: "left", padding: [0, 0, 0, 8 - marginFor(rows.names)] },
    },
    visualMap: {
      min: least,
      max: greatest,
      orient: "horizontal",
      left: "center",
      bottom: 0,
      itemWidth: 12,
      text: [`${short(greatest)} ${unit}`, short(least)],
      textStyle: { color: "$muted" },
      inRange: { color: ["#ffffd9", "#7fcdbb", "#1d91c0", "#0c2c84"] },
    },
    series: [
      {
        type: "heatmap",
        data: heatCells(values, unit),
        label: { show: true, fontSize: 10 },
      },
    ],
  };
}

function heatTable({ title, unit, columns, rows, values }: StudyHeat): Html {
  return table(
    `${title}; ${unit}`,
    [`${rows.label} \\ ${columns.label}`, ...columns.names],
    rows.names.map((name, row) => [name, ...values[row]!.map(short)]),
  );
}

function barsOption({ unit, bars }: StudyBars): EChartsOption {
  return {
    ...baseOption(),
    grid: { left: marginFor(bars.map(({ name }) => name)), right: 40, top: 8, bottom: 48 },
    xAxis: xValues(unit),
    yAxis: yNames(bars.map(({ name }) => name)),
    series: [
      // Draws nothing, but makes the axis reach to the ends of the intervals.
      {
        type: "scatter",
        silent: true,
        symbolSize: 0,
        data: bars.flatMap(({ low, high }, row) =>
          [low, high].flatMap((end) => (end === null ? [] : [[drawn(end), row]])),
        ),
      },
      {
        name: unit,
        type: "bar",
        data: bars.map(({ value }) => drawn(value)),
        color: "$m0",
        barMaxWidth: 16,
        markLine: {
          silent: true,
          symbol: "none",
          label: { show: false },
          lineStyle: { color: "$ink", width: 1.5, type: "solid" },
          data: bars.flatMap(({ low, high }, row) =>
            low === null || high === null ? [] : [[{ coord: [drawn(low)!, row] }, { coord: [drawn(high)!, row] }]],
          ),
        },
      },
    ],
  };
}

function barsTable({ title, unit, bars }: StudyBars): Html {
  return table(
    title,
    ["", unit],
    bars.map(({ name, value, low, high }) => [name, withInterval(value, low, high, short).replace(" [n < 6]", "")]),
  );
}

function tableOf({ caption, head, rows, digits }: StudyTable): Html {
  return table(
    caption,
    head,
    rows.map((row) =>
      row.map((cell, column) => (typeof cell === "string" ? cell : number(cell, digits?.[column] ?? 1))),
    ),
  );
}

/** Three digits that matter. */
function short(value: number | null): string {
  if (value === null) return "–";
  const size = Math.abs(value);
  return number(value, size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}
