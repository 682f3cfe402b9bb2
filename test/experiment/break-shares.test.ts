import { expect } from "chai";

import { breakShares } from "../../sim/experiment/break-shares.ts";
import type { JudgedRun } from "../../sim/experiment/finished-run.ts";

const economic = { predicate: "economic", excess: false, block: 1, text: "" };

/** A seed on which the model, the control, and the model in excess of it broke or did not. */
function run(own: boolean, control: boolean, excess: boolean): JudgedRun {
  return {
    summary: { breaks: own ? [economic] : [] },
    control: { summary: { breaks: control ? [economic] : [] } },
    excessBreaks: excess ? [{ ...economic, excess: true }] : [],
  } as unknown as JudgedRun;
}

describe("how often a predicate fell", () => {
  it("is counted with exact intervals and tested on the seeds where just one of the two broke", () => {
    const runs = [
      ...Array.from({ length: 6 }, () => run(true, false, true)),
      run(true, true, false),
      run(false, false, false),
    ];
    const [share, solvency] = breakShares(runs);
    // R's binom.test(7, 8): [0.4734903, 0.9968403]; six of six: p = 2/64.
    expect(share.absolute).to.include({ seeds: 7, of: 8 });
    expect(share.absolute.low).to.be.closeTo(0.4734903, 1e-6);
    expect(share.absolute.high).to.be.closeTo(0.9968403, 1e-6);
    expect(share).to.include({ predicate: "economic", onlyModel: 6, onlyControl: 0 });
    expect(share.pValue).to.be.closeTo(2 / 64, 1e-12);
    expect(share.control).to.include({ seeds: 1, of: 8 });
    expect(share.excess).to.include({ seeds: 6, of: 8 });
    expect(solvency).to.include({ predicate: "solvency", onlyModel: 0, pValue: null });
    expect(solvency.absolute).to.include({ seeds: 0, low: 0 });
  });

  it("has no interval below six seeds, and nothing to compare perfect pricing with", () => {
    const [share] = breakShares(Array.from({ length: 5 }, () => run(true, true, false)));
    expect(share.absolute).to.deep.equal({ seeds: 5, of: 5, low: null, high: null });
    const alone = Array.from({ length: 6 }, () => ({ ...run(true, false, false), control: undefined }));
    const [perfect] = breakShares(alone);
    expect(perfect).to.include({ control: null, excess: null, pValue: null });
    expect(perfect.absolute).to.include({ seeds: 6, of: 6 });
  });
});
