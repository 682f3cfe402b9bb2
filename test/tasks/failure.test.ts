import { expect } from "chai";

import { InternalError } from "../../src/errors/internal-error.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { exitCodeOf } from "../../sim/tasks/failure.ts";

async function outcome(action: () => Promise<number>) {
  let stderr = "";
  const code = await exitCodeOf("npx hardhat sim --seed 7", action, { write: (text) => (stderr += text) });
  return { code, stderr };
}

describe("failures of commands", () => {
  it("leave the action's own exit code alone", async () => {
    expect(await outcome(async () => 1)).to.deep.equal({ code: 1, stderr: "" });
  });

  it("are one line and code 2 when the user can mend them, even if the message had several", async () => {
    const mistake = new UserError({ where: "eth.csv:1042", what: "close is empty\n  (column 5)" });
    expect(await outcome(() => Promise.reject(mistake))).to.deep.equal({
      code: 2,
      stderr: "error: eth.csv:1042: close is empty (column 5)\n",
    });
  });

  it("say that they are ours otherwise, with seed, block, action, command and trace", async () => {
    const bug = new InternalError("ledger off by 3", { seed: 7, block: 71, action: "sniper:71:0" }, new Error("cause"));
    const { code, stderr } = await outcome(() => Promise.reject(bug));
    expect(code).to.equal(70);
    expect(stderr).to.match(/^our own bug: ledger off by 3 \(seed 7, block 71, action sniper:71:0\)\n/);
    expect(stderr).to.contain("command npx hardhat sim --seed 7");
    expect(stderr).to.contain("caused by Error: cause");
    expect(stderr).to.contain("failure.test.ts");
  });

  it("say that they are ours when they are of no known kind", async () => {
    const { code, stderr } = await outcome(() => Promise.reject(new TypeError("x is undefined")));
    expect(code).to.equal(70);
    expect(stderr).to.match(/^our own bug: TypeError: x is undefined\n/);
  });
});
