import { expect } from "chai";

import { pricersOf } from "../../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../../sim/experiment/generalisation/run-generalisation.ts";
import { quoteStream } from "../../../sim/studies/shared/streams.ts";
import { createRandom } from "../../../src/random/random.ts";
import { UserError } from "../../../src/errors/user-error.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { TruthPricers } from "../../../sim/world/truth-pricers.ts";
import type { Moment } from "../../../sim/experiment/generalisation/moments.ts";
import { floorHedge, hedgedProfit } from "../../../sim/studies/shared/hedged-profit.ts";
import { selectionOver } from "../../../sim/studies/training/selection.ts";
import { foldPricers, stressFolds } from "../../../sim/studies/training/selection/stress-folds.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

const scenario = smallScenario({ severities: [0, 1] });

describe("choosing a model", () => {
  it("ranks models by fit, walk-forward, stress folds and hedged P&L, the same each time", async () => {
    const context = offChainContext(scenario, ["constant", "realised-vol", "smile-level"]);
    const study = selectionOver(6, ["constant", "bipower", "smile-static"]);
    const result = await study.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await study.run(context)).to.deep.equal(result);
    const [ranked, next] = result.charts;
    if (ranked.kind !== "heat" || next.kind !== "heat") throw new Error("heat maps expected");
    // Each column is a ranking of three models.
    ranked.columns.names.forEach((_, column) => {
      expect(ranked.values.reduce((sum, row) => sum + row[column]!, 0)).to.equal(6);
    });
    expect(next.columns.names).to.have.length(6);
    const [errors, , , overfitting] = result.tables;
    const floor = errors.rows[3];
    // Nobody hedges with less variance than the hedge that minimises it at the truth.
    for (const row of errors.rows.slice(0, 3)) expect(row.at(-2) as number).to.be.greaterThan(floor.at(-2) as number);
    for (const row of overfitting.rows) expect(row[1] as number).to.be.within(0, 100);
    // Six draws are six blocks: 20 splits. Five models: the ladder's three and those asked, each once.
    const [whole, sharpe] = result.tables.slice(4);
    expect(whole.rows.map((row) => row.slice(3))).to.deep.equal([
      [20, 5],
      [20, 5],
    ]);
    const [bestInCalm] = sharpe.rows;
    for (const row of sharpe.rows) {
      expect(row[1] as number).to.be.at.most(bestInCalm[1] as number);
      // The best of five unskilled models is expected above zero, so that a deflated chance is the smaller.
      expect(row[3] as number).to.be.below(row[2] as number);
    }
  });

  it("is refused with two models", async () => {
    let refusal: unknown;
    await selectionOver(6)
      .run(offChainContext(scenario, ["constant", "realised-vol"]))
      .catch((error: unknown) => (refusal = error));
    expect(refusal).to.be.instanceOf(UserError);
  });
});

describe("stress folds", () => {
  it("move one thing each and leave the rest of the calm regime alone", () => {
    const changed = stressFolds(scenario).map((fold) => {
      const { calm, crash } = fold.scenario;
      return Object.keys(calm).filter((key) => calm[key as keyof typeof calm] !== crash[key as keyof typeof crash]);
    });
    expect(changed).to.deep.equal([["volOfVol"], ["rho"], []]);
    expect(stressFolds(scenario).map(({ clustering }) => clustering !== undefined)).to.deep.equal([false, false, true]);
  });
});

describe("the fold of jump clustering", () => {
  const fold = stressFolds(scenario)[2];
  const pricers = foldPricers(fold);
  const config = configOf({ scenario: fold.scenario, models: [], masterSeed: 1 });
  const quotes = (severity: number, seed: number) =>
    quoteStream(config, pricers, createRandom(seed, "fold"), severity, [6 * 3600, 72 * 3600]);

  it("raises short vols more than long ones, all the more soon after the onset, and at severity 0 is calm", () => {
    const [calm, half, full] = [0, 0.5, 1].map((severity) => quotes(severity, 2));
    const plain = quoteStream(config, pricersOf(config), createRandom(2, "fold"), 0, [6 * 3600, 72 * 3600]);
    expect(calm.clean).to.deep.equal(plain.clean);
    const size = full.clean.length / 2;
    const perTenor = scenario.training.moneyness.length;
    const atTheMoney = scenario.training.moneyness.indexOf(0);
    const raised = (dose: typeof full, moment: number, tenor: number) => {
      const row = moment * size + tenor * perTenor + atTheMoney;
      return dose.clean[row] - calm.clean[row];
    };
    const last = scenario.training.tenors.length - 1;
    expect(raised(full, 0, 0)).to.be.greaterThan(raised(full, 0, last));
    expect(raised(full, 0, last)).to.be.greaterThan(0);
    expect(raised(full, 0, 0)).to.be.greaterThan(raised(half, 0, 0));
    expect(raised(full, 0, 0)).to.be.greaterThan(raised(full, 1, 0));
  });
});

describe("hedged profit", () => {
  it("is nothing but the decay of the book when the price stands still", () => {
    const still = { ...scenario.calm, volOfVol: 0, jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
    const pricers = new TruthPricers(still, still, "gbm");
    const moment = (time: number): Moment => ({
      time,
      spot: 2000,
      variance: 0.25,
      severity: 0,
      features: undefined as unknown as Moment["features"],
    });
    const profits = hedgedProfit([moment(0), moment(86_400), moment(2 * 86_400)], pricers, floorHedge(pricers));
    // Straddle-like book at 50 %: decay grows towards expiry and is some 30 basis points a day.
    expect(profits[0]).to.be.within(20, 60);
    expect(profits[1]).to.be.greaterThan(profits[0]);
  });
});
