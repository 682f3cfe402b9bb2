import { expect } from "chai";
import fc from "fast-check";

import { UserError } from "../../src/errors/user-error.ts";
import { selectQuotes, weightByAge } from "../../src/models/select-quotes.ts";
import { walkForward } from "../../src/models/walk-forward.ts";
import { makeQuotes } from "./calm-quotes.ts";

const calm = makeQuotes(30, ({ longVol }) => longVol);
const perDay = 45;
const daysOf = (rows: Int32Array) => [...new Set(Array.from(rows, (row) => calm.day[row]))];
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("walk-forward folds", () => {
  it("train on the window before the purge and test the block after it", () => {
    const folds = walkForward(calm, { window: 10, warmup: 10, block: 5, purge: 1, embargo: 0 });
    expect(folds.map(({ train }) => daysOf(train))).to.deep.equal([range(0, 10), range(5, 15), range(10, 20)]);
    expect(folds.map(({ test }) => daysOf(test))).to.deep.equal([range(11, 16), range(16, 21), range(21, 26)]);
    expect(folds[0].train).to.have.length(10 * perDay);
  });

  it("leave out the days that follow an earlier test block for the embargo", () => {
    const folds = walkForward(calm, { window: Infinity, warmup: 5, block: 5, purge: 1, embargo: 2 });
    // The first block is days 6 to 10; days 11 and 12 never train, nor do 16 and 17 after the second.
    expect(daysOf(folds[2].train)).to.deep.equal([...range(0, 11), ...range(13, 15)]);
    expect(daysOf(folds[3].train)).to.deep.equal([...range(0, 11), ...range(13, 16), ...range(18, 20)]);
  });

  it("never train on a day at or after the test block, nor within the purge", () => {
    const settings = fc.record({
      window: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(Infinity)),
      warmup: fc.integer({ min: 1, max: 12 }),
      block: fc.integer({ min: 2, max: 6 }),
      purge: fc.integer({ min: 0, max: 3 }),
      embargo: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(settings, (chosen) => {
        for (const { train, test } of walkForward(calm, chosen)) {
          expect(Math.max(...daysOf(train)) + chosen.purge).to.be.lessThan(Math.min(...daysOf(test)));
          expect(daysOf(train).length).to.be.at.most(chosen.window);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("are refused when the history is too short, and settings that are none", () => {
    const short = selectQuotes(calm, range(0, 5 * perDay));
    expect(() => walkForward(short, { window: 10, warmup: 10, block: 5, purge: 1, embargo: 0 })).to.throw(
      UserError,
      /5 days/,
    );
    expect(() => walkForward(calm, { window: 10, warmup: 10, block: 5, purge: 1, embargo: 5 })).to.throw(
      UserError,
      /embargo 5/,
    );
  });
});

describe("weights by age", () => {
  it("halve with each half-life before the last day, and stay with an infinite one", () => {
    const { weight } = weightByAge(calm, 10);
    expect(weight[29 * perDay]).to.equal(1);
    expect(weight[19 * perDay]).to.equal(0.5);
    expect(weightByAge(calm, Infinity).weight).to.deep.equal(calm.weight);
  });
});
