import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import type { Contract } from "ethers";

import { DAY, HOUR, MAX, seriesId, TestProtocol, usd, wad, WAD } from "./deploy-protocol.ts";

describe("MarginEngine", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let alice: HardhatEthersSigner;
  let margin: Contract;
  let put: bigint;
  let call: bigint;
  let restore: () => Promise<void>;

  before(async () => {
    p = await TestProtocol.deploy();
    [alice] = p.users;
    margin = p.as(alice, "margin");
    put = seriesId(0, p.expiry, 2000, "put");
    call = seriesId(0, p.expiry, 2000, "call");
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(async () => {
    await p.checkLaws([put, call]);
    await restore();
  });
  after(() => p.close());

  describe("cash and collateral", () => {
    it("are tracked, so that a donation belongs to nobody", async () => {
      await margin.deposit(usd(10));
      await p.c.eth.mint(p.c.margin, WAD);
      expect(await margin.cashOf(alice)).to.equal(usd(10));
      expect(await margin.collateralOf(alice, 0)).to.equal(0n);
      await expect(margin.withdrawCollateral(0, 1n))
        .to.be.revertedWithCustomError(margin, "MarginInsufficientCollateral")
        .withArgs(0n, 1n);
    });

    it("leave freely without shorts, even while the guard is blind", async () => {
      await margin.deposit(usd(10));
      await margin.depositCollateral(1, 5n);
      await p.c.btcFeed.report([[0n, 1, 1]]);
      await p.c.ethFeed.report([[0n, 1, 1]]);
      await margin.withdraw(usd(10));
      await margin.withdrawCollateral(1, 5n);
      expect(await margin.cashOf(alice)).to.equal(0n);
    });

    it("cannot leave beyond what there is", async () => {
      await margin.deposit(usd(10));
      await expect(margin.withdraw(usd(11)))
        .to.be.revertedWithCustomError(margin, "MarginInsufficientCash")
        .withArgs(usd(10), usd(11));
    });

    it("leave down to initial margin to the last unit and no further", async () => {
      await p.openShort(alice, put, 3, 20_000);
      const { equity, initial } = (await margin.health(alice)) as unknown as Record<string, bigint>;
      const spare = (equity - initial) / 10n ** 12n;
      await expect(margin.withdraw(spare + usd(5))).to.be.revertedWithCustomError(margin, "MarginBelowInitial");
      await margin.withdraw(spare - usd(5));
    });

    it("can be added while the guard is blind, but not withdrawn with a short", async () => {
      await p.openShort(alice, put, 1, 20_000);
      await p.c.ethFeed.report([[0n, 1, 1]]);
      await margin.deposit(usd(1));
      await margin.depositCollateral(0, WAD);
      for (const attempt of [() => margin.withdraw(1n), () => margin.withdrawCollateral(0, 1n)]) {
        await expect(attempt()).to.be.revertedWithCustomError(p.c.guard, "OracleOperationRefused");
      }
    });

    it("move in amounts that are not zero", async () => {
      for (const attempt of [
        () => margin.deposit(0n),
        () => margin.withdraw(0n),
        () => margin.depositCollateral(0, 0n),
        () => margin.withdrawCollateral(0, 0n),
        () => margin.sellCollateral(0, 0n, 0n),
        () => margin.openShort(put, 0n, 0n),
        () => margin.closeShort(put, 0n, 0n),
      ]) {
        await expect(attempt()).to.be.revertedWithCustomError(margin, "MarginZeroAmount");
      }
    });
  });

  describe("shorts", () => {
    it("bring the premium less the fee, and are listed", async () => {
      const { premium, fee } = (await p.c.vault.quote(put, -wad(2))) as unknown as Record<string, bigint>;
      await p.openShort(alice, put, 2, 10_000);
      // Seconds pass between the quote and the trade.
      const cash = (await margin.cashOf(alice)) as bigint;
      expect(cash - usd(10_000)).to.be.within(premium - fee - 20_000n, premium - fee + 20_000n);
      expect(await margin.legsOf(alice)).to.deep.equal([[put, wad(2)]]);
      expect(await margin.totalShort(put)).to.equal(wad(2));
    });

    it("need initial margin", async () => {
      await margin.deposit(usd(100));
      await expect(margin.openShort(put, WAD, 0n)).to.be.revertedWithCustomError(margin, "MarginBelowInitial");
    });

    it("hold limits of proceeds and cost", async () => {
      await margin.deposit(usd(10_000));
      await expect(margin.openShort(put, WAD, usd(1_000))).to.be.revertedWithCustomError(margin, "MarginPriceLimit");
      await margin.openShort(put, WAD, usd(1));
      await expect(margin.closeShort(put, WAD, usd(1))).to.be.revertedWithCustomError(margin, "MarginPriceLimit");
    });

    it("close in part and in whole, and lose by the round trip", async () => {
      await p.openShort(alice, put, 3, 20_000);
      await margin.closeShort(put, wad(1), MAX);
      expect(await margin.legsOf(alice)).to.deep.equal([[put, wad(2)]]);
      await margin.closeShort(put, wad(2), MAX);
      expect(await margin.legsOf(alice)).to.have.length(0);
      expect(await margin.cashOf(alice)).to.be.lessThan(usd(20_000));
    });

    it("cannot be closed beyond their size", async () => {
      await p.openShort(alice, put, 1, 20_000);
      await expect(margin.closeShort(put, WAD + 1n, MAX))
        .to.be.revertedWithCustomError(margin, "MarginNoSuchLeg")
        .withArgs(put, WAD, WAD + 1n);
      await expect(margin.closeShort(call, 1n, MAX)).to.be.revertedWithCustomError(margin, "MarginNoSuchLeg");
    });

    it("are at most eight series", async () => {
      await margin.deposit(usd(200_000));
      const strikes = [1800, 1900, 2000, 2100];
      for (const strike of strikes) {
        for (const type of ["call", "put"] as const) {
          await margin.openShort(seriesId(0, p.expiry, strike, type), wad(0.1), 0n);
        }
      }
      await margin.openShort(put, wad(0.1), 0n);
      await expect(margin.openShort(seriesId(0, p.expiry, 2200, "call"), wad(0.1), 0n))
        .to.be.revertedWithCustomError(margin, "MarginTooManyLegs")
        .withArgs(9, 8);
    });

    it("secured by the underlying need no cash", async () => {
      await margin.depositCollateral(0, wad(5));
      await margin.openShort(seriesId(0, p.expiry, 2200, "call"), wad(5), 0n);
      expect(await margin.cashOf(alice)).to.be.greaterThan(0n);
    });
  });

  describe("a sale of collateral", () => {
    it("turns it into cash on the spot market", async () => {
      await margin.depositCollateral(0, wad(2));
      await margin.sellCollateral(0, wad(2), usd(3_900));
      expect(await margin.collateralOf(alice, 0)).to.equal(0n);
      expect(await margin.cashOf(alice)).to.be.within(usd(3_960), usd(3_990));
    });

    it("holds the seller's limit", async () => {
      await margin.depositCollateral(0, wad(2));
      await expect(margin.sellCollateral(0, wad(2), usd(4_000))).to.be.revertedWithCustomError(
        margin,
        "MarginPriceLimit",
      );
    });

    it("far below the guarded price keeps initial margin or is refused", async () => {
      await margin.depositCollateral(0, wad(5));
      await margin.openShort(put, wad(6), 0n);
      await p.movePool(500);
      await expect(margin.sellCollateral(0, wad(4), 0n)).to.be.revertedWithCustomError(margin, "MarginBelowInitial");
      await margin.deposit(usd(50_000));
      await margin.sellCollateral(0, wad(4), 0n);
    });
  });

  describe("settlement", () => {
    /** Settles the expiry at a price that the feed shows for the whole window. */
    async function settleAt(price: number): Promise<void> {
      await p.networkHelpers.time.increaseTo(p.expiry - HOUR);
      await p.moveEth(price);
      const [round] = await p.c.ethFeed.latestRoundData();
      await p.networkHelpers.time.increaseTo(p.expiry);
      await p.c.settlement.settle(0, p.expiry, [round]);
    }

    it("has to be known", async () => {
      await p.openShort(alice, put, 1, 20_000);
      await expect(margin.settleAccount(alice, 0, p.expiry)).to.be.revertedWithCustomError(
        p.c.vault,
        "VaultNotSettled",
      );
    });

    it("takes the intrinsic value, once, by whomever called", async () => {
      const [, bob] = p.users;
      await p.openShort(alice, put, 2, 20_000);
      await settleAt(1900);
      const cash = await margin.cashOf(alice);
      await p.as(bob, "margin").settleAccount(alice, 0, p.expiry);
      await p.as(bob, "margin").settleAccount(alice, 0, p.expiry);
      expect(await margin.cashOf(alice)).to.equal(cash - usd(200));
      expect(await margin.totalShort(put)).to.equal(0n);
    });

    it("sells collateral for what the cash does not pay", async () => {
      await margin.depositCollateral(0, wad(10));
      await margin.openShort(put, wad(5), 0n);
      await settleAt(1800);
      const cash = await margin.cashOf(alice);
      await margin.settleAccount(alice, 0, p.expiry);
      expect(await margin.cashOf(alice)).to.be.lessThan(usd(1));
      const sold = Number(wad(10) - (await margin.collateralOf(alice, 0))) / 1e18;
      expect((sold * 1800) / (1_000 - Number(cash) / 1e6)).to.be.within(1, 1.01);
    });

    it("refuses a bad price of collateral for two hours, then takes any", async () => {
      await margin.depositCollateral(0, wad(10));
      await margin.openShort(put, wad(5), 0n);
      await settleAt(1800);
      await p.movePool(1500);
      await expect(margin.settleAccount(alice, 0, p.expiry)).to.be.revertedWithCustomError(margin, "MarginPriceLimit");
      await p.networkHelpers.time.increaseTo(p.expiry + 2 * HOUR);
      await margin.settleAccount(alice, 0, p.expiry);
    });

    it("leaves what the account cannot pay to the fund", async () => {
      await p.openShort(alice, put, 10, 7_300);
      await settleAt(500);
      const [cash, fund, vault] = [await margin.cashOf(alice), await p.c.auction.fund(), await p.c.vault.cash()];
      const shortfall = usd(15_000) - cash;
      await expect(margin.settleAccount(alice, 0, p.expiry))
        .to.emit(p.c.auction, "BadDebt")
        .withArgs(alice, shortfall, shortfall, 0n);
      expect(await p.c.auction.fund()).to.equal(fund - shortfall);
      expect(await p.c.vault.cash()).to.equal(vault + usd(15_000));
    });
  });

  it("opens its back doors to the auction alone", async () => {
    for (const attempt of [
      () => margin.transferShare(alice, p.lp, WAD, 0n),
      () => margin.payPenalty(alice, 1n, 1n),
      () => margin.creditCash(alice, 1n),
      () => margin.absorbByVault(alice, 0n),
    ]) {
      await expect(attempt()).to.be.revertedWithCustomError(margin, "MarginNotAuction").withArgs(alice);
    }
  });

  it("is wired once, by its owner", async () => {
    const parts = (await margin.parts()).toArray();
    for (const name of ["margin", "risk", "auction", "hedger", "vault"] as const) {
      const connect = p.as(alice, name).getFunction("connect");
      await expect(connect(parts)).to.be.revertedWithCustomError(p.c[name], "OwnableUnauthorizedAccount");
      const again = p.c[name].getFunction("connect");
      await expect(again(parts)).to.be.revertedWithCustomError(p.c[name], "PartsAlreadyConnected");
    }
  });

  it("values an expired short that has not settled at its intrinsic value", async () => {
    await p.openShort(alice, put, 1, 20_000);
    await p.networkHelpers.time.increaseTo(p.expiry + DAY);
    await p.moveEth(1900);
    await p.post("btcFeed", 40_000);
    const { equity } = await margin.health(alice);
    const cash = (await margin.cashOf(alice)) * 10n ** 12n;
    expect(cash - equity).to.be.within(100n * WAD, 100n * WAD + WAD / 1000n);
  });
});
