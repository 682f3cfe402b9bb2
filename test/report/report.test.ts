import { createRequire } from "node:module";

import { expect } from "chai";
import type * as Echarts from "echarts";

import { renderReport } from "../../sim/report/report.ts";
import { html, json } from "../../sim/report/html.ts";
import type { Results } from "../../sim/results/results.ts";
import { fixtureWithBesides, historyFixture, resultsFixture } from "./results-fixture.ts";

/** The page without the chart library, whose code we did not write. */
function ownPart(page: string): string {
  const scripts = page.split(/(?=<script)/);
  return scripts.filter((part) => part.length < 900_000).join("");
}

interface DrawnChart {
  readonly id: string;
  readonly variants: Readonly<Record<string, Echarts.EChartsOption>>;
}

function chartsOf(page: string): DrawnChart[] {
  const data = /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(page)![1]!;
  return (JSON.parse(data) as { charts: DrawnChart[] }).charts;
}

const fixtures: [string, () => Results][] = [
  ["synthetic results", () => resultsFixture()],
  ["results of three seeds", () => resultsFixture({ seeds: 3 })],
  ["results from history", () => historyFixture()],
  ["results with rungs and both arms of feedback", () => fixtureWithBesides()],
  ["results without a chain", () => ({ ...resultsFixture(), onChain: [], stories: [], whoPaidWhom: [], bundles: [] })],
];

