import { expect } from "chai";

import { impliedVol } from "../../../src/pricing/implied-vol.ts";
import { createRandom } from "../../../src/random/random.ts";
import { constantSeverity, trapezoidSeverity } from "../../../sim/world/severity-profile.ts";
import { TruthPricers } from "../../../sim/world/truth-pricers.ts";
import { WorldTimeError } from "../../../sim/world/persistent-impact.ts";
import { WorldRun } from "../../../sim/world/world-run.ts";
import type { WorldPath } from "../../../sim/world/world.ts";
import { simulatePath } from "../../../sim/world/world.ts";
import { CALM, CRASH } from "./regimes.ts";

const START = 1_767_225_600;
const random = createRandom(6, "world");
const severityAt = trapezoidSeverity({ onset: 28_800, ramp: 3_600, plateau: 86_400, relief: 7_200 }, 1);
const path = simulatePath({
  regimeCalm: CALM,
  regimeCrash: CRASH,
  severityAt,
  spot0: 3000,
  variance0: 0.25,
  startTime: START,
  steps: 576,
  stepSeconds: 300,
  random,
  process: "bates",
});
const pricers = new TruthPricers(CALM, CRASH, "bates");
const run = (of: WorldPath = path): WorldRun => new WorldRun(of, pricers, random);

describe("WorldRun", () => {
  it("is the path on its grid", () => {
    const world = run();
    for (const i of [0, 1, 200, 575, 576]) {
      const truth = world.truthAt(path.times[i]);
      expect(truth.spot).to.equal(path.spots[i]);
      expect(truth.variance).to.equal(path.variances[i]);
      expect(truth.severity).to.equal(path.severities[i]);
    }
  });

  it("answers for a time whatever was asked before, so that the clock does not change the path", () => {
    const forwards = run();
    const backwards = run();
    const times = Array.from({ length: 200 }, (_, i) => START + 40_000 + 17 * i);
    const first = times.map((time) => forwards.truthAt(time).spot);
    const second = [...times].reverse().map((time) => backwards.truthAt(time).spot);
    expect(second.reverse()).to.deep.equal(first);
  });

  it("varies between grid points as the diffusion does", () => {
    const calm = simulatePath({
      regimeCalm: CALM,
      regimeCrash: CRASH,
      severityAt: constantSeverity(0),
      spot0: 3000,
      variance0: 0.25,
      startTime: START,
      steps: 2000,
      stepSeconds: 300,
      random,
      process: "gbm",
    });
    const world = run(calm);
    let realised = 0;
    for (let i = 0; i < 2000 * 4; i++) {
      realised += Math.log(world.spotAt(START + 75 * (i + 1)) / world.spotAt(START + 75 * i)) ** 2;
    }
    const years = (2000 * 300) / 31_536_000;
    expect(realised / years).to.be.closeTo(0.25, 4 * 0.25 * Math.sqrt(2 / 8000));
  });

  it("jumps where its jump lies, and says so", () => {
    const jumping = structuredClone(path);
    const cell = 100;
    for (let i = cell + 1; i < jumping.spots.length; i++) jumping.spots[i] *= Math.exp(-0.2);
    jumping.jumpFlags[cell + 1] = 1;
    jumping.jumpLogs[cell + 1] = -0.2;
    jumping.jumpFractions[cell + 1] = 0.5;
    const world = run(jumping);
    const at = jumping.times[cell] + 150;
    expect(Math.log(world.spotAt(at) / world.spotAt(at - 0.01))).to.be.closeTo(-0.2, 2e-3);
    expect(world.truthAt(at, at - 1).jumped).to.equal(true);
    expect(world.truthAt(at + 60, at).jumped).to.equal(false);
    expect(world.truthAt(at - 1, at - 60).jumped).to.equal(false);
  });

  it("multiplies the exogenous price by what trading did, from then on only", () => {
    const world = run();
    world.feel({ time: START + 1_000, persistentImpactLog: -0.01 });
    world.feel({ time: START + 2_000, persistentImpactLog: -0.02 });
    for (const [time, impact] of [
      [999, 0],
      [1_000, -0.01],
      [1_999, -0.01],
      [50_000, -0.03],
    ]) {
      const ratio = world.spotAt(START + time) / world.exogenousSpotAt(START + time);
      expect(Math.log(ratio)).to.be.closeTo(impact, 1e-14);
    }
    expect(() => world.feel({ time: START, persistentImpactLog: 0.1 })).to.throw(WorldTimeError);
  });

  it("prices options with the true model at the current severity, myopically", () => {
    const world = run();
    const expiry = START + 7 * 86_400;
    for (const time of [START + 600, START + 60_000]) {
      const truth = world.truthAt(time);
      const years = (expiry - time) / 31_536_000;
      const expected = pricers.at(truth.severity).price(truth.variance, years, Math.log(2800 / truth.spot), false);
      expect(world.truthVol(expiry, 2800, false, time)).to.be.closeTo(
        impliedVol(false, truth.spot * expected, truth.spot, 2800, years),
        1e-9,
      );
    }
    expect(world.truthVol(expiry, 3000, true, START + 60_000)).to.be.greaterThan(
      1.5 * world.truthVol(expiry, 3000, true, START + 600),
    );
  });

  it("has a vol for every strike and time left, and none afterwards", () => {
    const world = run();
    for (const strike of [100, 1_000, 3_000, 9_000, 100_000]) {
      for (const left of [1, 60, 3_600, 86_400]) {
        const vol = world.truthVol(START + 600 + left, strike, true, START + 600);
        // Seconds before expiry a far strike is worth a jump's probability, which takes an enormous vol to explain.
        expect(vol, `${strike} ${left}`).to.be.within(0.05, left < 3_600 ? 1_000 : 10);
      }
    }
    expect(world.truthVol(START + 600, 1_000, true, START + 600)).to.deep.equal(NaN);
  });

  it("refuses times outside its path", () => {
    expect(() => run().truthAt(START - 1)).to.throw(WorldTimeError);
    expect(() => run().truthAt(START + 576 * 300 + 1)).to.throw(WorldTimeError);
  });
});
