import type { Generalisation } from "../../results/generalisation.ts";
import type { DataFile, HistoryResult } from "../../results/history.ts";
import { list, number, percent, plural, utc } from "../format.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import { table } from "../table.ts";

const roles: Readonly<Record<DataFile["role"], string>> = {
  prices: "prices",
  quotes: "option quotes",
  "volatility-index": "volatility index",
};

/** What quality control looks for, so that an empty table says something. */
const lookedFor: Readonly<Record<DataFile["role"], string>> = {
  prices:
    "empty or unreadable fields, prices that are not positive, high below low, repeated and backward times, times in another unit, slips of the unit by a power of ten, levels that change unit for good, closes that leave and come back at once, highs and lows far off",
  quotes:
    "empty or unreadable fields, crossed quotes, repeated and expired options, snapshots that go back in time, vols, strikes, forwards and asks in another unit, marks that are not Black's price of their vol, another asset than the prices",
  "volatility-index":
    "unreadable fields, repeated and backward times, values in another unit than stated, slips of the unit",
};

/** What the files of recorded history hold, what was wrong in them, and by which named rule it was repaired. */
export function recordedData({ quality }: Pick<HistoryResult, "quality">): Html {
  const checked = quality.filter(({ checks }) => checks.length > 0);
  return html`<section id="data">
    <h2>Is the data sound?</h2>
    <p>${quality.map(sentence).join(" ")}</p>
    ${table(
      "Files: what they hold. Times in UTC",
      ["file", "what", "rows", "first", "last", "step", "gaps", "rows missing", "longest gap", "still, rows"],
      quality.map(({ file, role, rows, from, to, spacing, gaps, stillBars }) => [
        file,
        roles[role],
        number(rows, 0),
        utc(from),
        utc(to),
        spacing === null ? "–" : duration(spacing),
        number(gaps.count, 0),
        number(gaps.missing, 0),
        gaps.longest === null ? "–" : `${duration(gaps.longest.to - gaps.longest.from)} from ${utc(gaps.longest.from)}`,
        number(stillBars, 0),
      ]),
    )}
    ${faultTable(quality)}
    <ul>
      ${checked.map(({ file, checks }) => html`<li>${file}: ${checks.join("; ")}.</li>`)}
    </ul>
    <p class="note">
      Looked for in
      ${[...new Set(quality.map(({ role }) => role))].map((role) => `${roles[role]}: ${lookedFor[role]}`).join("; ")}. A
      fault that no allowed rule repairs stops the run before it starts, with file and line. Gaps are never filled
      unless asked; a hole inside a window longer than the scenario bridges stops the run too. “Still” is the longest
      run of rows in which nothing moved, the mark of a feed that stood still or of rows that somebody filled in.
    </p>
  </section>`;
}

/** Where nothing was recorded: what quality control of the generated quotes found. */
export function generatedData({ quoteControl, training }: Generalisation): Html {
  const severities = [...new Set(quoteControl.map(({ severity }) => severity))];
  const of = (severity: number, design: string) =>
    quoteControl.find((one) => one.severity === severity && one.design === design);
  const designs = [...new Set(quoteControl.map(({ design }) => design))];
  const worst = Math.max(0, ...quoteControl.map(({ failed }) => failed ?? 0));
  return html`<section id="data">
    <h2>Is the data sound?</h2>
    <p>
      This run has no recorded data: prices and quotes are generated, without gaps, repeated rows or crossed quotes, and
      with the noise that the scenario states.
      ${
        worst === 0
          ? "Every generated quote has an implied vol."
          : `At most ${percent(worst, 2)} of the quotes of a severity and design have no implied vol: their price is the intrinsic value to the last digit. They are not dropped; each counts with its design's worst error.`
      }
      Training has ${number(training.quotes, 0)} quotes a draw.
    </p>
    ${table(
      "Generated quotes without an implied vol, by severity",
      ["severity", ...designs, "replicates × ages"],
      severities.map((severity) => [
        number(severity, 2),
        ...designs.map((design) => percent(of(severity, design)?.failed ?? null, 2)),
        number(of(severity, designs[0]!)?.stretches ?? null, 0),
      ]),
    )}
  </section>`;
}

function sentence({ file, faults, repairs, dropped, filled, gaps }: DataFile): string {
  const missing =
    gaps.missing === null
      ? plural(gaps.count, "gap")
      : `${plural(gaps.missing, "row")} missing in ${plural(gaps.count, "gap")}`;
  if (faults.length === 0) return `${file}: no fault found, ${missing}.`;
  const count = faults.reduce((sum, fault) => sum + fault.count, 0);
  const done = [
    dropped > 0 ? `${plural(dropped, "row")} left out` : "",
    filled > 0 ? `${plural(filled, "bar")} filled` : "",
  ];
  return `${file}: ${plural(count, "fault")} repaired by ${list(repairs)}${done
    .filter((text) => text !== "")
    .map((text) => `, ${text}`)
    .join("")}; ${missing}.`;
}

function faultTable(quality: readonly DataFile[]): Html {
  const rows = quality.flatMap(({ file, faults }) =>
    faults.map(({ what, count, lines, repairedBy }) => [
      file,
      what,
      number(count, 0),
      `${lines.join(", ")}${count > lines.length ? ", …" : ""}`,
      repairedBy ?? "refused",
    ]),
  );
  return rows.length === 0 ? html`` : table("Faults", ["file", "what", "rows", "first lines", "repaired by"], rows);
}

/** `1 h`, `5 min`, `1.5 d`. */
function duration(seconds: number): string {
  const [unit, size] = seconds >= 86_400 ? ["d", 86_400] : seconds >= 3600 ? ["h", 3600] : ["min", 60];
  const value = seconds / (size as number);
  return `${number(value, Number.isInteger(value) ? 0 : 1)} ${unit}`;
}
