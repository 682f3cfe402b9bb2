import type { GeneralisationConfig } from "./config.ts";
import type { Cell, ModelReplicate, ReplicateErrors } from "./replicate.ts";
import { designNames } from "./quotes.ts";
import type { QuoteErrors } from "./quote-errors.ts";

/** Columns of errors, with what they are in the file; vol points unless said otherwise. */
const errorColumns = [
  ["rmse_vp", "rmse"],
  ["mae_vp", "mae"],
  ["raw_rmse_vp", "rawRmse"],
  ["raw_mae_vp", "rawMae"],
  ["log_rmse", "logRmse"],
  ["bias_vp", "bias"],
  ["out_of_domain", "outOfDomain"],
  ["failed_inversions", "failed"],
] as const satisfies readonly (readonly [string, keyof QuoteErrors])[];

/**
 * Every error behind the medians of the results as CSV: a line for each replicate, model, path, age and design. Paths
 * are `calm` (the fresh calm path A), `placebo` (B) and `stress`; the price error in basis points of spot is of listed
 * quotes only. A model that could not be fitted in a replicate has one line with its path `failed`.
 */
export function replicateTable(
  { scenario, severities }: GeneralisationConfig,
  replicates: readonly ReplicateErrors[],
): string {
  const head = ["replicate", "model", "path", "severity", "age_s", "design", ...errorColumns.map(([name]) => name)];
  const lines = [[...head, "price_error_bp"].join(",")];
  const { ages } = scenario.scoring;
  const write = (start: string, cells: readonly Cell[]) => {
    cells.forEach((cell, age) => {
      for (const design of designNames) {
        const errors = cell[design];
        let line = `${start},${ages[age]},${design}`;
        for (const [, field] of errorColumns) line += `,${rounded(errors[field])}`;
        lines.push(design === "listed" ? `${line},${rounded(cell.priceBp)}` : `${line},`);
      }
    });
  };
  for (const { index, models } of replicates) {
    for (const [name, one] of Object.entries(models)) {
      const start = `${index},${quoted(name)}`;
      if ("failure" in one) {
        lines.push(`${start},failed${",".repeat(head.length + 1 - 3)}`);
        continue;
      }
      write(`${start},calm,0`, one.calm);
      write(`${start},placebo,0`, one.placebo);
      stressed(severities, one).forEach(([severity, cells]) => write(`${start},stress,${severity}`, cells));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Severity 0 is the calm path itself. */
function stressed(severities: readonly number[], { stress }: ModelReplicate): [number, readonly Cell[]][] {
  return severities.flatMap((severity, s): [number, readonly Cell[]][] =>
    severity > 0 ? [[severity, stress[s]]] : [],
  );
}

function rounded(value: number): number {
  return Math.round(1e4 * value) / 1e4;
}

/** A name as a CSV field; the user's own models are called as they like. */
function quoted(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
