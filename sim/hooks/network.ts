import type { NetworkHooks } from "hardhat/types/hooks";
import type { JsonRpcRequest } from "hardhat/types/providers";

import { BATCH_METHOD, type BatchedRequest } from "../../src/chain/request-batch.ts";

/** Unpacks a batch of requests, which Hardhat's provider takes for one, into the JSON-RPC batch that EDR understands. */
export default async (): Promise<Partial<NetworkHooks>> => ({
  onRequest(context, connection, request, next) {
    if (request.method !== BATCH_METHOD) return next(context, connection, request);
    const calls = request.params as readonly BatchedRequest[];
    const batch = calls.map(({ method, params }, id) => ({ jsonrpc: "2.0", id, method, params }));
    return next(context, connection, batch as unknown as JsonRpcRequest);
  },
});
