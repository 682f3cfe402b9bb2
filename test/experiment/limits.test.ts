import { expect } from "chai";

import { limitsOf } from "../../sim/experiment/limits.ts";
import { loadScenario } from "../../sim/scenarios/load-scenario.ts";

describe("limits of a run on recorded prices", () => {
  const history = { surrogate: "realised vol" };
  const limits = (name: string, fixedIn: "scenario" | "command") =>
    limitsOf(loadScenario(name), history, fixedIn).join(" ");

  it("say that a scenario's windows were fixed before any result", () => {
    expect(limits("eth-crashes", "scenario")).to.include("fixed before any result; a window");
  });

  it("say what of the windows was changed after a look at results", () => {
    const { adjusted } = loadScenario("sp500").history!;
    expect(adjusted).to.match(/after a first look at results/);
    expect(limits("sp500", "scenario")).to.include(`fixed before any result but for this: ${adjusted}; a window`);
  });

  it("claim nothing of a window that came with the command", () => {
    expect(limits("sp500", "command")).to.include("The window was chosen by whoever asked; a window");
    expect(limits("sp500", "command")).not.to.include("before any result");
  });
});
