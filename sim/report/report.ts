import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Results } from "../results/results.ts";
import type { Chart } from "./chart.ts";
import { Html, html, json } from "./html.ts";
import { themes } from "./palette.ts";
import { againSection } from "./sections/again-section.ts";
import { costChart, costSection } from "./sections/cost-section.ts";
import { generatedData, recordedData } from "./sections/data-section.ts";
import { doseChart } from "./sections/dose-chart.ts";
import { doseSection } from "./sections/dose-section.ts";
import { gainsChart, gainsSection } from "./sections/gains-section.ts";
import { heatChart, hedgedChart, hedgingSection } from "./sections/hedging-section.ts";
import { historySection, pathChart, quotesChart } from "./sections/history-section.ts";
import { optimismChart } from "./sections/optimism-chart.ts";
import { smileChart, smileSection } from "./sections/smile-section.ts";
import { storyChart, storySection } from "./sections/story-section.ts";
import { studyCharts, studiesSection } from "./sections/studies-section.ts";
import { trustSection } from "./sections/trust-section.ts";
import { verdictSection } from "./sections/verdict-section.ts";

/**
 * One HTML file that opens from disk and asks the network for nothing: styles, data and the chart library are inside.
 * The same results give the same bytes.
 */
export function renderReport(results: Results): string {
  const { charts, body } = sections(results);
  const title = `regimebreak · ${results.meta.scenario} · seed ${results.meta.masterSeed}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
        />
        <title>${title}</title>
        <style>
          ${asset("report.css")}
        </style>
      </head>
      <body>
        <main>${body}</main>
        <noscript><p>Charts need JavaScript; every chart's numbers are in the table below it.</p></noscript>
        <script type="application/json" id="report-data">
          ${json({ themes, charts: charts.map(drawing) })}
        </script>
        <script>
          ${charts.length === 0 ? "" : chartLibrary()};
        </script>
        <script>
          ${charts.length === 0 ? "" : asset("report.js")};
        </script>
      </body>
    </html>`.markup;
}

function sections(results: Results): { charts: Chart[]; body: Html[] } {
  const { generalisation, history } = results;
  const dose = generalisation === null ? undefined : doseChart(results, generalisation);
  const optimism = generalisation === null ? undefined : optimismChart(results, generalisation);
  const smile = generalisation === null ? undefined : smileChart(results, generalisation);
  const path = history === null ? undefined : pathChart(history);
  const quotes = history === null ? undefined : quotesChart(results, history);
  const cost = costChart(results);
  const story = storyChart(results);
  const gains = gainsChart(results);
  const heat = heatChart(results);
  const hedged = hedgedChart(results);
  const studies = studyCharts(results);
  const body = [
    verdictSection(results),
    generalisation === null || dose === undefined ? html`` : doseSection(results, generalisation, dose, optimism),
    history === null || path === undefined ? html`` : historySection(history, path, quotes),
    costSection(results, cost),
    smileSection(smile),
    storySection(story),
    gainsSection(results, gains),
    hedgingSection(results, heat, hedged),
    studiesSection(results, studies),
    history !== null ? recordedData(history) : generalisation !== null ? generatedData(generalisation) : html``,
    trustSection(results),
    againSection(results),
  ];
  const charts = [dose, optimism, path, quotes, cost, smile, story, gains, heat, hedged, ...studies].filter(
    (chart) => chart !== undefined,
  );
  return { charts, body };
}

/** What the page's script needs of a chart; its table is in the page already. */
function drawing({ id, variants }: Chart) {
  return {
    id,
    variants: Object.fromEntries(Object.entries(variants).map(([key, { option }]) => [key, option])),
  };
}

function asset(name: string): Html {
  return new Html(readFileSync(new URL(`assets/${name}`, import.meta.url), "utf8"));
}

function chartLibrary(): Html {
  const path = createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js");
  return new Html(readFileSync(path, "utf8"));
}
