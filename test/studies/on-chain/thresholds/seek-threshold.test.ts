import { expect } from "chai";
import fc from "fast-check";

import { InternalError } from "../../../../src/errors/internal-error.ts";
import { seekThreshold, type SeedThreshold } from "../../../../sim/studies/on-chain/thresholds/seek-threshold.ts";

const grid = [0, 0.25, 0.5, 0.75, 1];
const tolerance = 1 / 16;

/** Goes on until the threshold is found, looking at what is wanted and nothing else. */
function seek(brokenAt: (severity: number) => boolean): { threshold: SeedThreshold; rounds: number[][] } {
  const seen = new Map<number, boolean>();
  const rounds: number[][] = [];
  for (;;) {
    const sought = seekThreshold(grid, tolerance, (severity) => seen.get(severity));
    if (sought.kind === "found") return { threshold: sought.threshold, rounds };
    rounds.push([...sought.severities]);
    for (const severity of sought.severities) {
      expect(seen.has(severity), `severity ${severity} wanted twice`).to.equal(false);
      seen.set(severity, brokenAt(severity));
    }
  }
}

describe("search for a seed's threshold", () => {
  it("brackets the threshold of whatever breaks for good, within the tolerance, in a round a halving", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true }), (truth) => {
        const { threshold, rounds } = seek((severity) => severity >= truth);
        const { low, high } = threshold.within;
        expect(low).to.be.lessThan(truth);
        expect(high).to.be.at.least(truth);
        expect(high - low).to.be.at.most(tolerance);
        expect(threshold.reenters).to.equal(false);
        expect(rounds[0]).to.deep.equal(grid);
        expect(rounds).to.have.length(3);
      }),
    );
  });

  it("brackets a passage of whatever breaks and recovers, never above the first that the grid sees", () => {
    const bands = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(bands, (spans) => {
        const brokenAt = (severity: number) =>
          spans.some(([a, b]) => severity >= Math.min(a, b) && severity <= Math.max(a, b));
        const { within, reenters } = seek(brokenAt).threshold;
        const first = grid.findIndex(brokenAt);
        expect(reenters).to.equal(first >= 0 && grid.slice(first).some((severity) => !brokenAt(severity)));
        if (first < 0) {
          expect(within).to.deep.equal({ low: 1, high: Infinity });
        } else if (first === 0) {
          expect(within).to.deep.equal({ low: -Infinity, high: 0 });
        } else {
          expect(brokenAt(within.high) && !brokenAt(within.low)).to.equal(true);
          expect(within.low).to.be.at.least(grid[first - 1]);
          expect(within.high).to.be.at.most(grid[first]);
        }
      }),
    );
  });

  it("does not depend on what else was looked at", () => {
    const broken = (severity: number) => severity >= 0.3 && severity !== 0.4375;
    const alone = seek(broken).threshold;
    const withMore = seekThreshold(grid, tolerance, (severity) => broken(severity));
    expect(withMore).to.deep.equal({ kind: "found", threshold: alone });
  });

  it("wants of the grid only what is not known yet", () => {
    const sought = seekThreshold(grid, tolerance, (severity) => (severity === 0.5 ? true : undefined));
    expect(sought).to.deep.equal({ kind: "wanting", severities: [0, 0.25, 0.75, 1] });
  });

  it("refuses a grid that does not ascend from 0, and no tolerance", () => {
    expect(() => seekThreshold([0.5, 1], tolerance, () => false)).to.throw(InternalError);
    expect(() => seekThreshold([0, 1, 0.5], tolerance, () => false)).to.throw(InternalError);
    expect(() => seekThreshold(grid, 0, () => false)).to.throw(InternalError);
  });
});
