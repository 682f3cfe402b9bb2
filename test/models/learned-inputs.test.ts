import { expect } from "chai";

import {
  fitInputScaler,
  LEARNED_INPUTS,
  learnedInputNames,
  learnedInputs,
  liveInputs,
  liveRows,
} from "../../src/models/learned-inputs.ts";
import { modelByName } from "../../src/models/models.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const calm = makeQuotes(30, ({ longVol }) => longVol);
const count = calm.target.length;

describe("inputs of the learned models", () => {
  it("have mean 0 and standard deviation 1 over calm, and 0 where they never vary", () => {
    const scaler = fitInputScaler(calm, count);
    const inputs = learnedInputs(calm.features, scaler);
    const constant = ["volOfVol", "jumpShare", "orderFlow", "utilisation", "rateDifferential", "ln(1 + baseFee)"];
    learnedInputNames.forEach((name, input) => {
      const column = Array.from({ length: count }, (_, row) => inputs[row * LEARNED_INPUTS + input]);
      const mean = column.reduce((sum, z) => sum + z, 0) / count;
      const square = column.reduce((sum, z) => sum + z * z, 0) / count;
      expect(mean, name).to.be.closeTo(0, 1e-10);
      expect(square, name).to.be.closeTo(constant.includes(name) ? 0 : 1, 1e-10);
    });
    expect(liveInputs(scaler)).to.deep.equal([0, 1, 2, 3]);
    expect(liveRows(calm.features, scaler)).to.have.length(4 * count);
  });

  it("measure moneyness in long-run deviations to expiry", () => {
    const scaler = { ...fitInputScaler(calm, count), mean: new Array(10).fill(0), perSd: new Array(10).fill(1) };
    const { logMoneyness, years, longVol } = calm.features;
    expect(learnedInputs(calm.features, scaler)[40 * LEARNED_INPUTS]).to.be.closeTo(
      logMoneyness[40] / (longVol[40] * Math.sqrt(years[40])),
      1e-12,
    );
  });

  it("stay numbers however far a feature goes, and so do the models' vols and deviations", function () {
    this.timeout(20_000);
    const noisy = makeQuotes(30, ({ longVol, logMoneyness }) => longVol + logMoneyness ** 2, 0.005);
    const far = { ...noisy.features, shortVol: noisy.features.shortVol.map(() => 1e300) };
    far.logMoneyness = far.logMoneyness.map((k) => 1e200 * k);
    for (const name of ["bayesian-linear", "gaussian-process", "network-decay", "forest"]) {
      const fitted = modelByName(name).fit(noisy, createRandom(5, "far"));
      expect(fitted.rawMany(far).every(Number.isFinite), name).to.equal(true);
      const { vol, sd } = fitted.predictMany(far);
      expect(
        [...vol, ...sd].every((value) => value > 0 && value <= 4),
        name,
      ).to.equal(true);
    }
  });

  it("let a model learn from order flow, utilisation, rates and base fee when these vary", function () {
    this.timeout(20_000);
    const random = createRandom(4, "flow");
    const driven = makeQuotes(60, ({ longVol }) => longVol);
    for (let row = 0; row < driven.target.length; row++) {
      const day = driven.day[row];
      driven.features.orderFlow[row] = random.normal(day, 0);
      driven.features.utilisation[row] = random.uniform(day, 2);
      driven.features.rateDifferential[row] = 0.05 * random.normal(day, 3);
      driven.features.baseFee[row] = 20 * Math.exp(random.normal(day, 4));
      driven.target[row] *= Math.exp(
        0.1 * driven.features.orderFlow[row] +
          0.3 * driven.features.utilisation[row] +
          driven.features.rateDifferential[row] +
          0.05 * Math.log1p(driven.features.baseFee[row]),
      );
    }
    const blind = { ...driven.features };
    for (const name of ["orderFlow", "utilisation", "rateDifferential", "baseFee"] as const) {
      blind[name] = blind[name].map(() => driven.features[name][0]);
    }
    const fitted = modelByName("bayesian-linear").fit(driven, random);
    const error = (features: typeof blind) => {
      const vol = fitted.rawMany(features);
      return Math.sqrt(vol.reduce((sum, v, row) => sum + (v - driven.target[row]) ** 2, 0) / vol.length);
    };
    expect(error(driven.features)).to.be.below(0.01);
    expect(error(blind)).to.be.above(0.03);
  });
});
