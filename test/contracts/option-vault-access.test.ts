import { expect } from "chai";
import type { Contract } from "ethers";

import { seriesId, TestProtocol, usd, wad } from "./deploy-protocol.ts";

describe("OptionVault access", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let stranger: Contract;

  before(async () => {
    p = await TestProtocol.deploy();
    stranger = p.as(p.users[0], "vault");
  });
  after(() => p.close());

  /** Sends as one of the protocol's own contracts. */
  async function asPart(name: "margin" | "hedger" | "auction"): Promise<Contract> {
    const address = await p.c[name].getAddress();
    await p.networkHelpers.impersonateAccount(address);
    await p.networkHelpers.setBalance(address, wad(1));
    return p.c.vault.connect(await p.ethers.getSigner(address)) as Contract;
  }

  it("leaves listing, source, terms and wiring to the owner", async () => {
    const terms = (await p.c.vault.terms()).toObject();
    const parts = (await p.c.vault.parts()).toObject();
    for (const call of [
      () => stranger.list(0, p.expiry, [wad(2050)]),
      () => stranger.setVolSource(p.users[0]),
      () => stranger.setTerms(terms),
      () => stranger.getFunction("connect")(parts),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(stranger, "OwnableUnauthorizedAccount");
    }
    await expect(p.c.vault.getFunction("connect")(parts)).to.be.revertedWithCustomError(
      p.c.vault,
      "PartsAlreadyConnected",
    );
  });

  it("takes margin trades and settlements from the margin engine only", async () => {
    const id = seriesId(0, p.expiry, 2000, "call");
    for (const call of [
      () => stranger.tradeForMargin(p.users[0], id, wad(1)),
      () => stranger.absorbShort(id, wad(1)),
      () => stranger.receiveSettlement(1, 1),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(stranger, "VaultNotMarginEngine");
    }
  });

  it("funds hedges for the hedger only, from free cash", async () => {
    await expect(stranger.fundHedge(1)).to.be.revertedWithCustomError(stranger, "VaultNotHedger");
    const hedger = await asPart("hedger");
    await expect(hedger.fundHedge(usd(10_000_000))).to.be.revertedWithCustomError(hedger, "VaultInsufficientCash");
  });

  it("books cash from its own parts only, and none that did not arrive", async () => {
    await expect(stranger.receiveCash(1)).to.be.revertedWithCustomError(stranger, "VaultNotMarginEngine");
    for (const part of ["margin", "hedger", "auction"] as const) {
      const vault = await asPart(part);
      await expect(vault.receiveCash(usd(1))).to.be.revertedWithCustomError(vault, "VaultInsufficientCash");
    }
  });

  it("refuses terms without sense", async () => {
    const terms = (await p.c.vault.terms()).toObject();
    for (const wrong of [{ minVol: 0n }, { maxVol: wad(0.1) }, { minAbsDelta: wad(0.96) }, { feeCap: wad(1.1) }]) {
      await expect(p.c.vault.setTerms({ ...terms, ...wrong })).to.be.revertedWithCustomError(
        p.c.vault,
        "VaultTermsInvalid",
      );
    }
  });

  it("lists no expired series, and a strike once", async () => {
    await expect(p.c.vault.list(0, 1, [wad(2000)])).to.be.revertedWithCustomError(p.c.vault, "VaultSeriesExpired");
    const before = await p.c.vault.listedStrikes(0, p.expiry);
    await p.c.vault.list(0, p.expiry, [wad(2000)]);
    expect(await p.c.vault.listedStrikes(0, p.expiry)).to.deep.equal(before);
    await expect(p.c.vault.poke(0, [p.expiry + 1])).to.be.revertedWithCustomError(p.c.vault, "VaultSeriesNotListed");
  });

  it("mints and burns claims for the vault only", async () => {
    const token = p.as(p.users[0], "token");
    await expect(token.mint(p.users[0], 1, 1)).to.be.revertedWithCustomError(token, "OptionTokenNotVault");
    await expect(token.burn(p.users[0], 1, 1)).to.be.revertedWithCustomError(token, "OptionTokenNotVault");
  });
});
