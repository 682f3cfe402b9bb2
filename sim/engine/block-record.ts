import type { BlockStatement, MinedBlock } from "../../src/chain/chain.ts";
import type { Role } from "../scenarios/scenario.ts";
import type { PlannedTransaction } from "./block-plan.ts";
import type { BlockRecord } from "./run-record.ts";

/** Gas and fees of a mined block, by role. */
export function gasOf(
  statement: BlockStatement,
  mined: MinedBlock,
  planned: readonly PlannedTransaction[],
  roleOf: ReadonlyMap<string, Role>,
): Pick<BlockRecord, "gasUsed" | "gasByRole" | "burntWei" | "tipsWei"> {
  const gasByRole: Partial<Record<Role | "harness", number>> = {};
  let tipsWei = 0n;
  for (const [place, { agent }] of planned.entries()) {
    const { gasUsed, effectiveGasPrice } = mined.receipts[place];
    const role = roleOf.get(agent) ?? "harness";
    gasByRole[role] = (gasByRole[role] ?? 0) + Number(gasUsed);
    tipsWei += gasUsed * (effectiveGasPrice - statement.baseFeePerGas);
  }
  return { gasUsed: mined.gasUsed, gasByRole, burntWei: mined.gasUsed * statement.baseFeePerGas, tipsWei };
}
