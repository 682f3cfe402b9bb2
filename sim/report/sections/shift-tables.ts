import type { Generalisation, ModelResult } from "../../results/generalisation.ts";
import type { Sample } from "../../results/parts.ts";
import type { Results } from "../../results/results.ts";
import { age, breaksAt, interval, number, percent, percentInterval, probability, withInterval } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { primaryGap } from "../selection.ts";
import { table } from "../table.ts";

const nameOf = ({ kind, name }: ModelResult) => (kind === "control" ? `${name} (control)` : name);
const volPoints = (sample: Sample | null | undefined) =>
  sample === null || sample === undefined ? "–" : number(sample.median);

function place({ primary }: Generalisation): string {
  return `severity ${primary.severity}, ${age(primary.age)} after onset, ${primary.design} quotes`;
}

/** The same shift by other measures, and what a trader makes of it, by side. */
export function measuresTable(results: Results, generalisation: Generalisation): Html {
  const { primary, models } = generalisation;
  return html`<details>
    <summary>The same by other measures, and what traders make of it</summary>
    ${table(
      `Medians over paths at ${place(generalisation)}; vol points, the log ratio ln(quote / truth) times 100`,
      [
        "model",
        "fresh calm, before the domain",
        "gap, root mean square",
        "gap, mean absolute",
        "gap, before the domain",
        "gap, log ratio",
        "mean signed error",
        "out of domain",
      ],
      models.map((model) => {
        const at = primaryGap(results, model, primary.severity);
        const log = at?.logGap?.median ?? null;
        return [
          nameOf(model),
          volPoints(model.rawCalm),
          volPoints(at?.gap),
          volPoints(at?.absoluteGap),
          volPoints(at?.rawGap),
          number(log === null ? null : 100 * log),
          volPoints(at?.bias),
          percent(model.domainShareOut),
        ];
      }),
    )}
    ${table(
      `Beyond the half-spread, vega-weighted vol points, and orders profitable at the truth that are turned away; vega-weighted price error; severity ${primary.severity}, medians over paths`,
      [
        "model",
        "sold too cheap",
        "bought too dear",
        "missed sales",
        "missed purchases",
        "price error, bp of spot",
        "the same in calm",
      ],
      models.map((model) => {
        const at = model.exploitable.find(({ severity }) => severity === primary.severity);
        const calm = model.exploitable.find(({ severity }) => severity === 0);
        return [
          nameOf(model),
          number(at?.soldTooCheap ?? null),
          number(at?.boughtTooDear ?? null),
          percent(at?.missedSales ?? null, 0),
          percent(at?.missedPurchases ?? null, 0),
          basisPoints(at?.priceErrorBp),
          basisPoints(calm?.priceErrorBp),
        ];
      }),
    )}
    ${arbitrageTable(generalisation)} ${foretoldTable(generalisation)}
  </details>`;
}

function basisPoints(sample: Sample | undefined): string {
  return sample === undefined ? "–" : withInterval(sample.median, sample.low, sample.high, number);
}

/** Whether a keeper who sees no truth could tell from features how large the gap is. */
function foretoldTable(generalisation: Generalisation): Html {
  const rows = generalisation.models.flatMap(({ name, foretold }) => {
    if (foretold === null) return [];
    const { rho, low, high, n } = foretold;
    return [[name, withInterval(rho, low, high, (value) => number(value, 2)), number(n, 0)]];
  });
  if (rows.length === 0) return html``;
  return table(
    `Does distance foretell the gap? Rank correlation over paths of the energy distance of features with the shift gap, at ${place(generalisation)}, with its 95 % interval`,
    ["model", "Spearman's correlation", "paths"],
    rows,
  );
}

/** Whether the surfaces that the models draw can be traded against themselves. */
function arbitrageTable({ models }: Generalisation): Html {
  const rows = models.flatMap(({ name, arbitrage }) =>
    arbitrage.map(({ severity, surfaces, freeShare, bounds, vertical, butterfly, calendar }) => [
      name,
      number(severity, 2),
      number(surfaces, 0),
      percent(freeShare, 0),
      ...[bounds, vertical, butterfly, calendar].map(
        ({ rate, worstBp }) => `${percent(rate)}${rate > 0 ? `, ${number(worstBp)} bp` : ""}`,
      ),
    ]),
  );
  if (rows.length === 0) return html``;
  return table(
    "Static arbitrage in the models' surfaces, on a dense grid: share of places that have it, and the worst in basis points of spot",
    ["model", "severity", "surfaces", "free of any", "bounds", "vertical", "butterfly", "calendar"],
    rows,
  );
}

