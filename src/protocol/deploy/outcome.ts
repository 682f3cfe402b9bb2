import { decodeAbiParameters, toEventSelector, type Hex } from "viem";

import type { MinedLog } from "../../chain/chain.ts";

const OUTCOME = toEventSelector("Outcome(bytes32,bool,uint256,bytes)");

/** Revert data of the step that failed in an actor's transaction; undefined when all steps were done. */
export function decodedOutcome(logs: readonly MinedLog[]): Hex | undefined {
  const outcome = logs.find(({ topics }) => topics[0] === OUTCOME);
  if (outcome === undefined) return undefined;
  const [done, , data] = decodeAbiParameters([{ type: "bool" }, { type: "uint256" }, { type: "bytes" }], outcome.data);
  return done ? undefined : data;
}
