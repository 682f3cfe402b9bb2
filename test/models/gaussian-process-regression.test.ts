import { expect } from "chai";
import fc from "fast-check";
import { inverse, Matrix } from "ml-matrix";

import type { KernelSettings, KernelShape } from "../../src/models/gaussian-process-regression.ts";
import {
  condition,
  kernelCorrelation,
  processMean,
  processVariance,
} from "../../src/models/gaussian-process-regression.ts";
import { ModelFitError } from "../../src/models/model-fit-error.ts";
import { createRandom } from "../../src/random/random.ts";

const shapes: readonly KernelShape[] = ["squared-exponential", "matern-5/2"];
const random = createRandom(8, "process");
const count = 12;
const inputs = Float64Array.from({ length: 2 * count }, (_, i) => 2 * random.normal(i, 0));
const target = Float64Array.from({ length: count }, (_, i) => Math.sin(inputs[2 * i]) + 0.3 * inputs[2 * i + 1]);
const own = Float64Array.from({ length: count }, (_, i) => i);

function settingsOf(shape: KernelShape, shared = 0, noise = 0): KernelSettings {
  return { shape, signal: 0.8, lengthScales: [1.3, 0.9], shared, noise };
}

describe("Gaussian process regression", () => {
  it("has kernels of 1 at distance 0, and Matérn 5/2 of its closed form (Rasmussen & Williams 2006, equation 4.17)", () => {
    for (const shape of shapes) expect(kernelCorrelation(shape, 0)).to.equal(1);
    expect(kernelCorrelation("squared-exponential", 4)).to.be.closeTo(Math.exp(-2), 1e-15);
    const r = Math.sqrt(5) * 2;
    expect(kernelCorrelation("matern-5/2", 4)).to.be.closeTo((1 + r + (r * r) / 3) * Math.exp(-r), 1e-15);
  });

  for (const shape of shapes) {
    it(`passes through data without noise, with no uncertainty there (${shape})`, () => {
      const process = condition("test", settingsOf(shape), { inputs, target, group: own }, 0.1);
      processMean(process, inputs).forEach((value, i) => expect(value).to.be.closeTo(target[i], 1e-6));
      processVariance(process, inputs).forEach((value) => expect(value).to.be.below(1e-7));
    });

    it(`returns to its mean and the signal's variance far away (${shape})`, () => {
      const process = condition("test", settingsOf(shape, 0.1, 0.1), { inputs, target, group: own }, 0.1);
      const far = Float64Array.of(1e3, -1e3);
      expect(processMean(process, far)[0]).to.be.closeTo(0.1, 1e-12);
      expect(processVariance(process, far)[0]).to.be.closeTo(0.64, 1e-12);
    });
  }

  it("has the mean, variance and likelihood of the closed form (Rasmussen & Williams 2006, equations 2.25, 2.26, 2.30)", () => {
    const settings = settingsOf("matern-5/2", 0.2, 0.3);
    const group = own.map((i) => Math.floor(i / 3));
    const process = condition("test", settings, { inputs, target, group }, 0.1);
    const correlation = (a: number[], b: number[]) => {
      return kernelCorrelation("matern-5/2", ((a[0] - b[0]) / 1.3) ** 2 + ((a[1] - b[1]) / 0.9) ** 2);
    };
    const point = (i: number) => [inputs[2 * i], inputs[2 * i + 1]];
    const gram = new Matrix(count, count);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const error = (group[i] === group[j] ? 0.04 : 0) + (i === j ? 0.09 : 0);
        gram.set(i, j, 0.64 * correlation(point(i), point(j)) + error);
      }
    }
    const at = [0.4, -0.7];
    const cross = Matrix.columnVector(Array.from({ length: count }, (_, i) => 0.64 * correlation(point(i), at)));
    const away = Matrix.columnVector(Array.from(target, (y) => y - 0.1));
    const precision = inverse(gram);
    const mean = 0.1 + cross.transpose().mmul(precision).mmul(away).get(0, 0);
    const variance = 0.64 - cross.transpose().mmul(precision).mmul(cross).get(0, 0);
    expect(processMean(process, Float64Array.from(at))[0]).to.be.closeTo(mean, 1e-8);
    expect(processVariance(process, Float64Array.from(at))[0]).to.be.closeTo(variance, 1e-8);
    const quadratic = away.transpose().mmul(precision).mmul(away).get(0, 0);
    let logDeterminant = 0;
    for (let i = 0; i < count; i++) logDeterminant += 2 * Math.log(process.lower[i * count + i]);
    expect(process.logLikelihood).to.be.closeTo(
      -quadratic / 2 - logDeterminant / 2 - (count / 2) * Math.log(2 * Math.PI),
      1e-8,
    );
    const product = Matrix.from1DArray(count, count, process.lower);
    const rebuilt = product.mmul(product.transpose()).sub(gram);
    expect(rebuilt.abs().max()).to.be.below(1e-9);
  });

  it("is nowhere less certain than at its data, nor more uncertain than its signal", () => {
    const process = condition("test", settingsOf("matern-5/2", 0, 0.05), { inputs, target, group: own }, 0);
    fc.assert(
      fc.property(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }), (a, b) => {
        expect(processVariance(process, Float64Array.of(a, b))[0]).to.be.within(0, 0.64 + 1e-12);
      }),
    );
  });

  it("names the jitter at which it gave a covariance up", () => {
    const nowhere = {
      inputs: new Float64Array(4).fill(Number.NaN),
      target: Float64Array.of(1, 2),
      group: own.slice(0, 2),
    };
    expect(() => condition("gp", settingsOf("matern-5/2"), nowhere, 0)).to.throw(
      ModelFitError,
      "gp cannot be fitted: covariance is singular at jitter 0.000001 (2 observations)",
    );
  });
});
