import { expect } from "chai";
import hre from "hardhat";

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
});
