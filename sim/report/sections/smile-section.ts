import type { EChartsOption, SeriesOption } from "echarts";

import type { Generalisation, Smile } from "../../results/generalisation.ts";
import type { Results } from "../../results/results.ts";
import { baseOption, combinations, drawn, figure, xValues, yValues } from "../chart.ts";
import type { Chart, Choice, Variant } from "../chart.ts";
import { number, percent } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { strokes } from "../palette.ts";
import { table } from "../table.ts";

/** Calm and stressed smile, model against truth. Undefined when none was kept. */
export function smileChart(results: Results, generalisation: Generalisation): Chart | undefined {
  const { smiles } = generalisation;
  if (smiles.length === 0) return undefined;
  const severities = [...new Set(smiles.map(({ severity }) => severity))].toSorted((a, b) => a - b);
  const tenors = [...new Set(smiles.map(({ tenorDays }) => tenorDays))].toSorted((a, b) => a - b);
  const choices: Choice[] = [
    {
      label: "Severity",
      kind: "range",
      choices: severities.map((severity) => String(severity)),
      initial: severities.length - 1,
    },
    {
      label: "Tenor",
      kind: "range",
      choices: tenors.map((days) => `${days} d`),
      initial: Math.max(0, tenors.indexOf(7)),
    },
  ];
  const at = (severity: number, tenor: number) =>
    smiles.find((smile) => smile.severity === severity && smile.tenorDays === tenor);
  const variants = combinations(choices).flatMap(({ key, picks }): [string, Variant][] => {
    const smile = at(severities[picks[0]!]!, tenors[picks[1]!]!);
    if (smile === undefined) return [];
    const calm = at(severities[0]!, tenors[picks[1]!]!);
    return [[key, { option: smileOption(results, generalisation, smile, calm), table: smileTable(smile) }]];
  });
  return {
    id: "smile",
    title: "Implied vol by moneyness: models against truth",
    note: "Models are lines in their colour, truth is black or white, calm truth is thin. Shaded: what training saw.",
    height: 420,
    choices,
    variants: Object.fromEntries(variants),
  };
}

function smileOption(
  results: Results,
  { training }: Generalisation,
  smile: Smile,
  calm: Smile | undefined,
): EChartsOption {
  const stroke = strokes(results);
  const shown = [...smile.truth, ...(calm?.truth ?? [])].filter((vol) => vol !== null);
  const points = (vols: readonly (number | null)[]) =>
    smile.x.map((x, index) => [x, drawn(vols[index] === null || vols[index] === undefined ? null : vols[index] * 100)]);
  // A wild model leaves the picture instead of flattening the truth.
  const top = Math.ceil((Math.max(...shown) * 100 * 1.6) / 50) * 50;
  const inPicture = (vol: number | null | undefined) => (vol ?? -1) >= 0 && vol! * 100 <= top;
  const away = smile.models.filter(({ vol }) => !inPicture(vol.at(-1))).map(({ model }) => model);
  const label = (color: string, last: number | null | undefined) => ({
    endLabel: { show: inPicture(last), formatter: "{a}", color, distance: 6 },
    labelLayout: { moveOverlap: "shiftY" } as const,
  });
  const truth: SeriesOption[] = [
    {
      name: `truth at severity ${smile.severity}`,
      type: "line",
      data: points(smile.truth),
      symbol: "none",
      color: "$ink",
      lineStyle: { color: "$ink", width: 3 },
      ...label("$ink", smile.truth.at(-1)),
      markArea: {
        silent: true,
        itemStyle: { color: "$shade", opacity: 0.16 },
        label: { show: true, position: "insideBottom", color: "$muted", formatter: "seen in training" },
        data: [
          [
            { coord: [training.moneynessRange[0], training.levelRange[0] * 100] },
            { coord: [training.moneynessRange[1], training.levelRange[1] * 100] },
          ],
        ],
      },
    },
  ];
  const thin: SeriesOption[] =
    calm === undefined || calm === smile
      ? []
      : [
          {
            name: "calm truth",
            type: "line",
            data: points(calm.truth),
            symbol: "none",
            color: "$muted",
            lineStyle: { color: "$muted", width: 1 },
            ...label("$muted", calm.truth.at(-1)),
          },
        ];
  return {
    ...baseOption(),
    grid: { left: 52, right: 150, top: 36 + 14 * Math.max(0, away.length - 1), bottom: 48 },
    xAxis: xValues("moneyness x = ln(K/F) / (σ √τ)", { min: Math.min(...smile.x), max: Math.max(...smile.x) }),
    yAxis: yValues("implied vol, % a year", {
      scale: false,
      min: 0,
      max: top,
    }),
    series: [
      ...truth,
      ...thin,
      ...smile.models.map(({ model, vol }): SeriesOption => {
        const line = stroke(model);
        return {
          name: model,
          type: "line",
          data: points(vol),
          symbol: "none",
          color: line.color,
          lineStyle: { ...line, width: 2 },
          ...label(line.color, vol.at(-1)),
          ...awayLabel(smile.x, vol, inPicture, model, line.color, top, away.indexOf(model)),
        };
      }),
    ],
  };
}

/** The name of a line that leaves the picture, at the last point where it is still in it, or at the picture's edge. */
function awayLabel(
  x: readonly number[],
  vol: readonly (number | null)[],
  inPicture: (vol: number | null | undefined) => boolean,
  model: string,
  color: string,
  top: number,
  place: number,
): object {
  if (inPicture(vol.at(-1))) return {};
  const index = vol.findLastIndex(inPicture);
  const at = index >= 0 ? [x[index], vol[index]! * 100] : [x.at(-1), (vol.at(-1) ?? 0) < 0 ? 0 : top];
  return {
    markPoint: {
      symbol: "triangle",
      symbolSize: 9,
      symbolRotate: (vol.at(-1) ?? 0) < 0 ? 180 : 0,
      data: [{ coord: at, name: model }],
      label: {
        show: true,
        position: "left",
        offset: [0, -14 * place],
        color,
        formatter: `${model} leaves the picture`,
      },
    },
  };
}

function smileTable(smile: Smile): Html {
  const vol = (value: number | null | undefined) => percent(value ?? null);
  return table(
    `Implied vol at severity ${smile.severity}, ${smile.tenorDays} days`,
    ["x", "truth", ...smile.models.map(({ model }) => model)],
    smile.x.map((x, index) => [
      number(x, 1),
      vol(smile.truth[index]),
      ...smile.models.map((model) => vol(model.vol[index])),
    ]),
  );
}

/** Section 3. */
export function smileSection(chart: Chart | undefined): Html {
  return chart === undefined
    ? html``
    : html`<section>
        <h2>The smile that broke</h2>
        ${figure(chart)}
      </section>`;
}
