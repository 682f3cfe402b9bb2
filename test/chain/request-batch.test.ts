import { expect } from "chai";
import hre from "hardhat";

import { requestBatch } from "../../src/chain/request-batch.ts";

describe("a batch of requests", () => {
  it("gives the results in the order of the requests, each having seen those before it", async () => {
    const { provider, close } = await hre.network.create();
    const account = `0x${"11".repeat(20)}`;
    const results = await requestBatch(provider, [
      { method: "hardhat_setBalance", params: [account, "0x5"] },
      { method: "eth_getBalance", params: [account, "latest"] },
      { method: "eth_chainId", params: [] },
    ]);
    expect(results).to.deep.equal([true, "0x5", "0x7a69"]);
    expect(await requestBatch(provider, [])).to.deep.equal([]);
    await close();
  });

  it("stops at the first request that fails, and keeps what came before it", async () => {
    const { provider, close } = await hre.network.create();
    const [one, other] = ["11", "22"].map((byte) => `0x${byte.repeat(20)}`);
    const failure = await requestBatch(provider, [
      { method: "hardhat_setBalance", params: [one, "0x5"] },
      { method: "eth_sendTransaction", params: [{ from: other, to: one, gas: "0x5208" }] },
      { method: "hardhat_setBalance", params: [other, "0x5"] },
    ]).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure).to.match(/Unknown account/);
    const balance = async (of: string) => await provider.request({ method: "eth_getBalance", params: [of, "latest"] });
    expect([await balance(one), await balance(other)]).to.deep.equal(["0x5", "0x0"]);
    await close();
  });
});
