import { expect } from "chai";

import { attainableVols } from "../../sim/experiment/generalisation/attainable.ts";
import { leakControl } from "../../sim/experiment/generalisation/controls.ts";
import { testMoments } from "../../sim/experiment/generalisation/moments.ts";
import { designSize, quotesAt } from "../../sim/experiment/generalisation/quotes.ts";
import {
  prepareReplicates,
  pricersOf,
  replicateRandom,
  scoreReplicates,
  trainingQuotes,
} from "../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../sim/experiment/generalisation/run-generalisation.ts";
import { smallScenario } from "./scored-scenario.ts";

const config = configOf({ scenario: smallScenario(), models: ["constant"], masterSeed: 5 });
const pricers = pricersOf(config);

describe("test paths", () => {
  const paths = [0, 0.5, 1].map((severity) => {
    return testMoments(config.scenario, pricers, replicateRandom(config, 1).fork("test"), severity)[0];
  });

  it("share their random numbers: the same path at the same severity, and calm until onset at any", () => {
    const again = testMoments(config.scenario, pricers, replicateRandom(config, 1).fork("test"), 1)[0];
    expect(again).to.deep.equal(paths[2]);
    expect(paths.map(({ severity }) => severity)).to.deep.equal([0, 0.5, 1]);
    expect(paths[0].variance).to.be.below(paths[1].variance);
    expect(paths[1].variance).to.be.below(paths[2].variance);
  });

  it("are quoted in both designs, strikes of the listed one fixed in calm", () => {
    const quotes = quotesAt(
      config.scenario,
      pricers,
      [paths[2]],
      ["listed", "standardised"],
      replicateRandom(config, 1),
    );
    const { listed } = config.scenario.scoring;
    expect(quotes.clean.length).to.equal(
      designSize(config.scenario, "listed") + designSize(config.scenario, "standardised"),
    );
    const strike = paths[2].spot * Math.exp(quotes.trueLogMoneyness[0]);
    expect(strike).to.be.closeTo(listed.strikes[0] * config.scenario.spot, 1e-9);
    // Moneyness in the features is measured from the feed, whose last round may be off by the deviation.
    const feed = quotes.features.logMoneyness[0] - quotes.trueLogMoneyness[0];
    expect(feed).to.be.closeTo(Math.log(paths[2].spot / paths[2].features.spot), 1e-12);
  });
});

describe("the attainable control", () => {
  it("is the truth when its rule gives the true variance and the feed gives the true spot", () => {
    const [moment] = testMoments(config.scenario, pricers, replicateRandom(config, 2).fork("test"), 1);
    const exact = { ...moment, features: { ...moment.features, spot: moment.spot } };
    const quotes = quotesAt(config.scenario, pricers, [exact], ["standardised"], replicateRandom(config, 2));
    const vols = new Float64Array(quotes.clean.length);
    const rule = [Math.log(moment.variance), 0, 0] as const;
    attainableVols(rule, pricers, moment.severity, quotes.features, 0, vols.length, vols);
    vols.forEach((vol, i) => expect(vol).to.be.closeTo(quotes.clean[i], 1e-9));
  });
});

describe("a leak of stress into training", function () {
  this.timeout(60_000);

  it("puts stressed vols into the stated share of training days and leaves the others as they were", () => {
    const random = replicateRandom(config, 3);
    const clean = trainingQuotes(config, pricers, random);
    const leaked = trainingQuotes({ ...config, leak: 0.5 }, pricers, random);
    const perDay = clean.clean.length / config.scenario.training.days;
    const changed = Array.from({ length: config.scenario.training.days }, (_, day) => {
      return clean.clean[day * perDay] !== leaked.clean[day * perDay];
    });
    expect(changed.filter(Boolean)).to.have.length(config.scenario.training.days / 2);
    expect(Math.max(...leaked.clean)).to.be.above(Math.max(...clean.clean));
  });

  it("lowers the gap of a constant as its share grows, since the mean it learns moves towards the stress", () => {
    const control = leakControl(config, 6, "constant");
    expect(control.points.map(({ share }) => share)).to.deep.equal([0, 0.1, 0.5]);
    const gaps = control.points.map(({ medianGapVp }) => medianGapVp!);
    expect(gaps[0]).to.be.above(gaps[1]);
    expect(gaps[1]).to.be.above(gaps[2]);
    expect(control.verdict).to.equal("passed");
  });

  it("leaves the test paths as they are", () => {
    const prepared = prepareReplicates(config);
    const [without] = scoreReplicates(config, prepared, 0, 1);
    const [withLeak] = scoreReplicates({ ...config, leak: 0.5 }, prepared, 0, 1);
    const stress = ({ models }: typeof without) => (models.attainable as { stress: unknown }).stress;
    expect(stress(withLeak)).to.deep.equal(stress(without));
  });
});
