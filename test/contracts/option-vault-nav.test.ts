import { expect } from "chai";

import { defenceBits, PRESETS } from "../../deployments/presets.ts";
import { DAY, HOUR, MAX, seriesId, TestProtocol, usd, wad } from "./deploy-protocol.ts";
import { expectNear } from "./near.ts";

describe("OptionVault net asset value and shares", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let restore: () => Promise<void>;
  let call: bigint;

  before(async () => {
    p = await TestProtocol.deploy();
    call = seriesId(0, p.expiry, 2000, "call");
  });
  beforeEach(async () => {
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());
  after(() => p.close());

  const read = (name: string, ...args: unknown[]) => p.c.vault[name](...args) as Promise<bigint>;

  it("starts with a share worth one dollar and the deposit as its value", async () => {
    expect(await read("navLow")).to.be.closeTo(usd(1_000_000), 10n);
    expect(await read("decimals")).to.equal(12n);
    expect(await read("totalSupply")).to.equal(usd(1_000_000) * 10n ** 6n);
    expect(await read("convertToAssets", 10n ** 12n)).to.be.closeTo(usd(1), 1n);
  });

  it("counts cash, hedges and marks, and widens by the uncertainty of its vega", async () => {
    await p.as(p.users[0], "vault").buy(call, wad(10), MAX);
    await p.c.vault.poke(1, [p.expiry]);
    await p.c.vault.poke(0, [p.expiry]);
    const [low, high, cash, book] = await Promise.all([
      read("navLow"),
      read("navHigh"),
      read("cash"),
      p.c.vault.book(0, p.expiry),
    ]);
    const inventory =
      (Number(await p.c.hedger.inventory(0)) / 1e18) * 2000 + (Number(await p.c.hedger.inventory(1)) / 1e8) * 40_000;
    const middle = Number(cash) / 1e6 + Number(book.mark) / 1e18 + inventory;
    const spread = (0.01 + 0.02) * (-Number(book.vega) / 1e18);
    expectNear(Number(low) / 1e6, middle - spread, 3e-6);
    expectNear(Number(high) / 1e6, middle + spread, 3e-6);
    expectNear(Number(await read("limitNav")) / 1e6, middle - spread, 3e-6);
  });

  it("is one value with twoSidedNav off", async () => {
    await p.as(p.users[0], "vault").buy(call, wad(10), MAX);
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(["twoSidedNav"]));
    expect(((await read("navHigh")) - (await read("navLow"))) as bigint).to.be.at.most(1n);
  });

  it("falls in no trade at the quoted price", async () => {
    const before = await read("navLow");
    await p.as(p.users[0], "vault").buy(call, wad(10), MAX);
    // The low value also sets aside the uncertainty of the vega that was sold; the spread pays for it.
    expect(await read("navLow")).to.be.at.least(before);
  });

  it("is not moved by a donation", async () => {
    const [low, price] = [await read("navLow"), await read("convertToAssets", 10n ** 12n)];
    await p.c.quote.mint(p.c.vault, usd(500_000));
    expect(await read("navLow")).to.equal(low);
    expect(await read("convertToAssets", 10n ** 12n)).to.equal(price);
  });

  it("mints at the high value, so that entering and leaving at once never profits", async () => {
    await p.as(p.users[0], "vault").buy(call, wad(10), MAX);
    const shares = (await read("previewDeposit", usd(1000))) as bigint;
    expect(await read("convertToAssets", shares)).to.be.below(usd(1000));
    expect(await read("previewMint", shares)).to.be.at.most(usd(1000));
    await p.as(p.users[1], "vault").deposit(usd(1000), p.users[1]);
    expect(await read("balanceOf", p.users[1])).to.equal(shares);
  });

  it("takes no deposit while a book that holds something is stale", async () => {
    await p.as(p.users[0], "vault").buy(call, wad(1), MAX);
    await p.pass(2 * HOUR);
    await expect(p.as(p.lp, "vault").deposit(usd(1), p.lp)).to.be.revertedWithCustomError(p.c.vault, "VaultStaleBook");
    await p.c.vault.poke(0, [p.expiry]);
    await p.as(p.lp, "vault").deposit(usd(1), p.lp);
  });

  it("fixes the genesis defences at the first deposit", async () => {
    for (const name of ["epochQueue", "virtualShares"] as const) {
      await expect(p.c.defences.set(PRESETS.FULL & ~defenceBits([name]))).to.be.revertedWithCustomError(
        p.c.defences,
        "DefenceGenesisOnly",
      );
    }
  });

  describe("with the queue", () => {
    const request = async (shares: bigint) => {
      await p.as(p.lp, "vault").requestWithdrawal(shares);
    };
    /** To the close of the running epoch, with fresh prices and marks. */
    const toClose = async () => {
      await p.networkHelpers.time.increaseTo(await p.c.vault.epochEndsAt());
      await p.refresh();
      await p.c.vault.poke(0, [p.expiry]);
    };

    it("lets nobody out at once", async () => {
      expect(await read("maxWithdraw", p.lp)).to.equal(0n);
      expect(await read("maxRedeem", p.lp)).to.equal(0n);
      const vault = p.as(p.lp, "vault");
      await expect(vault.withdraw(1n, p.lp, p.lp)).to.be.revertedWithCustomError(vault, "VaultQueueOnly");
      await expect(vault["redeem(uint256,address,address)"](1n, p.lp, p.lp)).to.be.revertedWithCustomError(
        vault,
        "VaultQueueOnly",
      );
    });

    it("closes at midnight UTC and not before", async () => {
      expect(Number(await read("epochEndsAt")) % DAY).to.equal(0);
      await request(10n ** 12n);
      await expect(p.c.vault.closeEpoch(10)).to.be.revertedWithCustomError(p.c.vault, "VaultEpochOpen");
    });

    it("pays the closing value less 0.3 %, which stays with the others", async () => {
      await request(100_000n * 10n ** 12n);
      await toClose();
      const before = (await p.c.quote.balanceOf(p.lp)) as bigint;
      await expect(p.c.vault.closeEpoch(10)).to.emit(p.c.vault, "EpochClosed");
      const paid = ((await p.c.quote.balanceOf(p.lp)) as bigint) - before;
      expect(paid).to.be.closeTo(usd(100_000 * 0.997), 10n);
      expect(await read("convertToAssets", 10n ** 12n)).to.be.above(usd(1));
      expect(await p.c.vault.queueBounds()).to.deep.equal([1n, 1n]);
    });

    it("lets out a quarter of its value in an epoch, first in first out, and the rest later", async () => {
      await request(200_000n * 10n ** 12n);
      await request(100_000n * 10n ** 12n);
      await toClose();
      await p.c.vault.closeEpoch(10);
      expect(await p.c.vault.queueBounds()).to.deep.equal([1n, 2n]);
      const left = (await p.c.vault.requestOf(1)).shares as bigint;
      expect(Number(left) / 1e12).to.be.within(49_000, 51_000);
      await expect(p.c.vault.closeEpoch(10)).to.be.revertedWithCustomError(p.c.vault, "VaultEpochOpen");
      await toClose();
      await p.c.vault.closeEpoch(10);
      expect(await p.c.vault.queueBounds()).to.deep.equal([2n, 2n]);
    });

    it("processes a long queue in several calls at one price", async () => {
      for (let i = 0; i < 4; i++) await request(10_000n * 10n ** 12n);
      await toClose();
      await expect(p.c.vault.closeEpoch(3)).to.not.emit(p.c.vault, "EpochClosed");
      expect(await p.c.vault.queueBounds()).to.deep.equal([3n, 4n]);
      // What the vault earns in between does not change the price of the epoch.
      await p.as(p.users[0], "vault").buy(call, wad(5), MAX);
      const before = (await p.c.quote.balanceOf(p.lp)) as bigint;
      await expect(p.c.vault.closeEpoch(3)).to.emit(p.c.vault, "EpochClosed");
      expect(((await p.c.quote.balanceOf(p.lp)) as bigint) - before).to.be.closeTo(usd(9_970), 5n);
    });

    it("leaves a request made after the close to the next epoch", async () => {
      await toClose();
      await request(10n ** 12n);
      await p.c.vault.closeEpoch(10);
      expect(await p.c.vault.queueBounds()).to.deep.equal([0n, 1n]);
      await toClose();
      await p.c.vault.closeEpoch(10);
      expect(await p.c.vault.queueBounds()).to.deep.equal([1n, 1n]);
    });

    it("does not close on stale marks or a doubtful price", async () => {
      await p.as(p.users[0], "vault").buy(call, wad(1), MAX);
      await request(10n ** 12n);
      await p.networkHelpers.time.increaseTo(await p.c.vault.epochEndsAt());
      await p.refresh();
      await expect(p.c.vault.closeEpoch(10)).to.be.revertedWithCustomError(p.c.vault, "VaultStaleBook");
      await p.c.vault.poke(0, [p.expiry]);
      await p.post("ethFeed", 2400);
      await expect(p.c.vault.closeEpoch(10)).to.be.revertedWithCustomError(p.c.guard, "OracleOperationRefused");
    });

    it("takes no request of nothing, or of more than one has", async () => {
      await expect(request(0n)).to.be.revertedWithCustomError(p.c.vault, "VaultZeroSize");
      await expect(p.as(p.users[2], "vault").requestWithdrawal(1n)).to.be.revertedWithCustomError(
        p.c.vault,
        "ERC20InsufficientBalance",
      );
    });
  });

  describe("without queue and virtual shares", () => {
    let naive: TestProtocol;

    before(async () => {
      naive = await TestProtocol.deploy(PRESETS.NAIVE);
    });
    after(() => naive.close());

    it("pays out at once at the low value", async () => {
      expect(await naive.c.vault.decimals()).to.equal(6n);
      const vault = naive.as(naive.lp, "vault");
      const before = (await naive.c.quote.balanceOf(naive.lp)) as bigint;
      await vault.withdraw(usd(1000), naive.lp, naive.lp);
      expect(((await naive.c.quote.balanceOf(naive.lp)) as bigint) - before).to.equal(usd(1000));
      await expect(vault.withdraw(usd(900_000), naive.lp, naive.lp)).to.be.revertedWithCustomError(
        vault,
        "VaultInsufficientCash",
      );
    });

    it("needs the owner's allowance for another's shares", async () => {
      const vault = naive.as(naive.users[0], "vault");
      await expect(vault.withdraw(1n, naive.users[0], naive.lp)).to.be.revertedWithCustomError(
        vault,
        "ERC20InsufficientAllowance",
      );
    });
  });
});
