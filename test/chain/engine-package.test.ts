import { expect } from "chai";
import fc from "fast-check";
import { keccak256, toHex } from "viem";
import { edrVersion, engineKeccak } from "../../src/chain/engine-package.ts";

describe("the engine's package", () => {
  it("hashes as the published implementation does", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(engineKeccak(toHex(bytes))).to.equal(keccak256(bytes));
      }),
    );
  });

  it("has the published hash of nothing", () => {
    // The code hash of an account without code, EIP-1052.
    expect(engineKeccak("0x")).to.equal("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  });

  it("says its version", () => {
    expect(edrVersion()).to.match(/^\d+\.\d+\.\d+/);
  });
});
