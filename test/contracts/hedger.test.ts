import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import type { ContractTransactionReceipt } from "ethers";

import { defenceBits, PRESETS } from "../../deployments/presets.ts";
import { MAX, seriesId, TestProtocol, wad, WAD } from "./deploy-protocol.ts";

const ETH_POOL = 1000;
const SLIPPAGE = 0.008;
const FEE = 0.003;

describe("Hedger", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let bob: HardhatEthersSigner;
  let call: bigint;
  let put: bigint;
  let restore: () => Promise<void>;

  before(async () => {
    p = await TestProtocol.deploy();
    [, bob] = p.users;
    call = seriesId(0, p.expiry, 2000, "call");
    put = seriesId(0, p.expiry, 2000, "put");
    // Large trades move the delta beyond the band at once.
    await p.c.vault.setTerms({ ...(await p.c.vault.terms()).toObject(), maxTrade: WAD, vegaLimit: wad(0.2) });
    await p.c.vault.poke(0, [p.expiry]);
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(async () => {
    await p.checkLaws([call, put]);
    await restore();
  });
  after(() => p.close());

  const buy = (id: bigint, size: number) => p.as(bob, "vault").buy(id, wad(size), MAX);
  const rebalance = () => p.as(bob, "hedger").rebalance(0);
  const without = (name: Parameters<typeof defenceBits>[0]) => p.c.defences.set(PRESETS.FULL & ~defenceBits(name));

  async function delta(): Promise<number> {
    return Number(await p.c.hedger.netDelta(0)) / 1e18;
  }

  /** Half of the width of the band, ETH. */
  async function band(): Promise<number> {
    return (0.05 * Number(await p.c.vault.navLow())) / 1e6 / 2000;
  }

  async function hedged(): Promise<Record<"traded" | "quotePaid" | "residual" | "netDelta", bigint>> {
    const receipt = (await (await rebalance()).wait()) as ContractTransactionReceipt;
    const event = receipt.logs.map((log) => p.c.hedger.interface.parseLog(log)).find((log) => log?.name === "Hedged");
    return event!.args.toObject() as never;
  }

  it("begins with the neutral inventory, bought from the owner without touching the pool", async () => {
    expect(await p.c.hedger.neutralInventory(0)).to.equal(75n * WAD);
    expect(await p.c.hedger.inventory(1)).to.equal(375_000_000n);
    expect(await p.c.hedger.neutralInventory(1)).to.equal((375n * WAD) / 100n);
    expect(await delta()).to.equal(0);
    const [reserve0, reserve1] = await p.c.ethPair.getReserves();
    expect([reserve0, reserve1].sort()).to.deep.equal([2_000_000_000_000n, 1000n * WAD].sort());
  });

  it("seeds an underlying once", async () => {
    await expect(p.c.hedger.seedInventory(0, 1n))
      .to.be.revertedWithCustomError(p.c.hedger, "HedgerAlreadySeeded")
      .withArgs(0);
    await expect(p.as(bob, "hedger").seedInventory(0, 1n)).to.be.revertedWithCustomError(
      p.c.hedger,
      "OwnableUnauthorizedAccount",
    );
  });

  it("leaves a delta inside the band alone", async () => {
    await buy(call, 20);
    expect(Math.abs(await delta())).to.be.within(10, await band());
    await expect(rebalance()).to.be.revertedWithCustomError(p.c.hedger, "HedgerWithinBand");
  });

  it("buys one slice when the vault is short beyond the band", async () => {
    await buy(call, 70);
    const before = await delta();
    expect(before).to.be.lessThan(-(await band()));
    const cash = await p.c.vault.cash();
    const { traded, quotePaid } = await hedged();
    const units = Number(traded) / 1e18;
    // y = R (1 − 1/(φ (1 + s)))
    const slice = ETH_POOL * (1 - 1 / ((1 - FEE) * (1 + SLIPPAGE)));
    expect(Math.abs(units / slice - 1)).to.be.lessThan(1e-6);
    expect(Number(quotePaid) / 1e6 / units / 2000).to.be.within(1 + SLIPPAGE - 1e-5, 1 + SLIPPAGE + 1e-5);
    expect(await p.c.vault.cash()).to.equal(cash - quotePaid);
    expect((await delta()) - before).to.be.within(units - 1e-9, units + 1e-9);
    expect(await p.c.hedger.inventory(0)).to.equal(75n * WAD + traded);
  });

  it("sells inventory when the vault is long beyond the band", async () => {
    await buy(put, 70);
    const { traded, quotePaid } = await hedged();
    const units = -Number(traded) / 1e18;
    // x = R (φ/(1 − s) − 1)/φ
    const slice = (ETH_POOL * ((1 - FEE) / (1 - SLIPPAGE) - 1)) / (1 - FEE);
    expect(Math.abs(units / slice - 1)).to.be.lessThan(1e-6);
    expect(-Number(quotePaid) / 1e6 / units / 2000).to.be.within(1 - SLIPPAGE - 1e-5, 1 - SLIPPAGE + 1e-5);
    expect(await p.c.hedger.inventory(0)).to.equal(75n * WAD + traded);
  });

  it("comes back to half of the band, slice by slice, and stops there", async () => {
    await buy(call, 60);
    let calls = 0;
    for (; Math.abs(await delta()) > (await band()) && calls < 10; ++calls) {
      await rebalance();
      await p.movePool(2000);
      await p.networkHelpers.time.increase(300);
    }
    expect(calls).to.be.within(1, 9);
    await expect(rebalance()).to.be.revertedWithCustomError(p.c.hedger, "HedgerWithinBand");
  });

  it("reports what is left outside its target", async () => {
    await buy(call, 70);
    const target = (await band()) / 2;
    const { netDelta, traded, residual } = await hedged();
    const left = Number(netDelta + traded) / 1e18 + target;
    expect(Math.abs(Number(residual) / 1e18 - left)).to.be.lessThan(0.05);
  });

  it("waits five minutes between slices", async () => {
    await buy(call, 70);
    await rebalance();
    const last = await p.c.hedger.lastHedgeAt(0);
    await expect(rebalance())
      .to.be.revertedWithCustomError(p.c.hedger, "HedgerTooSoon")
      .withArgs(last + 300n);
    await p.movePool(2000);
    await p.networkHelpers.time.increaseTo(last + 299n);
    await rebalance();
  });

  it("refuses a pool that is worse than a fair feed explains, in both directions", async () => {
    await buy(call, 70);
    await p.movePool(2040);
    await expect(rebalance()).to.be.revertedWithCustomError(p.c.hedger, "HedgerSlippage");
    await without(["hedgeSlippageGuard"]);
    await rebalance();
    await restore();
    await buy(put, 70);
    await p.movePool(1960);
    await expect(rebalance()).to.be.revertedWithCustomError(p.c.hedger, "HedgerSlippage");
  });

  it("is never refused while feed and pool differ by the feed's threshold", async () => {
    for (const [id, pool] of [
      [call, 2009],
      [put, 1991],
    ] as const) {
      await buy(id, 70);
      await p.movePool(pool);
      await rebalance();
      await restore();
    }
  });

  it("sells no more than there is", async () => {
    await without(["hedgeSlippageGuard"]);
    await buy(put, 70);
    for (let i = 0; i < 40 && (await p.c.hedger.inventory(0)) > 0n; ++i) {
      await buy(put, 40);
      await rebalance();
      await p.movePool(2000);
      await p.pass(301);
    }
    expect(await p.c.hedger.inventory(0)).to.equal(0n);
    await buy(put, 40);
    expect((await hedged()).traded).to.equal(0n);
  });

  it("does nothing with its defence off or a blind guard", async () => {
    await buy(call, 70);
    await without(["deltaHedging"]);
    await expect(rebalance()).to.be.revertedWithCustomError(p.c.hedger, "HedgerDisabled");
    await p.c.defences.set(PRESETS.FULL);
    await p.c.ethFeed.report([[0n, 1, 1]]);
    await expect(rebalance()).to.be.revertedWithCustomError(p.c.guard, "OracleOperationRefused");
  });

  it("counts a donation for nothing", async () => {
    await p.c.eth.mint(p.c.hedger, 10n * WAD);
    expect(await delta()).to.equal(0);
    expect(await p.c.hedger.inventory(0)).to.equal(75n * WAD);
  });
});
