import { expect } from "chai";
import fc from "fast-check";

import { quantiseAnswer, ReportingRule } from "../../sim/oracle/reporting-rule.ts";

const terms = { heartbeat: 3600, deviation: 0.01, delay: 20 };

describe("ReportingRule", () => {
  it("reports at the start, on deviation and on silence: a hand-worked path", () => {
    const times = [0, 600, 1200, 1800, 5400, 6000];
    const prices = [2000, 2019, 2020, 2001, 2000, 1999];
    const rounds = new ReportingRule(terms).due(times, prices);
    // 2019 is 0.95 % away: silent. 2020 is 1 %. 2001 is 0.94 % from 2020. At 5,400 s it is silent for 4,200 s.
    expect(rounds).to.deep.equal([
      { answer: 2000, observedAt: 0, updatedAt: 20 },
      { answer: 2020, observedAt: 1200, updatedAt: 1220 },
      { answer: 2000, observedAt: 5400, updatedAt: 5420 },
    ]);
  });

  it("gives the same rounds however the path is cut", () => {
    const prices = fc.array(fc.double({ min: 900, max: 1100, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(prices, fc.nat({ max: 60 }), (path, cut) => {
        const times = path.map((_, i) => i * 300);
        const middle = Math.min(cut, path.length);
        const whole = new ReportingRule(terms).due(times, path);
        const rule = new ReportingRule(terms);
        const pieces = [...rule.due(times, path, 0, middle), ...rule.due(times, path, middle)];
        expect(pieces).to.deep.equal(whole);
      }),
    );
  });

  it("never leaves a price further away than the deviation, or unheard for longer than the heartbeat", () => {
    const prices = fc.array(fc.double({ min: 900, max: 1100, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(prices, (path) => {
        const rule = new ReportingRule(terms);
        let last = { answer: 0, observedAt: 0, updatedAt: 0 };
        path.forEach((price, i) => {
          last = rule.due([i * 300], [price])[0] ?? last;
          expect(Math.abs(price / last.answer - 1)).to.be.below(0.01 + 1e-9);
          expect(i * 300 - last.observedAt).to.be.below(3600);
        });
      }),
    );
  });

  it("carries answers of eight decimals", () => {
    expect(quantiseAnswer(1234.123456786)).to.equal(1234.12345679);
  });
});
