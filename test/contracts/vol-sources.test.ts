import { expect } from "chai";
import type { Contract } from "ethers";

import { defenceBits, PRESETS, type DefenceName } from "../../deployments/presets.ts";
import { DAY, HOUR, TestProtocol, wad } from "./deploy-protocol.ts";
import { expectNear } from "./near.ts";

const YEAR = 31_536_000;

/** @returns 16 vols, units of 1e-4, packed with the lowest at x = −3 */
function packed(nodes: readonly number[]): bigint {
  return nodes.reduce((word, node, i) => word | (BigInt(node) << BigInt(16 * i)), 0n);
}

describe("vol sources", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let restore: () => Promise<void>;

  before(async () => {
    p = await TestProtocol.deploy();
  });
  beforeEach(async () => {
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());
  after(() => p.close());

  async function volAt(source: Contract, strike: number, spot = 2000): Promise<number> {
    const [vol] = (await source.volOf(0, p.expiry, wad(strike), wad(spot))) as bigint[];
    return Number(vol) / 1e18;
  }

  describe("PostedGrid", () => {
    const smile = Array.from({ length: 16 }, (_, i) => 8000 + 20 * (i - 7) ** 2);
    const SIGMA = 80_000_000;
    const TAU = 7 * DAY;
    const scale = 0.8 * Math.sqrt(TAU / YEAR);

    type Change = { nodes?: readonly number[]; sigmaRef?: number; sd?: number; tauRef?: number; expiry?: number };
    const surface = ({
      nodes = smile,
      sigmaRef = SIGMA,
      sd = 1_500_000,
      tauRef = TAU,
      expiry = p.expiry,
    }: Change = {}) => [0, expiry, packed(nodes), sigmaRef, sd, tauRef];
    const post = (change: Change = {}) => p.c.grid.post([surface(change)]);
    const flat = (vol: number) => Array.from({ length: 16 }, () => vol);
    const without = (...names: DefenceName[]) => p.c.defences.set(PRESETS.FULL & ~defenceBits(names));
    const selector = (name: string) => p.c.grid.interface.getError(name)!.selector;

    it("returns its nodes at their places, and between them the line", async () => {
      await post();
      for (let i = 0; i < 16; i++) {
        const strike = 2000 * Math.exp((-3 + 0.4 * i) * scale);
        expectNear(await volAt(p.c.grid, strike), smile[i] / 1e4, 1e-7, `node ${i}`);
        if (i === 15) continue;
        const between = 2000 * Math.exp((-3 + 0.4 * i + 0.1) * scale);
        expectNear(await volAt(p.c.grid, between), (0.75 * smile[i] + 0.25 * smile[i + 1]) / 1e4, 1e-7, `after ${i}`);
      }
    });

    it("is flat outside, and moves with the spot", async () => {
      await post();
      expectNear(await volAt(p.c.grid, 2000 * Math.exp(-5 * scale)), smile[0] / 1e4, 1e-12);
      expectNear(await volAt(p.c.grid, 2000 * Math.exp(5 * scale)), smile[15] / 1e4, 1e-12);
      expectNear(await volAt(p.c.grid, 4000, 4000), await volAt(p.c.grid, 2000, 2000), 1e-12);
    });

    it("gives a whole expiry as it gives one strike, with the model's uncertainty", async () => {
      await post();
      const strikes = [1400, 1900, 2000, 2600].map(wad);
      const [vols, sd] = (await p.c.grid.volsOf(0, p.expiry, strikes, wad(2000))) as [bigint[], bigint];
      for (const [i, strike] of [1400, 1900, 2000, 2600].entries()) {
        expect(Number(vols[i]) / 1e18).to.equal(await volAt(p.c.grid, strike));
      }
      expect(sd).to.equal(wad(0.015));
    });

    it("knows nothing before the first post", async () => {
      await expect(p.c.grid.volOf(0, p.expiry, wad(2000), wad(2000))).to.be.revertedWithCustomError(
        p.c.grid,
        "VolUnavailable",
      );
    });

    it("takes posts from its keeper only", async () => {
      await expect(p.as(p.users[0], "grid").post([surface()])).to.be.revertedWithCustomError(p.c.grid, "GridNotKeeper");
    });

    it("names the node that is out of bounds, with surfaceBounds", async () => {
      for (const [node, vol] of [
        [3, 1499],
        [15, 40_001],
      ]) {
        const nodes = smile.map((v, i) => (i === node ? vol : v));
        await expect(p.c.grid.check(surface({ nodes })))
          .to.be.revertedWithCustomError(p.c.grid, "GridNodeOutOfBounds")
          .withArgs(node, vol, 1500, 40_000);
      }
      await without("surfaceBounds");
      await p.c.grid.check(surface({ nodes: flat(1) }));
    });

    it("holds every node to its bounds", async () => {
      const [min, max] = [1500, 40_000];
      await p.c.grid.check(surface({ nodes: flat(min) }));
      await p.c.grid.check(surface({ nodes: flat(max) }));
      for (let i = 0; i < 16; i++) {
        for (const vol of [0, min - 1, max + 1, 65_535]) {
          const nodes = Array.from({ length: 16 }, (_, node) => (node === i ? vol : (min + max) / 2));
          await expect(p.c.grid.check(surface({ nodes })), `${vol} at ${i}`)
            .to.be.revertedWithCustomError(p.c.grid, "GridNodeOutOfBounds")
            .withArgs(i, vol, min, max);
        }
      }
    });

    it("refuses a standard deviation above the largest vol whatever the defences", async () => {
      await p.c.defences.set(PRESETS.FULL & defenceBits(["epochQueue", "virtualShares"]));
      await p.c.grid.check(surface({ sd: 400_000_000 }));
      await expect(p.c.grid.post([surface({ sd: 2 ** 32 - 1 })]))
        .to.emit(p.c.grid, "SurfaceRefused")
        .withArgs(0, p.expiry, selector("GridSdTooLarge"));
    });

    it("refuses a scale of zero whatever the defences", async () => {
      await p.c.defences.set(PRESETS.FULL & defenceBits(["epochQueue", "virtualShares"]));
      await expect(p.c.grid.check(surface({ sigmaRef: 0 }))).to.be.revertedWithCustomError(p.c.grid, "GridScaleZero");
      await expect(p.c.grid.check(surface({ tauRef: 0 }))).to.be.revertedWithCustomError(p.c.grid, "GridScaleZero");
    });

    it("lets vol fall by ten points a post and rise by thirty", async () => {
      await post({ nodes: flat(8000) });
      await p.c.grid.check(surface({ nodes: flat(7000) }));
      await p.c.grid.check(surface({ nodes: flat(11_000) }));
      for (const vol of [6999, 11_001]) {
        await expect(p.c.grid.check(surface({ nodes: flat(vol) }))).to.be.revertedWithCustomError(
          p.c.grid,
          "GridStepTooLarge",
        );
      }
      await without("surfaceRateLimit");
      await p.c.grid.check(surface({ nodes: flat(1500) }));
    });

    it("lets vol fall by 40 % an hour, whatever the number of posts", async () => {
      await post({ nodes: flat(4000) });
      await post({ nodes: flat(3100) });
      await post({ nodes: flat(2400) });
      await expect(p.c.grid.check(surface({ nodes: flat(2399) }))).to.be.revertedWithCustomError(
        p.c.grid,
        "GridHourlyMoveTooLarge",
      );
      await p.networkHelpers.time.increase(HOUR);
      await p.c.grid.check(surface({ nodes: flat(1500) }));
    });

    it("refuses one expiry with its reason and lets the others land", async () => {
      const other = p.expiry + DAY;
      await expect(p.c.grid.post([surface({ nodes: flat(1) }), surface({ expiry: other })]))
        .to.emit(p.c.grid, "SurfaceRefused")
        .withArgs(0, p.expiry, selector("GridNodeOutOfBounds"))
        .and.to.emit(p.c.grid, "SurfacePosted");
      const { header } = await p.c.grid.surfaceOf(0, p.expiry);
      expect(header.postedAt).to.equal(0n);
      expect((await p.c.grid.surfaceOf(0, other)).nodes).to.equal(packed(smile));
    });

    it("loses confidence from twenty minutes on, and all of it at an hour", async () => {
      await post();
      const posted = await p.now();
      const confidence = async (age: number) => {
        await p.networkHelpers.time.increaseTo(posted + age);
        const [, , c] = (await p.c.grid.volOf(0, p.expiry, wad(2000), wad(2000))) as bigint[];
        return Number(c) / 1e18;
      };
      expect(await confidence(1200)).to.equal(1);
      expectNear(await confidence(2400), 0.5, 1e-9);
      expect(await confidence(3600)).to.equal(0);
      await without("surfaceStaleness");
      expect(await confidence(7200)).to.equal(1);
    });

    it("widens and shrinks opening trades when old, refuses them when dead, and lets positions close", async () => {
      await post({ nodes: flat(8000) });
      await p.c.vault.setVolSource(p.c.grid);
      await p.c.vault.setTerms({ ...(await p.c.vault.terms()).toObject(), convexity: 0n });
      const id = (BigInt(p.expiry) << 136n) | (wad(2000) << 8n) | 1n;
      const vault = p.as(p.users[0], "vault");
      const max = 2n ** 255n;
      await vault.buy(id, wad(10), max);
      expect((await vault.quote(id, wad(1))).tradeVol).to.equal(wad(0.825));
      await p.pass(2400);
      expect((await vault.quote(id, wad(1))).tradeVol).to.equal(wad(0.875));
      const largest = (wad(1) * (((await p.c.vault.limitNav()) as bigint) * 2n)) / 100n / 110n / 10n ** 6n;
      await expect(vault.buy(id, largest / 2n, max)).to.be.revertedWithCustomError(vault, "VaultTradeTooLarge");
      await p.pass(1300);
      await expect(vault.buy(id, wad(1), max)).to.be.revertedWithCustomError(p.c.grid, "VolUnavailable");
      await vault.sell(id, wad(10), 0);
    });
  });

  describe("TruthVol", () => {
    const strikes = [1400, 1600, 1800, 1900, 2000, 2100, 2200, 2400, 2600];

    it("gives each strike the vol that was written for it, eight to a word", async () => {
      const vols = strikes.map((_, i) => 0.5 + 0.01 * i);
      const words = [0, 8].map((start) =>
        vols
          .slice(start, start + 8)
          .reduce((word, vol, i) => word | (BigInt(Math.round(vol * 1e8)) << BigInt(32 * i)), 0n),
      );
      await p.c.truth.setStrikes(0, p.expiry, strikes.map(wad));
      await p.c.truth.post([[0, p.expiry, words]]);
      const [all] = (await p.c.truth.volsOf(0, p.expiry, strikes.map(wad), wad(2000))) as [bigint[]];
      for (const [i, strike] of strikes.entries()) {
        expectNear(await volAt(p.c.truth, strike), vols[i], 1e-12);
        expect(all[i]).to.equal(wad(vols[i]));
      }
      await expect(volAt(p.c.truth, 2050)).to.be.revertedWithCustomError(p.c.truth, "VolUnavailable");
    });

    it("takes words for all strikes from its writer only, and strikes once", async () => {
      await p.c.truth.setStrikes(0, p.expiry, strikes.map(wad));
      await expect(p.c.truth.post([[0, p.expiry, [1n]]])).to.be.revertedWithCustomError(p.c.truth, "TruthVolWordCount");
      await expect(p.c.truth.setStrikes(0, p.expiry, [])).to.be.revertedWithCustomError(
        p.c.truth,
        "TruthVolStrikesPosted",
      );
      await expect(volAt(p.c.truth, 2000)).to.be.revertedWithCustomError(p.c.truth, "VolUnavailable");
      const stranger = p.as(p.users[0], "truth");
      await expect(stranger.post([])).to.be.revertedWithCustomError(stranger, "TruthVolNotWriter");
      await expect(stranger.setStrikes(0, 1, [])).to.be.revertedWithCustomError(stranger, "TruthVolNotWriter");
    });
  });

  describe("ConstantVol", () => {
    it("gives one vol for all strikes, set by its owner, and none where none was set", async () => {
      expect(await volAt(p.c.constant, 100)).to.equal(0.8);
      expect(await volAt(p.c.constant, 9000)).to.equal(0.8);
      await expect(p.c.constant.volOf(7, p.expiry, 1, 1)).to.be.revertedWithCustomError(p.c.constant, "VolUnavailable");
      const stranger = p.as(p.users[0], "constant");
      await expect(stranger.setVol(0, 1, 1)).to.be.revertedWithCustomError(stranger, "OwnableUnauthorizedAccount");
    });
  });

  describe("TrailingVol", () => {
    /** Posts ETH rounds a step apart, USD. */
    async function rounds(step: number, prices: readonly number[]): Promise<void> {
      let at = await p.now();
      for (const price of prices) {
        at += step;
        await p.networkHelpers.time.setNextBlockTimestamp(at);
        await p.c.ethFeed.report([[BigInt(Math.round(price * 1e8)), at, at]]);
      }
    }

    it("starts at its first vol and knows nothing before its first update", async () => {
      await expect(volAt(p.c.trailing, 2000)).to.be.revertedWithCustomError(p.c.trailing, "VolUnavailable");
      await p.c.trailing.update(0, 10);
      expectNear(await volAt(p.c.trailing, 2000), 0.5, 1e-9);
    });

    it("weights squared returns by time, with its half-life", async () => {
      await p.c.trailing.update(0, 10);
      const [id] = (await p.c.ethFeed.latestRoundData()) as bigint[];
      await rounds(HOUR, [2040, 1980]);
      await p.c.trailing.update(0, 10);
      const times: number[] = [];
      for (const round of [id, id + 1n, id + 2n]) times.push(Number((await p.c.ethFeed.getRoundData(round))[3]));
      const halfLife = Number(await p.c.trailing.halfLife());
      let variance = 0.25;
      for (const [i, move] of [Math.log(2040 / 2000), Math.log(1980 / 2040)].entries()) {
        const elapsed = times[i + 1] - times[i];
        const weight = 2 ** (-elapsed / halfLife);
        variance = weight * variance + (1 - weight) * move ** 2 * (YEAR / elapsed);
      }
      expectNear(await volAt(p.c.trailing, 2000), Math.sqrt(variance), 1e-9);
    });

    it("comes to the same in one call or in many, by anybody", async () => {
      await p.c.trailing.update(0, 10);
      await rounds(600, [2010, 2030, 1990, 2005]);
      const snapshot = await p.networkHelpers.takeSnapshot();
      await p.c.trailing.update(0, 10);
      const once = await volAt(p.c.trailing, 2000);
      await snapshot.restore();
      for (let i = 0; i < 4; i++) await p.as(p.users[0], "trailing").update(0, 1);
      expect(await volAt(p.c.trailing, 2000)).to.equal(once);
    });

    it("passes over rounds without a price, follows a new phase, and keeps its floor", async () => {
      await p.c.trailing.update(0, 10);
      await rounds(600, [2010]);
      await p.c.ethFeed.bumpPhase();
      await rounds(600, [0, 2010]);
      await p.c.trailing.update(0, 10);
      const [latest] = (await p.c.ethFeed.latestRoundData()) as bigint[];
      expect((await p.c.trailing.tracks(0)).round).to.equal(latest);
      await rounds(30 * DAY, [2010, 2010]);
      await p.c.trailing.update(0, 10);
      expect(await volAt(p.c.trailing, 2000)).to.equal(Number(await p.c.trailing.floorVol()) / 1e18);
    });
  });
});
