import type { Address, Hex } from "viem";

/** A read reverted. */
export class CallRevertedError extends Error {
  readonly to: Address;
  /** Calldata of the read. */
  readonly data: Hex;
  /** Revert data, `0x` when the engine gave none. */
  readonly revertData: Hex;

  constructor(to: Address, data: Hex, revertData: Hex, cause: unknown) {
    super(`read of ${to} with ${data.slice(0, 10)} reverted: ${revertData}`, { cause });
    this.name = "CallRevertedError";
    this.to = to;
    this.data = data;
    this.revertData = revertData;
  }
}