/** Means and upper tails beside the medians: a flexible model's errors have heavy tails. */
export function tailsTable(results: Results, generalisation: Generalisation): Html {
  const { primary, models } = generalisation;
  const rows = models.flatMap((model) => {
    const at = primaryGap(results, model, primary.severity);
    return [
      ["fresh calm", model.calm] as const,
      ["optimism", model.optimism] as const,
      ["shift gap", at?.gap] as const,
      ["gap beyond attainable", model.versusAttainable?.d] as const,
    ].flatMap(([what, sample]) =>
      sample === undefined
        ? []
        : [
            [
              nameOf(model),
              what,
              withInterval(sample.median, sample.low, sample.high, number),
              meanText(what === "shift gap" ? at?.band : null, sample),
              `${number(sample.q90)} ${interval(sample.q90Low, sample.q90High, number)}`.trim(),
            ],
          ],
    );
  });
  return html`<details>
    <summary>Means and upper tails</summary>
    ${table(
      `Vol points over paths at ${place(generalisation)}: medians and 90 % quantiles with 95 % order-statistic intervals; a mean gap with the band that holds its whole curve over severities`,
      ["model", "of", "median", "mean", "90 % quantile"],
      rows,
    )}
  </details>`;
}

/** Where each model breaks, how surely, and how often it would break with no shift at all. */
export function breakingPointsTable({ models }: Generalisation): Html {
  const rows = models.flatMap(({ name, breakingPoint }) => {
    if (breakingPoint === null) return [];
    const { fivePercent, reentries, seeds, falseBreakRate, falseBreakLow, falseBreakHigh } = breakingPoint;
    return [
      [
        name,
        breaksAt(breakingPoint),
        number(fivePercent ?? null, 2),
        `${reentries} of ${seeds}`,
        percentInterval(falseBreakRate, falseBreakLow, falseBreakHigh),
      ],
    ];
  });
  if (rows.length === 0) return html``;
  return html`<details>
    <summary>Breaking points</summary>
    ${table(
      "Severity at which the gap beyond attainable passes a path's own threshold; false breaks: the same between two calm paths, with the exact 95 % interval",
      ["model", "median over paths", "5 % have broken at", "fell back under it", "false breaks at severity 0"],
      rows,
    )}
    <p class="note">A dash in the third column: 5 % break already at severity 0, or there are fewer than 60 paths.</p>
  </details>`;
}

function meanText(band: ModelResult["gaps"][number]["band"] | undefined, { mean }: Sample): string {
  if (band === null || band === undefined) return number(mean);
  return `${number(mean)} ${interval(band.meanLow, band.meanHigh, number)}`;
}

/** Which model is the better one under stress, pair by pair. */
export function comparisonsTable(generalisation: Generalisation): Html {
  const { comparisons } = generalisation;
  if (comparisons.length === 0) return html``;
  return html`<h3>Which model generalises better?</h3>
    ${table(
      `Shift gap of the first less that of the second, vol points, paired by path at ${place(generalisation)}; negative: the first is better`,
      ["first", "second", "median difference", "mean", "p", "p, Holm", "better"],
      comparisons.map(({ model, other, difference, pValue, adjustedPValue }) => [
        model,
        other,
        withInterval(difference.median, difference.low, difference.high, number),
        number(difference.mean),
        probability(pValue),
        probability(adjustedPValue),
        adjustedPValue < 0.05 && difference.mean !== null ? (difference.mean < 0 ? model : other) : "not shown",
      ]),
    )}
    <p class="note">
      Two-sided sign-flip permutation of the mean over paths, adjusted by Holm over the pairs; exploratory. A median and
      a mean of opposite signs say that a few paths decide.
    </p>`;
}
