import { expect } from "chai";

import { createRandom } from "../../src/random/random.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";
import { twoWayVariance } from "../../src/statistics/two-way-variance.ts";

describe("variances of a crossed design", () => {
  it("are those of the hand-worked table 1 2 / 3 8", () => {
    // Grand 3.5, rows 1.5 and 5.5, columns 2 and 5: squares 16, 9 and 4 on one degree of freedom each.
    const { rows, columns, rest, standardError } = twoWayVariance([
      [1, 2],
      [3, 8],
    ]);
    expect(rest).to.be.closeTo(4, 1e-12);
    expect(rows).to.be.closeTo((16 - 4) / 2, 1e-12);
    expect(columns).to.be.closeTo((9 - 4) / 2, 1e-12);
    expect(standardError).to.be.closeTo(Math.sqrt(6 / 2 + 2.5 / 2 + 4 / 4), 1e-12);
  });

  it("find the variances that made the values, on average over tables", () => {
    const mean = { rows: 0, columns: 0, rest: 0 };
    const tables = 200;
    for (let table = 0; table < tables; table++) {
      const random = createRandom(7, "two-way", table);
      const effect = (kind: number) => Array.from({ length: 12 }, (_, i) => random.normal(i, kind));
      const [row, column] = [effect(0), effect(1)];
      const values = row.map((a, i) => column.map((b, j) => 3 * a + 2 * b + random.normal(100 + 12 * i + j, 2)));
      const found = twoWayVariance(values);
      for (const part of ["rows", "columns", "rest"] as const) mean[part] += found[part] / tables;
    }
    expect(mean.rows).to.be.closeTo(9, 1);
    expect(mean.columns).to.be.closeTo(4, 0.6);
    expect(mean.rest).to.be.closeTo(1, 0.05);
  });

  it("are zero rather than negative", () => {
    const { rows, columns } = twoWayVariance([
      [1, 2],
      [2, 1],
    ]);
    expect([rows, columns]).to.deep.equal([0, 0]);
  });

  it("need a whole table of numbers", () => {
    expect(() => twoWayVariance([[1, 2]])).to.throw(StatisticInputError, /1 × 2/);
    expect(() => twoWayVariance([[1, 2], [3]])).to.throw(StatisticInputError, /differ in length/);
    expect(() =>
      twoWayVariance([
        [1, 2],
        [3, NaN],
      ]),
    ).to.throw(StatisticInputError, /not finite/);
  });
});
