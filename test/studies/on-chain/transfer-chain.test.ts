import { expect } from "chai";
import { network } from "hardhat";

import { studySchema } from "../../../sim/results/study.ts";
import { loadScenario, validateScenario } from "../../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../../sim/scenarios/protocol-durations.ts";
import { transferChainStudy } from "../../../sim/studies/on-chain/transfer-chain.ts";
import { chainConditions } from "../../../sim/studies/on-chain/transfer-chain/chain-conditions.ts";
import { recordedQuotes } from "../../../sim/studies/on-chain/transfer-chain/recorded-calm.ts";
import { TruthPricers } from "../../../sim/world/truth-pricers.ts";
import { featureNames } from "../../../src/models/pricing-model.ts";
import { offChainContext } from "../study-context.ts";

const scenario = loadScenario("vol-shock");
const home = { scenario, preset: "FULL" };

describe("transfer on chain", function () {
  this.timeout(120_000);

  it("changes one part of a valid scenario in each market, or its defences", () => {
    const [same, ...others] = chainConditions(home);
    expect(same.scenario).to.deep.equal(scenario);
    for (const { name, scenario: market, preset } of others) {
      const changed = validateScenario(JSON.parse(JSON.stringify(market)), name);
      const fields = Object.keys(scenario) as (keyof typeof scenario)[];
      const moved = fields.filter((field) => JSON.stringify(changed[field]) !== JSON.stringify(scenario[field]));
      expect(moved.length + (preset === home.preset ? 0 : 1), name).to.equal(1);
    }
    expect(chainConditions({ scenario, preset: "NAIVE" }).map(({ name }) => name)).to.not.include("protocol upgrade");
  });

  it("trains each seed on runs of its own choice, whole and in the order of days", () => {
    const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
    const runs = Array.from({ length: 6 }, (_, run) => ({
      time: Float64Array.of(14_400, 100_000),
      spot: Float64Array.of(2000, 2010),
      variance: Float64Array.of(0.25, 0.26),
      feedSpot: Float64Array.of(2000, 2005),
      ...Object.fromEntries(featureNames.map((name) => [name, Float64Array.of(0.5, 0.5)])),
      orderFlow: Float64Array.of(run, run),
    }));
    const quotes = (seed: number) => recordedQuotes(scenario, pricers, runs, 0.5, 1, seed);
    const chosen = (seed: number) => [...new Set(quotes(seed).features.orderFlow)];
    expect(chosen(0)).to.have.length(3);
    expect(chosen(0)).to.deep.equal(chosen(0).toSorted((a, b) => a - b));
    expect(new Set([0, 1, 2, 3, 4].map((seed) => chosen(seed).join())).size).to.be.greaterThan(1);
    const { day, target, clean } = quotes(0);
    expect(Array.from(day)).to.deep.equal(Array.from(day).toSorted((a, b) => a - b));
    expect(new Set(day).size).to.equal(6);
    expect(target.every((vol, row) => Math.abs(vol - clean[row]) < 6 * scenario.quoteNoise)).to.equal(true);
  });

  it("learns from order flow where calm shows some, and nothing of it without a chain", async () => {
    const small = {
      ...scenario,
      clock: { ...scenario.clock, blocks: 16, dense: [], coarse: Object.keys(protocolDurations) },
      onChain: { ...scenario.onChain, seeds: 1 },
    };
    const steps: number[][] = [];
    const context = {
      ...offChainContext(small, ["smile-level"]),
      advance: (...step: number[]) => steps.push(step),
    };
    Object.defineProperty(context.hardhat, "network", { value: network });
    const markets = ({ scenario: own, preset }: typeof home) =>
      chainConditions({ scenario: own, preset }).filter(({ name }) => name === "home" || name === "fee version");
    const result = await transferChainStudy(4, markets).run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(steps).to.deep.equal(Array.from({ length: 16 }, (_, i) => [i + 1, 16]));
    const [errors] = result.charts;
    if (errors.kind !== "heat") throw new Error("a transfer matrix is a heat map");
    expect(errors.rows.names).to.deep.equal(["off chain", "home", "fee version"]);
    expect(errors.values.slice(1).map((row, i) => row[i])).to.deep.equal([0, 0]);
    expect(errors.values[1][1]).to.not.equal(0);
    const state = result.tables[1].rows;
    for (const row of state) {
      expect(row[4]).to.be.greaterThan(0);
      expect(row[6]).to.equal(0);
    }
    expect(result.answer).to.match(/too few for an interval/);
  });
});
