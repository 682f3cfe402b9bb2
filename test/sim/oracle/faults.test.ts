import { expect } from "chai";
import fc from "fast-check";

import { clampedFeed } from "../../../sim/oracle/clamp.ts";
import { delayedFeed } from "../../../sim/oracle/delayed.ts";
import { frozenFreshFeed } from "../../../sim/oracle/frozen-fresh.ts";
import type { OracleFault } from "../../../sim/oracle/oracle-fault.ts";
import { spikingFeed } from "../../../sim/oracle/spike.ts";
import { staleFeed } from "../../../sim/oracle/stale.ts";
import type { Truth } from "../../../sim/world/truth.ts";
import type { FeedRound } from "../../../src/protocol/actions.ts";
import { createRandom } from "../../../src/random/random.ts";

const truth = { spot: 2000 } as Truth;

function round(at: number, answer: number): FeedRound {
  return { answer, observedAt: at - 10, updatedAt: at };
}

/** Runs a fault over blocks, each with what falls due in it; all that was posted, in order. */
function posted<M>(fault: OracleFault<M>, blocks: readonly { now: number; due: FeedRound[] }[]): FeedRound[] {
  const random = createRandom(1);
  const done: FeedRound[] = [];
  let memory = fault.start;
  for (const { now, due } of blocks) {
    const result = fault.apply({ due, posted: done, truth, now }, memory, random);
    memory = result.memory;
    done.push(...result.reports);
  }
  return done;
}

const hourly = [100, 200, 300, 400, 500].map((now, index) => ({ now, due: [round(now - 20, 2000 - 10 * index)] }));

describe("oracle faults", () => {
  it("stale posts nothing in its spell and goes on afterwards", () => {
    expect(posted(staleFeed([150, 350]), hourly).map(({ updatedAt }) => updatedAt)).to.deep.equal([80, 380, 480]);
  });

  it("frozen-fresh repeats the answer from before its spell with fresh timestamps", () => {
    const rounds = posted(frozenFreshFeed([150, 350]), hourly);
    expect(rounds.map(({ answer }) => answer)).to.deep.equal([2000, 2000, 2000, 1970, 1960]);
    expect(rounds.map(({ updatedAt }) => updatedAt)).to.deep.equal([80, 180, 280, 380, 480]);
  });

  it("delayed lands later, with the old observation, and nothing overtakes", () => {
    const rounds = posted(delayedFeed([150, 250], 150), hourly);
    expect(rounds.map(({ updatedAt }) => updatedAt)).to.deep.equal([80, 330, 330, 380, 480]);
    expect(rounds[1].observedAt).to.equal(170);
    expect(rounds.map(({ answer }) => answer)).to.deep.equal([2000, 1990, 1980, 1970, 1960]);
  });

  it("spike posts one wrong round, then the right price again", () => {
    const rounds = posted(spikingFeed(210, 1, 0.5, 60), hourly);
    expect(rounds.map(({ answer, updatedAt }) => [updatedAt, answer])).to.deep.equal([
      [80, 2000],
      [180, 1990],
      [210, 1000],
      [270, 2000],
      [280, 1980],
      [380, 1970],
      [480, 1960],
    ]);
  });

  it("clamp keeps answers within its bounds, in its spell only", () => {
    const answers = posted(clampedFeed([150, 450], 1985, 2100), hourly).map(({ answer }) => answer);
    expect(answers).to.deep.equal([2000, 1990, 1985, 1985, 1960]);
  });

  const anyFault = fc.oneof(
    fc.constant(() => staleFeed([300, 600]) as OracleFault<unknown>),
    fc.constant(() => frozenFreshFeed([300, 600]) as OracleFault<unknown>),
    fc.constant(() => delayedFeed([300, 600], 200) as OracleFault<unknown>),
    fc.constant(() => spikingFeed(300, 2, 1.5, 60) as OracleFault<unknown>),
    fc.constant(() => clampedFeed([300, 600], 1900, 2100) as OracleFault<unknown>),
  );
  it("post in order of transmission, never ahead of the block, and leave an honest feed alone before their spell", () => {
    const steps = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(anyFault, steps, (make, gaps) => {
        let now = 0;
        const blocks = gaps.map((gap) => ({ now: (now += gap), due: [round(now, 2000 + (now % 97))] }));
        const rounds = posted(make(), blocks);
        rounds.forEach((each, index) => {
          expect(each.updatedAt).to.be.at.least(rounds[index - 1]?.updatedAt ?? 0);
          expect(each.updatedAt).to.be.at.most(now);
        });
        const honest = blocks.flatMap(({ due }) => due).filter(({ updatedAt }) => updatedAt < 300);
        expect(rounds.filter(({ updatedAt }) => updatedAt < 300)).to.deep.equal(honest);
      }),
    );
  });
});
