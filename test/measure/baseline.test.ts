import { expect } from "chai";

import { comparability, compareWithBaseline } from "../../sim/measure/baseline.ts";
import type { Results } from "../../sim/results/results.ts";
import { resultsFixture } from "../report/results-fixture.ts";

/** The same results with the excess cost of every seed moved. */
function moved(results: Results, by: (seed: number) => number): Results {
  return {
    ...results,
    onChain: results.onChain.map((cell) => ({
      ...cell,
      perSeed: cell.perSeed.map((seed) => ({
        ...seed,
        excessCost: seed.excessCost === null ? null : seed.excessCost + by(seed.seed),
      })),
    })),
  };
}

describe("comparison with a baseline", () => {
  const before = resultsFixture();

  it("finds nothing between equal runs", () => {
    const changes = compareWithBaseline(before, resultsFixture());
    expect(changes.length).to.be.greaterThan(0);
    expect(new Set(changes.map(({ verdict }) => verdict))).to.deep.equal(new Set(["same"]));
  });

  // Differences −2, −4, …, −16 % for seeds 0 … 7: mean −9 %, s = √24 %, t(0.975, 7) = 2.3646, half-width 4.0957 %.
  it("pairs by seed, with a t interval over the differences", () => {
    const changes = compareWithBaseline(
      before,
      moved(before, (seed) => -0.02 * (seed + 1)),
    );
    const loss = changes.find(({ model, metric }) => model === "ridge" && metric === "loss.mean")!;
    expect(loss.change.mean).to.be.closeTo(-0.09, 1e-12);
    expect(loss.change.low).to.be.closeTo(-0.09 - 0.040957, 1e-5);
    expect(loss.change.high).to.be.closeTo(-0.09 + 0.040957, 1e-5);
    expect(loss.verdict).to.equal("better");
  });

  it("calls a change that chance can explain not shown, and a rise of cost worse", () => {
    const noisy = compareWithBaseline(
      before,
      moved(before, (seed) => (seed % 2 === 0 ? 0.1 : -0.1)),
    );
    expect(noisy.find(({ metric }) => metric === "loss.mean")!.verdict).to.equal("not shown");
    const dearer = compareWithBaseline(
      before,
      moved(before, (seed) => 0.1 + 0.001 * seed),
    );
    expect(dearer.find(({ metric }) => metric === "loss.mean")!.verdict).to.equal("worse");
  });

  it("pairs only the seeds that both runs have, and gives no interval below six", () => {
    const changes = compareWithBaseline(
      resultsFixture({ seeds: 3 }),
      moved(before, () => 0.1),
    );
    const { change } = changes.find(({ metric }) => metric === "loss.mean")!;
    expect(change).to.deep.include({ low: null, high: null, n: 3 });
  });

  it("warns when master seed or scenario differ, for then nothing is paired", () => {
    expect(comparability(before, before)).to.deep.equal([]);
    const other = { ...before, meta: { ...before.meta, masterSeed: 2, scenarioHash: "0x00" } };
    expect(comparability(before, other)).to.have.length(2);
  });
});
