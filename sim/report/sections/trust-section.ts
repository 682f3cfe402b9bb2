import type { Controls } from "../../results/generalisation.ts";
import type { ControlVerdict } from "../../results/parts.ts";
import type { Results } from "../../results/results.ts";
import { cellsText, number, percent, plural, usd, probability } from "../format.ts";
import { html } from "../html.ts";
import type { Html, HtmlValue } from "../html.ts";
import { coverageCommand, intervalCoverages, placeboCommand, placeboFalsePositives } from "../interval-coverage.ts";
import { table } from "../table.ts";

const words: Readonly<Record<ControlVerdict, string>> = {
  passed: "passed",
  failed: "failed",
  "too-few": "too few to tell",
  "not-run": "not run",
};

/** Section 7: controls, sample size and power, activity, ledger, limits. */
export function trustSection(results: Results): Html {
  const { generalisation, limits } = results;
  return html`<section>
    <h2>Can I trust this?</h2>
    ${generalisation === null ? "" : controlsTable(generalisation.controls)} ${ledger(results)} ${history(results)}
    ${powerTables(results)} ${coverageTable(results)} ${testsNote(results)} ${activityTable(results)}
    ${exercisedTable(results)}
    ${
      limits.length === 0
        ? ""
        : html`<h3>What this run cannot say</h3>
            <ul>
              ${limits.map((limit) => html`<li>${limit}</li>`)}
            </ul>`
    }
  </section>`;
}

function controlsTable(controls: Controls): Html {
  const { oracle, placebo, permutation, leak, knownBreak, p0 } = controls;
  const verdict = (name: ControlVerdict) => html`<span class="${name}">${words[name]}</span>`;
  const absent = (name: string, asks: string): HtmlValue[] => [name, asks, "–", verdict("not-run")];
  const rows: HtmlValue[][] = [
    oracle === null
      ? absent("oracle", "Is the truth priced right?")
      : [
          "oracle",
          "Is the truth priced right? Second implementation.",
          `${number(oracle.maxErrorVp, 4)} vp at most over ${plural(oracle.quotes, "quote")}, limit ${number(oracle.limitVp, 2)} vp`,
          verdict(oracle.verdict),
        ],
    placebo === null
      ? absent("placebo", "Does a shift appear where there is none?")
      : [
          "placebo",
          "Does a shift appear where there is none? One fresh calm path less another.",
          `90 % in [${number(placebo.low)}, ${number(placebo.high)}] vp${falsePositives(placebo.falsePositives)}`,
          verdict(placebo.verdict),
        ],
    permutation === null
      ? absent("permutation", "Is skill lost when the targets are shuffled?")
      : [
          "permutation",
          "Is skill lost when the targets are shuffled?",
          `upper bound of skill ${number(permutation.withinDays, 3)} within days, ${number(permutation.acrossDays, 3)} across, limit ${number(permutation.limit, 2)}`,
          verdict(permutation.verdict),
        ],
    leak === null
      ? absent("leak", "Does the gap fall when stress is leaked into training?")
      : [
          "leak",
          `Does the gap fall when stress is leaked into training? (${leak.model})`,
          leak.points.map(({ share, medianGapVp }) => `${percent(share, 0)}: ${number(medianGapVp)} vp`).join(", "),
          verdict(leak.verdict),
        ],
    knownBreak === null
      ? absent("known break", "Is a break of known size measured at that size?")
      : [
          "known break",
          `Are stress vols times ${knownBreak.factor} measured as exactly that?`,
          `largest deviation ${knownBreak.maxDeviation === null ? "–" : knownBreak.maxDeviation.toExponential(1)} squared vp`,
          verdict(knownBreak.verdict),
        ],
    p0 === null
      ? absent("P0 on chain", "Does perfect pricing on chain quote the truth?")
      : [
          "P0 on chain",
          "Does perfect pricing on chain quote the truth?",
          `${number(p0.maxErrorVp, 4)} vp at most over ${plural(p0.quotes, "quote")}, limit ${number(p0.limitVp, 2)} vp`,
          verdict(p0.verdict),
        ],
  ];
  return html`<div class="prose">${table("Controls", ["control", "question", "answer", "verdict"], rows)}</div>
    ${
      controls.smallestGapVp === null
        ? ""
        : html`<p>
            The smallest shift gap that this sample can tell from nothing is ${number(controls.smallestGapVp)} vp.
          </p>`
    } `;
}

