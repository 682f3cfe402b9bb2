import { expect } from "chai";

import { poissonInterval } from "../../src/statistics/poisson-interval.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";

describe("exact interval of a Poisson mean", () => {
  it("is the published one (Garwood 1936; the same as R's poisson.test)", () => {
    for (const [count, low, high] of [
      [0, 0, 3.688879],
      [1, 0.02531781, 5.571643],
      [10, 4.795389, 18.39036],
      [100, 81.36397, 121.6274],
    ]) {
      const interval = poissonInterval(count);
      expect(interval.low).to.be.closeTo(low, 1e-4 * (1 + low));
      expect(interval.high).to.be.closeTo(high, 1e-4 * high);
    }
  });

  it("refuses what is no count", () => {
    for (const count of [-1, 0.5, Number.NaN]) expect(() => poissonInterval(count)).to.throw(StatisticInputError);
  });
});
