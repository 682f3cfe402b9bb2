import type { PairedChange } from "../measure/baseline.ts";
import { interval, number, percent } from "./format.ts";
import { table } from "./terminal.ts";
import type { Colours } from "./terminal.ts";

/** What changed against an earlier run, and whether it can be told from chance. */
export function baselineTable(changes: readonly PairedChange[], cautions: readonly string[], colours: Colours): string {
  const title = `${colours.bold("What changed?")}   ${colours.dim("now less the baseline, paired by seed")}`;
  const notes = cautions.map((caution) => `  ${colours.red(caution)}\n`).join("");
  const moved = changes.filter(({ verdict }) => verdict !== "same");
  if (changes.length === 0)
    return `${title}\n${notes}  The two runs have no model, preset, severity and seed in common.\n`;
  if (moved.length === 0) return `${title}\n${notes}  Nothing: all ${changes.length} paired numbers are equal.\n`;
  const rows = moved.map(({ model, preset, severity, metric, unit, before, now, change, verdict }) => {
    const show = (value: number | null) => (unit.startsWith("share") ? percent(value) : number(value));
    return [
      model,
      preset,
      String(severity),
      metric,
      show(before),
      show(now),
      show(change.mean),
      interval(change.low, change.high, show) || "[n < 6]",
      verdict === "better" ? colours.green(verdict) : verdict === "worse" ? colours.red(verdict) : verdict,
    ];
  });
  const equal = changes.length - moved.length;
  return `${title}\n${notes}${table(["model", "preset", "severity", "metric", "before", "now", "change", "95 % interval", ""], rows, [4, 5, 6, 7])}\n${equal === 0 ? "" : `  ${equal} other paired numbers are equal.\n`}`;
}
