import type { EChartsOption, SeriesOption } from "echarts";

import type { Generalisation, ModelResult } from "../../results/generalisation.ts";
import type { Results } from "../../results/results.ts";
import { baseOption, combinations, drawn, figure, xValues, yValues } from "../chart.ts";
import type { Chart, Choice, Variant } from "../chart.ts";
import { age, breaksAt, number, percent, withInterval } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { strokes } from "../palette.ts";
import type { Stroke } from "../palette.ts";
import { primaryGap } from "../selection.ts";
import { table } from "../table.ts";

type Gap = ModelResult["gaps"][number];

/** Error gap by severity: the dose-response of every model. */
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
  ];
  const variants = combinations(choices).map(({ key, picks }): [string, Variant] => {
    const gaps = generalisation.models.map((model) => ({
      model,
      stroke: stroke(model.name),
      gaps: model.gaps
        .filter((gap) => gap.design === generalisation.designs[picks[0]!] && gap.age === generalisation.ages[picks[1]!])
        .toSorted((a, b) => a.severity - b.severity),
    }));
    return [key, { option: doseOption(generalisation, gaps), table: doseTable(generalisation, gaps) }];
  });
  return {
    id: "dose",
    title: "Error beyond a fresh calm path, by severity of the shift",
    note: "Median over paths with its 95 % interval. Grey band: what the placebo produces with no shift at all.",
    height: 440,
    choices,
    variants: Object.fromEntries(variants),
  };
}

interface Line {
  readonly model: ModelResult;
  readonly stroke: Stroke;
  readonly gaps: readonly Gap[];
}

function doseOption(generalisation: Generalisation, lines: readonly Line[]): EChartsOption {
  const top = ceiling(lines, lowestThreshold(generalisation));
  const away = lines.filter(({ gaps }) => offScale(gaps, top) !== undefined);
  return {
    ...baseOption(),
    grid: { left: 52, right: 130, top: 36 + 14 * Math.max(0, away.length - 1), bottom: 48 },
    xAxis: xValues("severity (0 = training regime, 1 = worst sourced)", { min: 0, max: 1 }),
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

/** An interval as two stacked areas, the lower invisible. */
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
  return [
    area(
      gaps.map(({ severity, gap }) => [severity, drawn(gap.low)]),
      0,
    ),
    area(
      gaps.map(({ severity, gap }) => [
        severity,
        gap.low === null || gap.high === null ? null : drawn(gap.high - gap.low),
      ]),
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
    data: gaps.map(({ severity, gap }) => [severity, drawn(gap.median)]),
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
  if (from === undefined) return to.severity;
  const rise = (top - from.gap.median!) / (to.gap.median! - from.gap.median!);
  return from.severity + rise * (to.severity - from.severity);
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
      data: attainable.gaps.map(({ severity, gap }) => [severity, drawn((gap.median ?? 0) + threshold)]),
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

function doseTable({ severities }: Generalisation, lines: readonly Line[]): Html {
  const shown = severities.filter((severity) =>
    lines.some(({ gaps }) => gaps.some((gap) => gap.severity === severity)),
  );
  return table(
    "Shift gap in vol points, median with 95 % interval",
    ["model", ...shown.map((severity) => `severity ${severity}`)],
    lines.map(({ model, gaps }) => [
      model.name,
      ...shown.map((severity) => {
        const gap = gaps.find((entry) => entry.severity === severity)?.gap;
        return gap === undefined ? "–" : withInterval(gap.median, gap.low, gap.high, number);
      }),
    ]),
  );
}

/** Section 2: how the error answers to the dose, and the numbers by model. */
export function doseSection(results: Results, generalisation: Generalisation, chart: Chart): Html {
  const { primary, models } = generalisation;
  const worst = Math.max(...generalisation.severities);
  return html`<section>
    <h2>How far does each model generalise?</h2>
    ${figure(chart)}
    ${table(
      `Median error in vol points. Gap at severity ${worst}; d is the gap less the attainable control's at severity ${primary.severity}, ${age(primary.age)} after onset, with its Holm-adjusted lower bound`,
      [
        "model",
        "fit",
        "fresh calm",
        "optimism",
        "gap",
        "d",
        "≥",
        "must pass",
        "verdict",
        "breaks at severity",
        "out of domain",
      ],
      models.map((model) => {
        const versus = model.versusAttainable;
        return [
          model.kind === "control" ? `${model.name} (control)` : model.name,
          number(model.fit.median),
          number(model.calm.median),
          number(model.optimism.median),
          number(primaryGap(results, model, worst)?.gap.median ?? null),
          number(versus?.d.median ?? null),
          number(versus?.adjustedLower ?? null),
          number(versus?.threshold ?? null),
          versus === null ? "–" : html`<span class="${versus.verdict.replace(" ", "-")}">${versus.verdict}</span>`,
          breaksAt(model.breakingPoint),
          percent(model.domainShareOut),
        ];
      }),
    )}
    <p class="note">
      Optimism is the error on a fresh calm path less the error of fit: overfitting. The gap is what a change of regime
      adds. A model broke when the adjusted lower bound of d is above 0.5 vp and its median passes the threshold; it
      held when the upper bound stays below; otherwise neither is shown.
    </p>
  </section>`;
}
