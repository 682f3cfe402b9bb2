import { expect } from "chai";
import type { Address } from "viem";
import { identifyCreation, linkedBytecode, type CreationArtifact } from "../../src/chain/creation-artifact.ts";

const LIBRARY: Address = `0x${"ab".repeat(20)}`;
const plain = (name: string, bytecode: string): CreationArtifact => ({ name, bytecode, linkReferences: {} });
const linked: CreationArtifact = {
  name: "a.sol:Linked",
  bytecode: `0x60${"__$placeholder$__".padEnd(40, "_")}61`,
  linkReferences: { "lib.sol": { Maths: [{ start: 1, length: 20 }] } },
};

describe("identifyCreation", () => {
  it("splits the constructor's arguments from the code", () => {
    const found = identifyCreation("0x6001aabb", [plain("a.sol:A", "0x6001")]);
    expect(found).to.deep.equal({
      creation: { artifact: "a.sol:A", code: "0x6001", libraries: {} },
      constructorArguments: "0xaabb",
    });
  });

  it("prefers the longer of two contracts of which one begins like the other", () => {
    const found = identifyCreation("0x600102ff", [plain("a.sol:Short", "0x6001"), plain("a.sol:Long", "0x600102")]);
    expect(found.creation.artifact).to.equal("a.sol:Long");
  });

  it("finds a contract whose libraries are linked, and where they are", () => {
    const data = `0x60${LIBRARY.slice(2)}61ff` as const;
    const { creation, constructorArguments } = identifyCreation(data, [linked]);
    expect(creation).to.deep.equal({
      artifact: linked.name,
      code: data.slice(0, -2),
      libraries: { "lib.sol:Maths": LIBRARY },
    });
    expect(constructorArguments).to.equal("0xff");
    expect(linkedBytecode(linked, creation.libraries)).to.equal(creation.code);
  });

  it("keeps code of unknown origin whole", () => {
    const { creation, constructorArguments } = identifyCreation("0x7001", [plain("a.sol:A", "0x6001"), linked]);
    expect(creation).to.deep.equal({ artifact: null, code: "0x7001", libraries: {} });
    expect(constructorArguments).to.equal("0x");
  });

  it("does not take data that is too short to hold a library for a linked contract", () => {
    const { creation } = identifyCreation("0x6001", [linked, plain("a.sol:A", "0x6001")]);
    expect(creation.artifact).to.equal("a.sol:A");
  });

  it("does not link a library whose address is unknown", () => {
    expect(linkedBytecode(linked, {})).to.equal("0x");
  });
});
