import { expect } from "chai";
import fc from "fast-check";

import { alarmSpells } from "../../../../sim/studies/on-chain/alarms/alarm-spells.ts";
import { falseAlarms, thresholdFor } from "../../../../sim/studies/on-chain/alarms/run-length.ts";
import { createRandom } from "../../../../src/random/random.ts";

const terms = { hysteresis: 0.5, hold: 2, timeout: 5 };
const seconds = (values: readonly number[]) => values.map((_, t) => t);
const spellsOf = (values: readonly number[], threshold = 10) => alarmSpells(seconds(values), values, threshold, terms);

describe("spells of an alarm", () => {
  it("begin above the limit, and not at it", () => {
    expect(spellsOf([0, 10, 9])).to.deep.equal([]);
    expect(spellsOf([0, 11])).to.deep.equal([{ from: 1, to: Infinity }]);
  });

  it("end when the statistic has been at half the limit or under for the hold, not at the first fall", () => {
    expect(spellsOf([11, 6, 5, 4, 3])).to.deep.equal([{ from: 0, to: 3 }]);
    expect(spellsOf([11, 4, 6, 4, 4])).to.deep.equal([{ from: 0, to: 4 }]);
  });

  it("end by the timeout however high it stands, and begin again only after it has been low", () => {
    const high = [11, 12, 12, 12, 12, 12, 12, 12];
    expect(spellsOf(high)).to.deep.equal([{ from: 0, to: 5 }]);
    expect(spellsOf([...high, 3, 11])).to.deep.equal([
      { from: 0, to: 5 },
      { from: 9, to: Infinity },
    ]);
  });

  it("depend on nothing later", () => {
    const value = fc.float({ min: 0, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 40 }), fc.nat(38), (values, cut) => {
        const upTo = spellsOf(values.slice(0, cut + 1));
        const whole = spellsOf(values).filter(({ from }) => from <= cut);
        expect(upTo.map(({ from, to }) => [from, to > cut ? Infinity : to])).to.deep.equal(
          whole.map(({ from, to }) => [from, to > cut ? Infinity : to]),
        );
      }),
    );
  });
});

describe("a limit by the time between false alarms", () => {
  const paths = Array.from({ length: 20 }, (_, path) => {
    const random = createRandom(7, "calm", path);
    const statistic = Float64Array.from({ length: 500 }, (_, t) => Math.abs(random.normal(t, 0)));
    return { times: Float64Array.from(statistic.keys()), statistic };
  });

  it("is the smallest that keeps to it", () => {
    const threshold = thresholdFor(paths, 200, terms);
    const rate = (limit: number) => {
      const { alarms, seconds: watched } = falseAlarms(paths, limit, terms);
      return watched / alarms;
    };
    expect(rate(threshold)).to.be.at.least(200);
    expect(rate(threshold)).to.be.at.most(230);
    expect(thresholdFor(paths, 2000, terms)).to.be.greaterThan(threshold);
  });

  it("does not exist where the ceiling itself is passed too often", () => {
    const ceiling = { times: Float64Array.of(0, 1, 2, 3, 4, 5, 6), statistic: Float64Array.of(0, 1, 0, 0, 0, 1, 0) };
    expect(thresholdFor([ceiling], 100, terms)).to.equal(Infinity);
  });
});
