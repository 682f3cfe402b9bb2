import type { EChartsOption, SeriesOption } from "echarts";

import type { Distance, Generalisation, ModelResult } from "../../results/generalisation.ts";
import type { Results } from "../../results/results.ts";
import { baseOption, combinations, drawn, xValues, yValues } from "../chart.ts";
import type { Chart, Choice, Variant } from "../chart.ts";
import { age, interval, number, percent, significance } from "../format.ts";
import type { Html } from "../html.ts";
import { strokes } from "../palette.ts";
import type { Stroke } from "../palette.ts";
import { table } from "../table.ts";

/** A gap with its place on the chosen axis. */
type Gap = ModelResult["gaps"][number] & { readonly x: number | null };

/** What the gap can be drawn against: how far the market moved, or how far its features lie from training. */
const axes = [
  { label: "severity", title: "severity (0 = training regime, 1 = worst sourced)" },
  {
    label: "energy distance of features",
    title: "energy distance of the market's features from training, median, in their standard deviations",
  },
  {
    label: "features outside the calm range",
    title: "share of features outside their range in training, mean, %",
  },
] as const;
type Axis = 0 | 1 | 2;

/** Error gap by severity or distance: the dose-response of every model. */
export function doseChart(results: Results, generalisation: Generalisation): Chart {
  const stroke = strokes(results);
  const choices: Choice[] = [
    {
      label: "Quotes",
      kind: "select",
      choices: generalisation.designs.map((design) =>
        design === "listed" ? "listed strikes and tenors" : "standardised moneyness",
      ),
      initial: Math.max(0, generalisation.designs.indexOf(generalisation.primary.design)),
    },
    {
      label: "Time since onset",
      kind: "range",
      choices: generalisation.ages.map(age),
      initial: Math.max(0, generalisation.ages.indexOf(generalisation.primary.age)),
    },
    { label: "Drawn against", kind: "select", choices: axes.map(({ label }) => label), initial: 0 },
  ];
  const variants = combinations(choices).map(({ key, picks }): [string, Variant] => {
    const at = { design: generalisation.designs[picks[0]!]!, age: generalisation.ages[picks[1]!]! };
    const distances = distancesAt(generalisation, at);
    const lines = generalisation.models.map((model): Line => ({
      model,
      stroke: stroke(model.name),
      gaps: model.gaps
        .filter((gap) => gap.design === at.design && gap.age === at.age)
        .toSorted((a, b) => a.severity - b.severity)
        .map((gap) => ({ ...gap, x: placeOf(gap.severity, distances, picks[2] as Axis) })),
    }));
    const option = doseOption(generalisation, lines, axes[picks[2] as Axis].title, picks[2] === 0);
    return [key, { option, table: doseTable(generalisation, lines, distances) }];
  });
  return {
    id: "dose",
    title: "Error beyond a fresh calm path, by size of the shift",
    note: "Median over paths; shaded, the 95 % band that holds the whole curve. Filled: beyond attainable by Holm's adjustment over all models and severities. Grey band: what the placebo produces with no shift at all.",
    height: 440,
    choices,
    variants: Object.fromEntries(variants),
  };
}

function distancesAt({ distances }: Generalisation, at: Pick<Distance, "design" | "age">): Distance[] {
  return distances
    .filter(({ design, age }) => design === at.design && age === at.age)
    .toSorted((a, b) => a.severity - b.severity);
}

/** Where a severity lies on the chosen axis; null where its distance is not known. */
function placeOf(severity: number, distances: readonly Distance[], axis: Axis): number | null {
  if (axis === 0) return severity;
  const distance = distances.find((candidate) => candidate.severity === severity);
  if (distance === undefined) return null;
  if (axis === 1) return drawn(distance.energy.median);
  const { mean } = distance.featuresOutside;
  return mean === null ? null : drawn(100 * mean);
}

interface Line {
  readonly model: ModelResult;
  readonly stroke: Stroke;
  readonly gaps: readonly Gap[];
}

