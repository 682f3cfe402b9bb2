import { expect } from "chai";
import hre from "hardhat";

import type { RunRecord, RunSpec } from "../../sim/engine/run-record.ts";
import { syntheticWorld } from "../../sim/engine/run-world.ts";
import { openStage } from "../../sim/engine/stage.ts";
import { seedModels } from "../../sim/experiment/seed-models.ts";
import { readBundleLog } from "../../sim/replay/bundle-log.ts";
import { loadScenario } from "../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../sim/scenarios/protocol-durations.ts";
import type { Scenario } from "../../sim/scenarios/scenario.ts";
import { TruthPricers } from "../../sim/world/truth-pricers.ts";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import { loadCreationArtifacts } from "../../src/chain/creation-artifact.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { featuresAfterBlocks, quotesFromLogs, TradeLogError } from "../../src/models/quotes-from-log.ts";
import { tradedVol } from "../../src/models/traded-vol.ts";
import { referenceAdapter } from "../../src/protocol/reference-adapter.ts";
import { recordTwice } from "./recorded-run.ts";

/** `vol-shock` in a few blocks. */
function fewBlocks(): Scenario {
  const scenario = loadScenario("vol-shock");
  const coarse = Object.keys(protocolDurations);
  return { ...scenario, clock: { ...scenario.clock, blocks: 24, dense: [], coarse } };
}

/** A calm run under FULL, and its bundle. */
async function recorded(scenario: Scenario): Promise<{ record: RunRecord; bundle: Bundle }> {
  const spec: RunSpec = {
    scenario: scenario.name,
    model: "smile-level",
    severity: 0,
    seed: 1,
    masterSeed: 1,
    preset: "FULL",
    feedback: true,
  };
  const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
  const model = seedModels(scenario, 1, 1, ["smile-level"], pricers).get("smile-level");
  const stage = await openStage(hre.network, referenceAdapter, scenario, "FULL");
  try {
    const { record, recording } = await stage.run(spec, model, syntheticWorld(scenario, pricers, spec));
    const bundle = recording.bundle({
      run: { scenario: scenario.name },
      hashes: { scenario: `0x${"11".repeat(32)}`, sources: `0x${"22".repeat(32)}` },
      ...stage.protocol.bundleFacts,
      artifacts: await loadCreationArtifacts(hre.artifacts),
      story: [],
      whoPaidWhom: [],
      breaks: [],
    });
    return { record, bundle };
  } finally {
    await stage.close();
  }
}

describe("logs of a run", function () {
  this.timeout(60_000);
  let record: RunRecord;
  let bundle: Bundle;

  before(async () => ({ record, bundle } = await recorded(fewBlocks())));

  it("give the features that the run itself saw, block by block", () => {
    const features = featuresAfterBlocks(record.log);
    expect(features.some(({ orderFlow }) => orderFlow !== 0)).to.equal(true);
    record.blocks.forEach((block, i) => {
      // No log has the market's surface.
      expect({ ...features[i], surfaceLevel: 0 }).to.deep.equal({ ...block.features, surfaceLevel: 0 });
    });
  });

  it("give back the vol that the vault quoted, spread, lag and fee taken off, within the rounding of the premium", () => {
    const { trades, sold, failures } = quotesFromLogs([record.log]).reading;
    expect(sold).to.be.greaterThan(0).and.lessThan(trades);
    expect(Object.values(failures).every((count) => count === 0)).to.equal(true);
    for (const { time, trades: traded } of record.log.blocks) {
      for (const trade of traded) {
        const found = tradedVol(trade, time, record.log.terms, "mid");
        if (typeof found === "string") throw new Error(`no vol: ${found}`);
        expect(Math.abs(found.vol - trade.markVol)).to.be.at.most(found.resolution + 1e-9);
      }
    }
  });

  it("read from its bundle are those of the live run, but for the feed's past", async () => {
    const log = await readBundleLog(hre.network, bundle, "run.json");
    expect(log.blocks).to.deep.equal(record.log.blocks);
    expect(log.terms).to.deep.equal(record.log.terms);
    expect(log.start.totalVega).to.equal(record.log.start.totalVega);
    expect(log.past.map(({ answer }) => answer)).to.deep.equal([2000]);
    const warm = { ...log, past: record.log.past, start: record.log.start };
    expect(featuresAfterBlocks(warm)).to.deep.equal(featuresAfterBlocks(record.log));
  });

  it("are refused where the bundle does not give its receipts again, or records no vault", async () => {
    const [first, ...rest] = bundle.blocks;
    const expected = { ...first.expected, receiptsRoot: `0x${"00".repeat(32)}` as const };
    const forged = { ...bundle, blocks: [{ ...first, expected }, ...rest] };
    const refusal = async (given: Bundle) =>
      readBundleLog(hre.network, given, "run.json").catch((error: Error) => error);
    const differs = await refusal(forged);
    expect(differs).to.be.instanceOf(UserError);
    expect((differs as Error).message).to.match(/^run\.json: block \d+ does not give the recorded receipts again/);
    const [tokens] = await recordTwice();
    expect(((await refusal(tokens)) as Error).message).to.contain("records no OptionVault");
  });

  it("without a trade hold no quotes", async () => {
    const scenario = fewBlocks();
    const agents = scenario.agents.filter(({ role }) => role === "oracle-reporter" || role === "surface-keeper");
    const { bundle: idle } = await recorded({ ...scenario, agents });
    const log = await readBundleLog(hre.network, idle, "idle.json");
    expect(log.blocks.some(({ surfaces }) => surfaces.length > 0)).to.equal(true);
    expect(() => quotesFromLogs([log])).to.throw(TradeLogError, "no trade");
  });
});
