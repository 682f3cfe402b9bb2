import type { EChartsOption } from "echarts";

import type { ChainCell, LedgerCell } from "../../results/on-chain.ts";
import type { Results } from "../../results/results.ts";
import { baseOption, drawn, figure, marginFor, xValues, yNames } from "../chart.ts";
import type { Chart } from "../chart.ts";
import { number, usd } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { costliest, hardestCells } from "../selection.ts";
import { table } from "../table.ts";

/** Who gained and who paid, by model and preset. Undefined when nothing ran on chain. */
export function gainsChart(results: Results): Chart | undefined {
  const { whoPaidWhom } = results;
  if (whoPaidWhom.length === 0) return undefined;
  const worst = costliest(hardestCells(results));
  return {
    id: "gains",
    title: "Gain of each party",
    note: "USD a run, mean over seeds. All bars of a run sum to zero.",
    height: 110 + 26 * Math.max(...whoPaidWhom.map(({ parties }) => parties.length)),
    choices: [
      {
        label: "Runs of",
        kind: "select",
        choices: whoPaidWhom.map(({ model, preset, severity }) => `${model}, ${preset}, severity ${severity}`),
        initial: Math.max(
          0,
          whoPaidWhom.findIndex(({ model, preset }) => model === worst?.model && preset === worst.preset),
        ),
      },
    ],
    variants: Object.fromEntries(
      whoPaidWhom.map((cell, index) => [String(index), { option: gainsOption(cell), table: gainsTable(cell) }]),
    ),
  };
}

function sorted({ parties }: LedgerCell): LedgerCell["parties"] {
  return parties.toSorted((a, b) => b.gain - a.gain);
}

function gainsOption(cell: LedgerCell): EChartsOption {
  const parties = sorted(cell);
  return {
    ...baseOption(),
    tooltip: { ...baseOption().tooltip, trigger: "item", formatter: "{b}: {c} USD" },
    grid: { left: marginFor(parties.map(({ party }) => party)), right: 56, top: 8, bottom: 48 },
    xAxis: xValues("gain, USD a run", { splitNumber: 4, boundaryGap: ["12%", "12%"] }),
    yAxis: yNames(parties.map(({ party }) => party)),
    series: [
      {
        type: "bar",
        barMaxWidth: 16,
        data: parties.map(({ gain }) => ({
          value: drawn(gain)!,
          itemStyle: { color: gain < 0 ? "$m1" : "$m0" },
          label: { position: gain < 0 ? "left" : "right", formatter: usd(gain) },
        })),
        label: { show: true, color: "$ink", fontSize: 11 },
      },
    ],
  };
}

function gainsTable(cell: LedgerCell): Html {
  return table(
    "Gain in USD a run, mean over seeds with 95 % interval",
    ["party", "gain", "low", "high"],
    sorted(cell).map(({ party, gain, low, high }) => [party, usd(gain), usd(low), usd(high)]),
  );
}

/** Section 5: gains of all parties, and the vault's loss by cause. */
export function gainsSection(results: Results, chart: Chart | undefined): Html {
  if (chart === undefined) return html``;
  return html`<section>
    <h2>Who gained, who paid?</h2>
    ${figure(chart)} ${profitTable(results.onChain)} ${selectionTable(results.onChain)}
  </section>`;
}

function profitTable(cells: readonly ChainCell[]): Html {
  return table(
    "The vault's profit by cause, USD a run, mean over seeds; the causes sum to the total",
    [
      "runs of",
      "total",
      "edge at trade",
      "revaluation at onset",
      "carry and gamma",
      "hedging",
      "neutral inventory",
      "fees",
      "liquidations",
      "residual",
    ],
    cells.map(({ model, rung, preset, severity, profit }) => [
      `${rung === null ? model : `${model} (${rung})`}, ${preset}, ${number(severity, 2)}`,
      ...[
        profit.total,
        profit.edge,
        profit.revaluationAtOnset,
        profit.carryAndGamma,
        profit.hedging,
        profit.neutralInventory,
        profit.fees,
        profit.liquidations,
        profit.residual,
      ].map(usd),
    ]),
  );
}

function selectionTable(cells: readonly ChainCell[]): Html {
  const rows = cells
    .filter(({ kind }) => kind === "model")
    .flatMap((cell) =>
      cell.adverseSelection.map(({ role, edge, volume, trades }) => [
        `${cell.model}, ${cell.preset}, ${number(cell.severity, 2)}`,
        role,
        usd(edge),
        usd(volume),
        number(trades, 0),
      ]),
    );
  if (rows.length === 0) return html``;
  return html`<details>
    <summary>Adverse selection by role</summary>
    ${table(
      "Edge at the truth that each role took from the vault at trade, all seeds; negative: the vault earned",
      ["runs of", "role", "edge, USD", "premium, USD", "trades"],
      rows,
    )}
  </details>`;
}
