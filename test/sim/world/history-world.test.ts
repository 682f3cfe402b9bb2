import { expect } from "chai";

import type { PriceBars } from "../../../src/processes/history.ts";
import type { QuoteSnapshot } from "../../../src/processes/quotes.ts";
import { HistoryWorld } from "../../../sim/world/history-world.ts";
import { WorldTimeError } from "../../../sim/world/persistent-impact.ts";
import { trapezoidSeverity } from "../../../sim/world/severity-profile.ts";

const HOUR = 3_600;
const DAY = 86_400;

/** Twenty days of hourly bars that alternate by 1 %, with a fall of 30 % at the start of day 3. */
function bars(): PriceBars {
  const n = 20 * 24;
  const closes = Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 2000 : 2020) * (i < 72 ? 1 : 0.7));
  const opens = closes.map((_, i) => (i === 0 ? 2000 : closes[i - 1]));
  return {
    source: "eth.csv",
    times: Float64Array.from({ length: n }, (_, i) => i * HOUR),
    opens,
    highs: opens.map((open, i) => Math.max(open, closes[i])),
    lows: opens.map((open, i) => Math.min(open, closes[i])),
    closes,
    barSeconds: HOUR,
  };
}

const SPEC = {
  bars: bars(),
  window: { from: 2 * DAY, to: 4 * DAY },
  stepSeconds: 300,
  severityAt: trapezoidSeverity({ onset: DAY, ramp: 0, plateau: DAY, relief: 0 }, 1),
};

describe("HistoryWorld", () => {
  it("follows the recorded prices and labels calm and stress", () => {
    const world = new HistoryWorld(SPEC);
    expect(world.spotAt(2 * DAY)).to.equal(SPEC.bars.opens[48]);
    expect(world.spotAt(2 * DAY + HOUR - 300)).to.be.closeTo(SPEC.bars.closes[48], 1e-9);
    expect(world.truthAt(2 * DAY + HOUR).severity).to.equal(0);
    expect(world.truthAt(3 * DAY + HOUR).severity).to.equal(1);
  });

  it("calls its vols what they are: realised over the life, looking ahead", () => {
    const world = new HistoryWorld(SPEC);
    expect(world.volKind).to.equal("realised over the life");
    const calm = Math.log(1.01) ** 2 * 8760;
    const jump = Math.log((0.7 * 2000) / 2020) ** 2;
    expect(world.truthVol(5 * DAY, 2000, true, 3.5 * DAY) ** 2).to.be.closeTo(calm, 1e-9);
    expect(world.truthVol(4 * DAY, 2000, true, 2 * DAY) ** 2).to.be.greaterThan((jump * 365) / 2);
    expect(world.truthAt(3.5 * DAY).parameters).to.include({ volOfVol: 0, jumpIntensity: 0 });
    expect(world.truthAt(3.5 * DAY).variance).to.be.closeTo(calm, 1e-9);
  });

  it("says when it jumped", () => {
    const world = new HistoryWorld({ ...SPEC, bars: { ...SPEC.bars, opens: SPEC.bars.closes } });
    expect(world.truthAt(3 * DAY, 3 * DAY - 300).jumped).to.equal(true);
    expect(world.truthAt(2 * DAY + 6 * HOUR, 2 * DAY + 5 * HOUR).jumped).to.equal(false);
  });

  it("uses the latest market quotes when it has them", () => {
    const snapshot = (time: number, markVol: number): QuoteSnapshot => ({
      time,
      quotes: [true, false].map((isCall) => ({
        expiry: 10 * DAY,
        isCall,
        strike: isCall ? 2200 : 1800,
        bid: 1,
        ask: 2,
        mark: 1.5,
        markVol,
        forward: 2000,
        index: 2000,
        openInterest: 1,
      })),
    });
    const snapshots = [snapshot(2 * DAY + HOUR, 0.6), snapshot(3 * DAY, 0.9)];
    const world = new HistoryWorld({ ...SPEC, snapshots });
    expect(world.volKind).to.equal("market quotes");
    expect(world.truthVol(10 * DAY, 2000, true, 2.5 * DAY)).to.be.closeTo(0.6, 1e-12);
    expect(world.truthVol(10 * DAY, 2000, true, 3 * DAY)).to.be.closeTo(0.9, 1e-12);
    expect(() => world.truthVol(10 * DAY, 2000, true, 2 * DAY)).to.throw(WorldTimeError, "first option quotes");
  });

  it("feels persistent impact as a simulated world does", () => {
    const world = new HistoryWorld(SPEC);
    const before = world.spotAt(3 * DAY);
    world.feel({ time: 2.5 * DAY, persistentImpactLog: -0.05 });
    expect(world.spotAt(3 * DAY) / before).to.be.closeTo(Math.exp(-0.05), 1e-12);
  });

  it("carries a grafted shock, scaled by severity", () => {
    const grafts = [
      { at: DAY + HOUR, for: 1_800, logReturn: -0.2 },
      { at: HOUR, for: 1_800, logReturn: -0.9 },
    ];
    const [plain, grafted] = [new HistoryWorld(SPEC), new HistoryWorld({ ...SPEC, grafts })];
    const ratio = (time: number): number => Math.log(grafted.spotAt(time) / plain.spotAt(time));
    expect(ratio(2 * DAY + 2 * HOUR)).to.equal(0);
    expect(ratio(3 * DAY + HOUR + 900)).to.be.closeTo(-0.1, 1e-12);
    expect(ratio(3 * DAY + 2 * HOUR)).to.be.closeTo(-0.2, 1e-12);
  });

  it("has no vol from expiry on and refuses times outside its window", () => {
    const world = new HistoryWorld(SPEC);
    expect(world.truthVol(4 * DAY, 1000, true, 4 * DAY)).to.deep.equal(NaN);
    expect(() => world.spotAt(4 * DAY + 1)).to.throw(WorldTimeError);
    expect(() => world.spotAt(DAY)).to.throw(WorldTimeError);
  });
});
