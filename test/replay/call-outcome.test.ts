import { expect } from "chai";
import hre from "hardhat";
import { encodeAbiParameters, encodeFunctionData, getContractAddress, parseAbi, type Abi, type Hex } from "viem";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import type { StatedTransaction } from "../../src/chain/chain.ts";
import { openChain } from "../../src/chain/open-chain.ts";
import { callOutcomes } from "../../sim/replay/call-outcome.ts";
import { blockOf, DEPLOYER, GENESIS, transaction, uniswapInitcode } from "../chain/token-block.ts";

const ACTOR = getContractAddress({ from: DEPLOYER, nonce: 0n });
const FACTORY = getContractAddress({ from: DEPLOYER, nonce: 5n });

describe("callOutcomes", () => {
  it("tells done, a named error, a sentence, an unknown error and a revert without reason apart, with the protocol's own Actor", async () => {
    const { abi, bytecode } = await hre.artifacts.readArtifact("Actor");
    const actorAbi = abi as Abi;
    const execute = (tag: number, targets: readonly [Hex, Hex][]) => {
      const steps = targets.map(([target, data]) => ({ target, value: 0n, data }));
      const args = [`0x${tag.toString(16).padStart(64, "0")}`, steps];
      return encodeFunctionData({ abi: actorAbi, functionName: "execute", args });
    };
    const run = encodeFunctionData({ abi: actorAbi, functionName: "run", args: [`0x${"00".repeat(32)}`, []] });
    const foreign = parseAbi(["function nothing()"]);
    const nothing = encodeFunctionData({ abi: foreign, functionName: "nothing" });
    const factoryAbi = parseAbi(["function createPair(address one, address other)"]);
    const createPair = encodeFunctionData({ abi: factoryAbi, functionName: "createPair", args: [ACTOR, ACTOR] });
    const argument = encodeAbiParameters([{ type: "address" }], [DEPLOYER]);
    const call = (nonce: number, data: Hex, fields: Partial<StatedTransaction> = {}) =>
      transaction(DEPLOYER, nonce, { to: ACTOR, data, gas: 500_000n, ...fields });
    const chain = await openChain(hre.network, { initialDate: GENESIS });
    await chain.fund(DEPLOYER, 10n ** 19n);
    const { receipts } = await chain.mine(
      blockOf(1, [
        call(0, `${bytecode as Hex}${argument.slice(2)}`, { to: null, gas: 3_000_000n }),
        call(1, execute(1, [[DEPLOYER, "0x"]])),
        // A step that is one of the actor's own guarded functions fails with that contract's error.
        call(2, execute(2, [[ACTOR, execute(9, [])]])),
        call(3, execute(3, [[ACTOR, nothing]])),
        call(4, run),
        call(5, `${uniswapInitcode("UniswapV2Factory")}${argument.slice(2)}`, { to: null, gas: 5_000_000n }),
        call(6, execute(6, [[FACTORY, createPair]])),
      ]),
    );
    await chain.close();
    const bundle = {
      contracts: [{ name: "Actor", addresses: [ACTOR.toLowerCase()], abi: actorAbi }],
      outcomeEvent: { contract: "Actor", event: "Outcome", done: "done", revertData: "returnData" },
    } as unknown as Bundle;
    expect(callOutcomes(bundle, receipts)).to.deep.equal([
      { status: "done", error: null },
      { status: "done", error: null },
      { status: "reverted", error: "ActorNotOwner" },
      { status: "reverted", error: "out of gas or no reason" },
      { status: "reverted", error: null },
      { status: "done", error: null },
      { status: "reverted", error: '"UniswapV2: IDENTICAL_ADDRESSES"' },
    ]);
    const withoutErrors = {
      ...bundle,
      contracts: [{ ...bundle.contracts[0], abi: actorAbi.filter(({ type }) => type !== "error") }],
    };
    expect(callOutcomes(withoutErrors, receipts)[2].error).to.match(/^0x[0-9a-f]{8}$/);
  });
});
