import type { Bundle } from "../../src/chain/bundle-schema.ts";
import { amountText } from "./amount-text.ts";
import type { Comparison } from "./compare-current.ts";
import type { Verification } from "./verify-bundle.ts";

/** @returns what was verified and how far, in one paragraph */
export function verificationText(bundle: Bundle, verification: Verification): string[] {
  const { level, engine, blocks, calls, difference } = verification;
  const engines = `recorded on ${bundle.engine.name} ${bundle.engine.version}, replayed on ${engine.name} ${engine.version}`;
  if (difference !== null) {
    const { phase, block, what, recorded, replayed, account } = difference;
    return [
      `does not reproduce: ${phase === "run" ? "block" : "set-up block"} ${block} differs first (${engines})`,
      `  ${what}: recorded ${recorded}`,
      `  ${" ".repeat(what.length)}  replayed ${replayed}`,
      account === null
        ? "  no account's part of the read differs"
        : `  first account that differs: ${account.name} ${account.address}`,
    ];
  }
  const matches =
    level === "state"
      ? "every state root and block hash matches"
      : "every receipts root, gas and read matches; state roots compare only on one engine version";
  return [`${blocks} blocks, ${calls} calls: ${matches} (${engines})`];
}

/** @returns the run as a story, one line an event, and who paid whom */
export function storyText(bundle: Bundle): string[] {
  const title = Object.entries(bundle.run).map(([key, value]) => `${key} ${value}`);
  return ["", `  ${title.join(" · ")}`, "", ...storyLines(bundle), ...breakLines(bundle), ...paymentLines(bundle)];
}

function storyLines({ story }: Bundle): string[] {
  if (story.length === 0) return [];
  const rows = [
    { block: "block", text: "what happened", vault: "vault", insurance: "insurance" },
    ...story.map((line) => ({ ...line, insurance: line.insurance ?? "" })),
  ];
  const width = (of: (row: (typeof rows)[number]) => string) => Math.max(...rows.map((row) => of(row).length));
  const [first, second] = [width(({ block }) => block), width(({ text }) => text)];
  const [third, fourth] = [width(({ vault }) => vault), width(({ insurance }) => insurance)];
  return rows.map(({ block, text, vault, insurance }) =>
    `  ${block.padEnd(first)}   ${text.padEnd(second)}   ${vault.padStart(third)}   ${insurance.padStart(fourth)}`.trimEnd(),
  );
}

function breakLines({ breaks }: Bundle): string[] {
  if (breaks.length === 0) return [];
  const lines = breaks.map(({ name, broken, block, text }) =>
    broken ? `  BREAK ${name}${block === null ? "" : ` at block ${block}`}: ${text}` : `  held  ${name}: ${text}`,
  );
  return ["", ...lines];
}

function paymentLines({ whoPaidWhom, money }: Bundle): string[] {
  const payers = [...new Set(whoPaidWhom.map(({ from }) => from))];
  const lines = payers.map((payer) => {
    const payments = whoPaidWhom.filter(({ from }) => from === payer);
    const total = payments.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    const payees = payments.map(({ to, amount }) => `${to} +${amountText(BigInt(amount), money.decimals)}`);
    return `${payer} ${amountText(-total, money.decimals)} → ${payees.join(" · ")}`;
  });
  const heading = `  who paid whom (${money.unit})   `;
  return lines.length === 0
    ? []
    : ["", ...lines.map((line, index) => `${index === 0 ? heading : " ".repeat(heading.length)}${line}`)];
}

/** @returns what the working tree's contracts change: predicates first, then outcomes and balances */
export function comparisonText(comparison: Comparison): string[] {
  const { replaced, unchanged, missing, outcomes, balances, ended } = comparison;
  const same = replaced.length === 0 ? "no contract of the working tree differs from the recorded ones" : undefined;
  return [
    "",
    `  against the working tree: ${same ?? `${replaced.map(contractName).join(", ")} replaced`}, ${unchanged.length} unchanged`,
    ...(missing.length === 0 ? [] : [`  no longer in the working tree, kept as recorded: ${missing.join(", ")}`]),
    ...(ended === null ? [] : [`  the comparison ends early ${ended}`]),
    ...breakChangeLines(comparison),
    `  outcomes: ${outcomes.length} calls end differently`,
    ...shortened(
      outcomes.map(({ block, phase, agent, submission, recorded, current }) => {
        const where = `${phase === "set-up" ? "set-up " : ""}block ${block}`;
        return `    ${where}  ${agent}  ${submission}: ${outcomeText(recorded)} → ${outcomeText(current)}`;
      }),
    ),
    `  balances: ${balances.length} differ at the end`,
    ...shortened(
      balances.map(
        ({ account, label, decimals, recorded, current }) =>
          `    ${account}  ${label}: ${amountText(recorded, decimals)} → ${amountText(current, decimals)}`,
      ),
    ),
  ];
}

/** The first lines of a long list and how many there are more, so that the answer stays on one screen. */
function shortened(lines: readonly string[]): string[] {
  const shown = 12;
  return lines.length <= shown ? [...lines] : [...lines.slice(0, shown), `    and ${lines.length - shown} more`];
}

function breakChangeLines({ breaks, ended }: Comparison): string[] {
  return breaks.map(({ name, recorded, current }) => {
    const was = recorded === null ? "held" : `broke at block ${recorded}`;
    if (current === undefined)
      return `  ${name}: ${was}; needs the world's truth, run the experiment again to check it`;
    if (current === null) return `  ${name}: ${was} → ${ended === null ? "holds" : "not broken as far as it went"}`;
    return `  ${name}: ${was} → breaks at block ${current}`;
  });
}

function outcomeText({ status, error }: { status: string; error: string | null }): string {
  return error === null ? status : `${status} ${error}`;
}

function contractName(fullyQualified: string): string {
  return fullyQualified.slice(fullyQualified.lastIndexOf(":") + 1);
}
