import { expect } from "chai";

import { defenceBits, PRESETS } from "../../deployments/presets.ts";
import { HOUR, seriesId, TestProtocol, wad } from "./deploy-protocol.ts";

const PHASE = 1n << 64n;
const MINUTE = 60;

describe("Settlement", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let restore: () => Promise<void>;
  /** Id of the round in force when the window begins. */
  let first: bigint;

  before(async () => {
    p = await TestProtocol.deploy();
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  beforeEach(async () => {
    await p.networkHelpers.time.increaseTo(p.expiry - HOUR);
    await p.post("ethFeed", 2000);
    [first] = await p.c.ethFeed.latestRoundData();
  });
  afterEach(() => restore());
  after(() => p.close());

  /** Posts rounds at minutes before expiry (negative: after), USD. */
  async function rounds(...list: [minutesBefore: number, price: number][]): Promise<void> {
    for (const [minutes, price] of list) {
      const at = p.expiry - minutes * MINUTE;
      await p.networkHelpers.time.setNextBlockTimestamp(at);
      await p.c.ethFeed.report([[BigInt(Math.round(price * 1e8)), at, at]]);
    }
  }

  function ids(count: number): bigint[] {
    return Array.from({ length: count }, (_, i) => first + BigInt(i));
  }

  function settle(roundIds: readonly bigint[]): Promise<unknown> {
    return p.c.settlement.settle(0, p.expiry, roundIds);
  }

  async function price(): Promise<number> {
    const [settled, done] = await p.c.settlement.priceOf(0, p.expiry);
    expect(done).to.equal(true);
    return Number(settled) / 1e18;
  }

  const withMean = () => p.c.defences.set(PRESETS.FULL & ~defenceBits(["medianSettlement"]));

  it("weighs answers by the time that they were in force", async () => {
    await withMean();
    await rounds([20, 2100], [5, 2200], [-1, 2200]);
    await settle(ids(3));
    expect(Math.abs((await price()) - (10 * 2000 + 15 * 2100 + 5 * 2200) / 30)).to.be.lessThan(1e-6);
  });

  it("takes the time-weighted median with that defence", async () => {
    await rounds([17, 2050], [2, 2300], [1, 1900], [-1, 1900]);
    await settle(ids(4));
    expect(await price()).to.equal(2050);
  });

  it("gives the mean to a last-minute spike by its minutes and the median not at all", async () => {
    await rounds([1, 2240], [-1, 2240]);
    const snapshot = await p.networkHelpers.takeSnapshot();
    await settle(ids(2));
    expect(await price()).to.equal(2000);
    await snapshot.restore();
    await withMean();
    await settle(ids(2));
    expect(await price()).to.equal(2008);
  });

  it("is open to anybody, once, with one result", async () => {
    await rounds([10, 2100], [-1, 2100]);
    const [stranger] = p.users;
    await p.as(stranger, "settlement").settle(0, p.expiry, ids(2));
    await expect(settle(ids(2)))
      .to.be.revertedWithCustomError(p.c.settlement, "SettlementDone")
      .withArgs(0, p.expiry);
  });

  it("refuses before expiry, and without rounds", async () => {
    await rounds([10, 2100]);
    await expect(settle(ids(2))).to.be.revertedWithCustomError(p.c.settlement, "SettlementTooEarly");
    await rounds([-1, 2100]);
    await expect(settle([])).to.be.revertedWithCustomError(p.c.settlement, "SettlementNoRounds");
  });

  it("refuses a list that leaves a round out", async () => {
    await rounds([20, 2100], [10, 2300], [-1, 2200]);
    await expect(settle([first, first + 2n]))
      .to.be.revertedWithCustomError(p.c.settlement, "SettlementRoundsNotContiguous")
      .withArgs(first + 2n, first + 1n);
  });

  it("refuses a list that begins inside the window", async () => {
    await rounds([20, 2100], [-1, 2200]);
    await expect(settle([first + 1n])).to.be.revertedWithCustomError(p.c.settlement, "SettlementWindowNotCovered");
  });

  it("refuses a list that stops early", async () => {
    await rounds([20, 2100], [10, 2300], [-1, 2200]);
    await expect(settle(ids(2)))
      .to.be.revertedWithCustomError(p.c.settlement, "SettlementLaterRoundExists")
      .withArgs(first + 2n, p.expiry - 10 * MINUTE);
  });

  it("refuses a list that goes beyond expiry", async () => {
    await rounds([20, 2100], [-1, 2200]);
    await expect(settle(ids(3))).to.be.revertedWithCustomError(p.c.settlement, "SettlementRoundAfterExpiry");
  });

  it("counts a round of the very second of expiry as one of the window", async () => {
    await rounds([20, 2100], [0, 2240], [-1, 2240]);
    await expect(settle(ids(2))).to.be.revertedWithCustomError(p.c.settlement, "SettlementLaterRoundExists");
    await settle(ids(3));
  });

  it("allows one change of phase", async () => {
    await withMean();
    await rounds([15, 2100]);
    await p.c.ethFeed.bumpPhase();
    await rounds([10, 2200], [-1, 2200]);
    await settle([first, first + 1n, 2n * PHASE + 1n]);
    expect(Math.abs((await price()) - (15 * 2000 + 5 * 2100 + 10 * 2200) / 30)).to.be.lessThan(1e-6);
  });

  it("cannot be ended before a change of phase inside the window", async () => {
    await rounds([15, 2100]);
    await p.c.ethFeed.bumpPhase();
    await rounds([10, 2200], [-1, 2200]);
    await expect(settle(ids(2))).to.be.revertedWithCustomError(p.c.settlement, "SettlementLaterRoundExists");
  });

  it("refuses a second change of phase", async () => {
    await p.c.ethFeed.bumpPhase();
    await rounds([15, 2100]);
    await p.c.ethFeed.bumpPhase();
    await rounds([10, 2200], [-1, 2200]);
    await expect(settle([first, 2n * PHASE + 1n, 3n * PHASE + 1n])).to.be.revertedWithCustomError(
      p.c.settlement,
      "SettlementRoundsNotContiguous",
    );
  });

  it("gives an incomplete round no time, but wants it in the list", async () => {
    await withMean();
    await rounds([15, 2100]);
    await p.c.ethFeed.report([[9999n * 10n ** 8n, p.expiry - 14 * MINUTE, 0]]);
    await rounds([-1, 2100]);
    await expect(settle(ids(2))).not.to.be.revert(p.ethers);
    expect(await price()).to.equal(2050);
  });

  it("waits while the guard doubts the feed, six hours at most", async () => {
    await rounds([15, 2100]);
    await p.c.ethFeed.report([[-1n, p.expiry - 1, p.expiry - 1]]);
    await p.networkHelpers.time.increaseTo(p.expiry + 1);
    await expect(settle(ids(3))).to.be.revertedWithCustomError(p.c.guard, "OracleOperationRefused");
    await p.networkHelpers.time.increaseTo(p.expiry + 6 * HOUR);
    await settle(ids(3));
    expect(await price()).to.be.within(2000, 2100);
  });

  it("pays longs and takes from shorts what the price says", async () => {
    const [alice, bob] = p.users;
    const id = seriesId(0, p.expiry, 1900, "call");
    await restore();
    await p.openShort(alice, id, 2, 20_000);
    await p.as(bob, "vault").buy(id, wad(1), 10n ** 12n);
    await p.networkHelpers.time.increaseTo(p.expiry - HOUR);
    await p.post("ethFeed", 2000);
    [first] = await p.c.ethFeed.latestRoundData();
    await rounds([-1, 2000]);
    await settle(ids(1));
    const cash = await p.c.margin.cashOf(alice);
    await p.c.margin.settleAccount(alice, 0, p.expiry);
    expect(await p.c.margin.cashOf(alice)).to.equal(cash - 200_000_000n);
    expect(await p.c.margin.legsOf(alice)).to.have.length(0);
    const held = await p.c.quote.balanceOf(bob);
    await p.c.vault.redeem(id, bob);
    expect(await p.c.quote.balanceOf(bob)).to.equal(held + 100_000_000n);
  });
});
