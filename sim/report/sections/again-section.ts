import type { Results } from "../../results/results.ts";
import { conditionText } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { table } from "../table.ts";

/** Section 8: commands, bundles, and the scenario with its sources. */
export function againSection({ meta, bundles, scenario, sources, generalisation }: Results): Html {
  return html`<section>
    <h2>Do it again</h2>
    <pre>${meta.command}</pre>
    ${
      bundles.length === 0
        ? html`<p>No bundle was kept.</p>`
        : html`<p>
              The worst run of each model, replayed block by block without agents or random numbers. Run these in the
              folder of this report:
            </p>
            <ul>
              ${bundles.map(
                ({ file, model, preset, severity, seed }) =>
                  html`<li>
                    <a href="bundles/${file}">${file}</a>: ${model}, ${preset}, severity ${severity}, seed ${seed}
                    <pre>npx hardhat replay bundles/${file}</pre>
                  </li>`,
              )}
            </ul>`
    }
    ${
      generalisation === null
        ? ""
        : html`<details>
            <summary>Frozen models</summary>
            <div class="prose">
              ${table(
                "Parameters are frozen before any stress path is opened; this is their hash",
                ["model", "what it is", "sees", "degrees of freedom", "condition number", "bounds active", "hash"],
                generalisation.models.map(({ name, summary, information, complexity, diagnostics, frozenHash }) => [
                  name,
                  summary,
                  information,
                  complexity === null ? "–" : String(Math.round(complexity * 10) / 10),
                  conditionText(diagnostics?.conditionNumber ?? null),
                  diagnostics?.boundsActive.join(", ") || "–",
                  html`<code>${frozenHash.slice(0, 18)}…</code>`,
                ]),
              )}
            </div>
          </details>`
    }
    ${
      sources.length === 0
        ? ""
        : html`<details>
            <summary>Where the scenario's figures come from</summary>
            <div class="prose">
              ${table(
                "Sources",
                ["parameter", "source"],
                sources.map(({ parameter, source }) => [parameter, source]),
              )}
            </div>
          </details>`
    }
    <details>
      <summary>The scenario with every default resolved (hash ${meta.scenarioHash.slice(0, 18)}…)</summary>
      <pre>${JSON.stringify(scenario, null, 2)}</pre>
    </details>
  </section>`;
}
