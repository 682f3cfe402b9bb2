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

  it("is refused where there is no such defence, or no such preset", () => {
    expect(() => defencesOf("FULL-surfaceBound")).to.throw(UserError, 'Did you mean "surfaceBounds"?');
    expect(() => defencesOf("FUL-surfaceBounds")).to.throw(UserError, 'unknown preset "FUL". Did you mean "FULL"?');
  });
});
