import type { EChartsOption, SeriesOption } from "echarts";

import type { Results } from "../../results/results.ts";
import type { Story } from "../../results/on-chain.ts";
import { baseOption, drawn, figure, xTimes, yValues } from "../chart.ts";
import type { Chart } from "../chart.ts";
import { number, percent, plural, usd, utc } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { strokes } from "../palette.ts";
import { costliest, hardestCells } from "../selection.ts";
import { table } from "../table.ts";

/** Panels from top to bottom: name, unit, top and height in CSS pixels. */
const panels = [
  { name: "price, USD", top: 34, height: 150 },
  { name: "at-the-money vol, % a year", top: 224, height: 120 },
  { name: "vault value, thousand USD", top: 384, height: 120 },
  { name: "insurance, thousand USD", top: 544, height: 60 },
  { name: "mode", top: 634, height: 18 },
] as const;

interface LineStyle {
  readonly color: string;
  readonly width: number;
  readonly type?: "dashed";
}

/** The worst run of each model on one time axis. Undefined when none was kept. */
export function storyChart(results: Results): Chart | undefined {
  const { stories } = results;
  if (stories.length === 0) return undefined;
  const worst = costliest(hardestCells(results))?.model;
  return {
    id: "story",
    title: "The worst run, block by block",
    note: "Shaded: faults of the oracle. Numbered marks are told below the chart; orange: a break or bad debt. Times are UTC.",
    height: 710,
    choices: [
      {
        label: "Run",
        kind: "select",
        choices: stories.map(storyName),
        initial: Math.max(
          0,
          stories.findIndex(({ model }) => model === worst),
        ),
      },
    ],
    variants: Object.fromEntries(
      stories.map((story, index) => [
        String(index),
        { option: storyOption(results, story), table: storyTable(story), words: storyWords(story) },
      ]),
    ),
  };
}

function storyName({ model, preset, severity, seed }: Story): string {
  return `${model}, ${preset}, severity ${severity}, seed ${seed}`;
}

function storyOption(results: Results, story: Story): EChartsOption {
  const { color } = strokes(results)(story.model);
  const times = story.times.map((time) => time * 1000);
  const line = (name: string, panel: number, values: Story["spot"], scale: number, style: LineStyle): SeriesOption => ({
    name,
    type: "line",
    xAxisIndex: panel,
    yAxisIndex: panel,
    data: times.map((time, index) => [time, drawn(values[index] === null ? null : values[index]! * scale)]),
    symbol: "none",
    endLabel: { show: true, formatter: "{a}", distance: 6, color: style.color },
    labelLayout: { moveOverlap: "shiftY" },
    color: style.color,
    lineStyle: style,
  });
  const ink = { color: "$ink", width: 2 };
  const model = { color, width: 2 };
  const all = panels.map((_, index) => index);
  return {
    ...baseOption(),
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    grid: panels.map(({ top, height }) => ({ left: 58, right: 110, top, height })),
    xAxis: all.map((panel) =>
      xTimes({
        gridIndex: panel,
        min: times[0],
        max: times.at(-1),
        axisLabel: { show: panel === all.at(-1), color: "$muted", hideOverlap: true },
        axisTick: { show: panel === all.at(-1) },
      }),
    ),
    yAxis: panels.map(({ name }, panel) =>
      panel === 4
        ? yValues("", { gridIndex: panel, show: false, min: 0, max: 1 })
        : yValues(name, { gridIndex: panel, splitNumber: panel === 3 ? 2 : 4 }),
    ),
    series: [
      line("truth", 0, story.spot, 1, ink),
      line("oracle", 0, story.feed, 1, { color: "$m1", width: 1.5 }),
      line("pool", 0, story.pool, 1, { color: "$m0", width: 1.5, type: "dashed" }),
      line("truth", 1, story.trueVol, 100, ink),
      line("quoted", 1, story.quotedVol, 100, model),
      line("vault", 2, story.nav, 1e-3, model),
      ...marksSeries(story),
      line("insurance", 3, story.insurance, 1e-3, { color: "$muted", width: 2 }),
      ribbonSeries(story),
      ...all.slice(0, 4).map((panel) => faultSeries(story, panel)),
    ],
  };
}

