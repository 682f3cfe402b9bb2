import { expect } from "chai";
import type { Contract, ContractTransactionReceipt } from "ethers";
import hre from "hardhat";

import { WAD } from "./deploy-protocol.ts";

const TAG = `0x${"ab".repeat(32)}`;

describe("Actor", () => {
  let connection: Awaited<ReturnType<typeof hre.network.create>>;
  let actor: Contract;
  let token: Contract;
  before(async () => {
    connection = await hre.network.create();
  });
  beforeEach(async () => {
    const [owner] = await connection.ethers.getSigners();
    actor = await connection.ethers.deployContract("Actor", [owner]);
    token = await connection.ethers.deployContract("TestToken", ["Test", "TST", 18, actor]);
  });
  after(() => connection.close());

  async function mint(to: string, amount: bigint): Promise<{ target: Contract; value: bigint; data: string }> {
    const target = token;
    return { target, value: 0n, data: (await token.mint.populateTransaction(to, amount)).data };
  }

  async function send(amount: bigint): Promise<{ target: Contract; value: bigint; data: string }> {
    const [, other] = await connection.ethers.getSigners();
    return { target: token, value: 0n, data: (await token.transfer.populateTransaction(other, amount)).data };
  }

  /** @returns the fields of the outcome event */
  async function outcome(steps: unknown[]): Promise<{ done: boolean; index: bigint; returnData: string }> {
    const receipt = (await (await actor.execute(TAG, steps)).wait()) as ContractTransactionReceipt;
    const events = receipt.logs
      .map((log) => actor.interface.parseLog(log))
      .filter((event) => event?.name === "Outcome");
    expect(events).to.have.length(1);
    expect(events[0]?.args.tag).to.equal(TAG);
    return events[0]!.args.toObject() as never;
  }

  it("runs one step and reports what it returned", async () => {
    const address = await actor.getAddress();
    await outcome([await mint(address, 10n)]);
    const { done, returnData } = await outcome([await send(4n)]);
    expect(done).to.equal(true);
    expect(returnData).to.equal(`0x${"0".repeat(63)}1`);
    expect(await token.balanceOf(actor)).to.equal(6n);
  });

  it("reports the revert data of a failing step and does not revert itself", async () => {
    const { done, index, returnData } = await outcome([await send(4n)]);
    expect([done, index]).to.deep.equal([false, 0n]);
    expect(token.interface.parseError(returnData)?.name).to.equal("ERC20InsufficientBalance");
  });

  it("undoes all steps when a later one fails, and says which", async () => {
    const address = await actor.getAddress();
    const { done, index, returnData } = await outcome([await mint(address, 10n), await send(4n), await send(7n)]);
    expect([done, index]).to.deep.equal([false, 2n]);
    expect(token.interface.parseError(returnData)?.args.needed).to.equal(7n);
    expect(await token.totalSupply()).to.equal(0n);
  });

  it("reports the last step's return data when all succeed", async () => {
    const address = await actor.getAddress();
    const { done, index, returnData } = await outcome([await mint(address, 10n), await send(4n)]);
    expect([done, index]).to.deep.equal([true, 2n]);
    expect(returnData).to.equal(`0x${"0".repeat(63)}1`);
    expect(await token.balanceOf(actor)).to.equal(6n);
  });

  it("pads return data that is no whole word with zeros, after one step as after many", async () => {
    const [owner] = await connection.ethers.getSigners();
    // A contract that returns the three bytes 0x010203.
    const deployed = await owner.sendTransaction({ data: "0x600c600c600039600c6000f3620102036000526003601df3" });
    const target = (await deployed.wait())!.contractAddress;
    const step = { target, value: 0n, data: `0x${"ff".repeat(45)}` };
    for (const steps of [[step], [step, step]]) {
      const { done, returnData } = await outcome(steps);
      expect([done, returnData]).to.deep.equal([true, "0x010203"]);
    }
  });

  it("takes no step and succeeds", async () => {
    expect((await outcome([])).done).to.equal(true);
  });

  it("passes value on, and holds what comes", async () => {
    const [owner, other] = await connection.ethers.getSigners();
    await owner.sendTransaction({ to: actor, value: WAD });
    const before = await connection.ethers.provider.getBalance(other);
    const step = { target: other.address, value: WAD / 2n, data: "0x" };
    await outcome([step, step]);
    expect(await connection.ethers.provider.getBalance(other)).to.equal(before + WAD);
    expect((await outcome([step])).done).to.equal(false);
  });

  it("survives a step that burns all of its gas", async () => {
    const address = await actor.getAddress();
    const heavy = Array.from({ length: 40 }, () => mint(address, 1n));
    const receipt = (await (
      await actor.execute(TAG, await Promise.all(heavy), { gasLimit: 250_000 })
    ).wait()) as ContractTransactionReceipt;
    const event = receipt.logs.map((log) => actor.interface.parseLog(log)).find((log) => log?.name === "Outcome");
    expect(event?.args.done).to.equal(false);
    expect(await token.totalSupply()).to.equal(0n);
  });

  it("adds less than 8,000 gas to a call", async () => {
    const [owner, other] = await connection.ethers.getSigners();
    await outcome([await mint(owner.address, 100n)]);
    await outcome([await mint(await actor.getAddress(), 100n)]);
    await token.transfer(other, 1n);
    const direct = (await (await token.transfer(other, 1n)).wait()) as ContractTransactionReceipt;
    const through = (await (await actor.execute(TAG, [await send(1n)])).wait()) as ContractTransactionReceipt;
    expect(Number(through.gasUsed - direct.gasUsed)).to.be.lessThan(8_000);
  });

  it("obeys its owner alone", async () => {
    const [, stranger] = await connection.ethers.getSigners();
    const outside = actor.connect(stranger) as Contract;
    await expect(outside.execute(TAG, [])).to.be.revertedWithCustomError(actor, "ActorNotOwner").withArgs(stranger);
    await expect(actor.run(TAG, [])).to.be.revertedWithCustomError(actor, "ActorNotOwner");
  });
});
