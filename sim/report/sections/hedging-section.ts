import type { EChartsOption, SeriesOption } from "echarts";

import type { ChainCell } from "../../results/on-chain.ts";
import type { HeatMap } from "../../results/generalisation.ts";
import type { Results } from "../../results/results.ts";
import { baseOption, drawn, figure, heatCells, marginFor, xValues, yNames } from "../chart.ts";
import type { Chart } from "../chart.ts";
import { number, percent, usd, withInterval } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { strokes } from "../palette.ts";
import { hardestCells, hardestSeverity } from "../selection.ts";
import { table } from "../table.ts";

/** Where on the surface the error sits. Undefined without heat maps. */
export function heatChart({ generalisation }: Results): Chart | undefined {
  const maps = generalisation?.heatMaps ?? [];
  if (maps.length === 0) return undefined;
  const errors = maps.flatMap(({ errorVp }) => errorVp.flat()).filter((error) => error !== null);
  // The same scale for all models, so that two maps can be compared; the wildest tenth saturates.
  const top = Math.max(1, Math.ceil(errors.toSorted((a, b) => a - b)[Math.floor(errors.length * 0.9)] ?? 1));
  return {
    id: "heat",
    title: "Where on the surface the error sits",
    note: "Median absolute error in vol points by moneyness and tenor, one scale for all models.",
    height: 130 + 30 * Math.max(...maps.map(({ tenorDays }) => tenorDays.length)),
    choices: [
      {
        label: "Model",
        kind: "select",
        choices: maps.map(({ model, severity }) => `${model}, severity ${severity}`),
        initial: 0,
      },
    ],
    variants: Object.fromEntries(
      maps.map((map, index) => [String(index), { option: heatOption(map, top), table: heatTable(map) }]),
    ),
  };
}

function heatOption({ x, tenorDays, errorVp }: HeatMap, top: number): EChartsOption {
  return {
    ...baseOption(),
    tooltip: { ...baseOption().tooltip, trigger: "item" },
    grid: { left: 48, right: 16, top: 8, bottom: 90 },
    xAxis: {
      type: "category",
      data: x.map((at) => number(at, 1)),
      name: "moneyness x = ln(K/F) / (σ √τ)",
      nameLocation: "middle",
      nameGap: 28,
      nameTextStyle: { color: "$muted" },
      axisLabel: { color: "$muted" },
    },
    yAxis: yNames(tenorDays.map((days) => `${days} d`)),
    visualMap: {
      min: 0,
      max: top,
      orient: "horizontal",
      left: "center",
      bottom: 0,
      itemWidth: 12,
      text: [`≥ ${top} vp`, "0"],
      textStyle: { color: "$muted" },
      inRange: { color: ["#ffffd9", "#7fcdbb", "#1d91c0", "#0c2c84"] },
    },
    series: [
      {
        type: "heatmap",
        data: heatCells(errorVp, "vp"),
        label: { show: true, fontSize: 10 },
      },
    ],
  };
}

function heatTable({ x, tenorDays, errorVp }: HeatMap): Html {
  return table(
    "Median absolute error, vol points",
    ["tenor", ...x.map((at) => number(at, 1))],
    tenorDays.map((days, row) => [`${days} d`, ...errorVp[row]!.map((error) => number(error))]),
  );
}

/** Hedged profit of every run, by model and preset. Undefined when nothing ran on chain. */
export function hedgedChart(results: Results): Chart | undefined {
  const cells = hardestCells(results).filter(({ hedging }) => hedging.profits.length > 0);
  if (cells.length === 0) return undefined;
  const stroke = strokes(results);
  const name = ({ model, preset }: ChainCell) => `${model} · ${preset}`;
  return {
    id: "hedged",
    title: `Profit of the hedged book at severity ${hardestSeverity(results)}`,
    note: "One dot a run.",
    height: 70 + 22 * cells.length,
    choices: [],
    variants: {
      "": {
        option: {
          ...baseOption(),
          tooltip: { ...baseOption().tooltip, trigger: "item", formatter: "{a}" },
          grid: { left: marginFor(cells.map(name)), right: 24, top: 8, bottom: 48 },
          xAxis: xValues("hedged profit, USD a run", { splitNumber: 4 }),
          yAxis: yNames(cells.map(name)),
          series: cells.map((cell, row): SeriesOption => ({
            name: name(cell),
            type: "scatter",
            data: cell.hedging.profits.map((profit) => [drawn(profit), row]),
            symbolSize: 8,
            itemStyle: { color: stroke(cell.model).color, opacity: 0.6 },
          })),
        },
        table: table(
          "Profit of the hedged book, USD by run",
          ["runs of", "profits"],
          cells.map((cell) => [name(cell), cell.hedging.profits.map(usd).join("  ")]),
        ),
      },
    },
  };
}

/** Section 6: hedging and Greeks, briefly. */
export function hedgingSection(results: Results, heat: Chart | undefined, hedged: Chart | undefined): Html {
  const cells = hardestCells(results);
  if (heat === undefined && cells.length === 0) return html``;
  return html`<section>
    <h2>Hedging and Greeks</h2>
    ${heat === undefined ? "" : figure(heat)} ${hedged === undefined ? "" : figure(hedged)}
    ${
      cells.length === 0
        ? ""
        : table(
            "Against the true model: root mean square error of Greeks, and sd of the daily hedged P&L beyond the minimum-variance hedge",
            [
              "model",
              "preset",
              "delta, units",
              "vega, share of true",
              "vanna, units a vp",
              "wrong sign",
              "hedge sd, USD a day",
              "floor",
              "hedging error",
            ],
            cells.map(({ model, preset, greeks, hedging }) => [
              model,
              preset,
              number(greeks.deltaRmse, 3),
              number(greeks.vegaRmse, 2),
              number(greeks.vannaRmse, 4),
              percent(greeks.signFlips),
              usd(hedging.modelSd),
              usd(hedging.floorSd),
              withInterval(hedging.error.mean, hedging.error.low, hedging.error.high, usd),
            ]),
          )
    }
  </section>`;
}
