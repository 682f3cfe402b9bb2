import type { EChartsOption, SeriesOption } from "echarts";

import type { HistoryResult } from "../../results/history.ts";
import type { Results } from "../../results/results.ts";
import { baseOption, drawn, figure, xTimes, xValues, yValues } from "../chart.ts";
import type { Chart } from "../chart.ts";
import { number, percent, utcDate, utcDays } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { strokes } from "../palette.ts";
import { table } from "../table.ts";
import { comparisonParts } from "./history-comparison.ts";

/** Price and realised vol with both windows shaded. */
export function pathChart({ path, calm, stress }: HistoryResult): Chart {
  const points = (values: readonly (number | null)[], scale: number) =>
    path.times.map((time, index) => [time * 1000, drawn(values[index] === null ? null : values[index]! * scale)]);
  const shade = (panel: number): SeriesOption => ({
    type: "line",
    xAxisIndex: panel,
    yAxisIndex: panel,
    data: [],
    markArea: {
      silent: true,
      label: { show: panel === 0, color: "$muted", position: "insideTop" },
      data: [
        [
          { name: "calm: fitted", xAxis: calm.from * 1000, itemStyle: { color: "$shade", opacity: 0.18 } },
          { xAxis: calm.to * 1000 },
        ],
        [
          { name: "stress: tested", xAxis: stress.from * 1000, itemStyle: { color: "$fault", opacity: 0.15 } },
          { xAxis: stress.to * 1000 },
        ],
      ],
    },
  });
  const option: EChartsOption = {
    ...baseOption(),
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: [
      { left: 58, right: 24, top: 34, height: 160 },
      { left: 58, right: 24, top: 240, height: 110 },
    ],
    xAxis: [0, 1].map((gridIndex) =>
      xTimes(gridIndex === 0 ? { gridIndex, axisLabel: { show: false } } : { gridIndex }),
    ),
    yAxis: ["price, USD", "realised vol, % a year"].map((name, gridIndex) => yValues(name, { gridIndex })),
    series: [
      { name: "price", type: "line", data: points(path.price, 1), symbol: "none", color: "$ink" },
      {
        name: "realised vol",
        type: "line",
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: points(path.realisedVol, 100),
        symbol: "none",
        color: "$m1",
      },
      shade(0),
      shade(1),
    ],
  };
  const rows = [
    ["calm", calm],
    ["stress", stress],
  ] as const;
  return {
    id: "path",
    title: "What really happened",
    note: "The windows were chosen, not drawn. Times are UTC.",
    height: 390,
    choices: [],
    variants: {
      "": {
        option,
        table: table(
          "Windows",
          ["window", "from", "to", "bars", "realised vol"],
          rows.map(([name, window]) => [
            name,
            utcDate(window.from),
            utcDate(window.to - 1),
            number(window.bars, 0),
            percent(window.realisedVol, 0),
          ]),
        ),
      },
    },
  };
}

/** Real quotes and the models at one instant of each window. Undefined without a quotes file. */
export function quotesChart(results: Results, { smiles }: HistoryResult): Chart | undefined {
  if (smiles.length === 0) return undefined;
  const stroke = strokes(results);
  const inPercent = (value: number | null | undefined) =>
    drawn(value === null || value === undefined ? null : value * 100);
  return {
    id: "quotes",
    title: "Models against real quotes",
    note: "Dots are quotes; lines are models, whose output is never market data.",
    height: 400,
    choices: [
      {
        label: "Quotes of",
        kind: "select",
        choices: smiles.map(({ window, time, tenorDays }) => `${window}, ${utcDate(time)}, ${number(tenorDays, 1)} d`),
        initial: Math.max(
          0,
          smiles.findIndex(({ window }) => window === "stress"),
        ),
      },
    ],
    variants: Object.fromEntries(
      smiles.map(({ logMoneyness, quoted, models }, index) => [
        String(index),
        {
          option: {
            ...baseOption(),
            grid: { left: 52, right: 130, top: 36, bottom: 48 },
            xAxis: xValues("log-moneyness ln(K/F)", { min: "dataMin", max: "dataMax" }),
            yAxis: yValues("implied vol, % a year"),
            series: [
              {
                name: "quotes",
                type: "scatter",
                data: logMoneyness.map((at, row) => [at, inPercent(quoted[row])]),
                symbolSize: 7,
                itemStyle: { color: "$ink" },
              },
              ...models.map(({ model, vol }): SeriesOption => {
                const line = stroke(model);
                return {
                  name: model,
                  type: "line",
                  data: logMoneyness.map((at, row) => [at, inPercent(vol[row])]),
                  symbol: "none",
                  color: line.color,
                  lineStyle: { ...line, width: 2 },
                  endLabel: { show: true, formatter: "{a}", color: line.color, distance: 6 },
                  labelLayout: { moveOverlap: "shiftY" },
                };
              }),
            ],
          },
          table: table(
            "Implied vol",
            ["ln(K/F)", "quoted", ...models.map(({ model }) => model)],
            logMoneyness.map((at, row) => [
              number(at, 3),
              percent(quoted[row] ?? null),
              ...models.map(({ vol }) => percent(vol[row] ?? null)),
            ]),
          ),
        },
      ]),
    ),
  };
}

