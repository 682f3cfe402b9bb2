import { decodeErrorResult, decodeEventLog, type Abi, type Hex } from "viem";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import type { MinedReceipt } from "../../src/chain/chain.ts";

/** What became of a call, by its receipt and the event of the account contract that carried it. */
export interface CallOutcome {
  readonly status: "done" | "reverted";
  /** Name of the error of the step that failed; null: none, or the engine keeps no revert data. */
  readonly error: string | null;
}

/** @returns what became of each call of a block, in order */
export function callOutcomes(bundle: Bundle, receipts: readonly MinedReceipt[]): CallOutcome[] {
  const { outcomeEvent, contracts } = bundle;
  const carrier = contracts.find(({ name }) => name === outcomeEvent?.contract);
  const errors = contracts.flatMap(({ abi }) => abi.filter(({ type }) => type === "error"));
  return receipts.map((receipt) => {
    if (receipt.status === "reverted") return { status: "reverted", error: null };
    if (outcomeEvent === null || carrier === undefined) return { status: "done", error: null };
    return carriedOutcome(receipt, carrier, outcomeEvent, errors) ?? { status: "done", error: null };
  });
}

function carriedOutcome(
  receipt: MinedReceipt,
  carrier: Bundle["contracts"][number],
  { event, done, revertData }: NonNullable<Bundle["outcomeEvent"]>,
  errors: Abi,
): CallOutcome | undefined {
  for (const log of receipt.logs) {
    if (!carrier.addresses.includes(log.address)) continue;
    const decoded = decodeEventLog({
      abi: carrier.abi,
      data: log.data,
      topics: log.topics as [Hex, ...Hex[]],
      strict: false,
    });
    if (decoded.eventName !== event) continue;
    const fields = decoded.args as unknown as Readonly<Record<string, unknown>>;
    if (fields[done] === true) return { status: "done", error: null };
    return { status: "reverted", error: errorName(fields[revertData] as Hex, errors) };
  }
  return undefined;
}

/** @returns the error's name or quoted sentence, its selector where no ABI has it, or `out of gas or no reason` without data */
function errorName(data: Hex, errors: Abi): string {
  if (data === "0x") return "out of gas or no reason";
  try {
    const { errorName, args } = decodeErrorResult({ abi: errors, data });
    // Older contracts, Uniswap's among them, revert with a sentence instead of a named error.
    return errorName === "Error" ? `"${String(args?.[0])}"` : errorName;
  } catch {
    return data.slice(0, 10);
  }
}
