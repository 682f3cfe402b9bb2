import { expect } from "chai";
import fc from "fast-check";
import { isAddress } from "viem";
import { deriveAddress } from "../../src/chain/derive-address.ts";

describe("deriveAddress", () => {
  it("gives an address for every id and name", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (id, name) => isAddress(deriveAddress(id, name))));
  });

  it("does not confuse an id with a name", () => {
    expect(deriveAddress("ab", "c")).not.to.equal(deriveAddress("a", "bc"));
  });

  it("never changes, since recorded bundles hold its results", () => {
    expect(deriveAddress("keeper", "main")).to.equal("0xceee2ec05554f46db0ca4b3fc754ae7e2a0f8905");
  });
});
