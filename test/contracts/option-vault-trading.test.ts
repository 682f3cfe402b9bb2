import { expect } from "chai";
import type { Contract } from "ethers";

import { defenceBits, PRESETS, type DefenceName } from "../../deployments/presets.ts";
import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { HOUR, MAX, seriesId, TestProtocol, usd, wad, WAD } from "./deploy-protocol.ts";
import { expectNear } from "./near.ts";

const YEAR = 31_536_000;

interface Quote {
  readonly premium: bigint;
  readonly fee: bigint;
  readonly tradeVol: bigint;
  readonly markVol: bigint;
  readonly mark: bigint;
  readonly delta: bigint;
  readonly vega: bigint;
}

describe("OptionVault trading", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let restore: () => Promise<void>;
  /** The vault seen by a trader. */
  let vault: Contract;
  let call: bigint;
  let put: bigint;

  before(async () => {
    p = await TestProtocol.deploy();
    vault = p.as(p.users[0], "vault");
    call = seriesId(0, p.expiry, 2000, "call");
    put = seriesId(0, p.expiry, 1800, "put");
  });
  beforeEach(async () => {
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());
  after(() => p.close());

  function quote(id: bigint, size: number): Promise<Quote> {
    return vault.quote(id, wad(size)) as unknown as Promise<Quote>;
  }

  /** USD that `buy` costs now. */
  async function costOf(id: bigint, size: number): Promise<number> {
    return Number(await vault.buy.staticCall(id, wad(size), MAX)) / 1e6;
  }

  async function setTerms(changes: Record<string, bigint>): Promise<void> {
    const terms = (await p.c.vault.terms()).toObject() as Record<string, bigint>;
    await p.c.vault.setTerms({ ...terms, ...changes });
  }

  async function without(...names: DefenceName[]): Promise<void> {
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(names));
  }

  async function utilisation(): Promise<number> {
    return -Number(await p.c.vault.totalVega()) / 1e12 / Number(await p.c.vault.limitNav());
  }

  it("asks the source's vol plus half-spread and model uncertainty, plus the lag of the feed", async () => {
    await without("vegaConvexSpread", "vegaFee");
    const q = await quote(call, 1);
    expect(q.markVol).to.equal(wad(0.8));
    expect(q.tradeVol).to.equal(wad(0.83));
    const years = (p.expiry - (await p.now())) / YEAR;
    const fair = blackPrice(true, 2000, 2000, years, 0.83);
    const lag = (0.005 * 2000 * Number(q.delta)) / 1e18;
    expectNear(Number(q.premium) / 1e6, fair + lag, 2e-6);
    expectNear(Number(q.mark) / 1e18, blackPrice(true, 2000, 2000, years, 0.8), 1e-9);
  });

  it("bids below by the same, and never charges a seller more than the premium", async () => {
    await without("vegaConvexSpread", "vegaFee");
    const q = await quote(put, -1);
    expect(q.tradeVol).to.equal(wad(0.77));
    const years = (p.expiry - (await p.now())) / YEAR;
    const lag = (0.005 * 2000 * -Number(q.delta)) / 1e18;
    expectNear(Number(q.premium) / 1e6, blackPrice(false, 2000, 1800, years, 0.77) - lag, 2e-6);
    await setTerms({ vegaFee: wad(5) });
    const dear = await quote(put, -1);
    expect(dear.fee).to.be.at.most(dear.premium);
  });

  it("drops model uncertainty from the spread when uncertaintyPremium is off", async () => {
    await without("uncertaintyPremium", "vegaConvexSpread");
    expect((await quote(call, 1)).tradeVol).to.equal(wad(0.81));
  });

  it("charges three basis points of spot, at most an eighth of the premium", async () => {
    await without("vegaFee");
    expect((await quote(call, 2)).fee).to.equal(usd(2 * 2000 * 0.0003));
    const cheap = await quote(seriesId(0, p.expiry, 2600, "call"), 1);
    expect(cheap.premium).to.be.below(usd(4.8));
    expectNear(Number(cheap.fee), Number(cheap.premium) / 8, 2);
  });

  it("charges half a vol point of the vega by which the position grows", async () => {
    const withFee = await quote(call, 1);
    await without("vegaFee");
    const plain = await quote(call, 1);
    expectNear(Number(withFee.fee - plain.fee) / 1e6, (0.005 * Number(plain.vega)) / 1e18, 2e-6);
  });

  it("sells nothing below five basis points of spot", async () => {
    await p.c.constant.setVol(0, wad(0.1), 0);
    const q = await quote(seriesId(0, p.expiry, 2600, "call"), 1);
    expect(q.premium).to.be.at.least(usd(1));
  });

  it("widens by the mean square of its vega utilisation over the trade", async () => {
    await without("vegaFee", "uncertaintyPremium");
    const v = wad(15);
    await vault.buy(call, v, MAX);
    await vault.buy(call, v, MAX);
    const before = await utilisation();
    const q = await quote(call, 15);
    const after = before + (Number(q.vega) * 15) / 1e12 / Number(await p.c.vault.limitNav());
    const mean = (after ** 2 + after * before + before ** 2) / 3;
    expectNear(Number(q.tradeVol) / 1e18, 0.81 + 0.15 * mean, 1e-9);
    // A sale to the vault brings its vega back: no widening.
    expect((await quote(call, -15)).tradeVol).to.equal(wad(0.79));
  });

  it("asks at least as much for n small trades as for a large one, less 0.1 %", async () => {
    await setTerms({ maxTrade: wad(1) });
    for (const id of [call, put, seriesId(0, p.expiry, 2400, "call")]) {
      const whole = await costOf(id, 200);
      const snapshot = await p.networkHelpers.takeSnapshot();
      let parts = 0;
      for (let i = 0; i < 10; i++) {
        parts += await costOf(id, 20);
        await vault.buy(id, wad(20), MAX);
      }
      await snapshot.restore();
      expect(parts).to.be.at.least(whole * 0.999);
    }
  });

  it("pays no more for n small sales than for a large one, plus 0.1 %", async () => {
    await setTerms({ maxTrade: wad(1) });
    await vault.buy(call, wad(200), MAX);
    const proceeds = (size: number) => vault.sell.staticCall(call, wad(size), 0) as Promise<bigint>;
    const whole = await proceeds(200);
    let parts = 0n;
    for (let i = 0; i < 10; i++) {
      parts += await proceeds(20);
      await vault.sell(call, wad(20), 0);
    }
    expect(Number(parts)).to.be.at.most(Number(whole) * 1.001);
  });

  it("never loses to a purchase and a sale in one block", async () => {
    for (const preset of [PRESETS.FULL, PRESETS.NAIVE | (PRESETS.FULL & GENESIS)]) {
      await p.c.defences.set(preset);
      for (const [id, size] of [
        [call, 0.000_001],
        [call, 1],
        [put, 10],
        [seriesId(0, p.expiry, 2600, "call"), 3],
      ] as const) {
        const before = (await p.c.quote.balanceOf(p.users[0])) as bigint;
        await vault.buy(id, wad(size), MAX);
        await vault.sell(id, wad(size), 0);
        expect((await p.c.quote.balanceOf(p.users[0])) as bigint, `${size}`).to.be.below(before);
      }
    }
  });

  it("holds put–call parity of its marks", async () => {
    for (const strike of [1400, 2000, 2600]) {
      const [c, t] = [
        await quote(seriesId(0, p.expiry, strike, "call"), 1),
        await quote(seriesId(0, p.expiry, strike, "put"), 1),
      ];
      expect(c.mark - t.mark).to.equal(wad(2000) - wad(strike));
      expect(c.delta - t.delta).to.equal(wad(1));
    }
  });

  it("moves cash, claims, book and fund by one trade", async () => {
    const q = await quote(call, 10);
    const [cash, fund] = [(await p.c.vault.cash()) as bigint, (await p.c.auction.fund()) as bigint];
    await expect(vault.buy(call, wad(10), MAX)).to.emit(p.c.vault, "Traded");
    const share = ((await p.c.auction.fund()) as bigint) - fund;
    expect(await p.c.token.balanceOf(p.users[0], call)).to.equal(wad(10));
    expect(await p.c.vault.net(call)).to.equal(-wad(10));
    expect(((await p.c.vault.cash()) as bigint) + share - cash).to.be.closeTo(q.premium + q.fee, 100_000n);
    expect(share).to.be.closeTo(q.fee / 10n, 2n);
    expect(await p.c.vault.cash()).to.equal(await p.c.quote.balanceOf(p.c.vault));
    const book = await p.c.vault.book(0, p.expiry);
    expectNear(Number(book.vega) / 1e18, (-10 * Number(q.vega)) / 1e18, 0.01);
    expect(await p.c.vault.optionDelta(0)).to.equal(book.delta);
    expect(await p.c.vault.totalVega()).to.equal(book.vega);
  });

  it("keeps longs plus its net equal to the shorts of accounts", async () => {
    await vault.buy(call, wad(10), MAX);
    await p.openShort(p.users[1], call, 4, 20_000);
    await vault.sell(call, wad(3), 0);
    await p.as(p.users[1], "margin").closeShort(call, wad(1), MAX);
    const [supply, net, shorts] = await Promise.all([
      p.c.token.totalSupply(call) as Promise<bigint>,
      p.c.vault.net(call) as Promise<bigint>,
      p.c.margin.totalShort(call) as Promise<bigint>,
    ]);
    expect(shorts).to.equal(wad(3));
    expect(supply + net).to.equal(shorts);
  });

  it("marks by poke what trades had moved by their own, and once a block", async () => {
    await vault.buy(call, wad(10), MAX);
    await vault.buy(put, wad(20), MAX);
    const before = await p.c.vault.book(0, p.expiry);
    await p.c.vault.poke(0, [p.expiry]);
    const after = await p.c.vault.book(0, p.expiry);
    expectNear(Number(after.vega), Number(before.vega), Math.abs(Number(before.vega)) * 1e-4);
    expectNear(Number(after.mark), Number(before.mark), Math.abs(Number(before.mark)) * 1e-4);
    expect(after.markedAt).to.equal(await p.now());
    await p.c.constant.setVol(0, wad(1.6), 0);
    await p.c.vault.poke(0, [p.expiry]);
    expect((await p.c.vault.book(0, p.expiry)).mark).to.be.below((2n * after.mark * 8n) / 10n);
  });

  describe("refuses to open", () => {
    it("an unlisted or malformed series", async () => {
      await expect(vault.buy(seriesId(0, p.expiry, 2050, "call"), wad(1), MAX)).to.be.revertedWithCustomError(
        vault,
        "VaultSeriesNotListed",
      );
      await expect(vault.buy(call | (1n << 230n), wad(1), MAX)).to.be.revert(p.ethers);
      await expect(vault.buy(call | 2n, wad(1), MAX)).to.be.revert(p.ethers);
    });

    it("in the last twelve hours, while closing goes on", async () => {
      await vault.buy(call, wad(1), MAX);
      await p.networkHelpers.time.increaseTo(p.expiry - 12 * HOUR);
      await p.refresh();
      await expect(vault.buy(call, wad(1), MAX)).to.be.revertedWithCustomError(vault, "VaultOpenWindowClosed");
      await vault.sell(call, wad(1), 0);
      expect(await p.c.token.totalSupply(call)).to.equal(0n);
    });

    it("far in and far out of the money", async () => {
      await setTerms({ minAbsDelta: wad(0.05) });
      for (const type of ["call", "put"] as const) {
        await expect(vault.buy(seriesId(0, p.expiry, 2600, type), wad(1), MAX)).to.be.revertedWithCustomError(
          vault,
          "VaultDeltaOutOfRange",
        );
      }
    });

    it("a trade above its share of the vega limit, and a quarter of it when vols are doubtful", async () => {
      const { vega } = await quote(call, 1);
      const nav = Number(await p.c.vault.limitNav()) / 1e6;
      const largest = (0.02 * nav) / (Number(vega) / 1e18);
      await expect(vault.buy(call, wad(largest * 1.001), MAX)).to.be.revertedWithCustomError(
        vault,
        "VaultTradeTooLarge",
      );
      await vault.buy(call, wad(largest * 0.999), MAX);
    });

    it("a trade of a model that is less sure than five vol points in proportion, and nothing of a surer one", async () => {
      const { vega } = await quote(call, 1);
      const nav = Number(await p.c.vault.limitNav()) / 1e6;
      const largest = (0.02 * nav) / (Number(vega) / 1e18);
      const tooLarge = (factor: number) =>
        expect(vault.buy(call, wad(largest * factor), MAX)).to.be.revertedWithCustomError(vault, "VaultTradeTooLarge");
      await p.c.defences.set(PRESETS.WARY);
      await p.c.constant.setVol(0, wad(0.8), wad(0.05));
      await vault.buy.staticCall(call, wad(largest * 0.999), MAX);
      await p.c.constant.setVol(0, wad(0.8), wad(0.15));
      await tooLarge(1.001 / 3);
      await vault.buy.staticCall(call, wad((largest * 0.999) / 3), MAX);
      await p.c.defences.set(PRESETS.FULL);
      await vault.buy.staticCall(call, wad(largest * 0.999), MAX);
    });

    it("what opens beyond the vega limit of an unsure model, rounded down, but not what closes", async () => {
      await setTerms({ maxTrade: wad(1), convexity: 0n, vegaLimit: wad(0.0001) });
      const { vega } = await quote(call, 1);
      const nav = (await p.c.vault.limitNav()) as bigint;
      const full = ((Number(nav) / 1e6) * 0.01) / (Number(vega) / 1e18);
      await vault.buy(call, wad(full * 0.9), MAX);
      await p.c.defences.set(PRESETS.WARY);
      await p.c.constant.setVol(0, wad(0.8), wad(0.07));
      // USD per vol point with 6 decimals to WAD per 1.00 of vol, then five of seven parts, the rest cut off.
      const limit = (nav * 10n ** 14n * wad(0.0001)) / WAD;
      await expect(vault.buy(call, wad(full * 0.01), MAX))
        .to.be.revertedWithCustomError(vault, "VaultVegaLimit")
        .withArgs(() => true, (limit * wad(0.05)) / wad(0.07));
      await vault.sell(call, wad(full * 0.9), 0);
    });

    it("beyond the vega limit, but not what reduces vega", async () => {
      await setTerms({ maxTrade: wad(1), convexity: 0n, vegaLimit: wad(0.0001) });
      const { vega } = await quote(call, 1);
      const full = ((Number(await p.c.vault.limitNav()) / 1e6) * 0.01) / (Number(vega) / 1e18);
      await vault.buy(call, wad(full * 0.9), MAX);
      await expect(vault.buy(call, wad(full * 0.2), MAX)).to.be.revertedWithCustomError(vault, "VaultVegaLimit");
      await vault.sell(call, wad(full * 0.2), 0);
    });

    it("at a price beyond the caller's limit", async () => {
      await expect(vault.buy(call, wad(1), 1)).to.be.revertedWithCustomError(vault, "VaultPriceLimit");
      await vault.buy(call, wad(1), MAX);
      await expect(vault.sell(call, wad(1), MAX)).to.be.revertedWithCustomError(vault, "VaultPriceLimit");
    });

    it("nothing at all, or after expiry", async () => {
      await expect(vault.buy(call, 0, MAX)).to.be.revertedWithCustomError(vault, "VaultZeroSize");
      await vault.buy(call, wad(1), MAX);
      await p.networkHelpers.time.increaseTo(p.expiry);
      await p.refresh();
      await expect(vault.sell(call, wad(1), 0)).to.be.revertedWithCustomError(vault, "VaultSeriesExpired");
    });

    it("more claims than the seller has", async () => {
      await vault.buy(call, wad(1), MAX);
      await expect(vault.sell(call, wad(2), 0)).to.be.revertedWithCustomError(p.c.token, "ERC6909InsufficientBalance");
    });
  });

  describe("under low confidence", () => {
    it("triples the spread of an opening trade and leaves a closing one alone", async () => {
      await without("vegaConvexSpread", "vegaFee", "uncertaintyPremium");
      await vault.buy(call, wad(2), MAX);
      // One round that jumps by more than the cap lowers the confidence of the price.
      await p.post("ethFeed", 2300);
      const { state } = await p.c.guard.read(0);
      expect(state).to.equal(1n);
      expect((await quote(call, 1)).tradeVol).to.equal(wad(0.83));
      const receipt = await (await vault.sell(call, wad(1), 0)).wait();
      const sold = receipt.logs
        .map((log: { topics: string[]; data: string }) => p.c.vault.interface.parseLog(log))
        .find((event: { name: string } | null) => event?.name === "Traded");
      expect(sold.args.tradeVol).to.equal(wad(0.79));
    });
  });

  it("trades within 250,000 gas and marks eight options within 180,000", async () => {
    const gas = async (tx: Promise<{ wait(): Promise<{ gasUsed: bigint }> }>) =>
      Number((await (await tx).wait()).gasUsed);
    await vault.buy(put, wad(1), MAX);
    for (const strike of [1800, 1900, 2000, 2100, 2200, 2400, 2600]) {
      await vault.buy(seriesId(0, p.expiry, strike, "call"), wad(1), MAX);
    }
    expect(await gas(vault.buy(call, wad(1), MAX))).to.be.below(250_000);
    expect(await gas(vault.sell(call, wad(1), 0))).to.be.below(250_000);
    expect(await gas(p.c.vault.poke(0, [p.expiry]))).to.be.below(180_000);
  });
});

/** Bits that cannot change after the first deposit. */
const GENESIS = defenceBits(["epochQueue", "virtualShares"]);
