import { expect } from "chai";

import { defenceNames } from "../../deployments/presets.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { defencesOf } from "../../src/protocol/deploy/market-terms.ts";

describe("preset less a defence", () => {
  it("lacks that one and no other, and can lose several", () => {
    const all = defenceNames(defencesOf("FULL"));
    for (const defence of all) {
      const rest = defenceNames(defencesOf(`FULL-${defence}`));
      expect(rest).to.deep.equal(all.filter((name) => name !== defence));
    }
    expect(defenceNames(defencesOf("FULL-surfaceBounds-jumpCap"))).to.have.length(all.length - 2);
  });

  it("has what is added to it, in any order with what is taken away", () => {
    expect(defencesOf("FULL+uncertaintySize+uncertaintyMargin")).to.equal(defencesOf("WARY"));
    expect(defenceNames(defencesOf("NAIVE+vegaFee"))).to.deep.equal(["vegaFee"]);
    expect(defencesOf("FULL-vegaFee+uncertaintySize")).to.equal(defencesOf("FULL+uncertaintySize-vegaFee"));
  });

  it("bounds nothing by the model's deviation but the spread, unless it is WARY", () => {
    for (const preset of ["NAIVE", "LYRA_LIKE", "DERIVE_LIKE", "OPEN", "FULL"]) {
      expect(defenceNames(defencesOf(preset))).to.not.include.members(["uncertaintySize"]);
      expect(defenceNames(defencesOf(preset))).to.not.include.members(["uncertaintyMargin"]);
    }
  });

  it("is refused where there is no such defence, or no such preset", () => {
    expect(() => defencesOf("FULL-surfaceBound")).to.throw(UserError, 'Did you mean "surfaceBounds"?');
    expect(() => defencesOf("FUL-surfaceBounds")).to.throw(UserError, 'unknown preset "FUL". Did you mean "FULL"?');
  });
});
