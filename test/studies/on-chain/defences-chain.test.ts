import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { defencesChain } from "../../../sim/studies/on-chain/defences-chain.ts";
import { UserError } from "../../../src/errors/user-error.ts";
import { smallChainContext } from "./small-chain-context.ts";

describe("defences on chain", function () {
  this.timeout(120_000);

  it("takes away what the last preset has and the first lacks, and pairs what that changes by seed", async () => {
    const context = smallChainContext("polynomial", ["FULL-surfaceRateLimit", "FULL"], { excessCost: 0.9 });
    const result = await defencesChain.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    // Perfect pricing and the model at two severities, with the defence and without; the first preset is the same again.
    expect(result.notes[0]).to.match(/^8 chain runs on 1 seed\./);
    const [moved, savings] = result.tables;
    expect(moved.rows.map((row) => row.slice(0, 6))).to.deep.equal([
      ["polynomial", "without surfaceRateLimit against FULL", 0, 0, 0, 1],
    ]);
    const costs = savings.rows.map(([, , , cost]) => Number.parseFloat(String(cost).replace("−", "-")));
    const saved = Number.parseFloat(String(savings.rows[1][4]).replace("−", "-"));
    expect(saved).to.be.closeTo(costs[1] - costs[0], 0.011);
    expect(Math.abs(saved), "the limit holds back some of a polynomial's posts").to.be.greaterThan(0.01);
    expect(savings.rows[1][2]).to.be.within(1, 2);
    expect(savings.rows[1][7]).to.equal("not shown");
  });

  it("refuses presets between which there is nothing to take away", async () => {
    const context = smallChainContext("polynomial", ["FULL", "OPEN"], {});
    const error: unknown = await defencesChain.run(context).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UserError);
    expect((error as Error).message).to.match(/OPEN has no defence that FULL lacks/);
  });
});