/** Numbered marks on the vault's value; all others are small dots without a number. */
function marksSeries(story: Story): SeriesOption[] {
  const place = (mark: Mark) => [mark.time * 1000, drawn(navAt(story, mark.time))];
  const on = { type: "scatter", xAxisIndex: 2, yAxisIndex: 2 } as const;
  const tooltip = { trigger: "item", formatter: "{b}" } as const;
  const routine: SeriesOption = {
    ...on,
    name: "routine",
    data: marks(story, true).map((mark) => ({ name: sentence(mark), value: place(mark) })),
    symbolSize: 5,
    itemStyle: { color: "$muted" },
    tooltip,
    z: 4,
  };
  const numbered: SeriesOption = {
    ...on,
    name: "mark",
    data: bunches(story).map(({ from, marks: bunch }) => {
      const [first, to] = [bunch[0]!, from + bunch.length - 1];
      const isSevere = bunch.some(({ kind }) => kind === "break" || kind === "bad-debt");
      return {
        name: bunch.length === 1 ? `${from}. ${sentence(first)}` : `${from} to ${to}, told below the chart`,
        value: place(first),
        symbol: bunch.length > 1 ? "roundRect" : first.kind === "break" ? "diamond" : "circle",
        symbolSize: bunch.length > 1 ? [8 + 6.5 * `${from}–${to}`.length, 17] : 17,
        itemStyle: { color: isSevere ? "$fault" : "$ink", opacity: 1 },
        label: { formatter: bunch.length > 1 ? `${from}–${to}` : String(from) },
      };
    }),
    label: { show: true, color: "$paper", fontSize: 10 },
    tooltip,
    z: 5,
  };
  return [routine, numbered];
}

type Mark = Story["marks"][number];

/** Marks that a reader can take in; the others are told in a list that opens. */
const mostNumbered = 16;
/** What tells most first; `other` is never numbered. Kinds at the same place are ranked by the money that moved. */
const weight: Readonly<Record<Mark["kind"], number>> = {
  break: 0,
  "bad-debt": 1,
  settlement: 2,
  withdrawal: 3,
  liquidation: 3,
  attack: 4,
  refused: 5,
  other: 6,
};

/** Marks nearer to each other than this share of the run's span would cover each other. */
const NEAR = 0.03;

/** The numbered marks, those that would cover each other together, each with the number of its first. */
function bunches(story: Story): { readonly from: number; readonly marks: Mark[] }[] {
  const near = NEAR * (story.times.at(-1)! - story.times[0]!);
  const found: { from: number; marks: Mark[] }[] = [];
  marks(story, false).forEach((mark, index) => {
    const last = found.at(-1);
    if (last !== undefined && mark.time - last.marks[0]!.time < near) last.marks.push(mark);
    else found.push({ from: index + 1, marks: [mark] });
  });
  return found;
}

/** Marks in time: the few that a run turns on, or all others. */
function marks(story: Story, routine: boolean): Mark[] {
  const ranked = story.marks
    .filter(({ kind }) => kind !== "other")
    .toSorted((a, b) => weight[a.kind] - weight[b.kind] || Math.abs(b.amount ?? 0) - Math.abs(a.amount ?? 0));
  const numbered = new Set(ranked.slice(0, mostNumbered));
  return story.marks.filter((mark) => numbered.has(mark) !== routine).toSorted((a, b) => a.time - b.time);
}

function navAt(story: Story, time: number): number | null {
  const index = Math.max(
    0,
    story.times.findLastIndex((at) => at <= time),
  );
  const value = story.nav[index] ?? null;
  return value === null ? null : value / 1000;
}