describe("report", () => {
  for (const [name, results] of fixtures)
    describe(`of ${name}`, () => {
      const page = renderReport(results());

      it("is one file under 3 MB that asks the network for nothing", () => {
        expect(Buffer.byteLength(page)).to.be.lessThan(3_000_000);
        expect(page).to.contain("default-src 'none'");
        expect(ownPart(page)).to.not.match(/\b(src|href)\s*=\s*["']?(https?:)?\/\//i);
        expect(ownPart(page)).to.not.match(/@import|url\(|fetch\(|https?:\/\//i);
      });

      it("shows no value that is none", () => {
        expect(ownPart(page)).to.not.match(/\bNaN\b|\bundefined\b|\bInfinity\b|\[object/);
      });

      it("is the same bytes each time", () => {
        expect(renderReport(results())).to.equal(page);
      });

      it("draws every chart in every state, and gives the same as a table", function () {
        this.timeout(20_000);
        const echarts = createRequire(import.meta.url)("echarts") as typeof Echarts;
        const charts = chartsOf(page);
        for (const { id, variants } of charts) {
          for (const [key, option] of Object.entries(variants)) {
            const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 900, height: 500 });
            chart.setOption(option);
            expect(chart.renderToSVGString(), `${id} ${key}`).to.match(/^<svg/);
            chart.dispose();
          }
          const figure = page.slice(page.indexOf(`<figure id="${id}"`)).split("</figure>")[0]!;
          expect(figure.match(/<table>/g), id).to.have.length(Object.keys(variants).length);
        }
      });
    });

  it("escapes every text that it is given", () => {
    const hostile = '"><script>alert(1)</script><b>';
    const results = JSON.parse(
      JSON.stringify(resultsFixture(), (key, value: unknown) =>
        ["model", "name", "text", "who", "party", "role", "summary", "source", "scenarioSummary"].includes(key)
          ? `${String(value)}${hostile}`
          : value,
      ),
    ) as Results;
    const page = renderReport(results);
    expect(page).to.contain("&lt;script&gt;alert(1)");
    expect(page).to.not.contain("<script>alert(1)");
    expect(page.match(/<script/g)).to.have.length(3);
  });

  it("gives the same model the same colour in every chart", () => {
    const page = renderReport(resultsFixture());
    const colours = new Set<string>();
    for (const { variants } of chartsOf(page))
      for (const option of Object.values(variants) as { series: { name?: string; color?: string }[] }[])
        for (const { name, color } of option.series) if (name === "ridge" && color !== undefined) colours.add(color);
    expect([...colours]).to.have.length(1);
  });

  it("numbers the marks that a run turns on, and keeps the rest in a list that opens", () => {
    const results = resultsFixture();
    const attack = results.stories[0]!.marks.find(({ kind }) => kind === "attack")!;
    const many = Array.from({ length: 60 }, (_, index) => ({ ...attack, amount: index }));
    const story = { ...results.stories[0]!, marks: [...many, ...results.stories[0]!.marks] };
    const page = renderReport({ ...results, stories: [story] });
    const numbered = /<ol class="marks">(.*?)<\/ol>/s.exec(page)![1]!;
    expect(numbered.match(/<li>/g)).to.have.length(16);
    expect(numbered).to.contain(
      "economic: excess cost 20.3 % &gt; 10 %".replace("3 %", "3\u00a0%").replace("10 %", "10\u00a0%"),
    );
    expect(page).to.contain("48 other events");
  });

  it("draws marks that would cover each other as one, so that every number is told once", () => {
    const results = resultsFixture();
    const [story] = results.stories;
    const attack = story!.marks.find(({ kind }) => kind === "attack")!;
    const [start, end] = [story!.times[0]!, story!.times.at(-1)!];
    const at = [0, 0.01, 0.5, 0.9, 0.9].map((share) => ({ ...attack, time: start + share * (end - start) }));
    const page = renderReport({ ...results, stories: [{ ...story!, marks: at }] });
    expect([...page.matchAll(/"formatter":"(\d[\d–]*)"\},?/g)].map(([, label]) => label)).to.include.ordered.members([
      "1–2",
      "3",
      "4–5",
    ]);
  });

  it("reaches with the axis of a study's bars to the ends of their intervals", () => {
    const chart = {
      kind: "bars" as const,
      title: "Bars",
      note: "",
      unit: "vp",
      bars: [{ name: "a", value: 1, low: -3, high: 9 }],
    };
    const study = { name: "x", title: "X", question: "?", answer: "!", charts: [chart], tables: [], notes: [] };
    const [drawn] = chartsOf(renderReport({ ...resultsFixture(), studies: [study] })).filter(
      ({ id }) => id === "study-x-0",
    );
    expect(JSON.stringify(drawn!.variants[""]!.series)).to.contain("[[-3,0],[9,0]]");
  });

  it("puts words of a study's table on the left, and numbers on the right", () => {
    const rows = [
      ["a", "as it is", "1.2 [0.9, 1.4]", 3],
      ["c", "3 times as many traders", "0.2 % [0.1, 0.3]", 4],
      ["b", "n/a", "n/a", null],
    ];
    const tables = [{ caption: "Mixed", head: ["name", "what", "effect", "count"], rows }];
    const study = { name: "x", title: "X", question: "?", answer: "!", charts: [], tables, notes: [] };
    const page = renderReport({ ...resultsFixture(), studies: [study] });
    const drawn = page.slice(page.indexOf("Mixed")).split("</table>")[0]!;
    const told = [...drawn.matchAll(/<t[hd][^>]* class="(\w+)">([^<]*)/g)].map(([, kind, text]) => `${kind}: ${text}`);
    expect(told).to.include.members(["words: what", "words: as it is", "words: 3 times as many traders", "words: n/a"]);
    expect(told).to.include.members(["numbers: effect", "numbers: n/a", "numbers: count", "numbers: –"]);
  });

  it("colours heat maps of one study and unit alike, and another unit by itself", () => {
    const heat = (unit: string, value: number) => ({
      kind: "heat" as const,
      title: "Heat",
      note: "",
      columns: { label: "to", names: ["a"] },
      rows: { label: "from", names: ["a"] },
      unit,
      values: [[value]],
    });
    const charts = [heat("vp", 3), heat("vp", -90), heat("%", 7)];
    const study = { name: "x", title: "X", question: "?", answer: "!", charts, tables: [], notes: [] };
    const drawn = chartsOf(renderReport({ ...resultsFixture(), studies: [study] })).filter(({ id }) =>
      id.startsWith("study-x-"),
    );
    const scales = drawn.map(({ variants }) => variants[""]!.visualMap as { min: number; max: number });
    expect(scales.map(({ min, max }) => [min, max])).to.deep.equal([
      [-90, 3],
      [-90, 3],
      [0, 7],
    ]);
  });

  it("says what it cannot tell: roles without a fill, controls that did not run, too few seeds", () => {
    const results = resultsFixture({ seeds: 3 });
    const page = renderReport({
      ...results,
      generalisation: {
        ...results.generalisation!,
        controls: { ...results.generalisation!.controls, permutation: null },
      },
    });
    expect(page).to.contain("stale-price-sniper");
    expect(page).to.contain("never traded");
    expect(page).to.contain("not run");
    expect(page).to.contain("there is no interval, so nothing is shown");
  });

  it("warns at the top when a control failed or the ledger does not balance", () => {
    const results = resultsFixture();
    const { generalisation } = results;
    const page = renderReport({
      ...results,
      ledgerCheck: { ...results.ledgerCheck!, holds: false, largestResidual: "3" },
      generalisation: {
        ...generalisation!,
        controls: { ...generalisation!.controls, oracle: { ...generalisation!.controls.oracle!, verdict: "failed" } },
      },
    });
    const top = page.slice(0, page.indexOf("</header>"));
    expect(top).to.contain("a control failed (oracle)");
    expect(top).to.contain("The ledger does not balance");
  });
});

describe("html", () => {
  it("escapes text and attributes, keeps markup of its own, and joins lists", () => {
    expect(html`<p title="${`a"b`}">${"<i>"}${html`<b>${"&"}</b>`}${["x", html`<br />`]}</p>`.markup).to.equal(
      '<p title="a&quot;b">&lt;i&gt;<b>&amp;</b>x<br /></p>',
    );
  });

  it("writes data that cannot close its script element", () => {
    const { markup } = json({ text: "</script><script>" });
    expect(markup).to.not.contain("<");
    expect(JSON.parse(markup)).to.deep.equal({ text: "</script><script>" });
  });
});
