import { expect } from "chai";

import { BatesStepper, startPath } from "../../src/processes/bates-path.ts";
import { hawkesExpectedExcess, hawkesMeanIntensity, hawkesResiduals } from "../../src/processes/hawkes.ts";
import type { JumpClustering } from "../../src/processes/jump-clusters.ts";
import { clusteredAt, JumpClusters } from "../../src/processes/jump-clusters.ts";
import type { JumpDraw } from "../../src/processes/jumps.ts";
import { ProcessParameterError } from "../../src/processes/process-parameter-error.ts";
import { createRandom } from "../../src/random/random.ts";
import { kolmogorovSmirnov } from "../../src/statistics/drift.ts";
import { tInterval } from "../../src/statistics/t-interval.ts";

const clustering: JumpClustering = { branching: 0.75, decay: 500 };
const market = { kappa: 3, theta: 0.25, volOfVol: 0, rho: 0, jumpIntensity: 0, jumpMean: -0.03, jumpSd: 0.05 };
const STEP = 1 / (365 * 96);

/** Times of the jumps of one cluster that begins at once, years, and the intensity expected of each step. */
function cluster(severity: number, seed: number, steps: number) {
  const clusters = new JumpClusters(clustering, STEP, createRandom(seed, "cluster"));
  const times: number[] = [];
  const expected: number[] = [];
  for (let i = 0; i < steps; i++) {
    const jump: JumpDraw = { sum: 0, count: 0, fraction: 1 };
    expected.push(clusters.step(i, severity, market, jump));
    for (let n = 0; n < jump.count; n++) times.push((i + jump.fraction) * STEP);
  }
  return { times, expected };
}

describe("clusters of jumps", () => {
  it("have 1/(1 - branching) jumps on average, as many as their intensity expects", () => {
    for (const severity of [0.4, 1]) {
      const drawn = Array.from({ length: 400 }, (_, seed) => cluster(severity, seed, 2000));
      const size = tInterval(
        drawn.map(({ times }) => times.length),
        0.999,
      );
      const mean = 1 / (1 - severity * clustering.branching);
      expect(size.low).to.be.lessThan(mean);
      expect(size.high).to.be.greaterThan(mean);
      const compensated = tInterval(
        drawn.map(({ times, expected }) => times.length - 1 - expected.reduce((sum, one) => sum + one * STEP, 0)),
        0.999,
      );
      expect(compensated.low).to.be.lessThan(0);
      expect(compensated.high).to.be.greaterThan(0);
    }
  });

  it("keep every jump of a lower severity and add to them", () => {
    let added = 0;
    for (let seed = 0; seed < 60; seed++) {
      const [low, high] = [0.5, 1].map((severity) => cluster(severity, seed, 1500).times.length);
      expect(high, `seed ${seed}`).to.be.at.least(low);
      added += high - low;
    }
    expect(added).to.be.greaterThan(0);
  });

  it("come at the intensity of a Hawkes process when a Poisson process begins them", () => {
    const random = createRandom(4, "base");
    const clusters = new JumpClusters(clustering, STEP, random.fork("clusters"));
    const base = 400;
    const times: number[] = [];
    // Severity begins clusters by itself; the first, by design, is not of the law and is left out.
    for (let i = 0; i < 40_000; i++) {
      const count = random.poissonCount(i, 0, base * STEP);
      const jump: JumpDraw = { sum: 0, count, fraction: count > 0 ? random.uniform(i, 1) : 1 };
      clusters.step(i, 1, { ...market, jumpIntensity: base }, jump);
      for (let n = 0; n < jump.count; n++) times.push((i + jump.fraction) * STEP);
    }
    const law = clusteredAt(clustering, 1, base);
    const years = 40_000 * STEP;
    expect(times.length / years).to.be.closeTo(hawkesMeanIntensity(law), 0.15 * hawkesMeanIntensity(law));
    const late = times.slice(20).map((time) => time - times[19]);
    const exponential = Array.from({ length: 1000 }, (_, i) => -Math.log1p(-(i + 0.5) / 1000));
    // What was excited before the first of them is forgotten after some more.
    const against = (of: typeof law) =>
      kolmogorovSmirnov(hawkesResiduals(of, late).subarray(20), Float64Array.from(exponential)).p;
    expect(against(law)).to.be.greaterThan(0.01);
    expect(against({ base: times.length / years, excitation: 0, decay: 1 })).to.be.lessThan(1e-4);
  });

  it("leave the price a martingale once they have begun", () => {
    const stressed = { ...market, jumpIntensity: 40 };
    const ends = Array.from({ length: 3000 }, (_, seed) => {
      const random = createRandom(seed, "martingale");
      const clusters = new JumpClusters(clustering, STEP, random.fork("clusters"));
      const stepper = new BatesStepper(random, STEP, 40);
      const state = startPath(1, 0.25);
      for (let i = 0; i < 150; i++) {
        stepper.step(state, i, stressed, (index, parameters, jump) => clusters.step(index, 1, parameters, jump));
        if (i === 0) state.logPrice = 0;
      }
      return Math.exp(state.logPrice);
    });
    const { low, high } = tInterval(ends, 0.999);
    expect(low).to.be.lessThan(1);
    expect(high).to.be.greaterThan(1);
  });

  it("go on the same from a copy", () => {
    const clusters = new JumpClusters(clustering, STEP, createRandom(7, "copy"));
    const step = (of: JumpClusters, i: number) => {
      const jump: JumpDraw = { sum: 0, count: 0, fraction: 1 };
      return [of.step(i, 1, market, jump), jump.sum, jump.count];
    };
    for (let i = 0; i < 50; i++) step(clusters, i);
    const copy = clusters.copy();
    const rest = (of: JumpClusters) => Array.from({ length: 300 }, (_, i) => step(of, 50 + i));
    expect(rest(copy)).to.deep.equal(rest(clusters));
  });

  it("are refused when each jump causes one or more", () => {
    expect(() => new JumpClusters({ branching: 1, decay: 1 }, STEP, createRandom(1))).to.throw(ProcessParameterError);
    expect(() => new JumpClusters(clustering, 0, createRandom(1))).to.throw(ProcessParameterError);
  });
});

describe("expected excess of a Hawkes intensity", () => {
  const law = { base: 10, excitation: 30, decay: 40 };

  it("is the excitement at no time, and of the base's own clusters in the end", () => {
    expect(hawkesExpectedExcess(law, 55, 0)).to.equal(55);
    expect(hawkesExpectedExcess(law, 55, 1e9)).to.be.closeTo(hawkesMeanIntensity(law) - law.base, 1e-6);
  });

  it("solves x' = αμ - (β - α) x on average", () => {
    // Midpoint rule of the solution of the differential equation.
    const [x0, years, steps] = [55, 0.2, 20_000];
    let [x, sum] = [x0, 0];
    for (let i = 0; i < steps; i++) {
      const slope = (at: number) => law.excitation * law.base - (law.decay - law.excitation) * at;
      const middle = x + 0.5 * (years / steps) * slope(x);
      sum += middle / steps;
      x += (years / steps) * slope(middle);
    }
    expect(hawkesExpectedExcess(law, x0, years)).to.be.closeTo(sum, 1e-6);
  });
});
