import { failureText } from "../../src/models/quotes-from-log.ts";
import type { TradePrice } from "../../src/models/traded-vol.ts";
import { conditionText } from "../report/format.ts";
import { table } from "../report/terminal.ts";
import { wrap } from "../report/wrap.ts";
import type { LogFits } from "./fit-from-run.ts";

const DAY = 86_400;
const YEAR_DAYS = 365;

/** What was read from a run's logs and how models fit it, for the terminal. */
export function logFitsText({ bundles, reading, fits }: LogFits, price: TradePrice): string {
  const { runs, blocks, rounds, surfaces, trades, sold, failures, span } = reading;
  const days = (seconds: number) => (seconds / DAY).toFixed(1);
  const range = ([low, high]: readonly [number, number], digits: number, factor = 1) =>
    `${(factor * low).toFixed(digits)} to ${(factor * high).toFixed(digits)}`.replaceAll("-", "−");
  const quoted = trades - Object.values(failures).reduce((sum, count) => sum + count, 0);
  const lines = [
    `${runs === 1 ? bundles[0] : `${runs} runs`}: ${blocks} blocks over ${days(span)} days, ${rounds} rounds of the feed, ${surfaces} smiles posted`,
    `${trades} trades, the vault sold in ${sold}; ${quoted} say a vol, of the others: ${failureText(failures)}`,
    `ln(K/S) ${range(reading.logMoneyness, 2)}, tenors ${range(reading.years, 1, YEAR_DAYS)} days, vols ${range(reading.vols, 1, 100)} %`,
    price === "mid"
      ? "Fitted on mid vols: fee, charge for the feed's lag and spread are taken off, which leaves the vault's own vol."
      : "Fitted on vols of the premiums as paid, fees apart: the spread is in them, above where the vault sold.",
    "Features start with the run's first round; a run has no market surface, so models that read one cannot be fitted.",
  ];
  const rows = fits.map(({ name, errorVp, diagnostics, failure }) =>
    diagnostics === null
      ? [name, "–", "–", "–", (failure ?? "").replace(`${name} cannot be fitted: `, "")]
      : [
          name,
          errorVp!.toFixed(1),
          String(Math.round(10 * diagnostics.degreesOfFreedom) / 10),
          conditionText(finite(diagnostics.conditionNumber)),
          diagnostics.boundsActive.join(", "),
        ],
  );
  const head = ["model", "fit, vol points", "degrees of freedom", "condition number", "bounds active, or why not"];
  return `${lines.map((line) => wrap(line)).join("\n")}\n\n${table(head, rows, [1, 2, 3])}\n`;
}

function finite(condition: number | null): number | null {
  return condition !== null && Number.isFinite(condition) ? condition : null;
}
