import { decodeFunctionResult, encodeFunctionData, parseAbi } from "viem";

import type { Chain } from "../../src/chain/chain.ts";
import { InternalError } from "../../src/errors/internal-error.ts";
import type { Action } from "../../src/protocol/actions.ts";
import type { DeployedProtocol } from "../../src/protocol/adapter.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { RunSpec } from "./run-record.ts";

const abi = parseAbi([
  "function volSource() view returns (address)",
  "function volOf(uint16 underlying, uint64 expiry, uint256 strike, uint256 spot) view returns (uint256 vol, uint256 sd, uint256 confidence)",
]);

/** Largest difference between the contract's vol and the twin's: one part in a billion of vol. */
const TOLERANCE = 1e-9;
const WAD = 10n ** 18n;

/** Blocks after which the twin is held to the contract: one of each third of a run. */
export function twinCheckBlocks(blocks: number): number[] {
  return [Math.floor(blocks / 6), Math.floor(blocks / 2), Math.floor((5 * blocks) / 6)];
}

/**
 * Asks the vol source itself for one series an expiry and compares.
 * @throws {InternalError} when the float twin says something else
 */
export async function checkTwin(
  chain: Chain,
  protocol: DeployedProtocol<ProtocolView, Action>,
  view: ProtocolView,
  spec: RunSpec,
  block: number,
): Promise<void> {
  const { vault } = protocol.addresses;
  const source = decodeFunctionResult({
    abi,
    functionName: "volSource",
    data: await chain.call(vault, encodeFunctionData({ abi, functionName: "volSource" })),
  });
  const twin = protocol.quotedVols(view);
  const expiries = new Set<number>();
  for (const [index, { underlying, expiry, strike }] of protocol.series.entries()) {
    if (expiry <= view.time || expiries.has(expiry) || !Number.isFinite(twin[index])) continue;
    expiries.add(expiry);
    const spot = view.markets.find((market) => market.underlying === underlying)!.price;
    const args = [underlying, BigInt(expiry), toWad(strike), toWad(spot)] as const;
    const data = await chain.call(source, encodeFunctionData({ abi, functionName: "volOf", args }));
    const [vol] = decodeFunctionResult({ abi, functionName: "volOf", data });
    const contract = Number(vol) / 1e18;
    if (Math.abs(contract - twin[index]) <= TOLERANCE) continue;
    throw new InternalError(
      `the twin says a vol of ${twin[index]} where the contract says ${contract} (${spec.model}, ${spec.preset}, chain seed ${spec.seed}, severity ${spec.severity})`,
      { seed: spec.masterSeed, block, action: `vol of strike ${strike}, expiry ${expiry}` },
    );
  }
}

/** USD with up to eight decimals as WAD. */
function toWad(usd: number): bigint {
  return (BigInt(Math.round(usd * 1e8)) * WAD) / 100_000_000n;
}
