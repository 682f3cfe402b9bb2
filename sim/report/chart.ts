import type { EChartsOption, HeatmapSeriesOption, XAXisComponentOption, YAXisComponentOption } from "echarts";

import { number } from "./format.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";

/** A native input that picks what a chart shows; `choices` are its labels in order. */
export interface Choice {
  readonly label: string;
  readonly kind: "range" | "select";
  readonly choices: readonly string[];
  /** Index chosen at first. */
  readonly initial: number;
}

type HeatmapCell = Exclude<NonNullable<HeatmapSeriesOption["data"]>[number], readonly unknown[]> & {
  readonly tooltip: { readonly formatter: string };
};

/** One chosen state of a chart, with the same facts as a table. */
export interface Variant {
  readonly option: EChartsOption;
  readonly table: Html;
  /** Words below the chart that belong to this state. */
  readonly words?: Html;
}

/** A chart with its inputs. `variants` is keyed by the chosen indices joined with `-`; one without inputs by "". */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What to see in it, in one sentence. */
  readonly note: string;
  /** CSS pixels. */
  readonly height: number;
  readonly choices: readonly Choice[];
  readonly variants: Readonly<Record<string, Variant>>;
}

/** Every combination of choices with its key. */
export function combinations(choices: readonly Choice[]): { key: string; picks: number[] }[] {
  const grids = choices.reduce<number[][]>(
    (found, { choices: labels }) => found.flatMap((picks) => labels.map((_, index) => [...picks, index])),
    [[]],
  );
  return grids.map((picks) => ({ key: picks.join("-"), picks }));
}

/** The figure of a chart: title, inputs, the place where it is drawn, and its tables. */
export function figure(chart: Chart): Html {
  const initial = chart.choices.map(({ initial }) => initial).join("-");
  return html`<figure id="${chart.id}">
    <figcaption>
      <strong>${chart.title}</strong>
      <span>${chart.note}</span>
    </figcaption>
    ${
      chart.choices.length === 0
        ? ""
        : html`<div class="choices">${chart.choices.map((choice, index) => input(chart, choice, index))}</div>`
    }
    <div class="chart" role="img" aria-label="${chart.title}. ${chart.note}" style="height:${chart.height}px"></div>
    ${Object.entries(chart.variants).map(([key, { words }]) =>
      words === undefined ? "" : html`<div data-variant="${key}" ${key === initial ? "" : html`hidden`}>${words}</div>`,
    )}
    <details>
      <summary>The same as a table</summary>
      ${Object.entries(chart.variants).map(
        ([key, { table }]) => html`<div data-variant="${key}" ${key === initial ? "" : html`hidden`}>${table}</div>`,
      )}
    </details>
  </figure>`;
}

function input({ id }: Chart, { label, kind, choices, initial }: Choice, index: number): Html {
  const name = `${id}-${index}`;
  if (kind === "select")
    return html`<label for="${name}"
      >${label}
      <select id="${name}" data-choice="${index}">
        ${choices.map(
          (choice, value) =>
            html`<option value="${value}" ${value === initial ? html`selected` : ""}>${choice}</option>`,
        )}
      </select></label
    >`;
  return html`<label for="${name}"
    >${label}
    <input
      type="range"
      id="${name}"
      data-choice="${index}"
      min="0"
      max="${choices.length - 1}"
      step="1"
      value="${initial}"
      data-labels="${JSON.stringify(choices)}"
      aria-valuetext="${choices[initial] ?? ""}"
    /><output for="${name}">${choices[initial] ?? ""}</output></label
  >`;
}

const axisText = {
  axisLabel: { color: "$muted", hideOverlap: true },
  nameTextStyle: { color: "$muted" },
  axisLine: { onZero: false, lineStyle: { color: "$grid" } },
  axisTick: { lineStyle: { color: "$grid" } },
  splitLine: { lineStyle: { color: "$grid", opacity: 0.6 } },
};

/** A horizontal axis of numbers, its unit in the name below it. */
export function xValues(name: string, more: object = {}): XAXisComponentOption {
  return { type: "value", name, nameLocation: "middle", nameGap: 28, ...axisText, ...more } as XAXisComponentOption;
}

/** A vertical axis of numbers, its unit in the name above it. */
export function yValues(name: string, more: object = {}): YAXisComponentOption {
  return {
    type: "value",
    name,
    nameLocation: "end",
    ...axisText,
    nameTextStyle: { color: "$muted", align: "left", padding: [0, 0, 0, -40] },
    scale: true,
    ...more,
  } as YAXisComponentOption;
}

/** A horizontal axis of UTC times given in milliseconds. */
export function xTimes(more: object = {}): XAXisComponentOption {
  return { type: "time", ...axisText, splitLine: { show: false }, ...more } as XAXisComponentOption;
}

/** A vertical axis of names, first on top. */
export function yNames(names: readonly string[], more: object = {}): YAXisComponentOption {
  return {
    type: "category",
    data: [...names],
    inverse: true,
    ...axisText,
    axisLabel: { color: "$ink" },
    splitLine: { show: false },
    ...more,
  } as YAXisComponentOption;
}

/** Left margin in CSS pixels that shows the longest of the names whole. */
export function marginFor(names: readonly string[]): number {
  return Math.ceil(16 + 6.8 * Math.max(...names.map(({ length }) => length)));
}

/** Cells of a heat map by row, all written with as many digits as the largest deserves; null is no cell. */
export function heatCells(rows: readonly (readonly (number | null)[])[], unit: string): HeatmapCell[] {
  const largest = Math.max(0, ...rows.flat().map((value) => Math.abs(value ?? 0)));
  const digits = largest >= 100 ? 0 : largest >= 10 ? 1 : 2;
  return rows.flatMap((row, y) =>
    row.flatMap((value, x): HeatmapCell[] => {
      if (value === null) return [];
      const text = number(value, digits);
      const tooltip = { formatter: `${text} ${unit}` };
      return [{ value: [x, y, Number(value.toPrecision(3))], label: { formatter: text }, tooltip }];
    }),
  );
}

/** What all charts share: no animation, so that the picture is the same each time, and a tooltip in the page's colours. */
export function baseOption(): EChartsOption {
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: "system-ui, sans-serif", color: "$ink" },
    tooltip: {
      trigger: "axis",
      backgroundColor: "$paper",
      borderColor: "$grid",
      textStyle: { color: "$ink", fontSize: 12 },
      confine: true,
    },
  };
}

/** Rounds for drawing: a chart needs no more than six digits, and the file stays small. */
export function drawn(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(6));
}
