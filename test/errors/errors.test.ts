import { expect } from "chai";
import { InternalError } from "../../src/errors/internal-error.ts";
import { UserError } from "../../src/errors/user-error.ts";

describe("UserError", () => {
  it("says where, what and what instead in one line", () => {
    const error = new UserError({
      where: "scenarios/mine.json: agents[2].capital",
      what: 'got "lots"',
      expected: "a positive number of USD",
    });
    expect(error.message).to.equal(
      'scenarios/mine.json: agents[2].capital: got "lots"; expected a positive number of USD',
    );
    expect(error.message).not.to.include("\n");
  });

  it("keeps what revealed the mistake as its cause without printing it", () => {
    const cause = new SyntaxError("Unexpected end of JSON input");
    const error = new UserError({ where: "a.json", what: "is not JSON" }, cause);
    expect(error.cause).to.equal(cause);
    expect(error.message).to.equal("a.json: is not JSON");
  });
});

describe("InternalError", () => {
  it("says that it is ours and gives what reproduces it", () => {
    const error = new InternalError("blocks out of order", {
      seed: 3,
      block: 71n,
      action: "mine",
      bundle: "runs/a.json",
    });
    expect(error.message).to.equal(
      "our own bug: blocks out of order (seed 3, block 71, action mine, bundle of the run so far runs/a.json)",
    );
  });

  it("leaves out what is not known", () => {
    expect(new InternalError("lost", { seed: "7" }).message).to.equal("our own bug: lost (seed 7)");
  });
});
