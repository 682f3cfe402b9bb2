import { expect } from "chai";

import { DesignedJumps, JumpDesignError } from "../../src/processes/jump-design.ts";
import { createRandom } from "../../src/random/random.ts";
import { constantSeverity } from "../../sim/world/severity-profile.ts";
import { simulatePath } from "../../sim/world/world.ts";
import type { WorldPath } from "../../sim/world/world.ts";
import { CALM, CRASH } from "../sim/world/regimes.ts";

const STEPS = 240;
const SPAN = { fromStep: 60, toStep: 180 };

/** Two-hour steps over twenty days at severity 1. */
function pathOf(seed: number, severity: number, share?: number): WorldPath {
  return simulatePath({
    regimeCalm: CALM,
    regimeCrash: CRASH,
    severityAt: constantSeverity(severity),
    spot0: 1,
    variance0: 1,
    startTime: 0,
    steps: STEPS,
    stepSeconds: 7_200,
    random: createRandom(8, seed),
    process: "bates",
    jumpDesign: share === undefined ? undefined : { ...SPAN, share },
  });
}

function jumpsIn({ jumpFlags }: WorldPath): number {
  return jumpFlags.subarray(SPAN.fromStep + 1, SPAN.toStep + 1).reduce((sum, flag) => sum + flag, 0);
}

describe("jumps by design", () => {
  const paths = Array.from({ length: 600 }, (_, seed) => pathOf(seed, 1, 0.5));

  it("happen in the stated share of paths, and there only", () => {
    for (const path of paths) expect(jumpsIn(path) > 0).to.equal(path.designedJump!.hasJump);
    const share = paths.filter((path) => path.designedJump!.hasJump).length / paths.length;
    expect(share).to.be.closeTo(0.5, (4 * 0.5) / Math.sqrt(paths.length));
  });

  it("have weights that give back the natural law", () => {
    const expected = (15 * (SPAN.toStep - SPAN.fromStep) * 7_200) / 31_536_000;
    const mean = (of: (path: WorldPath) => number): number =>
      paths.reduce((sum, path) => sum + path.designedJump!.weight * of(path), 0) / paths.length;
    expect(mean(() => 1)).to.be.closeTo(1, 0.1);
    expect(mean(jumpsIn)).to.be.closeTo(expected, 0.06);
    // The price stays a martingale under the weights.
    const ends = paths.map((path) => path.designedJump!.weight * path.spots[STEPS]);
    const average = ends.reduce((sum, end) => sum + end, 0) / ends.length;
    const spread = Math.sqrt(ends.reduce((sum, end) => sum + (end - average) ** 2, 0)) / ends.length;
    expect(Math.abs(average - 1)).to.be.lessThan(4 * spread);
  });

  it("leave the rest of the path alone", () => {
    for (const [seed, path] of paths.slice(0, 40).entries()) {
      const natural = pathOf(seed, 1);
      expect(path.variances).to.deep.equal(natural.variances);
      expect(path.spots.subarray(0, SPAN.fromStep)).to.deep.equal(natural.spots.subarray(0, SPAN.fromStep));
      expect(path.jumpLogs.subarray(SPAN.toStep + 1)).to.deep.equal(natural.jumpLogs.subarray(SPAN.toStep + 1));
      expect(natural.designedJump).to.equal(undefined);
    }
  });

  it("are decided by the same number at every severity", () => {
    for (let seed = 0; seed < 40; seed++) {
      expect(pathOf(seed, 0.5, 0.5).designedJump!.hasJump).to.equal(paths[seed].designedJump!.hasJump);
    }
  });

  it("refuse a share or a span that makes no sense", () => {
    const random = createRandom(1);
    for (const share of [0, 1, -1, Number.NaN]) {
      expect(() => new DesignedJumps({ ...SPAN, share }, () => 15, 0.01, random)).to.throw(JumpDesignError, "share");
    }
    expect(() => new DesignedJumps({ ...SPAN, share: 0.5 }, () => 0, 0.01, random)).to.throw(JumpDesignError, "span");
  });
});
