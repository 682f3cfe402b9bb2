import { html } from "./html.ts";
import type { Html, HtmlValue } from "./html.ts";

/**
 * A table whose first column is a heading of its row and whose other columns are numbers or short text; words stand on
 * the left, numbers on the right.
 */
export function table(caption: string, head: readonly HtmlValue[], rows: readonly (readonly HtmlValue[])[]): Html {
  const kinds = head.map((_, column) => (isWords(rows.map((row) => row[column] ?? "")) ? "words" : "numbers"));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head.map((cell, column) => html`<th scope="col" class="${kinds[column]!}">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...rest]) =>
            html`<tr>
              <th scope="row">${first ?? ""}</th>
              ${rest.map((cell, column) => html`<td class="${kinds[column + 1]!}">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Begins with a letter, or has two words of some length: a number with its unit has neither. */
const WORDS = /^\p{L}|\p{L}{3,}.*\s\p{L}{3,}/u;

/** Whether the cells of a column say something in words; a cell without a value says nothing. */
function isWords(cells: readonly HtmlValue[]): boolean {
  const told = cells.filter((cell) => cell !== "–" && cell !== "" && cell !== "n/a");
  return told.length > 0 && told.every((cell) => typeof cell === "string" && WORDS.test(cell));
}
