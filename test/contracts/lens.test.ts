import { expect } from "chai";
import hre from "hardhat";
import type { Address } from "viem";

import { entry, LAYOUT, slot } from "../../src/protocol/read/storage-slots.ts";

const WORD = (value: bigint | number) => `0x${BigInt(value).toString(16).padStart(64, "0")}`;

describe("Lens and Inspectable", () => {
  async function deploy() {
    const { ethers, close } = await hre.network.create();
    const [owner, holder] = await ethers.getSigners();
    const token = await ethers.deployContract("TestToken", ["Test bitcoin", "tBTC", 8, owner]);
    await token.mint(holder, 5n);
    const lens = await ethers.deployContract("Lens");
    const asking = (name: string, ...args: unknown[]) => token.interface.encodeFunctionData(name, args);
    return { ethers, close, holder, token: await token.getAddress(), lens, contract: token, asking };
  }

  it("answers each question at its place, after time, block number and wei", async () => {
    const { ethers, close, holder, token, lens, asking } = await deploy();
    const answers = await lens.read(
      [holder, token],
      [
        { to: token, words: 1, data: asking("balanceOf", holder.address) },
        { to: token, words: 3, data: asking("symbol") },
      ],
    );
    const block = await ethers.provider.getBlock("latest");
    const symbol = `0x${Buffer.from("tBTC").toString("hex").padEnd(64, "0")}`;
    expect([...answers]).to.deep.equal(
      [block!.timestamp, block!.number, 0, await ethers.provider.getBalance(holder), 0, 5, 0x20, 4]
        .map(WORD)
        .concat(symbol),
    );
    await close();
  });

  it("marks a question that reverted, with zeros for its answer, and goes on", async () => {
    const { close, holder, token, lens, asking } = await deploy();
    const ask = { to: token, words: 1, data: asking("balanceOf", holder.address) };
    const answers = await lens.read([], [ask, { to: token, words: 2, data: asking("mint", holder.address, 1n) }, ask]);
    expect([...answers].slice(2)).to.deep.equal([0b10, 5, 0, 0, 5].map(WORD));
    await close();
  });

  it("fails as a whole when an answer is shorter than expected", async () => {
    const { close, token, lens, asking } = await deploy();
    const ask = lens.read([], [{ to: token, words: 2, data: asking("decimals") }]);
    expect(await ask.catch((error: Error) => error)).to.be.instanceOf(Error);
    await close();
  });

  it("reads any number of slots, in order", async () => {
    const { ethers, close, token, contract } = await deploy();
    const provider = ethers.provider;
    for (const count of [0, 1, 7, 8, 9, 31, 32, 33, 75]) {
      const slots = Array.from({ length: count }, (_, index) => WORD((7 * index) % 6));
      const expected = await Promise.all(slots.map((slot) => provider.getStorage(token, slot)));
      expect([...(await contract.contentsOf(slots))], `${count} slots`).to.deep.equal(expected);
    }
    await close();
  });

  it("looks for holders of claims until they add up to the supply", async () => {
    const { ethers, close, holder } = await deploy();
    const [vault, , other] = await ethers.getSigners();
    const token = await ethers.deployContract("OptionToken", [vault]);
    const ids = [7n, 8n, 9n];
    for (const [to, id, amount] of [
      [holder, 7n, 5n],
      [other, 7n, 6n],
      [other, 9n, 1n],
    ] as const) {
      await token.mint(to, id, amount);
    }
    const { _balances, _totalSupplies } = LAYOUT.OptionToken;
    const inside = (address: string) => entry(slot(_balances), address as Address);
    const ask = async (...holders: string[]) => [
      ...(await token.holdingsOf(slot(_totalSupplies), holders.map(inside), ids)),
    ];
    const [mine, its] = [holder.address, other.address];
    const supplies = [11n, 0n, 1n];
    expect(await ask(mine, its)).to.deep.equal([...supplies, 5n, 0n, 0n, 6n, 0n, 1n]);
    // Asked twice, the second time is after the sum.
    expect(await ask(its, mine, its)).to.deep.equal([...supplies, 6n, 0n, 1n, 5n, 0n, 0n, 0n, 0n, 0n]);
    expect(await ask()).to.deep.equal(supplies);
    await close();
  });
});
