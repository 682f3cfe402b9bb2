import { expect } from "chai";

import { mean } from "../../src/statistics/moments.ts";
import { stratifiedMean } from "../../src/statistics/stratified-mean.ts";
import { tInterval } from "../../src/statistics/t-interval.ts";

describe("a stratified mean", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const others = [10, 12, 9, 14];

  it("of one stratum is the mean with Student's interval", () => {
    const one = stratifiedMean([{ share: 1, values }]);
    const known = tInterval(values);
    for (const part of ["mean", "low", "high", "n"] as const) expect(one[part]).to.be.closeTo(known[part], 1e-12);
  });

  it("takes each stratum at its own share, and is Welch's where shares are plus and minus one", () => {
    const { mean: centre } = stratifiedMean([
      { share: 0.9, values },
      { share: 0.1, values: others },
    ]);
    expect(centre).to.be.closeTo(0.9 * mean(values) + 0.1 * mean(others), 1e-12);
    // SciPy 1.x: ttest_ind(values, others, equal_var=False).confidence_interval(0.95).
    const { low, high } = stratifiedMean([
      { share: 1, values },
      { share: -1, values: others },
    ]);
    expect(low).to.be.closeTo(-10.815645540056444, 1e-9);
    expect(high).to.be.closeTo(-3.9343544599435565, 1e-9);
  });
});
