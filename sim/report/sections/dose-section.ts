import type { Generalisation } from "../../results/generalisation.ts";
import type { Results } from "../../results/results.ts";
import { figure } from "../chart.ts";
import type { Chart } from "../chart.ts";
import { age, breaksAt, number, percent, significance, withInterval } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { primaryGap } from "../selection.ts";
import { table } from "../table.ts";
import { breakingPointsTable, comparisonsTable, measuresTable, tailsTable } from "./shift-tables.ts";

/** Section 2: how the error answers to the dose, and the numbers by model. */
export function doseSection(
  results: Results,
  generalisation: Generalisation,
  chart: Chart,
  optimism: Chart | undefined,
): Html {
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
        const { median, low, high } = model.optimism;
        return [
          model.kind === "control" ? `${model.name} (control)` : model.name,
          number(model.fit.median),
          number(model.calm.median),
          `${withInterval(median, low, high, number)}${significance(model.optimismTest?.adjustedPValue ?? null)}`,
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
      Optimism is the error on a fresh calm path less the error of fit: overfitting; stars as in the chart's table, here
      that it is above none, adjusted over models. The gap is what a change of regime adds. A model broke when the
      adjusted lower bound of d is above 0.5 vp and its median passes the threshold; it held when the upper bound stays
      below; otherwise neither is shown.
    </p>
    ${optimism === undefined ? "" : figure(optimism)} ${measuresTable(results, generalisation)}
    ${tailsTable(results, generalisation)} ${breakingPointsTable(generalisation)} ${comparisonsTable(generalisation)}
  </section>`;
}
