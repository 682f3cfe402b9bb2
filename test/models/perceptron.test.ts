import { expect } from "chai";

import type { NetworkShape } from "../../src/models/perceptron.ts";
import {
  initialParameters,
  networkLoss,
  networkOutputs,
  outputGradient,
  parameterCount,
} from "../../src/models/perceptron.ts";
import { quasiNewton } from "../../src/models/quasi-newton.ts";
import { createRandom } from "../../src/random/random.ts";

const shape: NetworkShape = { inputs: 3, hidden: 4 };
const random = createRandom(9, "perceptron");
const count = 15;
const data = {
  inputs: Float64Array.from({ length: 3 * count }, (_, i) => random.normal(i, 0)),
  target: Float64Array.from({ length: count }, (_, i) => random.normal(i, 1)),
  weight: Float64Array.from({ length: count }, (_, i) => 0.5 + random.uniform(i, 2)),
};
/** Offsets too are away from zero. */
const parameters = initialParameters(shape, random).map((value, i) => value + 0.1 * random.normal(i, 4));

describe("a network of one hidden layer", () => {
  it("computes c + Σ v tanh(a + W z)", () => {
    const tiny = { inputs: 1, hidden: 2 };
    const [w1, a1, w2, a2, v1, v2, c] = [0.5, -0.2, 1.5, 0.3, 2, -1, 0.7];
    const outputs = networkOutputs(tiny, Float64Array.of(w1, a1, w2, a2, v1, v2, c), Float64Array.of(0.9));
    expect(outputs[0]).to.be.closeTo(c + v1 * Math.tanh(a1 + w1 * 0.9) + v2 * Math.tanh(a2 + w2 * 0.9), 1e-15);
    expect(parameterCount(tiny)).to.equal(7);
  });

  it("back-propagates the gradient that central differences give, to a relative 1e-7", () => {
    for (const decay of [0, 0.1]) {
      const gradient = new Float64Array(parameters.length);
      networkLoss(shape, data, count, decay, parameters, gradient);
      const at = (i: number, step: number) => {
        const moved = parameters.slice();
        moved[i] += step;
        return networkLoss(shape, data, count, decay, moved, new Float64Array(parameters.length));
      };
      gradient.forEach((value, i) => {
        const difference = (at(i, 1e-5) - at(i, -1e-5)) / 2e-5;
        expect(value, `parameter ${i}`).to.be.closeTo(difference, 1e-9 + 1e-7 * Math.abs(value));
      });
    }
  });

  it("has the output gradient that central differences give", () => {
    const gradient = outputGradient(shape, parameters, data.inputs, 3);
    const row = data.inputs.slice(3, 6);
    gradient.forEach((value, i) => {
      const at = (step: number) => networkOutputs(shape, parameters.with(i, parameters[i] + step), row)[0];
      expect(value).to.be.closeTo((at(1e-5) - at(-1e-5)) / 2e-5, 1e-8);
    });
  });

  it("starts from the same weights for the same stream, and from others for another", () => {
    expect(initialParameters(shape, createRandom(1, "a"))).to.deep.equal(
      initialParameters(shape, createRandom(1, "a")),
    );
    expect(initialParameters(shape, createRandom(1, "a"))).to.not.deep.equal(
      initialParameters(shape, createRandom(1, "b")),
    );
  });
});

describe("quasi-Newton descent", () => {
  it("finds the minimum of Rosenbrock's valley (Rosenbrock 1960)", () => {
    const rosenbrock = ([x, y]: Float64Array, gradient: Float64Array) => {
      gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
      gradient[1] = 200 * (y - x * x);
      return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
    };
    const { at, iterations } = quasiNewton(rosenbrock, Float64Array.of(-1.2, 1), 200);
    expect(at[0]).to.be.closeTo(1, 1e-6);
    expect(at[1]).to.be.closeTo(1, 1e-6);
    expect(iterations).to.be.below(80);
  });

  it("never goes up, and stops when told to", () => {
    const values: number[] = [];
    const bowl = (x: Float64Array, gradient: Float64Array) => {
      let value = 0;
      x.forEach((each, i) => {
        gradient[i] = 4 * (i + 1) * each ** 3;
        value += (i + 1) * each ** 4;
      });
      return value;
    };
    const end = quasiNewton(bowl, Float64Array.of(3, -2, 5), 50, (x, iteration) => {
      values.push(bowl(x, new Float64Array(3)));
      return iteration === 12;
    });
    expect(end.iterations).to.equal(12);
    for (let i = 1; i < values.length; i++) expect(values[i]).to.be.at.most(values[i - 1]);
  });

  it("stays where it starts when that is the minimum", () => {
    const flat = (_: Float64Array, gradient: Float64Array) => {
      gradient.fill(0);
      return 1;
    };
    expect(quasiNewton(flat, Float64Array.of(2), 10)).to.deep.equal({
      at: Float64Array.of(2),
      value: 1,
      iterations: 0,
    });
  });
});