function falsePositives(found: NonNullable<Controls["placebo"]>["falsePositives"]): string {
  if (found !== null) {
    return `; false positives ${percent(found.rate)} [${percent(found.low)}, ${percent(found.high)}] at ${percent(found.level, 0)} over ${number(found.replications, 0)}`;
  }
  const { replications, least, most, mostInterval } = placeboFalsePositives;
  const [low, high] = mostInterval;
  return `; false positives at 5 %, measured once over ${replications} replications by ${placeboCommand}: ${percent(least)} to ${percent(most)} by model, the largest [${percent(low)}, ${percent(high)}]`;
}

function ledger({ ledgerCheck }: Results): Html {
  if (ledgerCheck === null) return html``;
  const { blocks, runs, largestResidual, holds } = ledgerCheck;
  return html`<p>
    <span class="${holds ? "passed" : "failed"}"
      >${holds ? "The ledger balances." : "The ledger does not balance."}</span
    >
    All accounts, pool, fund, fees and gas sum to zero in ${number(blocks, 0)} blocks of ${plural(runs, "run")}; largest
    residual ${largestResidual} smallest units.
  </p>`;
}

function history({ history: data }: Results): Html {
  if (data === null) return html``;
  const file = ({ file, rows, sha256 }: { file: string; rows: number; sha256: string }) =>
    html`<li>${file}: ${number(rows, 0)} rows, SHA-256 <code>${sha256.slice(0, 16)}…</code></li>`;
  return html`<h3>Data</h3>
    <ul>
      ${file(data.prices)} ${data.quotes === null ? "" : file(data.quotes)}
      ${data.repairs.map((repair) => html`<li>${repair}</li>`)}
      <li>The stress window was chosen, not drawn: ${plural(data.nullWindows, "random calm window")} give the null.</li>
      <li>
        History has no truth: on chain, cost is measured against ${data.surrogate ?? "nothing"}, and no model's output
        is market data.
      </li>
    </ul>`;
}

function powerTables({ power, generalisation }: Results): Html {
  const versus = new Map(generalisation?.models.map(({ name, versusAttainable }) => [name, versusAttainable]));
  return html`<h3>Sample size and power</h3>
    ${
      power.replicateSd.length === 0
        ? ""
        : table(
            "Off chain: sd of the gap beyond attainable between replicates, the smallest mean of it that 80 % power can tell, and the power to see a median as large as the threshold",
            ["model", "sd, vol points", "smallest mean, vol points", "power at the threshold", "replicates"],
            power.replicateSd.map(({ model, sdVp, n }) => [
              model,
              number(sdVp, 2),
              number(versus.get(model)?.smallestDetectableVp ?? null, 2),
              percent(versus.get(model)?.powerAtThreshold ?? null, 0),
              number(n, 0),
            ]),
          )
    }
    ${
      power.chain.length === 0
        ? html`<p>Nothing ran on chain.</p>`
        : table(
            "On chain: sd of excess cost between seeds, and the smallest mean cost that 80 % power can tell",
            ["model", "preset", "sd, % of NAV", "smallest cost, % of NAV", "seeds"],
            power.chain.map(({ model, preset, sd, smallestCost, n }) => [
              model,
              preset,
              percent(sd, 2),
              percent(smallestCost, 2),
              number(n, 0),
            ]),
          )
    }`;
}

