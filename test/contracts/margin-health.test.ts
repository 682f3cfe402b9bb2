import { expect } from "chai";

import { defenceBits, PRESETS } from "../../deployments/presets.ts";
import { seriesId, TestProtocol, usd, wad, WAD } from "./deploy-protocol.ts";
import { scenarioMargin, type TestBook, type TestShort } from "./scenario-margin.ts";

const TOLERANCE = 1e-9;

describe("margin of an account", function () {
  this.timeout(60_000);
  let p: TestProtocol;
  let restore: () => Promise<void>;

  before(async () => {
    p = await TestProtocol.deploy();
    const snapshot = await p.networkHelpers.takeSnapshot();
    restore = () => snapshot.restore();
  });
  afterEach(() => restore());
  after(() => p.close());

  interface Open {
    readonly underlying: number;
    readonly strike: number;
    readonly type: "call" | "put";
    readonly size: number;
  }

  /** Opens the shorts and compares the contract's health with the rule in floating point. */
  async function compare(
    opens: readonly Open[],
    units: readonly [number, number],
    expected: Partial<TestBook> = {},
  ): Promise<void> {
    const [alice] = p.users;
    const margin = p.as(alice, "margin");
    await margin.deposit(usd(300_000));
    if (units[0] > 0) await margin.depositCollateral(0, wad(units[0]));
    if (units[1] > 0) await margin.depositCollateral(1, BigInt(Math.round(units[1] * 1e8)));
    for (const { underlying, strike, type, size } of opens) {
      await margin.openShort(seriesId(underlying, p.expiry, strike, type), wad(size), 0);
    }
    await p.refresh();
    const seconds = p.expiry - (await p.now());
    const shorts = opens.map(({ underlying, strike, type, size }): TestShort => ({
      underlying,
      isCall: type === "call",
      strike,
      seconds,
      vol: 0.8,
      size,
    }));
    const want = scenarioMargin({
      shorts,
      spots: [2000, 40_000],
      units,
      cash: Number(await margin.cashOf(alice)) / 1e6,
      farTails: true,
      closingCost: true,
      haircut: true,
      ...expected,
    });
    const got = await margin.health(alice);
    for (const field of ["equity", "maintenance", "initial"] as const) {
      const value = Number(got[field]) / 1e18;
      const error = Math.abs(value / want[field] - 1);
      expect(error, `${field} ${value}, by the rule ${want[field]}`).to.be.lessThan(TOLERANCE);
    }
  }

  const atm: Open = { underlying: 0, strike: 2000, type: "put", size: 3 };
  const mixed: readonly Open[] = [
    atm,
    { underlying: 0, strike: 2400, type: "call", size: 5 },
    { underlying: 1, strike: 40_000, type: "call", size: 0.2 },
    { underlying: 1, strike: 30_000, type: "put", size: 0.3 },
  ];

  it("of a short put is that of the rule", () => compare([atm], [0, 0]));

  it("of a strangle is that of the rule", () =>
    compare(
      [
        { underlying: 0, strike: 1600, type: "put", size: 4 },
        { underlying: 0, strike: 2400, type: "call", size: 4 },
      ],
      [0, 0],
    ));

  it("counts collateral of the underlying as a position in the same scenarios", () =>
    compare([{ underlying: 0, strike: 2200, type: "call", size: 6 }], [4, 0]));

  it("falls on both sides of a put that its own underlying secures", () => compare([atm], [20, 0]));

  it("combines two underlyings with half of the credit", () => compare(mixed, [2, 0.1]));

  it("gives full credit between underlyings without the haircut", async () => {
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(["diversificationHaircut"]));
    await compare(mixed, [2, 0.1], { haircut: false });
  });

  it("has the inner grid alone without far tails", async () => {
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(["farTailScenarios"]));
    await compare([{ underlying: 0, strike: 1400, type: "put", size: 8 }], [0, 0], { farTails: false });
  });

  it("is higher with far tails for a put far out of the money", async () => {
    const id = seriesId(0, p.expiry, 1400, "put");
    const [alice] = p.users;
    await p.openShort(alice, id, 5, 100_000);
    const { maintenance: withTails } = await p.c.margin.health(alice);
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(["farTailScenarios"]));
    const { maintenance: without } = await p.c.margin.health(alice);
    expect(withTails).to.be.greaterThan(without);
  });

  it("leaves out the cost of closing without that defence", async () => {
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(["closingCostAddOn"]));
    await compare([atm], [0, 0], { closingCost: false });
  });

  it("counts the model's deviation as a part of the half-spread where it is to raise margins", async () => {
    await p.c.defences.set(PRESETS.WARY);
    await p.c.constant.setVol(0, wad(0.8), wad(0.1));
    await p.c.constant.setVol(1, wad(0.8), wad(0.1));
    await compare(mixed, [2, 0.1], { deviation: 0.1 });
    const [alice] = p.users;
    const wary = (await p.c.margin.health(alice)).maintenance as bigint;
    await p.c.defences.set(PRESETS.FULL);
    expect(wary).to.be.greaterThan((await p.c.margin.health(alice)).maintenance);
  });

  it("counts the deviation without the cost of closing too, and none where the source fails", async () => {
    const [alice] = p.users;
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(["closingCostAddOn"]));
    await p.openShort(alice, seriesId(0, p.expiry, 2000, "put"), 3, 100_000);
    const maintenance = async (bits: bigint) => {
      await p.c.defences.set(bits);
      return (await p.c.margin.health(alice)).maintenance as bigint;
    };
    const plain = PRESETS.FULL & ~defenceBits(["closingCostAddOn"]);
    const { vega } = (await p.c.vault.quote(seriesId(0, p.expiry, 2000, "put"), WAD)) as { vega: bigint };
    // The vega of three contracts times a deviation of two points; a second passes between the two.
    const added = (await maintenance(plain | defenceBits(["uncertaintyMargin"]))) - (await maintenance(plain));
    expect(Number(added) / (Number(vega) * 0.02 * 3)).to.be.closeTo(1, 1e-3);
    await p.c.vault.setVolSource(p.users[0]);
    const [wary, bare] = [await maintenance(plain | defenceBits(["uncertaintyMargin"])), await maintenance(plain)];
    expect(Number(wary) / Number(bare)).to.be.closeTo(1, 1e-6);
  });

  it("adds spot times doubt to the initial margin while the price is in doubt", async () => {
    const [alice] = p.users;
    await p.openShort(alice, seriesId(0, p.expiry, 2000, "put"), 3, 100_000);
    await p.networkHelpers.time.increase(3600 + 301);
    const { maintenance, initial } = await p.c.margin.health(alice);
    expect(initial).to.equal((maintenance * 5n + 3n) / 4n + 3n * 2000n * (WAD / 2n));
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(["confidenceInMargin"]));
    const trusting = await p.c.margin.health(alice);
    expect(trusting.initial).to.equal((trusting.maintenance * 5n + 3n) / 4n);
  });

  it("of eight legs costs less than 0.9 million gas with the trade", async () => {
    const [alice] = p.users;
    await p.as(alice, "margin").deposit(usd(300_000));
    let gas = 0n;
    for (const strike of [1800, 1900, 2100, 2200]) {
      for (const type of ["call", "put"] as const) {
        const opening = await p.as(alice, "margin").openShort(seriesId(0, p.expiry, strike, type), WAD, 0);
        gas = (await opening.wait()).gasUsed;
      }
    }
    expect(await p.c.margin.legsOf(alice)).to.have.length(8);
    expect(Number(gas)).to.be.lessThan(900_000);
  });

  it("is nothing for an account without shorts", async () => {
    const [alice] = p.users;
    await p.as(alice, "margin").deposit(usd(5));
    await p.as(alice, "margin").depositCollateral(0, WAD);
    const health = await p.c.margin.health(alice);
    expect(health.equity).to.equal(2005n * WAD);
    expect(health.maintenance).to.equal(0n);
    expect(health.initial).to.equal(0n);
  });

  it("is that at the worse price for the account while feed and pool dispute one", async () => {
    const [alice, bob] = p.users;
    await p.openShort(alice, seriesId(0, p.expiry, 2000, "put"), 1, 5_000);
    await p.openShort(bob, seriesId(0, p.expiry, 2000, "call"), 1, 5_000);
    await p.pass(16 * 60);
    await p.post("ethFeed", 1700);
    await p.networkHelpers.time.increase(11 * 60);
    await p.networkHelpers.mine();
    expect((await p.c.guard.read(0)).state).to.equal(2n);
    const health = async (user: string) => (await p.c.margin.health(user)).toArray() as bigint[];
    const atPool = async (user: string) => (await p.c.margin.healthAtPoolMean(user)).toArray() as bigint[];
    const disputed = [await health(alice.address), await health(bob.address)];
    const pool = [await atPool(alice.address), await atPool(bob.address)];
    const block = await p.networkHelpers.time.latest();
    await p.networkHelpers.time.setNextBlockTimestamp(block + 1);
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(["poolDeviation"]));
    const feed = [await health(alice.address), await health(bob.address)];
    // A second has passed: one part in a hundred thousand.
    const expectSame = (got: bigint[], want: bigint[]) =>
      got.slice(0, 2).forEach((value, i) => {
        expect(Math.abs(Number(value) / Number(want[i]) - 1)).to.be.lessThan(1e-5);
      });
    expectSame(disputed[0], feed[0]);
    expectSame(disputed[1], pool[1]);
    expect(feed[0][0]).to.be.below(pool[0][0]);
    expect(pool[1][0]).to.be.below(feed[1][0]);
  });
});
