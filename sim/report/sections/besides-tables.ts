import type { ChainCell, Ladder } from "../../results/on-chain.ts";
import type { Estimate } from "../../results/parts.ts";
import type { Results } from "../../results/results.ts";
import { number, percentInterval, withInterval } from "../format.ts";
import { html, type Html, type HtmlValue } from "../html.ts";
import { table } from "../table.ts";

/** What each rung adds to the one before it. */
export const rungNames = {
  P0: "the truth, each block",
  P1: "representation: through the posted grid",
  P2: "latency: posted by the keeper",
  P3: "guards of the preset",
} as const;

/** From the truth to each model's quote; nothing where no rung was asked for. */
export function ladderTable(results: Results): Html {
  const { ladder } = results;
  if (ladder.length === 0) return html``;
  return html`<h3>What would perfect pricing lose on its way to the contract?</h3>
    ${table(
      "Error of the contract's quote in vol points, added step by step, paired by seed; the last rows are the models' own",
      ["step", "preset", "severity", "adds", "error", "excess cost"],
      ladder.flatMap((each) => ladderRows(results, each)),
    )}
    <p class="note">
      Rungs are runs of their own, with perfect pricing in the place of a model: written first in each block (P0),
      through the posted grid (P1), posted by the keeper on its cycle with its delay (P2), and under the guards (P3). P1
      and P2 run under OPEN, where nothing refuses a surface. What a model adds to the last rung is the model's.
    </p>`;
}

function ladderRows({ onChain }: Results, { preset, severity, rungs, models }: Ladder): HtmlValue[][] {
  const last = rungs.at(-1)!.rung;
  return [
    ...rungs.map(({ rung, preset: own, errorVp, stepVp, excessCost }) => [
      `${rung} ${rungNames[rung]}`,
      own,
      number(severity, 2),
      stepVp === null ? "–" : volPoints(stepVp),
      volPoints(errorVp),
      excessCost === null ? "–" : shareOfNav(excessCost),
    ]),
    ...models.map(({ model, errorVp, beyondVp }) => [
      `${model}, beyond ${last}`,
      preset,
      number(severity, 2),
      volPoints(beyondVp),
      volPoints(errorVp),
      costOf(onChain.find((cell) => cell.model === model && cell.preset === preset && cell.severity === severity)),
    ]),
  ];
}

function costOf(cell: ChainCell | undefined): string {
  return cell?.excessCost ? shareOfNav(cell.excessCost) : "–";
}

/** What feedback adds; nothing unless both arms ran. */
export function amplificationTable({ amplification }: Results): Html {
  if (amplification.length === 0) return html``;
  return html`<h3>How much of it is feedback?</h3>
    ${table(
      "Share of NAV, paired by seed: the same runs with trades and liquidations moving the outside price, and without",
      [
        "model",
        "preset",
        "severity",
        "loss, feedback adds",
        "loss without",
        "excess cost, feedback adds",
        "excess cost without",
        "quote error without, vp",
      ],
      amplification.map((row) => [
        row.model,
        row.preset,
        number(row.severity, 2),
        shareOfNav(row.loss),
        shareOfNav(row.lossWithout),
        row.excessCost === null ? "–" : shareOfNav(row.excessCost),
        row.excessCostWithout === null ? "–" : shareOfNav(row.excessCostWithout),
        volPoints(row.errorWithoutVp),
      ]),
    )}
    <p class="note">
      Without feedback all models meet one outside path, so their quote errors compare exactly; the difference between
      the two arms is what the vault's own trades and liquidations amplify.
    </p>`;
}

function volPoints({ mean, low, high }: Estimate): string {
  return withInterval(mean, low, high, (value) => number(value, 2));
}

function shareOfNav({ mean, low, high }: Estimate): string {
  return percentInterval(mean, low, high);
}