/** What an interval of nominal 95 % is worth; a shortfall is not the reader's to guess. */
function coverageTable({ generalisation, onChain }: Results): Html {
  if (generalisation === null && onChain.length === 0) return html``;
  const seeds = Math.max(0, ...onChain.map(({ perSeed }) => perSeed.length));
  return html`<h3>Do the intervals hold what they promise?</h3>
    ${table(
      "Share of 4,000 synthetic experiments whose 95 % interval held the truth, by shape of the truth",
      ["interval", "sample", "symmetric", "skewed", "heavy-tailed"],
      intervalCoverages(seeds).map(({ interval, sample, symmetric, skewed, heavyTailed }) => [
        interval,
        sample,
        percent(symmetric),
        percent(skewed),
        percent(heavyTailed),
      ]),
    )}
    <p class="note">
      Measured once by <code>${coverageCommand}</code>, not in this run. Excess cost falls short where costs are skewed
      because a t interval over few seeds misses the seeds that cost most.
    </p>`;
}

function testsNote({ generalisation }: Results): Html {
  if (generalisation === null) return html``;
  const compared = generalisation.models.flatMap(({ name, versusAttainable }) =>
    versusAttainable === null ? [] : [{ name, ...versusAttainable }],
  );
  const ratios = generalisation.controls.varianceRatios;
  return html`<h3>Tests</h3>
    <p>
      One family was fixed before the run: each model's shift gap against the attainable control at severity
      ${generalisation.primary.severity}, paired by replicate, Holm over ${plural(compared.length, "model")}. Everything
      else on this page is exploratory.
    </p>
    ${
      compared.length === 0
        ? ""
        : table(
            "The primary family",
            ["model", "median d, vp", "adjusted lower", "upper", "p", "p, Holm", "verdict"],
            compared.map(({ name, d, adjustedLower, upper, pValue, adjustedPValue, verdict }) => [
              name,
              number(d.median),
              number(adjustedLower),
              number(upper),
              probability(pValue),
              probability(adjustedPValue),
              verdict,
            ]),
          )
    }
    ${
      ratios.length === 0
        ? ""
        : html`<details>
            <summary>What common random numbers save</summary>
            ${table(
              "Variance of the paired difference over that of an unpaired one",
              ["metric", "ratio"],
              ratios.map(({ metric, ratio }) => [metric, number(ratio, 2)]),
            )}
          </details>`
    }`;
}

function activityTable({ onChain, rolesWithoutFill }: Results): Html {
  if (onChain.length === 0) return html``;
  return html`<h3>Was everyone at work?</h3>
    <p>
      ${
        rolesWithoutFill.length === 0
          ? "Every role of the cast traded in every set of runs."
          : rolesWithoutFill.map(
              ({ role, cells }) => html`<strong>${role}</strong> never traded in ${cellsText(cells, onChain.length)}. `,
            )
      }
    </p>
    <details>
      <summary>Activity by role</summary>
      ${table(
        "All seeds",
        ["runs of", "role", "submitted", "included", "filled", "volume, USD"],
        onChain.flatMap(({ model, preset, severity, activity }) =>
          activity.map(({ role, submitted, included, filled, volume }) => [
            `${model}, ${preset}, ${number(severity, 2)}`,
            role,
            number(submitted, 0),
            number(included, 0),
            number(filled, 0),
            usd(volume),
          ]),
        ),
      )}
    </details>`;
}

function exercisedTable({ onChain }: Results): Html {
  if (onChain.length === 0) return html``;
  return html`<details>
    <summary>What the runs exercised, and what went wrong in them</summary>
    ${table(
      "Totals over seeds; peak vega is the smallest over seeds, as a share of the limit",
      [
        "runs of",
        "peak vega",
        "heartbeats",
        "hedges",
        "settlements",
        "withdrawals",
        "liquidations",
        "wrongful",
        "bad debt, USD",
        "fund used, USD",
      ],
      onChain.map(({ model, preset, severity, exercised, liquidations }) => [
        `${model}, ${preset}, ${number(severity, 2)}`,
        percent(exercised.peakVegaShare, 0),
        number(exercised.heartbeats, 0),
        number(exercised.hedges, 0),
        number(exercised.settlements, 0),
        number(exercised.withdrawals, 0),
        number(exercised.liquidations, 0),
        number(liquidations.wrongful, 0),
        usd(liquidations.badDebt),
        usd(liquidations.insuranceUsed),
      ]),
    )}
  </details>`;
}
