import { expect } from "chai";

import { defenceBits, PRESETS, type DefenceName } from "../../deployments/presets.ts";
import { HOUR, TestProtocol, wad, WAD } from "./deploy-protocol.ts";

const State = { GOOD: 0n, LOW_CONFIDENCE: 1n, DISPUTED: 2n, BLIND: 4n };
const OPERATIONS = ["OPEN", "CLOSE", "ADD", "WITHDRAW", "START_AUCTION", "BID", "QUEUE", "SETTLE"] as const;
const PINNED = 8;

describe("OracleGuard", function () {
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

  async function reads(price: number, confidence: number, state: bigint): Promise<void> {
    const reading = await p.c.guard.read(0);
    expect(reading.price).to.equal(wad(price));
    expect(reading.confidence).to.equal(wad(confidence));
    expect(reading.state).to.equal(state);
  }

  /** Turns one check off, which must make the reading good again at the feed's own price. */
  async function withoutItReads(check: DefenceName, price: number): Promise<void> {
    await p.c.defences.set(PRESETS.FULL & ~defenceBits([check]));
    await reads(price, 1, State.GOOD);
  }

  /** With the action table off the same defect reverts under its own name. */
  async function revertsStrictly(error: string): Promise<void> {
    await p.c.defences.set(PRESETS.FULL & ~defenceBits(["actionTable"]));
    await expect(p.c.guard.read(0)).to.be.revertedWithCustomError(p.c.guard, error);
  }

  async function postRaw(answer: bigint, startedAt: number, updatedAt: number): Promise<void> {
    await p.c.ethFeed.report([[answer, startedAt, updatedAt]]);
  }

  it("passes a fresh round on", () => reads(2000, 1, State.GOOD));

  describe("when the answer is unusable, keeps the last good price and is blind", () => {
    const answers: [string, bigint][] = [
      ["zero", 0n],
      ["negative", -1n],
      ["above 2^96", 2n ** 96n + 1n],
    ];
    for (const [what, answer] of answers) {
      it(`because it is ${what}`, async () => {
        const now = await p.now();
        await postRaw(answer, now, now);
        await reads(2000, 0, State.BLIND);
        await revertsStrictly("OracleInvalidAnswer");
      });
    }

    it("because the round is incomplete", async () => {
      await postRaw(2100n * 10n ** 8n, await p.now(), 0);
      await reads(2000, 0, State.BLIND);
      await revertsStrictly("OracleInvalidAnswer");
    });

    it("because the round is from the future", async () => {
      const now = await p.now();
      await postRaw(2100n * 10n ** 8n, now, now + HOUR);
      await reads(2000, 0, State.BLIND);
    });

    it("and walks back over several bad rounds", async () => {
      const now = await p.now();
      for (let i = 0; i < 5; ++i) await postRaw(-1n, now, now);
      await reads(2000, 0, State.BLIND);
    });
  });

  describe("staleness", () => {
    const MAX_AGE = HOUR + 300;

    async function ageTo(seconds: number): Promise<void> {
      const [, , startedAt] = await p.c.ethFeed.latestRoundData();
      await p.networkHelpers.time.increaseTo(startedAt + BigInt(seconds));
    }

    it("does not count up to heartbeat and slack", async () => {
      await ageTo(MAX_AGE);
      await reads(2000, 1, State.GOOD);
    });

    it("halves the confidence beyond", async () => {
      await ageTo(MAX_AGE + 1);
      await reads(2000, 0.5, State.LOW_CONFIDENCE);
      await withoutItReads("stalenessCheck", 2000);
    });

    it("blinds at twice that", async () => {
      await ageTo(2 * MAX_AGE);
      await reads(2000, 0.5, State.LOW_CONFIDENCE);
      await ageTo(2 * MAX_AGE + 1);
      await reads(2000, 0, State.BLIND);
      await withoutItReads("stalenessCheck", 2000);
      await revertsStrictly("OracleStalePrice");
    });

    it("counts from the observation, not from the transmission", async () => {
      const now = await p.now();
      await postRaw(2010n * 10n ** 8n, now - MAX_AGE - 10, now);
      await reads(2010, 0.5, State.LOW_CONFIDENCE);
    });

    it("follows the feed's heartbeat", async () => {
      await p.c.guard.setHeartbeat(0, 3 * HOUR);
      await ageTo(2 * HOUR);
      await reads(2000, 1, State.GOOD);
    });
  });

  describe("bounds of the feed", () => {
    it("make an answer within 2 % of the lower one invalid", async () => {
      await p.c.ethFeed.setBounds(1990n * 10n ** 8n, 10n ** 20n);
      await p.post("ethFeed", 1900);
      await reads(0, 0, State.BLIND);
      await withoutItReads("boundClampCheck", 1990);
      await revertsStrictly("OracleBoundClamped");
    });

    it("make an answer within 2 % of the upper one invalid", async () => {
      await p.c.ethFeed.setBounds(1n, 2050n * 10n ** 8n);
      await p.post("ethFeed", 2010);
      await reads(2000, 0, State.BLIND);
    });
  });

  describe("a jump", () => {
    it("of more than 12 % in a round leaves a confidence of 0.4", async () => {
      await p.post("ethFeed", 2000);
      await p.post("ethFeed", 2245);
      await p.c.defences.set(PRESETS.FULL & ~defenceBits(["poolDeviation"]));
      await reads(2245, 0.4, State.LOW_CONFIDENCE);
      await p.c.defences.set(PRESETS.FULL & ~defenceBits(["poolDeviation", "jumpCap"]));
      await reads(2245, 1, State.GOOD);
      await p.c.defences.set(PRESETS.FULL & ~defenceBits(["poolDeviation", "actionTable"]));
      await expect(p.c.guard.read(0)).to.be.revertedWithCustomError(p.c.guard, "OracleJump");
    });

    it("of less is nothing", async () => {
      await p.c.defences.set(PRESETS.FULL & ~defenceBits(["poolDeviation"]));
      await p.post("ethFeed", 2239);
      await reads(2239, 1, State.GOOD);
    });

    it("is believed once a second round confirms it within 2 %", async () => {
      await p.c.defences.set(PRESETS.FULL & ~defenceBits(["poolDeviation"]));
      await p.post("ethFeed", 1700);
      await p.post("ethFeed", 1770);
      await reads(1770, 0.4, State.LOW_CONFIDENCE);
      await p.post("ethFeed", 1780);
      await reads(1780, 1, State.GOOD);
    });

    it("is believed after ten minutes", async () => {
      await p.c.defences.set(PRESETS.FULL & ~defenceBits(["poolDeviation"]));
      await p.post("ethFeed", 1700);
      await p.networkHelpers.time.increase(599);
      await reads(1700, 0.4, State.LOW_CONFIDENCE);
      await p.networkHelpers.time.increase(1);
      await reads(1700, 1, State.GOOD);
    });
  });

  describe("the pool's mean", () => {
    /** Half an hour of a pool at 2,000. */
    beforeEach(async () => {
      await p.c.guard.observePool(0);
      await p.pass(HOUR / 2);
      await p.c.guard.observePool(0);
    });

    it("is the time-weighted price, and follows a move by its share of the time", async () => {
      expect(Number(await p.c.guard.poolMean(0)) / 1e18).to.be.within(1999.99, 2000.01);
      await p.movePool(2200);
      await p.networkHelpers.time.increase(HOUR / 2);
      const mean = Number(await p.c.guard.poolMean(0)) / 1e18;
      expect(mean).to.be.within(2198, 2200);
    });

    it("is not moved by a trade of the same block", async () => {
      const before = Number(await p.c.guard.poolMean(0)) / 1e18;
      await p.movePool(4000);
      const after = Number(await p.c.guard.poolMean(0)) / 1e18;
      expect(Math.abs(after / before - 1)).to.be.lessThan(0.01);
    });

    it("lowers the confidence when it is 3 % off, and disputes the feed at 8 %", async () => {
      await p.post("ethFeed", 2050);
      await reads(2050, 1, State.GOOD);
      await p.post("ethFeed", 2080);
      await reads(2080, 0.5, State.LOW_CONFIDENCE);
      await p.post("ethFeed", 2200);
      await reads(2200, 0.5, State.DISPUTED);
      await withoutItReads("poolDeviation", 2200);
      await revertsStrictly("OraclePoolDeviation");
    });

    it("is unknown without an observation of the last two hours", async () => {
      await p.networkHelpers.time.increase(2 * HOUR + 60);
      expect(await p.c.guard.poolMean(0)).to.equal(0n);
      await p.post("ethFeed", 2200);
      expect((await p.c.guard.read(0)).state).to.equal(State.GOOD);
    });

    it("keeps an observation for a quarter of an hour", async () => {
      await expect(p.c.guard.observePool(0)).not.to.emit(p.c.guard, "PoolObserved");
      await p.networkHelpers.time.increase(HOUR / 4);
      await expect(p.c.guard.observePool(0)).to.emit(p.c.guard, "PoolObserved");
    });
  });

  describe("a change of decimals", () => {
    it("blinds, at the price by the pinned ones", async () => {
      await p.c.ethFeed.setDecimals(18);
      await reads(2000, 0, State.BLIND);
      await revertsStrictly("OracleDecimalsChanged");
    });

    it("is believed without pinning, to the last digit of a wrong price", async () => {
      await p.c.ethFeed.setDecimals(PINNED + 2);
      await p.c.defences.set(PRESETS.FULL & ~defenceBits(["pinnedDecimals"]));
      await reads(20, 1, State.GOOD);
    });
  });

  describe("the action table", () => {
    const allowed: [string, () => Promise<void>, string[]][] = [
      ["GOOD", async () => {}, [...OPERATIONS]],
      [
        "LOW_CONFIDENCE",
        async () => {
          await p.networkHelpers.time.increase(HOUR + 301);
        },
        OPERATIONS.filter((operation) => operation !== "QUEUE"),
      ],
      [
        "DISPUTED",
        async () => {
          await p.networkHelpers.time.increase(HOUR / 2);
          await p.post("ethFeed", 2200);
        },
        ["CLOSE", "ADD", "START_AUCTION", "BID"],
      ],
      ["BLIND", () => postRaw(0n, 1, 1), ["ADD"]],
    ];
    for (const [state, bring, operations] of allowed) {
      it(`in ${state} allows ${operations.join(", ")} and refuses the rest`, async () => {
        await bring();
        for (const [index, operation] of OPERATIONS.entries()) {
          if (operations.includes(operation)) {
            await p.c.guard.readFor(0, index);
            continue;
          }
          await expect(p.c.guard.readFor(0, index), operation).to.be.revertedWithCustomError(
            p.c.guard,
            "OracleOperationRefused",
          );
        }
      });
    }
  });

  it("knows its underlyings", async () => {
    expect(await p.c.guard.underlyingCount()).to.equal(2n);
    expect((await p.c.guard.market(1)).tokenDecimals).to.equal(8n);
    expect((await p.c.guard.read(1)).price).to.equal(40_000n * WAD);
    await expect(p.c.guard.read(2)).to.be.revertedWithCustomError(p.c.guard, "OracleUnknownUnderlying").withArgs(2);
  });

  it("lets nobody but the owner change its markets", async () => {
    const [stranger] = p.users;
    const guard = p.as(stranger, "guard");
    const market = (await guard.market(0)).toArray();
    for (const attempt of [() => guard.addMarket(market), () => guard.setHeartbeat(0, 1)]) {
      await expect(attempt()).to.be.revertedWithCustomError(guard, "OwnableUnauthorizedAccount").withArgs(stranger);
    }
  });
});
