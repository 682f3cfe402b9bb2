import type { Results } from "../../results/results.ts";
import { list, number, percent, plural, utcDays } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { failedControls } from "../terminal.ts";
import { trainingText, verdict } from "../verdict.ts";

/** Two sentences, four numbers, and the conditions under which they hold. */
export function verdictSection(results: Results): Html {
  const { sentences, figures } = verdict(results);
  const failed = failedControls(results);
  return html`<header>
    <h1>regimebreak · ${results.meta.scenario}</h1>
    ${sentences.map((sentence) => html`<p class="verdict">${sentence}</p>`)}
    <ul class="figures">
      ${figures.map(
        ({ value, label, detail }) => html`<li><b>${value}</b><span>${label}</span><small>${detail}</small></li>`,
      )}
    </ul>
    ${
      failed.length === 0
        ? ""
        : html`<p class="failed">Read nothing into these numbers yet: a control failed (${list(failed)}).</p>`
    }
    ${
      results.ledgerCheck?.holds === false
        ? html`<p class="failed">The ledger does not balance. This is our bug.</p>`
        : ""
    }
    <p class="note">${conditions(results)}</p>
  </header>`;
}

function conditions({ meta, generalisation, history }: Results): string {
  const scored =
    generalisation !== null
      ? `${plural(generalisation.replicates, "path")} scored off chain after training on ${trainingText(generalisation.training)} with at-the-money vol ${percent(generalisation.training.levelRange[0], 0)} to ${percent(generalisation.training.levelRange[1], 0)}`
      : history !== null
        ? `Prices of ${history.prices.file}, calm ${utcDays(history.calm)}, stress ${utcDays(history.stress)}`
        : "nothing scored off chain";
  const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}`;
  return `${sentence(meta.scenarioSummary)} (${meta.scenarioLabel}). ${sentence(scored)}; ${plural(meta.chainRuns, "run")} of ${plural(meta.chainSeeds, "seed")} on chain under ${list(meta.presets)}, ${number(meta.chainBlocks, 0)} blocks. Master seed ${meta.masterSeed}; regimebreak ${meta.version}, Hardhat ${meta.hardhat}, EDR ${meta.edr}, Node ${meta.node}.`;
}
