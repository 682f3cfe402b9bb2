import { expect } from "chai";
import fc from "fast-check";

import type { Submission } from "../../../sim/agents/agent.ts";
import type { BlockContext } from "../../../sim/mempool/builder.ts";
import { effectiveTip, feePriority } from "../../../sim/mempool/fee-priority.ts";
import { cancel, emptyPool, expire, POOL_SLOTS_PER_AGENT, remove, submit } from "../../../sim/mempool/pool.ts";
import { createRandom } from "../../../src/random/random.ts";

const random = createRandom(1);

function submission(
  id: string,
  change: Partial<Submission> & { fee?: number; tip?: number; gas?: number } = {},
): Submission {
  const { fee = 30, tip = 2, gas = 100_000, ...rest } = change;
  return {
    id,
    account: "main",
    steps: [{ kind: "close-epoch" }],
    bid: { maxFee: BigInt(fee), tip: BigInt(tip), gas },
    validUntil: 1000,
    lane: "public",
    ...rest,
  };
}

function block(change: Partial<BlockContext> = {}): BlockContext {
  return { index: 0, time: 100, baseFee: 10n, gasLimit: 1_000_000n, gasAvailable: 1_000_000n, ...change };
}

const submissions = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 999 }).map(String),
    fee: fc.integer({ min: 1, max: 60 }),
    tip: fc.integer({ min: 0, max: 20 }),
    gas: fc.integer({ min: 21_000, max: 400_000 }),
    validUntil: fc.integer({ min: 50, max: 200 }),
  }),
  { selector: ({ id }) => id, maxLength: 12 },
);

describe("pool", () => {
  it("replaces a waiting submission of the same id, which then arrives anew", () => {
    const first = submit(emptyPool, "a", [submission("1"), submission("2")], 0).pool;
    const { pool } = submit(first, "a", [submission("1", { tip: 9 })], 5);
    expect(pool.pending.map(({ submission: { id, bid } }) => [id, bid.tip])).to.deep.equal([
      ["2", 2n],
      ["1", 9n],
    ]);
  });

  it("keeps another agent's submission of the same id", () => {
    const { pool } = submit(submit(emptyPool, "a", [submission("1")], 0).pool, "b", [submission("1")], 0);
    expect(pool.pending).to.have.length(2);
  });

  it("cancels only what its own agent sent", () => {
    const { pool } = submit(emptyPool, "a", [submission("1")], 0);
    expect(cancel(pool, "b", ["1"]).dropped).to.deep.equal([]);
    const cancelled = cancel(pool, "a", ["1"]);
    expect(cancelled.pool.pending).to.deep.equal([]);
    expect(cancelled.dropped.map(({ kind }) => kind)).to.deep.equal(["dropped"]);
  });

  it("expires what is no longer valid", () => {
    const { pool } = submit(emptyPool, "a", [submission("1", { validUntil: 99 }), submission("2")], 0);
    const { pool: after, dropped } = expire(pool, 100);
    expect(after.pending.map(({ submission: { id } }) => id)).to.deep.equal(["2"]);
    expect(dropped.map(({ kind }) => kind)).to.deep.equal(["expired"]);
  });

  it("drops an agent's oldest submissions beyond its slots", () => {
    const many = Array.from({ length: POOL_SLOTS_PER_AGENT + 2 }, (_, index) => submission(String(index)));
    const { pool, dropped } = submit(emptyPool, "a", many, 0);
    expect(pool.pending).to.have.length(POOL_SLOTS_PER_AGENT);
    expect(dropped.map(({ transaction }) => transaction.submission.id)).to.deep.equal(["0", "1"]);
  });

  it("loses nothing: every submission is waiting, mined or dropped", () => {
    fc.assert(
      fc.property(submissions, fc.integer({ min: 50, max: 200 }), (specs, now) => {
        const { pool, dropped } = submit(
          emptyPool,
          "a",
          specs.map(({ id, ...spec }) => submission(id, spec)),
          0,
        );
        const expired = expire(pool, now);
        const { order } = feePriority.build({ pool: expired.pool.pending, block: block({ time: now }) }, null, random);
        const after = remove(expired.pool, order.included);
        expect(dropped.length + expired.dropped.length + order.included.length + after.pending.length).to.equal(
          specs.length,
        );
        expect(order.left.map(({ transaction }) => transaction.sequence).sort()).to.deep.equal(
          after.pending.map(({ sequence }) => sequence).sort(),
        );
      }),
    );
  });
});

describe("fee-priority builder", () => {
  it("orders by effective tip, then by arrival", () => {
    const { pool } = submit(
      emptyPool,
      "a",
      [
        submission("low", { tip: 1 }),
        submission("early", { tip: 5 }),
        submission("late", { tip: 5 }),
        submission("capped", { fee: 12, tip: 9 }),
      ],
      0,
    );
    const { order } = feePriority.build({ pool: pool.pending, block: block() }, null, random);
    expect(order.included.map(({ submission: { id } }) => id)).to.deep.equal(["early", "late", "capped", "low"]);
  });

  it("says why a transaction stays behind", () => {
    const { pool } = submit(
      emptyPool,
      "a",
      [submission("poor", { fee: 9 }), submission("big", { gas: 900_001, tip: 9 })],
      0,
    );
    const { order } = feePriority.build({ pool: pool.pending, block: block({ gasAvailable: 900_000n }) }, null, random);
    expect(order.left.map(({ why }) => why)).to.have.members(["outbid", "full"]);
  });

  it("includes only what is valid, pays the base fee and fits, in falling order of tips", () => {
    fc.assert(
      fc.property(
        submissions,
        fc.bigInt({ min: 1n, max: 40n }),
        fc.bigInt({ min: 0n, max: 1_500_000n }),
        (specs, baseFee, gasAvailable) => {
          const { pool } = submit(
            emptyPool,
            "a",
            specs.map(({ id, ...spec }) => submission(id, spec)),
            0,
          );
          const context = block({ baseFee, gasAvailable });
          const { order } = feePriority.build({ pool: pool.pending, block: context }, null, random);
          const gas = order.included.reduce((sum, { submission: { bid } }) => sum + BigInt(bid.gas), 0n);
          expect(gas <= gasAvailable && gas <= context.gasLimit).to.equal(true);
          order.included.forEach((transaction, index) => {
            expect(transaction.submission.bid.maxFee >= baseFee).to.equal(true);
            expect(transaction.submission.validUntil).to.be.at.least(context.time);
            const before = order.included[index - 1];
            if (before !== undefined)
              expect(effectiveTip(before, baseFee) >= effectiveTip(transaction, baseFee)).to.equal(true);
          });
        },
      ),
    );
  });
});
