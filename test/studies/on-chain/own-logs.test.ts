import { expect } from "chai";
import hre, { network } from "hardhat";

import { PERFECT } from "../../../sim/experiment/plan.ts";
import { openStage } from "../../../sim/engine/stage.ts";
import { syntheticWorld } from "../../../sim/engine/run-world.ts";
import { studySchema, type StudyResult } from "../../../sim/results/study.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../../sim/scenarios/protocol-durations.ts";
import { errorSurvival } from "../../../sim/studies/on-chain/own-logs/error-survival.ts";
import { drawOf, LearningDays, ownTrades, RUNS, seedOf } from "../../../sim/studies/on-chain/own-logs/learning-days.ts";
import { tradeBias } from "../../../sim/studies/on-chain/own-logs/trade-bias.ts";
import { ownLogs } from "../../../sim/studies/on-chain/own-logs.ts";
import type { StudyContext } from "../../../sim/studies/study.ts";
import { quoteStream } from "../../../sim/studies/shared/streams.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { TradeLog } from "../../../src/models/trade-log.ts";
import { referenceAdapter } from "../../../src/protocol/reference-adapter.ts";
import { createRandom } from "../../../src/random/random.ts";
import { offChainContext } from "../study-context.ts";

const context = smallContext();
const { scenario, masterSeed } = context;

describe("learning from one's own trades", function () {
  this.timeout(120_000);
  const days = new LearningDays(scenario, masterSeed);
  let result: StudyResult;
  let perfect: TradeLog[];

  before(async () => {
    result = await ownLogs.run(context);
    const stage = await openStage(network, referenceAdapter, scenario, "FULL");
    perfect = [];
    for (const run of [0, 1]) {
      const shared = { scenario: scenario.name, masterSeed, preset: "FULL", feedback: false } as const;
      const spec = { ...shared, model: PERFECT, rung: "P0", severity: 0, seed: seedOf(0, run) } as const;
      const { record } = await stage.run(spec, undefined, syntheticWorld(scenario, days.pricers, spec));
      perfect.push(record.log);
    }
    await stage.close();
  });

  it("answers in the study's shape, without figures where one draw gives no interval", () => {
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(result.tables.map(({ rows }) => rows.length)).to.deep.equal([7, 7, 3, 3]);
    expect(result.answer).to.contain("unknown");
  });

  it("gives every draw runs of its own, and a fresh one that nothing was learned from", () => {
    const seeds = [0, 1, 2].flatMap((draw) => Array.from({ length: RUNS + 1 }, (_, run) => seedOf(draw, run)));
    expect(new Set(seeds).size).to.equal(seeds.length);
    expect(seeds.map(drawOf)).to.deep.equal([0, 1, 2].flatMap((draw) => new Array<number>(RUNS + 1).fill(draw)));
  });

  it("reads the truth, to the contract's tick, from trades under perfect pricing, and the spread from what was paid", () => {
    const { trades, sold, bought, distance } = tradeBias(days, 0, perfect);
    expect(trades).to.be.greaterThan(5);
    expect(distance).to.be.lessThan(0.01);
    expect(sold.paid).to.be.greaterThan(1);
    expect(bought.paid).to.be.lessThan(-1);
  });

  it("sets the market's quotes of the same days beside the trades: its noise around the truth", () => {
    const market = days.marketQuotes(0, perfect);
    const { tenors, moneyness } = scenario.training;
    const options = tenors.length * moneyness.length;
    // Four a day over two days, the first block included, in each of two runs.
    expect(market.target.length).to.equal(options * 2 * new Set(market.time.slice(0, market.time.length / 2)).size);
    expect([...market.time]).to.deep.equal([...market.time].sort((a, b) => a - b));
    const traded = ownTrades(perfect, "mid");
    const noise = days.marketQuotesOfTrades(0, traded).target.map((vol, row) => vol - traded.quotes.target[row]);
    const sd = Math.sqrt(noise.reduce((sum, each) => sum + each * each, 0) / noise.length);
    expect(sd).to.be.within(0.3 * scenario.quoteNoise, 2 * scenario.quoteNoise);
  });

  it("finds a model's error whole in itself, and another share in another model", () => {
    const market = days.marketQuotes(0, perfect);
    const [flat, smile] = ["constant", "smile-level"].map((name) => modelByName(name).fit(market, createRandom(1)));
    const tests = [quoteStream(days.config, days.pricers, createRandom(2), 0, [0], "listed")];
    expect(errorSurvival(flat, flat, tests)).to.equal(1);
    expect(errorSurvival(flat, smile, tests)).to.not.be.closeTo(1, 0.01);
  });
});

/** Runs of few blocks on one seed, on this process's network. */
function smallContext(): StudyContext {
  const whole = loadScenario("vol-shock");
  const small = {
    ...whole,
    clock: { ...whole.clock, blocks: 16, dense: [], coarse: Object.keys(protocolDurations) },
    onChain: { ...whole.onChain, seeds: 1 },
  };
  const { artifacts, config } = hre;
  const project = { config: config.paths.config!, root: config.paths.root };
  return { ...offChainContext(small, ["smile-level"]), hardhat: { network, artifacts, project } };
}