function doseOption(
  generalisation: Generalisation,
  lines: readonly Line[],
  title: string,
  isSeverity: boolean,
): EChartsOption {
  const top = ceiling(lines, lowestThreshold(generalisation));
  const away = lines.filter(({ gaps }) => offScale(gaps, top) !== undefined);
  return {
    ...baseOption(),
    grid: { left: 52, right: 130, top: 36 + 14 * Math.max(0, away.length - 1), bottom: 48 },
    xAxis: xValues(title, isSeverity ? { min: 0, max: 1 } : { scale: true }),
    yAxis: yValues("shift gap, vol points", { min: floor(generalisation, lines), max: top, scale: false }),
    series: [
      ...lines.flatMap((line) => (line.model.kind === "control" ? [] : bandSeries(line))),
      ...lines.map((line) => medianSeries(line, top, away.indexOf(line))),
      ...thresholdSeries(generalisation, lines),
      placeboSeries(generalisation),
    ],
  };
}

/** The top of the scale, so that one wild model does not flatten the others; it is then marked as off the scale. */
function ceiling(lines: readonly Line[], threshold: number): number {
  const peaks = lines
    .map(({ gaps }) => Math.max(0, ...gaps.map(({ gap }) => gap.median ?? 0)))
    .toSorted((a, b) => a - b);
  const usual = peaks[Math.floor((peaks.length - 1) / 2)] ?? 0;
  const shown = peaks.filter((peak) => peak <= Math.max(6 * usual, 2 * threshold));
  const peak = Math.max(1.25 * Math.max(0, ...shown), 1.5 * threshold);
  const step = 10 ** Math.floor(Math.log10(peak)) / 2;
  return Math.ceil(peak / step) * step;
}

/** The bottom of the scale: zero, or below the placebo's band and any gap that is negative. */
function floor({ controls: { placebo } }: Generalisation, lines: readonly Line[]): number {
  const lows = lines.flatMap(({ gaps }) => gaps.map(({ gap }) => gap.median ?? 0));
  const least = Math.min(0, placebo?.low ?? 0, ...lows);
  return least < -5 ? 5 * Math.floor(least / 5) : Math.floor(least);
}

function lowestThreshold({ models }: Generalisation): number {
  return Math.min(...models.flatMap(({ versusAttainable }) => versusAttainable?.threshold ?? []), 5);
}

/** The band of the whole curve as two stacked areas, the lower invisible; pointwise where replicates are too few. */
function bandSeries({ model, stroke, gaps }: Line): SeriesOption[] {
  const area = (data: (number | null)[][], opacity: number): SeriesOption => ({
    type: "line",
    data,
    stack: `band-${model.name}`,
    stackStrategy: "all",
    lineStyle: { opacity: 0 },
    symbol: "none",
    areaStyle: { color: stroke.color, opacity },
    silent: true,
    tooltip: { show: false },
  });
  const ends = gaps.map(({ x, gap, band }) => ({ x, low: band?.low ?? gap.low, high: band?.high ?? gap.high }));
  return [
    area(
      ends.map(({ x, low }) => [x, drawn(low)]),
      0,
    ),
    area(
      ends.map(({ x, low, high }) => [x, low === null || high === null ? null : drawn(high - low)]),
      0.18,
    ),
  ];
}

/** @param place - of the line among those that leave the scale, so that their labels do not meet */
function medianSeries({ model, stroke, gaps }: Line, top: number, place: number): SeriesOption {
  const crossing = offScale(gaps, top);
  return {
    name: model.name,
    type: "line",
    data: gaps.map(({ x, gap, beyond }) => ({
      value: [x, drawn(gap.median)],
      symbol: isSignificant(beyond) ? "circle" : "emptyCircle",
    })),
    color: stroke.color,
    lineStyle: { ...stroke, width: model.kind === "control" ? 1.5 : 2.5 },
    symbolSize: 6,
    endLabel: { show: crossing === undefined, formatter: "{a}", color: stroke.color, distance: 6 },
    labelLayout: { moveOverlap: "shiftY" },
    ...(crossing === undefined
      ? {}
      : {
          markPoint: {
            symbol: "triangle",
            symbolSize: 9,
            data: [{ coord: [crossing, top], name: model.name }],
            label: {
              show: true,
              position: "right",
              offset: [0, -14 * place],
              color: stroke.color,
              formatter: `${model.name}, ${number(gaps.at(-1)?.gap.median ?? null)} vp at ${gaps.at(-1)?.severity ?? 1}`,
            },
          },
        }),
  };
}

