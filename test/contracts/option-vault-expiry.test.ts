import { expect } from "chai";

import { HOUR, MAX, seriesId, TestProtocol, usd, wad } from "./deploy-protocol.ts";

describe("OptionVault after expiry", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let restore: () => Promise<void>;
  let call: bigint;
  let put: bigint;

  before(async () => {
    p = await TestProtocol.deploy();
    call = seriesId(0, p.expiry, 2000, "call");
    put = seriesId(0, p.expiry, 2000, "put");
  });
  beforeEach(async () => {
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());
  after(() => p.close());

  const read = (name: string, ...args: unknown[]) => p.c.vault[name](...args) as Promise<bigint>;

  /** Settles ETH at a price, by rounds that cover the window. USD. */
  async function settle(price: number): Promise<void> {
    await p.networkHelpers.time.increaseTo(p.expiry - HOUR);
    await p.post("ethFeed", price);
    await p.post("ethFeed", price);
    const [first] = (await p.c.ethFeed.latestRoundData()) as [bigint];
    await p.networkHelpers.time.increaseTo(p.expiry - 60);
    await p.post("ethFeed", price);
    await p.networkHelpers.time.increaseTo(p.expiry);
    await p.c.settlement.settle(0, p.expiry, [first, first + 1n]);
  }

  async function sold(id: bigint, size: number): Promise<void> {
    await p.as(p.users[0], "vault").buy(id, wad(size), MAX);
  }

  it("closes a settled expiry only", async () => {
    await sold(call, 1);
    await expect(p.c.vault.closeExpiry(0, p.expiry)).to.be.revertedWithCustomError(p.c.vault, "VaultNotSettled");
    await expect(p.c.vault["redeem(uint256,address)"](call, p.users[0])).to.be.revertedWithCustomError(
      p.c.vault,
      "VaultNotSettled",
    );
  });

  it("pays the intrinsic value of each claim exactly once", async () => {
    await sold(call, 10);
    await sold(put, 10);
    await settle(2300);
    const cash = await read("cash");
    await expect(p.c.vault.closeExpiry(0, p.expiry)).to.emit(p.c.vault, "ExpiryClosed");
    expect(await read("payoutRatio", 0, p.expiry)).to.equal(wad(1));
    expect(await read("claims")).to.equal(usd(3000));
    expect(await read("totalVega")).to.equal(0n);
    expect(await read("optionDelta", 0)).to.equal(0n);
    expect(await p.c.vault.listedExpiries(0)).to.deep.equal([]);

    const before = (await p.c.quote.balanceOf(p.users[0])) as bigint;
    const redeem = p.c.vault["redeem(uint256,address)"];
    await redeem(call, p.users[0]);
    await redeem(put, p.users[0]);
    expect(((await p.c.quote.balanceOf(p.users[0])) as bigint) - before).to.equal(usd(3000));
    expect(await read("claims")).to.equal(0n);
    expect(await read("cash")).to.equal(cash - usd(3000));
    expect(await read("cash")).to.equal(await p.c.quote.balanceOf(p.c.vault));
    await expect(redeem(call, p.users[0])).to.be.revertedWithCustomError(p.c.vault, "VaultZeroSize");
    await expect(p.c.vault.closeExpiry(0, p.expiry)).to.be.revertedWithCustomError(p.c.vault, "VaultSeriesNotListed");
  });

  it("counts what shorts owe as receivable until they pay", async () => {
    await sold(call, 5);
    await p.openShort(p.users[1], call, 8, 40_000);
    await settle(2300);
    await p.c.vault.poke(0, [p.expiry]);
    const nav = await read("navLow");
    await p.c.vault.closeExpiry(0, p.expiry);
    expect(await read("receivable")).to.equal(usd(2400));
    expect(await read("claims")).to.equal(usd(1500));
    expect(await read("navLow")).to.be.closeTo(nav, 2n);
    await p.c.margin.settleAccount(p.users[1], 0, p.expiry);
    expect(await read("receivable")).to.equal(0n);
    expect(await read("navLow")).to.be.closeTo(nav, 2n);
    expect(await read("cash")).to.equal(await p.c.quote.balanceOf(p.c.vault));
  });

  it("shares a loss that exceeds its cash in proportion, and never pays more than it has", async () => {
    await p.c.vault.setTerms({ ...(await p.c.vault.terms()).toObject(), maxTrade: wad(1), vegaLimit: wad(1) });
    await p.c.constant.setVol(0, wad(0.3), 0);
    await sold(call, 800);
    await p.as(p.users[2], "vault").buy(call, wad(800), MAX);
    await settle(3000);
    const cash = await read("cash");
    await p.c.vault.closeExpiry(0, p.expiry);
    const ratio = await read("payoutRatio", 0, p.expiry);
    expect(ratio).to.equal((cash * wad(1)) / usd(1_600_000));
    for (const user of [p.users[0], p.users[2]]) await p.c.vault["redeem(uint256,address)"](call, user);
    expect(await read("cash")).to.be.at.most(2n);
    expect(await read("claims")).to.be.at.most(2n);
  });

  it("marks an expired book at intrinsic value: of the spot, then of the settlement", async () => {
    await sold(call, 1);
    await settle(2300);
    await p.post("ethFeed", 2400);
    await p.c.vault.poke(0, [p.expiry]);
    const book = await p.c.vault.book(0, p.expiry);
    expect(book.mark).to.equal(-wad(300));
    expect(book.delta).to.equal(0n);
    expect(book.vega).to.equal(0n);
  });

  it("holds rounding against the claimant", async () => {
    await p.as(p.users[0], "vault").buy(call, 1_000_000_000_001n, MAX);
    await settle(2300);
    await p.c.vault.closeExpiry(0, p.expiry);
    // 1.000000000001e-6 contracts at 300 USD are 300.0000000003 units.
    expect(await read("claims")).to.equal(301n);
    const before = (await p.c.quote.balanceOf(p.users[0])) as bigint;
    await p.c.vault["redeem(uint256,address)"](call, p.users[0]);
    expect(((await p.c.quote.balanceOf(p.users[0])) as bigint) - before).to.equal(300n);
  });
});
