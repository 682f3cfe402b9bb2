/** Markup that is safe to write as it is: made by the `html` tag only. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type HtmlValue = Html | string | number | readonly HtmlValue[];

/** Template tag that escapes every text it is given; nested markup and lists of it pass. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(parts.map((part, index) => part + (index < values.length ? render(values[index]!) : "")).join(""));
}

/** Data for a `<script type="application/json">`: no text in it can close the element. */
export function json(data: unknown): Html {
  return new Html(JSON.stringify(data).replaceAll("<", "\\u003c"));
}

function render(value: HtmlValue): string {
  if (value instanceof Html) return value.markup;
  if (Array.isArray(value)) return value.map(render).join("");
  return escape(String(value));
}

function escape(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  // A no-break space keeps a number and its unit on one line.
  return text.replace(/[&<>"']/g, (character) => entities[character]!).replace(/(\d) (?=%|vp\b|USD\b)/g, "$1\u00a0");
}
