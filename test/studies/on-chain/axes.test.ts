import { expect } from "chai";
import { network } from "hardhat";

import { DEFENCE_BITS } from "../../../deployments/presets.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { validateScenario } from "../../../sim/scenarios/load-scenario.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../../sim/scenarios/protocol-durations.ts";
import { axesStudy } from "../../../sim/studies/on-chain/axes.ts";
import { chainAxes } from "../../../sim/studies/on-chain/axes/chain-axes.ts";
import { defencesOf } from "../../../src/protocol/deploy/market-terms.ts";
import { offChainContext } from "../study-context.ts";

const scenario = loadScenario("vol-shock");
const base = { scenario, preset: "FULL" };

describe("axes on chain", function () {
  this.timeout(120_000);

  it("change one part of a valid scenario, or one defence, each arm another than the base", () => {
    for (const { name, levels } of chainAxes(base)) {
      for (const { label, market } of levels) {
        const changed = validateScenario(JSON.parse(JSON.stringify(market.scenario)), `${name} ${label}`);
        const fields = Object.keys(scenario) as (keyof typeof scenario)[];
        const moved = fields.filter((field) => JSON.stringify(changed[field]) !== JSON.stringify(scenario[field]));
        // What would be too short for the clock is declared so.
        const parts = moved.filter((field) => field !== "clock");
        expect(parts.length + (market.preset === base.preset ? 0 : 1), `${name} ${label}`).to.equal(1);
      }
    }
  });

  it("leave out roles that the cast has not", () => {
    const agents = scenario.agents.filter(({ role }) => role !== "stale-price-sniper");
    const names = chainAxes({ ...base, scenario: { ...scenario, agents } }).map(({ name }) => name);
    expect(names).to.include("informed traders").and.not.include("snipers");
  });

  it("switch a defence off and nothing else", () => {
    const off = defencesOf("FULL-deltaHedging");
    expect(defencesOf("FULL") & ~off).to.equal(1n << BigInt(DEFENCE_BITS.deltaHedging));
    expect(() => defencesOf("FULL-deltaHedgin")).to.throw(/unknown defence "deltaHedgin"/);
  });

  it("have effects where they can, and n/a where they cannot", async () => {
    const small = {
      ...scenario,
      clock: { ...scenario.clock, blocks: 16, dense: [], coarse: Object.keys(protocolDurations) },
      onChain: { ...scenario.onChain, seeds: 1 },
    };
    const context = offChainContext(small, ["smile-level"]);
    Object.defineProperty(context.hardhat, "network", { value: network });
    const some = axesStudy((market) =>
      chainAxes(market)
        .filter(({ name }) => name === "oracle delay" || name === "vault's hedge")
        .map((axis) => ({ ...axis, levels: axis.levels.slice(-1) })),
    );
    const result = await some.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    const [effects, estimands] = result.tables;
    expect(effects.rows.map((row) => row.slice(0, 3))).to.deep.equal([
      ["oracle delay", "30 s", "10 min"],
      ["vault's hedge", "on", "off"],
    ]);
    const [late, unhedged] = effects.rows;
    expect(late[6])
      .to.match(/^−?\d+\.\d\d$/)
      .and.not.equal("0.00");
    expect(unhedged.slice(5)).to.deep.equal(["n/a", "n/a"]);
    expect(unhedged[4]).to.not.equal("0.00 %");
    expect(estimands.rows.map(([name, truth]) => [name, truth])).to.deep.equal([
      ["oracle delay", "n/a"],
      ["vault's hedge", "n/a"],
    ]);
    expect(result.answer).to.match(/too few for an interval/);
  });
});
