import type { AcrossWindows, Comparison, HistoryResult } from "../../results/history.ts";
import { number, percent, plural, probability, utcDate } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { table } from "../table.ts";

/** Level of the statements in words. */
const LEVEL = 0.05;

const lossNames: Readonly<Record<Comparison["loss"], string>> = {
  qlike: "QLIKE of realised variance",
  "squared-vol-error": "Squared error on real quotes, squared vol points",
};

/** Who loses more from the end of training to the end of the file, and all stress windows together. */
export function comparisonParts(history: HistoryResult): Html {
  const { comparisons, across } = history;
  if (comparisons.length === 0) return html``;
  const first = comparisons[0]!.tests;
  const tables = comparisons
    .filter(({ span }) => span === "all")
    .map((all) => ({ all, html: pairTable(history, all) }));
  const own = tables.filter(({ all }) => all.tests[0] === first[0]);
  const others = tables.filter(({ all }) => all.tests[0] !== first[0]);
  return html`<h3>Who forecasts better, and is it chance?</h3>
    <p>${comparisons.filter(({ tests, span }) => tests[0] === first[0] && span === "all").map(answer)}</p>
    ${own.map((one) => one.html)}
    ${
      others.length === 0
        ? ""
        : html`<details>
            <summary>The same for models trained on the calm of the other windows</summary>
            ${others.map((one) => one.html)}
          </details>`
    }
    <p class="note">
      Diebold–Mariano on origins that do not overlap, from the end of training to the end of the file; the models stay
      frozen. p is two-sided, by the lowest frequencies of the loss difference and Student's t (Coroneo and Iacone), so
      that clustered losses do not feign significance, and adjusted by Holm over the pairs of a column; “lags cut” is
      the classical form with autocovariances to the cube root of the origins and the factor of Harvey, Leybourne and
      Newbold, unadjusted. Inside one window there is the mean difference and no p: a window is one
      draw.${
        hasHar(comparisons)
          ? ""
          : " HAR is left out: the calm window and what HAR looks back to are too short to fit it."
      }
    </p>
    ${acrossParts(across)}`;
}

function hasHar(comparisons: readonly Comparison[]): boolean {
  return comparisons.some(({ rows }) => rows.some(({ model, against }) => model === "har" || against === "har"));
}

/** How many pairs are told apart, in a sentence. */
function answer({ loss, origins, leftOut, from, to, rows }: Comparison): string {
  const tested = rows.filter(({ adjusted }) => adjusted !== null);
  if (tested.length === 0) return `${lossNames[loss]}: too few origins after training for a test (${origins}). `;
  const apart = tested.filter(({ adjusted }) => adjusted! < LEVEL);
  const told = apart.map(({ model, against, difference }) =>
    difference! > 0 ? `${model} loses more than ${against}` : `${model} loses less than ${against}`,
  );
  const left = leftOut === 0 ? "" : `, ${leftOut} left out for holes in the data`;
  return `${lossNames[loss]}, ${plural(origins, "origin")} from ${utcDate(from!)} to ${utcDate(to! - 1)}${left}: ${
    apart.length === 0
      ? `none of ${tested.length} pairs is told apart at ${percent(LEVEL, 0)} after Holm`
      : `${apart.length} of ${tested.length} pairs are told apart at ${percent(LEVEL, 0)} after Holm (${told.join("; ")})`
  }. `;
}

function pairTable({ comparisons }: HistoryResult, all: Comparison): Html {
  const calm = comparisons.find(
    ({ tests, loss, span }) => tests[0] === all.tests[0] && loss === all.loss && span === "outside-stress",
  );
  const windows = all.rows[0]?.windows ?? [];
  return table(
    `Mean loss of a model less that of another, ${lossNames[all.loss]}; models frozen for ${all.tests.join(", ")}. All ${plural(all.origins, "origin")} after training${calm === undefined ? "" : `, and ${calm.origins} outside the stress windows`}`,
    [
      "model less other",
      "all",
      "statistic",
      "p, Holm",
      "p, lags cut",
      ...(calm === undefined ? [] : ["outside stress", "p, Holm"]),
      ...windows.map(({ name }) => `in ${name}, no p`),
    ],
    all.rows.map((row, i) => [
      `${row.model} − ${row.against}`,
      number(row.difference, 2),
      number(row.statistic, 1),
      probability(row.adjusted),
      probability(row.pTruncated),
      ...(calm === undefined ? [] : [number(calm.rows[i]!.difference, 2), probability(calm.rows[i]!.adjusted)]),
      ...row.windows.map(({ difference }) => number(difference, 2)),
    ]),
  );
}

function acrossParts(across: readonly AcrossWindows[]): Html {
  if (across.length === 0)
    return html`<p class="note">
      All stress windows together: no statement, for want of two of them or of thirty calm windows in the file.
    </p>`;
  return html`<h3>All stress windows together</h3>
    ${across.map(acrossTable)}
    <p class="note">
      The unit is the window: its place is the share of random calm windows, disjoint from each other and from all that
      was trained or tested on, in which the same frozen model loses less. One exact permutation test takes the places
      of all windows together (one-sided; Holm over models). It is exact when calm and stress windows are exchangeable,
      which is what it tests; that the windows were chosen because they crashed is a reason to expect them high, not a
      fault of the test.
    </p>`;
}

function acrossTable({ loss, windows, nullWindows, nullDays, assignments, isComplete, rows }: AcrossWindows): Html {
  const basis = isComplete ? `all ${number(assignments, 0)}` : `${number(assignments, 0)} random`;
  return table(
    `Place of each stress window among ${nullWindows} random calm windows of ${nullDays} days, by ${lossNames[loss]}; test over ${basis} assignments`,
    ["model", ...windows, "mean place", "p", "p, Holm"],
    rows.map(({ model, places, meanPlace, p, adjusted }) => [
      model,
      ...places.map((place) => percent(place, 0)),
      percent(meanPlace, 0),
      probability(p),
      probability(adjusted),
    ]),
  );
}
