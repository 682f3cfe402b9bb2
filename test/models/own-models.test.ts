import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import { listModels, modelByName } from "../../src/models/models.ts";
import { isModelFile, loadOwnModel } from "../../src/models/own-models.ts";
import { runGeneralisation } from "../../sim/experiment/generalisation/run-generalisation.ts";
import { smallScenario } from "../experiment/scored-scenario.ts";

const example = fileURLToPath(new URL("../../examples/own-model.ts", import.meta.url));

describe("a model of one's own", () => {
  it("is told from a name by its path", () => {
    expect(["realised-vol", "./mine.ts", "mine.js", "models/mine"].map(isModelFile)).to.deep.equal([
      false,
      true,
      true,
      true,
    ]);
  });

  it("is known by its name once loaded, and loading it again changes nothing", () => {
    const model = loadOwnModel(example, "--models");
    expect(modelByName("desk-smirk")).to.equal(model);
    loadOwnModel(example, "--models");
    expect(listModels().filter(({ name }) => name === "desk-smirk")).to.have.length(1);
  });

  it("is fitted and scored in other processes as in this one", async () => {
    const { name } = loadOwnModel(example, "--models");
    const request = {
      scenario: smallScenario({ replicates: 12, severities: [0, 1] }),
      models: [name],
      ownModels: [example],
      masterSeed: 1,
    };
    const { generalisation } = await runGeneralisation({ ...request, jobs: 2 });
    const scored = generalisation.models.find((model) => model.name === name)!;
    expect(scored.fit.median!).to.be.within(0.5, 10);
    expect((await runGeneralisation({ ...request, jobs: 1 })).generalisation).to.deep.equal(generalisation);
  }).timeout(20_000);

  const refused: [string, string | undefined, RegExp][] = [
    ["a file that is not there", undefined, /--models: cannot read .*mine\.mjs/],
    ["a module that throws", 'throw new Error("broken on purpose");', /does not load: broken on purpose/],
    ["a module without a default export", "export const model = 1;", /no default export/],
    ["a model that would see the generator's state", moduleOf({ information: "state" }), /information is neither/],
    ["a model without a fit", moduleOf({}), /fit is no function/],
    ["a name that is taken", `${moduleOf({ name: "ridge" })}\nmodel.fit = () => {};`, /a model "ridge" already/],
  ];
  for (const [what, source, message] of refused)
    it(`is refused when it is ${what}`, () => {
      const path = join(mkdtempSync(join(tmpdir(), "own-model-")), "mine.mjs");
      if (source !== undefined) writeFileSync(path, source);
      expect(() => loadOwnModel(path, "--models")).to.throw(UserError, message);
    });
});

/** Source of a module whose model has these fields beside plain ones, and no fit. */
function moduleOf(fields: object): string {
  const model = JSON.stringify({ name: "mine", summary: "for a test", information: "prices", ...fields });
  return `const model = ${model};\nexport default model;`;
}
