import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import fc from "fast-check";

import { defenceBits, PRESETS } from "../../deployments/presets.ts";
import { deployActor, HOUR, MAX, seriesId, TestProtocol, usd, wad, WAD } from "./deploy-protocol.ts";

const MINUTE = 60;
const SIZE = 10;
const TAG = `0x${"cd".repeat(32)}`;

describe("Auction", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let alice: HardhatEthersSigner;
  let bob: HardhatEthersSigner;
  let put: bigint;
  let restore: () => Promise<void>;

  before(async () => {
    p = await TestProtocol.deploy();
    [alice, bob] = p.users;
    put = seriesId(0, p.expiry, 2000, "put");
    await p.openShort(alice, put, SIZE, 7_300);
    await p.as(bob, "margin").deposit(usd(100_000));
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());
  after(() => p.close());

  /** A fall that leaves the account under maintenance with positive equity. */
  async function breakAccount(): Promise<void> {
    await p.moveEth(1700);
    await p.c.auction.start(alice);
  }

  /** A fall beyond the account's equity. */
  async function ruinAccount(): Promise<void> {
    await p.moveEth(1000);
    await p.c.auction.start(alice);
  }

  /** Puts the next block at a time since the sale's start, with fresh feeds shortly before. */
  async function at(seconds: number): Promise<void> {
    const { startedAt } = await p.c.auction.saleOf(alice);
    const time = Number(startedAt) + seconds;
    if (seconds > 10) {
      await p.networkHelpers.time.increaseTo(time - 5);
      await p.refresh();
    }
    await p.networkHelpers.time.setNextBlockTimestamp(time);
  }

  async function health(account: HardhatEthersSigner): Promise<{ equity: number; maintenance: number }> {
    const { equity, maintenance } = await p.c.margin.health(account);
    return { equity: Number(equity) / 1e18, maintenance: Number(maintenance) / 1e18 };
  }

  const bid = (share: bigint, maxPay: bigint = MAX) => p.as(bob, "auction").bid(alice, share, maxPay);
  const without = (name: Parameters<typeof defenceBits>[0]) => p.c.defences.set(PRESETS.FULL & ~defenceBits(name));

  describe("start", () => {
    it("refuses a healthy account", async () => {
      await expect(p.c.auction.start(alice)).to.be.revertedWithCustomError(p.c.auction, "AuctionAccountHealthy");
    });

    it("opens the sale of a broken one, once", async () => {
      await p.moveEth(1700);
      await expect(p.as(bob, "auction").start(alice)).to.emit(p.c.auction, "AuctionStarted");
      expect((await p.c.auction.saleOf(alice)).starter).to.equal(bob.address);
      await expect(p.c.auction.start(alice))
        .to.be.revertedWithCustomError(p.c.auction, "AuctionRunning")
        .withArgs(alice);
    });

    it("asks the pool when the feed is disputed", async () => {
      await p.pass(16 * MINUTE);
      await p.post("ethFeed", 1700);
      await p.networkHelpers.time.increase(11 * MINUTE);
      expect((await p.c.guard.read(0)).state).to.equal(2n);
      await expect(p.c.auction.start(alice)).to.be.revertedWithCustomError(p.c.auction, "AuctionAccountHealthy");
      await p.movePool(1600);
      await p.c.guard.observePool(0);
      await p.networkHelpers.time.increase(HOUR);
      await p.post("ethFeed", 1460);
      await p.networkHelpers.time.increase(11 * MINUTE);
      expect((await p.c.guard.read(0)).state).to.equal(2n);
      await p.c.auction.start(alice);
    });

    it("does not start for the pool alone when the feed is disputed", async () => {
      await p.pass(16 * MINUTE);
      await p.movePool(1500);
      await p.networkHelpers.time.increase(HOUR);
      await p.refresh();
      expect((await p.c.guard.read(0)).state).to.equal(2n);
      const { equity, maintenance } = await p.c.margin.healthAtPoolMean(alice);
      expect(equity).to.be.below(maintenance);
      await expect(p.c.auction.start(alice)).to.be.revertedWithCustomError(p.c.auction, "AuctionAccountHealthy");
    });

    it("is refused while the guard is blind", async () => {
      await p.moveEth(1700);
      await p.c.ethFeed.report([[0n, 1, 1]]);
      await expect(p.c.auction.start(alice)).to.be.revertedWithCustomError(p.c.guard, "OracleOperationRefused");
    });

    it("keeps the account from withdrawing and from opening", async () => {
      await breakAccount();
      const margin = p.as(alice, "margin");
      for (const attempt of [
        () => margin.withdraw(1n),
        () => margin.openShort(put, WAD, 0n),
        () => margin.sellCollateral(0, 1n, 0n),
      ]) {
        await expect(attempt()).to.be.revertedWithCustomError(margin, "MarginInAuction").withArgs(alice);
      }
    });
  });

  describe("price of a solvent account, of which it gets all but the shared part of the penalty,", () => {
    const phases: [string, number, number][] = [
      ["95 % of equity at the start", 0, 0.95],
      ["82.5 % after 7.5 minutes", 450, 0.825],
      ["70 % after 15 minutes", 900, 0.7],
      ["35 % half way through the slow phase", 900 + (7200 - 900) / 2, 0.35],
      ["nothing after two hours", 7200, 0],
    ];
    for (const [what, seconds, factor] of phases) {
      it(`is ${what}`, async () => {
        await breakAccount();
        if (seconds > 0) {
          await at(seconds);
          await p.networkHelpers.mine();
        }
        const { equity } = await health(alice);
        const price = Number(await p.c.auction.priceNow(alice)) / 1e18;
        expect(Math.abs(price - (factor + 0.6 * (1 - factor)) * equity)).to.be.lessThan(1e-6 * equity);
      });
    }
  });

  describe("bid", () => {
    it("is capped so that the account ends at the buffer, and ends the sale", async () => {
      await breakAccount();
      await at(5 * MINUTE);
      await bid(WAD);
      const { equity, maintenance } = await health(alice);
      expect(equity / maintenance).to.be.within(1.145, 1.15);
      expect((await p.c.auction.saleOf(alice)).startedAt).to.equal(0n);
      expect((await p.c.margin.legsOf(bob))[0].id).to.equal(put);
      await p.checkLaws([put]);
    });

    it("leaves bidder, fund and vault 40, 30 and 30 % of the penalty", async () => {
      await breakAccount();
      await at(15 * MINUTE);
      const cash = async () =>
        [await p.c.margin.cashOf(bob), await p.c.auction.fund(), await p.c.vault.cash()] as bigint[];
      const before = await cash();
      const { equity } = await health(alice);
      const own = Number(await p.c.margin.cashOf(alice)) / 1e6;
      await bid(WAD / 5n);
      const [paid, toFund, toVault] = (await cash()).map((after, i) => Number(after - before[i]) / 1e6);
      const penalty = 0.2 * 0.3 * equity;
      expect(Math.abs(toFund - 0.3 * penalty)).to.be.lessThan(0.1);
      expect(Math.abs(toVault - 0.3 * penalty)).to.be.lessThan(0.1);
      // Cash that came with the share is no gain: the rest of its worth are the legs.
      const bidderKeeps = 0.2 * equity + paid - 0.2 * own;
      expect(Math.abs(bidderKeeps - 0.4 * penalty)).to.be.lessThan(0.2);
      await p.checkLaws([put]);
    });

    it("holds the bidder's limit against the penalty's shared part too", async () => {
      await breakAccount();
      await at(15 * MINUTE);
      const running = await p.networkHelpers.takeSnapshot();
      const receipt = await (await bid(WAD / 5n)).wait();
      const paid = receipt.logs
        .map((log: { topics: string[]; data: string }) => p.c.auction.interface.parseLog(log))
        .find((event: { name: string } | null) => event?.name === "AuctionBid").args.paid as bigint;
      await running.restore();
      await at(15 * MINUTE + 6);
      await expect(bid(WAD / 5n, (paid * 9n) / 10n)).to.be.revertedWithCustomError(p.c.auction, "AuctionPriceLimit");
    });

    it("pays the share's price from the bidder's cash to the account", async () => {
      await breakAccount();
      await at(15 * MINUTE);
      const cash = await p.c.margin.cashOf(bob);
      const before = await health(alice);
      const own = Number(await p.c.margin.cashOf(alice)) / 1e6;
      await bid(WAD / 5n);
      const paid = Number(cash - (await p.c.margin.cashOf(bob))) / 1e6 + 0.2 * own;
      expect(Math.abs(paid - 0.2 * (0.7 + 0.6 * 0.3) * before.equity)).to.be.lessThan(0.2);
    });

    it("never leaves the account with a worse ratio of equity to maintenance, whatever share and time", async () => {
      await breakAccount();
      const running = await p.networkHelpers.takeSnapshot();
      const shares = fc.tuple(fc.integer({ min: 10, max: 100 }), fc.integer({ min: 1, max: 7000 }));
      await fc.assert(
        fc.asyncProperty(shares, async ([percent, seconds]) => {
          await running.restore();
          await at(Math.max(seconds, 20));
          const before = await health(alice);
          await bid((WAD * BigInt(percent)) / 100n);
          const after = await health(alice);
          if (after.maintenance > 0) {
            expect(after.equity / after.maintenance).to.be.greaterThan((before.equity / before.maintenance) * 0.999);
          }
          await p.checkLaws([put]);
        }),
        { numRuns: 12, seed: 1 },
      );
    });

    it("takes at least a tenth", async () => {
      await breakAccount();
      await expect(bid(WAD / 10n - 1n))
        .to.be.revertedWithCustomError(p.c.auction, "AuctionShareTooSmall")
        .withArgs(WAD / 10n - 1n, WAD / 10n);
    });

    it("takes the whole account without partial liquidation", async () => {
      await without(["partialLiquidation"]);
      await breakAccount();
      await bid(WAD / 10n);
      expect(await p.c.margin.legsOf(alice)).to.have.length(0);
      expect((await p.c.margin.legsOf(bob))[0].size).to.equal(wad(SIZE));
      expect(await p.c.margin.cashOf(alice)).to.be.greaterThan(0n);
    });

    it("holds the bidder's limit", async () => {
      await breakAccount();
      await expect(bid(WAD / 5n, 1n)).to.be.revertedWithCustomError(p.c.auction, "AuctionPriceLimit");
    });

    it("needs a running sale, and a bidder who is not the account itself nor for sale", async () => {
      await expect(bid(WAD)).to.be.revertedWithCustomError(p.c.auction, "AuctionNotRunning").withArgs(alice);
      await breakAccount();
      await expect(p.as(alice, "auction").bid(alice, WAD, MAX))
        .to.be.revertedWithCustomError(p.c.auction, "AuctionSelfBid")
        .withArgs(alice);
    });

    it("needs capital: initial margin of the share has to be met", async () => {
      const [, , carol] = p.users;
      await breakAccount();
      await p.as(carol, "margin").deposit(usd(100));
      await expect(p.as(carol, "auction").bid(alice, WAD / 2n, MAX)).to.be.revertedWithCustomError(
        p.c.margin,
        "MarginBelowInitial",
      );
    });

    it("revalues a bidder that has shorts of its own", async () => {
      const [, , carol] = p.users;
      await p.openShort(carol, put, 5, 4_000);
      await p.moveEth(1700);
      await p.c.auction.start(alice);
      await expect(p.as(carol, "auction").bid(alice, WAD / 5n, MAX)).to.be.revertedWithCustomError(
        p.c.margin,
        "MarginBelowInitial",
      );
      await p.as(carol, "margin").deposit(usd(50_000));
      await p.as(carol, "auction").bid(alice, WAD / 5n, MAX);
      const own = await p.c.margin.health(carol);
      expect(own.equity).to.be.greaterThan(own.initial);
    });

    it("checks a bidder without shorts by linearity as strictly as by revaluation", async () => {
      const [, , carol] = p.users;
      await breakAccount();
      const low = await p.networkHelpers.takeSnapshot();
      let [fails, works] = [0, 20_000];
      while (works - fails > 2) {
        const cash = (fails + works) >> 1;
        await low.restore();
        await p.as(carol, "margin").deposit(usd(cash));
        const done = await p
          .as(carol, "auction")
          .bid(alice, WAD / 4n, MAX)
          .then(
            () => true,
            () => false,
          );
        if (done) works = cash;
        else fails = cash;
      }
      await low.restore();
      await p.as(carol, "margin").deposit(usd(works));
      await p.as(carol, "auction").bid(alice, WAD / 4n, MAX);
      const own = await p.c.margin.health(carol);
      const ratio = Number(own.equity) / Number(own.initial);
      expect(ratio).to.be.within(0.98, 1.02);
    });

    it("is refused on an account that has recovered, whose sale anybody may end", async () => {
      await breakAccount();
      await expect(p.c.auction.end(alice)).to.be.revertedWithCustomError(p.c.auction, "AuctionRunning");
      await p.as(alice, "margin").deposit(usd(10_000));
      await expect(bid(WAD)).to.be.revertedWithCustomError(p.c.auction, "AuctionAccountHealthy");
      await expect(p.as(bob, "auction").end(alice)).to.emit(p.c.auction, "AuctionEnded").withArgs(alice, true);
      await expect(p.c.auction.end(alice)).to.be.revertedWithCustomError(p.c.auction, "AuctionNotRunning");
    });

    it("can be followed by buying the shorts back and withdrawing, in one transaction", async () => {
      const actor = await deployActor(bob);
      const [margin, auction, quote] = [p.c.margin, p.c.auction, p.c.quote];
      await quote.mint(actor, usd(20_000));
      const step = async (target: typeof margin, name: string, ...args: unknown[]) => ({
        target,
        value: 0n,
        data: (await target[name].populateTransaction(...args)).data,
      });
      await actor.execute(TAG, [await step(quote, "approve", margin, MAX), await step(margin, "deposit", usd(20_000))]);
      await breakAccount();
      await at(15 * MINUTE);
      const [share, size] = [WAD / 5n, wad(SIZE) / 5n];
      const bundle = [
        await step(auction, "bid", alice, share, MAX),
        await step(margin, "closeShort", put, size, MAX),
        await step(margin, "withdraw", usd(19_000)),
      ];
      await expect(actor.execute(TAG, bundle)).to.emit(actor, "Outcome").withArgs(TAG, true, 3n, "0x");
      expect(await margin.legsOf(actor)).to.have.length(0);
      expect(await margin.cashOf(actor)).to.be.greaterThan(usd(1_000));
    });
  });

  describe("insolvent phase", () => {
    it("begins at once with negative equity, and blocks withdrawals beyond the fund", async () => {
      await ruinAccount();
      const sale = await p.c.auction.saleOf(alice);
      expect(sale.insolvent).to.equal(true);
      const { maintenance } = await health(alice);
      const counted = Number(await p.c.auction.insolventMaintenance()) / 1e6;
      expect(Math.abs(counted / maintenance - 1)).to.be.lessThan(1e-3);
      await p.as(bob, "margin").withdraw(1n);
      await drainFund();
      await expect(p.as(bob, "margin").withdraw(1n)).to.be.revertedWithCustomError(
        p.c.margin,
        "MarginWithdrawalsBlocked",
      );
      await without(["withdrawBlock"]);
      await p.as(bob, "margin").withdraw(1n);
    });

    it("begins in a running sale when somebody shows that equity is gone", async () => {
      await breakAccount();
      await p.moveEth(1000);
      await p.as(bob, "auction").start(alice);
      expect((await p.c.auction.saleOf(alice)).insolvent).to.equal(true);
      await expect(p.c.auction.start(alice)).to.be.revertedWithCustomError(p.c.auction, "AuctionRunning");
    });

    it("pays the bidder half of maintenance after half an hour, by the share", async () => {
      await ruinAccount();
      await at(30 * MINUTE);
      const fund = await p.c.auction.fund();
      const before = await p.c.margin.health(alice);
      await bid(WAD / 5n);
      const paid = Number(fund - (await p.c.auction.fund())) / 1e6;
      expect(Math.abs(paid / (0.2 * 0.5 * (Number(before.maintenance) / 1e18)) - 1)).to.be.lessThan(1e-3);
      const counted = Number(await p.c.auction.insolventMaintenance()) / 1e6;
      expect(Math.abs(counted / (0.8 * (Number(before.maintenance) / 1e18)) - 1)).to.be.lessThan(1e-3);
      await p.checkLaws([put]);
    });

    it("ends when the whole account is taken", async () => {
      await ruinAccount();
      await at(HOUR);
      await bid(WAD);
      expect(await p.c.margin.legsOf(alice)).to.have.length(0);
      expect(await p.c.auction.insolventMaintenance()).to.equal(0n);
      await p.checkLaws([put]);
    });

    it("pays no more than the fund has", async () => {
      await ruinAccount();
      await drainFund();
      await at(HOUR);
      await bid(WAD);
      expect(await p.c.auction.fund()).to.equal(0n);
      await p.checkLaws([put]);
    });
  });

  /** Leaves the fund one dollar, by a shortfall that the margin engine reports. */
  async function drainFund(): Promise<void> {
    const engine = await p.c.margin.getAddress();
    await p.networkHelpers.impersonateAccount(engine);
    await p.networkHelpers.setBalance(engine, WAD);
    const signer = await p.ethers.getSigner(engine);
    await p.as(signer, "auction").coverShortfall(alice, (await p.c.auction.fund()) - usd(1));
  }

  describe("take-over by the vault", () => {
    it("has to wait until the sale has run out, and needs its defence", async () => {
      await breakAccount();
      await at(2 * HOUR - 1);
      await expect(p.c.auction.takeOverByVault(alice)).to.be.revertedWithCustomError(p.c.auction, "AuctionNotOver");
      await at(2 * HOUR + 60);
      await without(["vaultLastBidder"]);
      await expect(p.c.auction.takeOverByVault(alice)).to.be.revertedWithCustomError(p.c.auction, "AuctionNotOver");
    });

    it("takes all legs of a solvent account at the mark of a higher vol, and leaves the rest", async () => {
      await breakAccount();
      await at(2 * HOUR + 60);
      const { equity } = await health(alice);
      const cash = await p.c.vault.cash();
      await p.c.auction.takeOverByVault(alice);
      expect(await p.c.margin.legsOf(alice)).to.have.length(0);
      const left = Number(await p.c.margin.cashOf(alice)) / 1e6;
      expect(left).to.be.within(0.9 * equity, equity);
      expect(await p.c.vault.cash()).to.be.greaterThan(cash);
      expect((await p.c.auction.saleOf(alice)).startedAt).to.equal(0n);
      await p.checkLaws([put]);
    });

    it("of an insolvent account takes its cash, then the fund, then is the vault's loss", async () => {
      await ruinAccount();
      await p.moveEth(100);
      await at(HOUR + 60);
      const [own, fund] = [await p.c.margin.cashOf(alice), await p.c.auction.fund()];
      const before = await p.c.vault.cash();
      await expect(p.c.auction.takeOverByVault(alice)).to.emit(p.c.auction, "BadDebt");
      expect(await p.c.margin.cashOf(alice)).to.equal(0n);
      const fromFund = fund - (await p.c.auction.fund());
      expect(fromFund).to.be.greaterThan(0n);
      expect(await p.c.vault.cash()).to.equal(before + own + fromFund);
      expect(await p.c.auction.insolventMaintenance()).to.equal(0n);
      await p.checkLaws([put]);
    });
  });

  it("leaves a series that is over to settlement: the vault does not take it over", async () => {
    await p.networkHelpers.time.increaseTo(p.expiry - 3 * HOUR);
    await p.refresh();
    await breakAccount();
    await p.networkHelpers.time.increaseTo(p.expiry + 60);
    await p.refresh();
    await expect(p.c.auction.takeOverByVault(alice))
      .to.be.revertedWithCustomError(p.c.margin, "MarginNotSettled")
      .withArgs(put);
  });

  describe("insurance fund", () => {
    it("takes seed money from anybody", async () => {
      const fund = await p.c.auction.fund();
      await p.as(bob, "auction").seed(usd(5));
      expect(await p.c.auction.fund()).to.equal(fund + usd(5));
      await p.checkLaws([]);
    });

    it("pays and books for the protocol's parts alone", async () => {
      for (const attempt of [
        () => p.as(bob, "auction").coverShortfall(alice, 1n),
        () => p.as(bob, "auction").contribute(1n),
      ]) {
        await expect(attempt()).to.be.revertedWithCustomError(p.c.auction, "AuctionNotProtocol").withArgs(bob);
      }
    });
  });
});
