import type { Hex } from "viem";
import { accountParts, type AccountPart } from "../../src/chain/account-parts.ts";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import { amountText } from "./amount-text.ts";
import { callOutcomes } from "./call-outcome.ts";
import { decodeCall, type DecodedCall } from "./decode-call.ts";
import type { ReplayedBlock } from "./execute-bundle.ts";
import { Labels } from "./labels.ts";

/**
 * Describes one block for people: its calls decoded, what became of them, and the balances that they moved.
 * @param before - what the aggregated read returned before the block; null: it was not recorded
 */
export function describeBlock(bundle: Bundle, block: ReplayedBlock, before: Hex | null): string[] {
  const { recorded, mined } = block;
  const labels = new Labels(bundle);
  const outcomes = callOutcomes(bundle, mined.receipts);
  const time = new Date(Number(recorded.timestamp) * 1000).toISOString().replace(/T(.*)\.000Z/, " $1 UTC");
  const header = [
    `block ${recorded.number}`,
    block.phase,
    time,
    `base fee ${amountText(BigInt(recorded.baseFeePerGas), 9)} gwei`,
  ];
  const calls = recorded.calls.flatMap((call, index) => {
    const { status, error } = outcomes[index];
    const outcome = status === "done" ? "done" : `reverted${error === null ? "" : `: ${error}`}`;
    const gas = amountText(mined.receipts[index].gasUsed, 0);
    const place = `  ${`${index + 1}`.padStart(2)}  `;
    const creation = call.initcode === undefined ? undefined : bundle.initcode[call.initcode];
    const decoded =
      call.to === null
        ? { text: `creates ${creation?.artifact ?? "a contract from outside this project"}`, steps: [] }
        : decodeCall(call.to, call.data, labels);
    return [`${place}${call.agent}  ${call.submission}  ${outcome}  ${gas} gas`, ...indented(decoded, 6)];
  });
  const left = recorded.notIncluded.map(
    ({ agent, submission, why }) => `  not included: ${agent}  ${submission}  ${why}`,
  );
  return [
    `${header.join(" · ")} · ${recorded.calls.length} calls, ${amountText(mined.gasUsed, 0)} gas`,
    ...calls,
    ...left,
    ...balanceLines(bundle, before, block.returned, labels),
  ];
}

function indented({ text, steps }: DecodedCall, depth: number): string[] {
  return [`${" ".repeat(depth)}${text}`, ...steps.flatMap((step) => indented(step, depth + 2))];
}

function balanceLines(bundle: Bundle, before: Hex | null, after: Hex | null, labels: Labels): string[] {
  if (before === null || after === null) return ["  balances: no read before and after this block"];
  const addresses = bundle.accounts.map(({ address }) => address);
  const earlier = new Map(accountParts(bundle.read, before, addresses).map((part) => [part.address, part]));
  const moved = accountParts(bundle.read, after, addresses).flatMap((part) =>
    bundle.read.balances.flatMap(({ label, decimals }) => {
      const [was, is] = [balanceOf(earlier.get(part.address), label), balanceOf(part, label)];
      if (was === is) return [];
      return [[labels.nameOf(part.address), label, amountText(was, decimals), amountText(is, decimals)]];
    }),
  );
  if (moved.length === 0) return ["  balances: none changed"];
  const rows = [["account", "balance", "before", "after"], ...moved];
  return ["  balances that changed", ...columns(rows).map((line) => `    ${line}`)];
}

function balanceOf(part: AccountPart | undefined, label: string): bigint {
  return part?.balances[label] ?? 0n;
}

/** Lays out rows in columns: the first two to the left, numbers to the right. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((text, column) => (column < 2 ? text.padEnd(widths[column]) : text.padStart(widths[column])))
      .join("  ")
      .trimEnd(),
  );
}
