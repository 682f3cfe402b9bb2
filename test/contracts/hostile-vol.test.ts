import { expect } from "chai";
import type { Contract } from "ethers";

import { DAY, MAX, seriesId, TestProtocol, wad } from "./deploy-protocol.ts";

const FAILURES = ["reverts", "burns its gas", "returns nothing", "returns too few vols"] as const;
const ABSURD = 4;
const MAX_VOL = wad(18);

describe("a hostile vol source", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let restore: () => Promise<void>;
  let hostile: Contract;
  let trader: Contract;
  let call: bigint;
  let put: bigint;

  before(async () => {
    p = await TestProtocol.deploy();
    const [user] = p.users;
    trader = p.as(user, "vault");
    call = seriesId(0, p.expiry, 2000, "call");
    put = seriesId(0, p.expiry, 1800, "put");
    hostile = (await p.ethers.deployContract("HostileVol")) as unknown as Contract;
    await trader.buy(call, wad(2), MAX);
    await trader.buy(put, wad(2), MAX);
    await p.openShort(user, put, 1, 10_000);
    await p.c.vault.poke(0, [p.expiry]);
  });
  beforeEach(async () => {
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());
  after(() => p.close());

  async function plug(mode: number): Promise<void> {
    await hostile.setMode(mode);
    await p.c.vault.setVolSource(hostile);
  }

  for (const [mode, words] of FAILURES.entries()) {
    describe(`that ${words}`, () => {
      it("does not stop a poke, which leaves marks as old as they are and moves the hedges' value", async () => {
        const before = await p.c.vault.book(0, p.expiry);
        const limit = await p.c.vault.limitNav();
        await p.moveEth(2040);
        await plug(mode);
        await expect(p.c.vault.poke(0, [p.expiry]))
          .to.emit(p.c.vault, "BookNotMarked")
          .withArgs(0, p.expiry);
        expect(await p.c.vault.book(0, p.expiry)).to.deep.equal(before);
        // Two per cent on 75 ETH of hedges.
        expect(await p.c.vault.limitNav()).to.equal(limit + 3_000_000_000n);
      });

      it("opens nothing, and lets positions close at the vol that is worse for the trader", async () => {
        await plug(mode);
        await expect(trader.buy(call, wad(1), MAX)).to.be.revertedWithCustomError(hostile, "VolUnavailable");
        const { minVol } = await p.c.vault.terms();
        await expect(trader.sell(call, wad(1), 0))
          .to.emit(p.c.vault, "Traded")
          .withArgs(call, p.users[0], -wad(1), anyValue, anyValue, minVol, minVol, wad(2000));
        await expect(p.as(p.users[0], "margin").closeShort(put, wad(1), MAX))
          .to.emit(p.c.vault, "Traded")
          .withArgs(put, p.users[0], wad(1), anyValue, anyValue, aboveFallback, wad(0.8), wad(2000));
      });
    });
  }

  describe("does not stop a liquidation", () => {
    for (const [mode, words] of FAILURES.entries()) {
      it(`when it ${words}: the sale starts, is bid on, and the vault takes over at last`, async () => {
        const [, , short, bidder] = p.users;
        await p.openShort(short, seriesId(0, p.expiry, 2000, "put"), 5, 3_700);
        await p.as(bidder, "margin").deposit(50_000_000_000n);
        await p.moveEth(1600);
        await p.c.vault.poke(0, [p.expiry]);
        await plug(mode);
        const { equity, maintenance } = await p.c.margin.health(short);
        expect(equity).to.be.below(maintenance);
        await p.c.auction.start(short, { gasLimit: 8_000_000 });
        await p.as(bidder, "auction").bid(short, wad(0.1), MAX, { gasLimit: 8_000_000 });
        await p.as(bidder, "margin").closeShort(seriesId(0, p.expiry, 2000, "put"), wad(0.5), MAX);
        await p.pass(3 * 3600);
        await p.c.auction.takeOverByVault(short, { gasLimit: 8_000_000 });
        expect(await p.c.margin.legsOf(short)).to.have.length(0);
      });
    }

    it("by letting accounts pass for healthy: their legs count at the fallback vol", async () => {
      const [user] = p.users;
      const health = async () => (await p.c.margin.health(user)).toArray() as bigint[];
      await p.c.constant.setVol(0, wad(1.2), 0);
      await p.c.vault.poke(0, [p.expiry]);
      await p.networkHelpers.time.setNextBlockTimestamp((await p.now()) + 1);
      await p.networkHelpers.mine();
      const honest = await health();
      await plug(0);
      const hostileHealth = await health();
      hostileHealth.slice(0, 2).forEach((value, i) => {
        expect(Math.abs(Number(value) / Number(honest[i]) - 1)).to.be.lessThan(1e-5);
      });
    });
  });

  it("that gives absurd vols and deviations is kept to a vol of 1,800 %", async () => {
    await plug(ABSURD);
    await p.c.vault.poke(0, [p.expiry]);
    expect(await p.c.vault.fallbackVol(0, p.expiry)).to.equal(MAX_VOL);
    await trader.sell(call, wad(1), 0);
    expect((await p.c.vault.quote(call, wad(1))).markVol).to.equal(MAX_VOL);
  });

  it("falls back to the highest vol of the last marks, at least 80 %", async () => {
    expect(await p.c.vault.fallbackVol(0, p.expiry + DAY)).to.equal(wad(0.8));
    await p.c.constant.setVol(0, wad(1.3), 0);
    await p.c.vault.poke(0, [p.expiry]);
    expect(await p.c.vault.fallbackVol(0, p.expiry)).to.equal(wad(1.3));
    await p.c.constant.setVol(0, wad(0.3), 0);
    await p.c.vault.poke(0, [p.expiry]);
    expect(await p.c.vault.fallbackVol(0, p.expiry)).to.equal(wad(0.8));
  });
});

const anyValue = () => true;
const aboveFallback = (vol: bigint) => vol > wad(0.8);
