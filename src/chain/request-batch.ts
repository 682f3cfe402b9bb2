import type { EIP1193Provider } from "hardhat/types/providers";

/** One JSON-RPC request without its envelope. */
export interface BatchedRequest {
  readonly method: string;
  readonly params: readonly unknown[];
}

/**
 * Method under which a batch travels through Hardhat's provider, whose interface knows single requests only; the
 * plugin's network hook unpacks it into a JSON-RPC batch.
 */
export const BATCH_METHOD = "regimebreak_batch";

/**
 * Sends requests as one JSON-RPC batch. The engine carries them out in order and stops at the first that fails; what came
 * before it stays done. One crossing into the engine costs about as much as ten small requests.
 *
 * @returns the results in the order of the requests
 * @throws what the provider throws for the first request that failed; a malformed one fails the batch before anything is
 * done
 */
export async function requestBatch(
  provider: EIP1193Provider,
  requests: readonly BatchedRequest[],
): Promise<readonly unknown[]> {
  if (requests.length === 0) return [];
  return (await provider.request({ method: BATCH_METHOD, params: requests })) as readonly unknown[];
}