/** Where a line leaves the top of the scale; undefined when it does not. */
function offScale(gaps: readonly Gap[], top: number): number | undefined {
  const next = gaps.findIndex(({ gap }) => (gap.median ?? 0) > top);
  if (next < 0) return undefined;
  const [from, to] = [gaps[next - 1], gaps[next]!];
  if (to.x === null || from === undefined || from.x === null) return to.x ?? undefined;
  const rise = (top - from.gap.median!) / (to.gap.median! - from.gap.median!);
  return from.x + rise * (to.x - from.x);
}

/** The least gap that can count as a break: the attainable control's plus the lowest threshold of any model. */
function thresholdSeries(generalisation: Generalisation, lines: readonly Line[]): SeriesOption[] {
  const attainable = lines.find(({ model }) => model.name === "attainable");
  if (attainable === undefined || attainable.gaps.length === 0) return [];
  const threshold = lowestThreshold(generalisation);
  return [
    {
      name: `attainable + ${number(threshold, 0)} vp`,
      type: "line",
      data: attainable.gaps.map(({ x, gap }) => [x, drawn((gap.median ?? 0) + threshold)]),
      symbol: "none",
      color: "$ink",
      lineStyle: { type: "dotted", width: 1.5, color: "$ink" },
      endLabel: { show: true, formatter: "break threshold", color: "$ink", distance: 6 },
      labelLayout: { moveOverlap: "shiftY" },
    },
  ];
}

function placeboSeries({ controls: { placebo } }: Generalisation): SeriesOption {
  const known = placebo !== null && placebo.low !== null && placebo.high !== null;
  return {
    type: "line",
    data: [],
    markArea: known
      ? {
          silent: true,
          itemStyle: { color: "$shade", opacity: 0.25 },
          label: { show: true, position: "insideTopLeft", color: "$muted", formatter: "placebo" },
          data: [[{ yAxis: placebo.low! }, { yAxis: placebo.high! }]],
        }
      : undefined,
  };
}

function doseTable({ severities }: Generalisation, lines: readonly Line[], distances: readonly Distance[]): Html {
  const shown = severities.filter((severity) =>
    lines.some(({ gaps }) => gaps.some((gap) => gap.severity === severity)),
  );
  const distanceRow = (name: string, text: (distance: Distance) => string) => [
    name,
    ...shown.map((severity) => {
      const distance = distances.find((candidate) => candidate.severity === severity);
      return distance === undefined ? "–" : text(distance);
    }),
  ];
  return table(
    `Shift gap in vol points, median with the 95 % band of the whole curve; ${SIGNIFICANT_MARKS}, adjusted by Holm over all models and severities here, exploratory. Below, how far the market's features lie from training over paths`,
    ["model", ...shown.map((severity) => `severity ${severity}`)],
    [
      ...lines.map(({ model, gaps }) => [
        model.name,
        ...shown.map((severity) => {
          const point = gaps.find((entry) => entry.severity === severity);
          return point === undefined ? "–" : gapText(point);
        }),
      ]),
      distanceRow("energy distance, sd, median", ({ energy }) => number(energy.median)),
      distanceRow("features outside the calm range, mean", ({ featuresOutside }) => percent(featuresOutside.mean, 0)),
      distanceRow("quotes with any outside, mean", ({ quotesOutside }) => percent(quotesOutside.mean, 0)),
    ],
  );
}

const SIGNIFICANT_MARKS = "* p < 0.05, ** p < 0.01, *** p < 0.001 that it is beyond attainable";

function gapText({ gap, band, beyond }: Gap): string {
  if (gap.median === null) return "–";
  const bounds = interval(band?.low ?? gap.low, band?.high ?? gap.high, number);
  return `${number(gap.median)} ${bounds === "" ? "[n < 6]" : bounds}${significance(beyond?.adjustedPValue ?? null)}`;
}

/** Whether a model is beyond attainable at 5 % after Holm's adjustment. */
function isSignificant(beyond: Gap["beyond"]): boolean {
  return beyond !== null && beyond.adjustedPValue !== null && beyond.adjustedPValue < 0.05;
}
