import { expect } from "chai";

import { alarmedKeeper, CAUTION, conservative } from "../../../../sim/studies/on-chain/alarms/alarmed-keeper.ts";
import { OWN_CALM } from "../../../../sim/studies/on-chain/alarms/calibration.ts";
import { calmLaw, chartNames, chartPath } from "../../../../sim/studies/on-chain/alarms/charts.ts";
import { medianOfHeard } from "../../../../sim/studies/on-chain/alarms/heard.ts";
import { observe, observer, type Observation } from "../../../../sim/studies/on-chain/alarms/watch.ts";
import { modelByName } from "../../../../src/models/models.ts";
import type { QuoteSet } from "../../../../src/models/pricing-model.ts";
import { selectQuotes } from "../../../../src/models/select-quotes.ts";
import { createRandom } from "../../../../src/random/random.ts";
import { makeQuotes } from "../../../models/calm-quotes.ts";

const DAY = 86_400;
/** A day of these quotes stands for a cycle: their step is a day. */
const calm = makeQuotes(120, ({ longVol }) => longVol, 0.004);
const base = modelByName("smile-level").fit(
  selectQuotes(
    calm,
    Array.from(calm.time.keys()).filter((row) => calm.day[row] < 60),
  ),
  createRandom(3),
);
const scaled = (quotes: QuoteSet, from: number, factor: number): QuoteSet => ({
  ...quotes,
  target: quotes.target.map((vol, row) => (quotes.time[row] >= from ? factor * vol : vol)),
});
/** Errors that remember their past, hourly moves of normal size; from `shift` on both are another. */
function observations(count: number, shift = Infinity): Observation[] {
  const random = createRandom(5, "observations");
  let error = 0;
  return Array.from({ length: count }, (_, t) => {
    error = 0.95 * error + 0.01 * random.normal(t, 0) + (t >= shift && t < shift + 6 ? 0.08 : 0);
    const isNew = t % 3 === 0;
    return { time: 1200 * t, error, move: isNew ? (t >= shift ? 2.5 : 1) * Math.abs(random.normal(t, 1)) : Number.NaN };
  });
}

describe("what a monitor watches", () => {
  it("is the log of the market over the calm fit near the money, one observation a surface", () => {
    const plain = observe(base, calm);
    const raised = observe(base, scaled(calm, 100 * DAY, Math.exp(0.1)));
    expect(plain).to.have.length(120);
    expect(plain.map(({ time }) => time)).to.deep.equal(Array.from({ length: 120 }, (_, day) => day * DAY));
    for (const [day, { error }] of raised.entries()) {
      expect(error - plain[day].error).to.be.closeTo(day < 100 ? 0 : 0.1, 1e-9);
    }
  });

  it("is the same when the surfaces come in pieces", () => {
    const watch = observer(base);
    const piece = (isIn: (time: number) => boolean) =>
      watch(
        selectQuotes(
          calm,
          Array.from(calm.time.keys()).filter((row) => isIn(calm.time[row])),
        ),
      );
    const pieces = [...piece((time) => time <= 40 * DAY), ...piece(() => false), ...piece((time) => time > 40 * DAY)];
    expect(pieces).to.deep.equal(observe(base, calm));
  });

  it("is not moved by one wild quote of a surface", () => {
    const target = calm.target.slice();
    target[0] = 3;
    expect(observe(base, { ...calm, target })[0].error).to.be.closeTo(observe(base, calm)[0].error, 0.02);
  });
});

describe("charts", () => {
  const quiet = observations(600);
  const own = 144;

  for (const name of chartNames) {
    const law = calmLaw(name, [quiet]);
    it(`${name} hears the shift, and knows nothing of what comes later`, () => {
      const path = chartPath(name, law, observations(600, 400), own);
      const before = Math.max(...path.slice(0, 400));
      expect(Math.max(...path.slice(400, 480))).to.be.greaterThan(1.2 * before);
      expect(chartPath(name, law, observations(600, 400).slice(0, 450), own)).to.deep.equal(path.slice(0, 450));
      expect(Math.max(...path.slice(0, own))).to.equal(0);
    });
  }

  it("take one wild observation for no more than four deviations", () => {
    const law = calmLaw("CUSUM of the error", [quiet]);
    const wild = quiet.map((one, t) => (t === 300 ? { ...one, error: one.error + 10 } : one));
    const path = chartPath("CUSUM of the error", law, wild, own);
    const plain = chartPath("CUSUM of the error", law, quiet, own);
    expect(path[300] - plain[300]).to.be.at.most(2 * 4);
  });
});

