import { expect } from "chai";

import { createRandom } from "../../../src/random/random.ts";
import { regimeAt } from "../../../sim/world/regime.ts";
import { constantSeverity, trapezoidSeverity } from "../../../sim/world/severity-profile.ts";
import type { PathSpec } from "../../../sim/world/world.ts";
import { simulatePath, simulatePaths } from "../../../sim/world/world.ts";
import { CALM, CRASH } from "./regimes.ts";

const TRAPEZOID = { onset: 28_800, ramp: 3_600, plateau: 86_400, relief: 7_200 };

function spec(changes: Partial<PathSpec> = {}): PathSpec {
  return {
    regimeCalm: CALM,
    regimeCrash: CRASH,
    severityAt: trapezoidSeverity(TRAPEZOID, 1),
    spot0: 3000,
    variance0: "stationary",
    startTime: 1_767_225_600,
    steps: 576,
    stepSeconds: 300,
    random: createRandom(1, "world"),
    process: "bates",
    ...changes,
  };
}

describe("regimeAt", () => {
  it("interpolates variances, so that half-way from 50 % to 100 % vol is 79 %", () => {
    expect(Math.sqrt(regimeAt(CALM, CRASH, 0.5).v0)).to.be.closeTo(0.79, 1e-3);
    expect(regimeAt(CALM, CRASH, 0)).to.deep.equal(CALM);
    expect(regimeAt(CALM, CRASH, 1)).to.deep.equal(CRASH);
  });

  it("leaves out what a simpler process does not have", () => {
    const merton = regimeAt(CALM, CRASH, 1, "merton");
    expect(merton).to.include({ theta: 1, v0: 1, volOfVol: 0, jumpIntensity: 15 });
    expect(regimeAt(CALM, CRASH, 1, "gbm")).to.include({ theta: 1, volOfVol: 0, jumpIntensity: 0 });
  });
});

describe("trapezoidSeverity", () => {
  it("is calm, rises, stays at the peak and falls", () => {
    const severity = trapezoidSeverity(TRAPEZOID, 0.8);
    expect(severity(0)).to.equal(0);
    expect(severity(28_799)).to.equal(0);
    expect(severity(30_600)).to.be.closeTo(0.4, 1e-12);
    expect(severity(32_400)).to.equal(0.8);
    expect(severity(118_800)).to.equal(0.8);
    expect(severity(122_400)).to.be.closeTo(0.4, 1e-12);
    expect(severity(126_000)).to.equal(0);
  });

  it("is a step for a ramp of zero", () => {
    const severity = trapezoidSeverity({ onset: 100, ramp: 0, plateau: 50, relief: 0 }, 1);
    expect([99, 100, 149, 150].map(severity)).to.deep.equal([0, 1, 1, 0]);
  });
});

describe("simulatePath", () => {
  it("is the same path for the same spec, and another for another seed", () => {
    expect(simulatePath(spec())).to.deep.equal(simulatePath(spec()));
    expect(simulatePath(spec({ random: createRandom(2, "world") })).spots).to.not.deep.equal(
      simulatePath(spec()).spots,
    );
  });

  it("is calm's path until the onset, whatever the peak", () => {
    const calm = simulatePath(spec({ severityAt: constantSeverity(0) }));
    const stressed = simulatePath(spec());
    expect(stressed.spots.subarray(0, 97)).to.deep.equal(calm.spots.subarray(0, 97));
    expect(stressed.spots.at(-1)).to.not.equal(calm.spots.at(-1));
  });

  it("is the same simulated alone or with other severities after a shared calm", () => {
    const severities = [constantSeverity(0), trapezoidSeverity(TRAPEZOID, 0.5), trapezoidSeverity(TRAPEZOID, 1)];
    for (const changes of [{}, { process: "merton" as const }]) {
      const together = simulatePaths(spec(changes), severities, 96);
      expect(together).to.deep.equal(severities.map((severityAt) => simulatePath(spec({ ...changes, severityAt }))));
    }
  });

  it("takes the variance to the regime's level at once, and back", () => {
    const step = trapezoidSeverity({ ...TRAPEZOID, ramp: 0, relief: 0 }, 1);
    const calm = simulatePath(spec({ severityAt: constantSeverity(0) }));
    const stressed = simulatePath(spec({ severityAt: step }));
    expect(stressed.variances[95]).to.equal(calm.variances[95]);
    expect(stressed.variances[96] / calm.variances[96]).to.be.closeTo(4, 1e-12);
    expect(stressed.variances[384] / stressed.variances[383]).to.be.within(0.2, 0.3);
  });

  it("changes with a parameter by one part in a million, and not with one that is unused", () => {
    const base = simulatePath(spec({ severityAt: constantSeverity(0) }));
    const touched = { ...CALM, theta: CALM.theta + 1e-6 };
    expect(simulatePath(spec({ severityAt: constantSeverity(0), regimeCalm: touched })).spots).to.not.deep.equal(
      base.spots,
    );
    const unused = { ...CRASH, theta: CRASH.theta + 1 };
    expect(simulatePath(spec({ severityAt: constantSeverity(0), regimeCrash: unused })).spots).to.deep.equal(
      base.spots,
    );
  });

  it("correlates by more than 0.95 at the end across adjacent severities", () => {
    const paths = 150;
    const severities = [0, 0.2, 0.4, 0.6, 0.8, 1];
    const ends = severities.map((severity) =>
      Array.from({ length: paths }, (_, path) => {
        const severityAt = trapezoidSeverity(TRAPEZOID, severity);
        const { spots } = simulatePath(spec({ severityAt, random: createRandom(4, path) }));
        return Math.log(spots[spots.length - 1] / 3000);
      }),
    );
    for (let i = 1; i < severities.length; i++) {
      expect(correlation(ends[i - 1], ends[i]), `${severities[i]}`).to.be.greaterThan(0.95);
    }
  });

  it("grafts a stated move on the plateau, scaled by severity", () => {
    const grafts = [{ at: 36_000, for: 1_800, logReturn: -0.3 }];
    for (const severity of [1, 0.5, 0]) {
      const severityAt = trapezoidSeverity(TRAPEZOID, severity);
      const without = simulatePath(spec({ severityAt }));
      const grafted = simulatePath(spec({ severityAt, grafts }));
      const moved = Math.log(grafted.spots.at(-1)! / without.spots.at(-1)!);
      expect(moved).to.be.closeTo(-0.3 * severity, 1e-12);
      expect(grafted.spots.subarray(0, 121)).to.deep.equal(without.spots.subarray(0, 121));
    }
  });

  it("keeps a constant variance for Merton and Black–Scholes, and no jumps for the latter", () => {
    const gbm = simulatePath(spec({ process: "gbm", severityAt: constantSeverity(0.5), steps: 5000 }));
    expect([...new Set(gbm.variances)]).to.deep.equal([0.625]);
    expect(gbm.jumpFlags.includes(1)).to.equal(false);
    const merton = simulatePath(spec({ process: "merton", severityAt: constantSeverity(1), steps: 50_000 }));
    expect([...new Set(merton.variances)]).to.deep.equal([1]);
    expect(merton.jumpFlags.includes(1)).to.equal(true);
  });
});

function correlation(a: number[], b: number[]): number {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = mean(a.map((value, i) => (value - ma) * (b[i] - mb)));
  return product / Math.sqrt(mean(a.map((x) => (x - ma) ** 2)) * mean(b.map((x) => (x - mb) ** 2)));
}