/** Sections 2 and 3 for real history: forecast failure, and real quotes where there are any. */
export function historySection(history: HistoryResult, path: Chart, quotes: Chart | undefined): Html {
  const quoted = history.models.some((model) => model.quotes !== null);
  return html`<section>
    <h2>How well does each forecast survive?</h2>
    ${figure(path)}
    ${table(
      `Target: ${history.target}. QLIKE loss of forecasts of realised variance, and error of ln vol; failure is stress less calm`,
      [
        "model",
        "calm QLIKE",
        "stress QLIKE",
        "failure",
        "above calm windows",
        "calm ln error",
        "stress ln error",
        "origins calm / stress",
      ],
      history.models.map(({ name, kind, calm, stress, forecastFailure, nullQuantile }) => [
        kind === "model" ? name : `${name} (${kind})`,
        number(calm.qlike, 3),
        number(stress.qlike, 3),
        number(forecastFailure, 3),
        nullQuantile === null ? "too few windows" : percent(nullQuantile, 0),
        number(calm.logError, 3),
        number(stress.logError, 3),
        `${calm.origins} / ${stress.origins}`,
      ]),
    )}
    ${
      quoted
        ? table(
            "Error against real option quotes, vol points (root mean square)",
            ["model", "fit", "calm, held out", "stress", "gap", "quotes calm / stress"],
            history.models.flatMap(({ name, quotes: scores }) =>
              scores === null
                ? []
                : [
                    [
                      name,
                      number(scores.fit.rmseVp),
                      number(scores.calm.rmseVp),
                      number(scores.stress.rmseVp),
                      number(scores.gapVp),
                      `${number(scores.calm.quotes, 0)} / ${number(scores.stress.quotes, 0)}`,
                    ],
                  ],
            ),
          )
        : ""
    }
    ${history.tests.length < 2 ? "" : testsTable(history)} ${comparisonParts(history)}
    ${
      history.outsideTraining === null
        ? ""
        : html`<p>${percent(history.outsideTraining, 0)} of stress quotes lie outside the range that training saw.</p>`
    }
    ${quotes === undefined ? "" : figure(quotes)}
  </section>`;
}

/** Every window beside the others: the one on chain first. */
function testsTable({ tests }: HistoryResult): Html {
  const quoted = tests.some(({ models }) => models.some(({ quotes }) => quotes !== null));
  return html`${table(
    `All windows of this run; the chain ran ${tests[0]!.name}`,
    ["window", "days", "why", "calm", "realised vol, calm", "stress", "outside training", "calm windows"],
    tests.map(({ name, why, calm, stress, outsideTraining, nullWindows }) => [
      name,
      utcDays(stress),
      why,
      utcDays(calm),
      percent(calm.realisedVol, 0),
      percent(stress.realisedVol, 0),
      percent(outsideTraining, 0),
      number(nullWindows, 0),
    ]),
  )}
  ${table(
    "Forecast failure by window: stress QLIKE less calm QLIKE, and how many of the random calm windows it lies above",
    ["model", ...tests.map(({ name }) => name)],
    tests[0]!.models.map(({ name, kind }) => [
      kind === "model" ? name : `${name} (${kind})`,
      ...tests.map((test) => failureText(test.models.find((model) => model.name === name))),
    ]),
  )}
  ${
    quoted
      ? table(
          "Growth of the error on real quotes by window: stress less held-out calm, vol points (root mean square)",
          ["model", ...tests.map(({ name }) => name)],
          tests[0]!.models
            .filter(({ quotes }) => quotes !== null)
            .map(({ name }) => [
              name,
              ...tests.map((test) => number(test.models.find((model) => model.name === name)?.quotes?.gapVp ?? null)),
            ]),
        )
      : ""
  }`;
}

function failureText(model: HistoryResult["models"][number] | undefined): string {
  if (model === undefined || model.forecastFailure === null) return "–";
  const place = model.nullQuantile === null ? "" : ` (${percent(model.nullQuantile, 0)})`;
  return `${number(model.forecastFailure, 2)}${place}`;
}
