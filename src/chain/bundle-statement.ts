import { concatHex, type Hex } from "viem";
import type { Bundle, BundleBlock, BundleCall, Creation } from "./bundle-schema.ts";
import type { BlockStatement } from "./chain.ts";

/** Gives the initcode that a recorded creation is made from; the recorded one, or that of newer sources. */
export type InitcodeOf = (creation: Creation) => Hex;

/** @returns the block as the chain must mine it */
export function statementOf(
  bundle: Bundle,
  block: BundleBlock,
  initcodeOf: InitcodeOf = ({ code }) => code,
): BlockStatement {
  return {
    number: BigInt(block.number),
    timestamp: BigInt(block.timestamp),
    baseFeePerGas: BigInt(block.baseFeePerGas),
    gasLimit: BigInt(block.gasLimit),
    coinbase: block.coinbase,
    prevRandao: block.prevRandao,
    transactions: block.calls.map((call) => ({
      from: call.from,
      nonce: call.nonce,
      to: call.to,
      value: BigInt(call.value),
      data: payloadOf(bundle, call, initcodeOf),
      gas: BigInt(call.gas),
      maxFeePerGas: BigInt(call.maxFeePerGas),
      maxPriorityFeePerGas: BigInt(call.maxPriorityFeePerGas),
      tag: { agent: call.agent, submission: call.submission },
    })),
  };
}

function payloadOf(bundle: Bundle, call: BundleCall, initcodeOf: InitcodeOf): Hex {
  if (call.initcode === undefined) return call.data;
  return concatHex([initcodeOf(bundle.initcode[call.initcode]), call.data]);
}
