import { expect } from "chai";

import { alarmCurve } from "../../src/statistics/alarm-curve.ts";
import { cusum, cusumPath } from "../../src/statistics/cusum.ts";
import { spearmanInterval } from "../../src/statistics/spearman.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";
import { TooFewObservationsError } from "../../src/statistics/too-few-observations-error.ts";

describe("alarm curve", () => {
  const reference = [1, 2, 3, 4, 5].map((peak) => [0, peak, 0]);

  it("takes thresholds from reference series, false alarms from calm, delays from changed ones", () => {
    const calm = [
      [0, 2.5],
      [0, 3.5],
      [3.2, 0],
      [0, 0],
    ];
    const changed = [
      [0, 9, 9],
      [0, 0, 9],
      [9, 9, 9],
    ];
    const [half] = alarmCurve(reference, calm, changed, [0.5]);
    expect(half).to.deep.equal({ threshold: 3, falseAlarms: 0.5, detected: 1, medianDelay: 1 });
  });

  it("has an infinite median delay when half the changes go unnoticed, a finite one when fewer do", () => {
    const at = (changed: number[][]) => alarmCurve(reference, [[0]], changed, [0.5])[0];
    expect(at([[9], [0]])).to.include({ detected: 0.5, medianDelay: Infinity });
    expect(at([[9], [0, 9], [0]])).to.include({ medianDelay: 1 });
  });

  it("refuses no series and a share that is none", () => {
    expect(() => alarmCurve([], [[0]], [[0]], [0.1])).to.throw(TooFewObservationsError);
    expect(() => alarmCurve(reference, [[0]], [[0]], [1])).to.throw(StatisticInputError);
  });
});

describe("path of cumulative sums", () => {
  it("passes a threshold where the chart first alarms", () => {
    // Montgomery (2013), table 9.2: mean 10 to the 20th observation, then 11; k = ½, h = 5 alarm at the 29th.
    const values = [
      9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37, 10.62,
      10.31, 8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52,
    ].map((value) => value - 10);
    const path = cusumPath(values, 0.5);
    expect(path[28]).to.be.closeTo(5.28, 1e-9);
    expect(cusum(values, { allowance: 0.5, threshold: 5 })[0].at).to.equal(28);
    expect(path.findIndex((sum) => sum > 5)).to.equal(28);
  });
});

describe("interval of Spearman's correlation", () => {
  it("is wider than Fisher's of Pearson's by √1.06, symmetric about zero, and needs ten pairs", () => {
    const { low, high } = spearmanInterval(0.5, 40);
    const fisher = (z: number) => Math.tanh(Math.atanh(0.5) + z * Math.sqrt(1.06 / 37));
    expect(low).to.be.closeTo(fisher(-1.959963985), 1e-8);
    expect(high).to.be.closeTo(fisher(1.959963985), 1e-8);
    const centred = spearmanInterval(0, 20);
    expect(centred.low).to.be.closeTo(-centred.high, 1e-12);
    expect(() => spearmanInterval(0.5, 9)).to.throw(TooFewObservationsError);
  });
});
