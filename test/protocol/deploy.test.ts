import { expect } from "chai";

import { Bench, terms } from "./reference-fixture.ts";

describe("referenceAdapter.deploy", () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open();
  });
  after(async () => {
    await bench.chain.close();
  });

  it("reaches the scenario's state before the start", async () => {
    const view = await bench.view();
    expect(bench.time).to.be.below(Date.parse(terms.clock.start) / 1000);
    expect(view.markets[0]).to.include({
      price: 2000,
      confidence: 1,
      oracle: "good",
      poolQuote: 2e6,
      poolUnderlying: 1000,
    });
    expect(Math.abs(view.vault.navLow - 1e6)).to.be.below(2e3);
  });
});
