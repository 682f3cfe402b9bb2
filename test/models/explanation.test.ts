import { expect } from "chai";

import { explain } from "../../src/models/explanation.ts";
import type { FeatureName, FeatureTable, QuoteFeatures, ReturnHistory } from "../../src/models/pricing-model.ts";
import { featureNames } from "../../src/models/pricing-model.ts";

function historyOf(move: number): ReturnHistory {
  return { step: 3600, end: 0, values: Float64Array.of(move) };
}

function quote(values: Partial<QuoteFeatures>): QuoteFeatures {
  const zeros = Object.fromEntries(featureNames.map((name) => [name, 0])) as Record<FeatureName, number>;
  return { ...zeros, returns: historyOf(0), ...values };
}

const uses = ["shortVol", "longVol", "years"] as const;

/** vol = shortVol + 2 shortVol · longVol; `years` is read and moves nothing. */
function model({ shortVol, longVol }: FeatureTable): Float64Array {
  return shortVol.map((short, i) => short + 2 * short * longVol[i]);
}

describe("explain", () => {
  const typical = quote({ shortVol: 0.4, longVol: 0.5 });

  it("splits an interaction evenly between its features: a hand-worked case", () => {
    const at = quote({ shortVol: 0.6, longVol: 1, years: 0.1 });
    const { base, contributions, clamping, vol } = explain(model, [0.15, 4], uses, typical, at);
    // v(∅) 0.8, v(short) 1.2, v(long) 1.2, v(both) 1.8.
    expect([base, clamping]).to.deep.equal([0.8, 0]);
    expect(vol).to.be.closeTo(1.8, 1e-15);
    expect(contributions.shortVol).to.be.closeTo(0.5, 1e-15);
    expect(contributions.longVol).to.be.closeTo(0.5, 1e-15);
    expect(contributions.years).to.be.closeTo(0, 1e-15);
  });

  it("tells what the declared domain took away apart from what features added", () => {
    const at = quote({ shortVol: 4, longVol: 1 });
    const { clamping, vol } = explain(model, [0.15, 4], uses, typical, at);
    expect([vol, clamping]).to.deep.equal([4, -8]);
  });

  it("counts the history of returns as one feature", () => {
    const last = (at: FeatureTable) => at.returns.map(({ values }, i) => 0.5 + values[0] + at.years[i]);
    const at = quote({ years: 0.1, returns: historyOf(0.2) });
    const raw = (table: FeatureTable) => Float64Array.from(last(table));
    const { contributions, vol } = explain(raw, [0.15, 4], ["years", "returns"], typical, at);
    expect(vol).to.be.closeTo(0.8, 1e-15);
    expect(contributions.returns).to.be.closeTo(0.2, 1e-15);
    expect(contributions.years).to.be.closeTo(0.1, 1e-15);
  });

  it("gives a model that reads nothing its base alone", () => {
    const flat = (at: FeatureTable) => new Float64Array(at.count).fill(0.6);
    const { base, contributions, vol } = explain(flat, [0.15, 4], [], typical, quote({ shortVol: 9 }));
    expect([base, contributions, vol]).to.deep.equal([0.6, {}, 0.6]);
  });
});
