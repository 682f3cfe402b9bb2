import { expect } from "chai";
import { encodeFunctionData, parseAbi, type Address } from "viem";
import { decodeCall } from "../../sim/replay/decode-call.ts";
import { Labels } from "../../sim/replay/labels.ts";

const ACTOR: Address = `0x${"a1".repeat(20)}`;
const VAULT: Address = `0x${"b2".repeat(20)}`;
const actorAbi = parseAbi([
  "struct Step { address target; uint256 value; bytes data; }",
  "function execute(bytes32 tag, Step[] steps) payable",
]);
const vaultAbi = parseAbi(["function buy(uint256 id, (uint256 size, address receiver) order)", "function poke()"]);
const labels = new Labels({
  accounts: [{ name: "noise trader", address: ACTOR, sender: ACTOR }],
  contracts: [
    { name: "Actor", addresses: [ACTOR], abi: actorAbi },
    { name: "OptionVault", addresses: [VAULT], abi: vaultAbi },
  ],
});
const buy = encodeFunctionData({ abi: vaultAbi, functionName: "buy", args: [7n, { size: 3n, receiver: ACTOR }] });

describe("decodeCall", () => {
  it("decodes a call with names for addresses", () => {
    expect(decodeCall(VAULT, buy, labels)).to.deep.equal({
      text: "OptionVault.buy(id: 7, order: {size: 3, receiver: noise trader})",
      steps: [],
    });
  });

  it("decodes the steps of an account contract, also inside each other", () => {
    const step = (target: Address, data: `0x${string}`) => ({ target, value: 0n, data });
    const execute = (steps: ReturnType<typeof step>[]) =>
      encodeFunctionData({ abi: actorAbi, functionName: "execute", args: [`0x${"07".repeat(32)}`, steps] });
    const poke = encodeFunctionData({ abi: vaultAbi, functionName: "poke" });
    const decoded = decodeCall(ACTOR, execute([step(VAULT, buy), step(ACTOR, execute([step(VAULT, poke)]))]), labels);
    expect(decoded.text).to.equal("noise trader.execute(tag: 0x0707070707… (32 bytes), steps: 2 calls)");
    expect(decoded.steps[0].text).to.match(/^OptionVault\.buy\(id: 7/);
    expect(decoded.steps[1].steps).to.deep.equal([{ text: "OptionVault.poke()", steps: [] }]);
  });

  it("falls back to selector and size where no ABI fits", () => {
    const stranger: Address = `0x${"c3".repeat(20)}`;
    expect(decodeCall(stranger, "0x12345678ff", labels).text).to.equal(
      `${stranger}: call 0x12345678 with 5 bytes of data`,
    );
    expect(decodeCall(VAULT, "0x12345678", labels).text).to.equal("OptionVault: call 0x12345678 with 4 bytes of data");
    expect(decodeCall(VAULT, buy.slice(0, 80) as `0x${string}`, labels).text).to.match(/^OptionVault: call 0x/);
    expect(decodeCall(stranger, "0x", labels).text).to.equal(`${stranger}: plain transfer`);
  });
});