/** The pricing mode as a ribbon: one shaded spell each time it changes. */
function ribbonSeries(story: Story): SeriesOption {
  const spells: { mode: string; from: number; to: number }[] = [];
  for (const [index, mode] of story.mode.entries()) {
    const last = spells.at(-1);
    const time = story.times[index]! * 1000;
    if (last === undefined || last.mode !== mode) spells.push({ mode, from: time, to: time });
    if (spells.length > 1 && last !== undefined && last.mode !== mode) last.to = time;
    spells.at(-1)!.to = time;
  }
  const order = [...new Set(story.mode)];
  return {
    type: "line",
    xAxisIndex: 4,
    yAxisIndex: 4,
    data: [],
    markArea: {
      silent: true,
      label: { color: "$ink", fontSize: 10, position: "inside", overflow: "truncate" },
      data: spells.map(({ mode, from, to }) => [
        { name: mode, xAxis: from, itemStyle: { color: "$shade", opacity: 0.15 + 0.2 * order.indexOf(mode) } },
        { xAxis: to },
      ]),
    },
  };
}

function faultSeries(story: Story, panel: number): SeriesOption {
  return {
    type: "line",
    xAxisIndex: panel,
    yAxisIndex: panel,
    data: [],
    markArea: {
      silent: true,
      itemStyle: { color: "$fault", opacity: 0.13 },
      label: { show: panel === 0, color: "$muted", position: "insideTop", fontSize: 11 },
      data: story.faults.map(({ name, from, to }) => [{ name, xAxis: from * 1000 }, { xAxis: to * 1000 }]),
    },
    ...(panel === 3
      ? {}
      : {
          markLine: {
            silent: true,
            symbol: "none",
            lineStyle: { color: "$muted", type: "dashed" },
            label: { show: panel === 1, formatter: "onset", color: "$muted", position: "end" },
            data: [{ xAxis: story.onset * 1000 }],
          },
        }),
  };
}

function sentence({ who, text, amount, block }: Mark): string {
  const named = who === "" || text.replaceAll("-", " ").startsWith(who.replaceAll("-", " "));
  const actor = named ? "" : `${who}: `;
  return `Block ${block}: ${actor}${text}${amount === null ? "" : ` (${amount < 0 ? "" : "+"}${usd(amount)} USD)`}`;
}

function storyTable(story: Story): Html {
  return table(
    `${storyName(story)}: every fourth block`,
    [
      "time, UTC",
      "truth, USD",
      "oracle, USD",
      "pool, USD",
      "true vol",
      "quoted vol",
      "vault, USD",
      "insurance, USD",
      "mode",
    ],
    story.times.flatMap((time, index) =>
      index % 4 !== 0
        ? []
        : [
            [
              utc(time),
              number(story.spot[index]!, 0),
              number(story.feed[index]!, 0),
              number(story.pool[index]!, 0),
              percent(story.trueVol[index]!),
              percent(story.quotedVol[index]!),
              usd(story.nav[index]!),
              usd(story.insurance[index]!),
              story.mode[index]!,
            ],
          ],
    ),
  );
}

function storyWords(story: Story): Html {
  const [told, routine] = [marks(story, false), marks(story, true)];
  const item = (mark: Mark) => html`<li>${utc(mark.time)} · ${sentence(mark)}</li>`;
  return html`${
    told.length === 0
      ? html`<p>Nothing worth a mark.</p>`
      : html`<ol class="marks">
          ${told.map(item)}
        </ol>`
  }
  ${
    routine.length === 0
      ? ""
      : html`<details>
          <summary>${plural(routine.length, "other event")}, small dots in the chart</summary>
          <ul class="marks">
            ${routine.map(item)}
          </ul>
        </details>`
  }
  ${
    story.bundle === null ? "" : html`<p class="note">Bundle: <a href="bundles/${story.bundle}">${story.bundle}</a></p>`
  }`;
}

/** Section 4: the chart, and its marks in words. */
export function storySection(chart: Chart | undefined): Html {
  return chart === undefined
    ? html``
    : html`<section>
        <h2>The worst run as a story</h2>
        ${figure(chart)}
      </section>`;
}