describe("a keeper with an alarm", () => {
  const start = 100 * DAY;
  const alarm = {
    name: "CUSUM of the error" as const,
    law: calmLaw("CUSUM of the error", [observe(base, calm)]),
    threshold: 6,
    cycle: DAY,
    onset: 105 * DAY,
  };
  const desk = (quotes: QuoteSet) => ({
    tape: {
      start,
      quotes: (from: number, to: number) =>
        selectQuotes(
          quotes,
          Array.from(quotes.time.keys()).filter((row) => quotes.time[row] > from && quotes.time[row] <= to),
        ),
    },
    random: createRandom(4),
    plateau: [start, start + 20 * DAY] as const,
  });
  /** The desk's cycle is a day, so that the calm which a fit's own scatter is taken from is stretched as well. */
  const stretched = (quotes: QuoteSet): QuoteSet => {
    const unit = OWN_CALM / 60;
    return { ...quotes, time: quotes.time.map((time) => start + ((time - start) / DAY) * unit) };
  };
  const cycle = OWN_CALM / 60;
  const fast = { ...alarm, cycle, onset: start + 5 * cycle };
  const shifted = stretched(scaled(calm, 106 * DAY, 2));

  it("posts the calm fit while it is quiet, and doubts it while the alarm stands", () => {
    const { model, readings } = alarmedKeeper(base, fast, "conservative");
    const tending = model.tend(desk(shifted));
    expect(tending.modelAt(start + 2 * cycle)).to.equal(base);
    const later = tending.modelAt(start + 10 * cycle);
    expect(later.name).to.match(/conservative$/);
    expect(tending.modelAt(start + 10 * cycle)).to.equal(later);
    expect(readings()).to.deep.include({ asked: 2, alarmed: 1, falseAlarms: 0, alarmAt: start + 10 * cycle });
  });

  it("sees no surface sooner than a cycle later", () => {
    const raise = (from: number) => {
      const { model, readings } = alarmedKeeper(base, { ...fast, threshold: 3 }, "conservative");
      model.tend(desk(stretched(scaled(calm, from, 2)))).modelAt(start + 10 * cycle);
      return readings().alarmed;
    };
    expect(raise(110 * DAY)).to.equal(0);
    expect(raise(109 * DAY)).to.equal(1);
  });

  it("fits its model again while the alarm stands", () => {
    const { model, readings } = alarmedKeeper(base, fast, "recalibrate");
    const tending = model.tend(desk(shifted));
    expect(tending.modelAt(start + 2 * cycle)).to.equal(base);
    tending.modelAt(start + 10 * cycle);
    expect(readings().alarmed).to.equal(1);
  });

  it("has, conservative, the same vols with a deviation of a stated share of each", () => {
    const { features } = selectQuotes(calm, [0, 1, 2]);
    const [plain, cautious] = [base, conservative(base)].map((model) => model.predictMany(features));
    expect(cautious.vol).to.deep.equal(plain.vol);
    cautious.sd.forEach((sd, row) => expect(sd).to.equal(Math.max(plain.sd[row], CAUTION * plain.vol[row])));
  });

  it("is told how soon it heard, in the median where most did", () => {
    expect(medianOfHeard([undefined], 0)).to.equal("–");
    expect(medianOfHeard([3600, 7200, Number.NaN], 0)).to.equal("2.0 (2 of 3)");
    expect(medianOfHeard([3600, Number.NaN], 0)).to.equal("1 of 2 heard");
  });
});
