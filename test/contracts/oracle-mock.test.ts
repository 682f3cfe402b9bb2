import { expect } from "chai";
import type { Contract } from "ethers";
import hre from "hardhat";

const PHASE = 1n << 64n;

describe("OracleMock", () => {
  let connection: Awaited<ReturnType<typeof hre.network.create>>;
  let feed: Contract;
  before(async () => {
    connection = await hre.network.create();
  });
  beforeEach(async () => {
    const [owner, reporter] = await connection.ethers.getSigners();
    feed = await connection.ethers.deployContract("OracleMock", ["ETH / USD", 8, owner, reporter]);
    feed = feed.connect(reporter) as Contract;
  });
  after(() => connection.close());

  async function asOwner(): Promise<Contract> {
    const [owner] = await connection.ethers.getSigners();
    return feed.connect(owner) as Contract;
  }

  it("numbers rounds by phase and keeps each", async () => {
    await feed.report([
      [2000n, 100, 110],
      [2100n, 120, 130],
    ]);
    expect(await feed.getRoundData(PHASE + 1n)).to.deep.equal([PHASE + 1n, 2000n, 100n, 110n, PHASE + 1n]);
    expect(await feed.latestRoundData()).to.deep.equal([PHASE + 2n, 2100n, 120n, 130n, PHASE + 2n]);
  });

  it("restarts the counter in the next phase and answers with zeros until a round comes", async () => {
    await feed.report([[2000n, 100, 110]]);
    await (await asOwner()).bumpPhase();
    expect(await feed.latestRoundData()).to.deep.equal([2n * PHASE, 0n, 0n, 0n, 2n * PHASE]);
    await feed.report([[2200n, 140, 150]]);
    expect((await feed.latestRoundData())[0]).to.equal(2n * PHASE + 1n);
    expect((await feed.getRoundData(PHASE + 1n))[1]).to.equal(2000n);
  });

  it("posts wrong, negative and incomplete rounds as they are", async () => {
    await feed.report([
      [-5n, 100, 110],
      [7n, 120, 0],
    ]);
    expect((await feed.getRoundData(PHASE + 1n))[1]).to.equal(-5n);
    expect((await feed.latestRoundData())[3]).to.equal(0n);
  });

  it("clamps answers to its bounds", async () => {
    await (await asOwner()).setBounds(10n, 100n);
    await feed.report([
      [5n, 1, 1],
      [500n, 2, 2],
      [50n, 3, 3],
    ]);
    for (const [round, answer] of [
      [1n, 10n],
      [2n, 100n],
      [3n, 50n],
    ]) {
      expect((await feed.getRoundData(PHASE + round))[1]).to.equal(answer);
    }
  });

  it("costs about 25,000 gas a round in a batch", async () => {
    const rounds = (count: number) => Array.from({ length: count }, (_, i) => [2000n + BigInt(i), 100 + i, 110 + i]);
    const one = (await (await feed.report(rounds(1))).wait()).gasUsed;
    const eleven = (await (await feed.report(rounds(11))).wait()).gasUsed;
    expect(Number(eleven - one) / 10).to.be.lessThan(26_500);
  });

  it("lets nobody but the reporter report, and nobody but the owner configure", async () => {
    const [owner, , stranger] = await connection.ethers.getSigners();
    const outside = feed.connect(stranger) as Contract;
    for (const wrong of [outside, await asOwner()]) {
      await expect(wrong.report([[1n, 1, 1]])).to.be.revertedWithCustomError(feed, "OracleNotReporter");
    }
    const configurations: [string, unknown[]][] = [
      ["bumpPhase", []],
      ["setDecimals", [18]],
      ["setBounds", [1n, 2n]],
      ["setReporter", [stranger.address]],
    ];
    for (const [name, args] of configurations) {
      await expect(outside[name](...args), name)
        .to.be.revertedWithCustomError(feed, "OwnableUnauthorizedAccount")
        .withArgs(stranger.address);
    }
    await (await asOwner()).setReporter(owner);
    await (await asOwner()).report([[1n, 1, 1]]);
  });
});
