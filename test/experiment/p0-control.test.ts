import { expect } from "chai";
import { network } from "hardhat";

import { p0Control } from "../../sim/experiment/p0-control.ts";
import type { RunSpec } from "../../sim/engine/run-record.ts";
import { syntheticWorld } from "../../sim/engine/run-world.ts";
import { openStage, type Stage } from "../../sim/engine/stage.ts";
import { quoteErrors } from "../../sim/measure/quote-error.ts";
import { loadScenario } from "../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../sim/scenarios/protocol-durations.ts";
import type { Scenario } from "../../sim/scenarios/scenario.ts";
import type { Truth } from "../../sim/world/truth.ts";
import { TruthPricers } from "../../sim/world/truth-pricers.ts";
import { contractDomain } from "../../src/models/frozen-model.ts";
import { BatesPricer } from "../../src/pricing/bates.ts";
import { blackPrice, blackVega } from "../../src/pricing/black-scholes.ts";
import type { Action } from "../../src/protocol/actions.ts";
import { referenceAdapter } from "../../src/protocol/reference-adapter.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import { smallRun } from "../measure/small-run.ts";

type TruthPost = Extract<Action, { kind: "post-truth" }>;

/** What a faulty poster makes of a right post: `truth` is that of the block, `strikes` are those of the vols. */
type Mutation = (
  post: TruthPost,
  at: { truth: Truth; strikes: readonly number[]; previous: Float64Array | undefined },
) => Float64Array;

/** Vega in units of the spot under which a price says nothing of the vol. */
const LEAST_VEGA = 1e-7;

/** Implied vol from the true price by Newton's steps, which divide by vega: per unit of vol, or per 1 % by mistake. */
const newton =
  (vegaUnit: number): Mutation =>
  ({ vols, expiry }, { truth, strikes }) =>
    vols.map((trueVol, i) => {
      const years = (expiry - truth.time) / YEAR_SECONDS;
      const strike = strikes[i];
      const price = (vol: number) => blackPrice(strike > truth.spot, truth.spot, strike, years, vol);
      const vega = (vol: number) => blackVega(truth.spot, strike, years, vol);
      if (vega(trueVol) < LEAST_VEGA * truth.spot) return trueVol;
      const [low, high] = contractDomain;
      let vol = 1.02 * trueVol;
      for (let step = 0; step < 12; step++) {
        vol = Math.min(high, Math.max(low, vol - (price(vol) - price(trueVol)) / (vegaUnit * vega(vol))));
      }
      return vol;
    });

const mutations: Readonly<Record<string, Mutation>> = {
  "jump mean and jump deviation are swapped": ({ vols, expiry }, { truth, strikes }) => {
    const { parameters, variance, spot, time } = truth;
    const { jumpMean, jumpSd } = parameters;
    const pricer = new BatesPricer({ ...parameters, jumpMean: jumpSd, jumpSd: Math.abs(jumpMean) });
    const vol = (strike: number) =>
      pricer.impliedVolOrNaN(variance, (expiry - time) / YEAR_SECONDS, Math.log(strike / spot));
    // Beyond what the transform resolves the right vol stands.
    return vols.map((right, i) => vol(strikes[i]) || right);
  },
  "the post is one block stale": ({ vols }, { previous }) => previous ?? vols,
  "the strike axis is transposed": ({ vols }) => vols.toReversed(),
  "vega is per 1 %": newton(0.01),
};

/** `vol-shock` in few blocks. */
function shortRun(): Scenario {
  const scenario = loadScenario("vol-shock");
  const coarse = Object.keys(protocolDurations);
  return { ...scenario, clock: { ...scenario.clock, blocks: 12, dense: [], coarse } };
}

describe("P0 on chain", function () {
  this.timeout(120_000);
  const scenario = shortRun();
  const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
  let stage: Stage;
  let mutation: Mutation = ({ vols }) => vols;
  let truth: Truth | undefined;
  const previous = new Map<number, Float64Array>();

  before(async () => {
    stage = await openStage(network, { ...referenceAdapter, deploy: deployFaulty }, scenario, "FULL");
  });
  after(() => stage.close());

  /** The reference protocol, but for posts of the truth on their way to the chain. */
  async function deployFaulty(...plan: Parameters<typeof referenceAdapter.deploy>) {
    const protocol = await referenceAdapter.deploy(...plan);
    const transaction = protocol.transaction.bind(protocol);
    const faulty = (action: Action): Action => {
      if (action.kind !== "post-truth") return action;
      const { expiry, underlying } = action;
      const listed = protocol.series.filter(
        (one) => one.isCall && one.expiry === expiry && one.underlying === underlying,
      );
      const strikes = listed.map(({ strike }) => strike);
      const vols = mutation(action, { truth: truth!, strikes, previous: previous.get(expiry) });
      previous.set(expiry, action.vols);
      return { ...action, vols };
    };
    protocol.transaction = (account, tag, steps) => transaction(account, tag, steps.map(faulty));
    return protocol;
  }

  async function controlWith(poster: Mutation) {
    mutation = poster;
    previous.clear();
    truth = undefined;
    const spec: RunSpec = {
      ...{ scenario: scenario.name, model: "perfect", rung: "P0", severity: 1, seed: 0, masterSeed: 1 },
      ...{ preset: "FULL", feedback: true },
    };
    const world = syntheticWorld(scenario, pricers, spec);
    const truthAt = world.truth.truthAt.bind(world.truth);
    world.truth.truthAt = (time, since) => {
      const seen = truthAt(time, since);
      if (truth === undefined || time > truth.time) truth = seen;
      return seen;
    };
    const { record } = await stage.run(spec, undefined, world);
    const { halfSpread } = stage.protocol.tradingLimits(record.genesis.view);
    return p0Control([{ quotes: quoteErrors(record, halfSpread) }])!;
  }

  it("is at noise as it is, and when its vols go the long way over prices and vega", async () => {
    for (const poster of [({ vols }: TruthPost) => vols, newton(1)]) {
      const { verdict, maxErrorVp, quotes } = await controlWith(poster);
      expect(maxErrorVp).to.be.below(0.01);
      expect(quotes).to.be.greaterThan(100);
      expect(verdict).to.equal("passed");
    }
  });

  for (const [fault, poster] of Object.entries(mutations)) {
    it(`fails, by 100 times its limit and more, when ${fault}`, async () => {
      const { verdict, maxErrorVp, limitVp } = await controlWith(poster);
      expect(maxErrorVp).to.be.greaterThan(100 * limitVp);
      expect(verdict).to.equal("failed");
    });
  }

  it("has no verdict without a run, and fails where nothing was quoted", () => {
    expect(p0Control([])).to.equal(null);
    expect(p0Control([{ quotes: quoteErrors(smallRun([{}]), 0) }])!.verdict).to.equal("failed");
  });
});
