import { expect } from "chai";
import fc from "fast-check";
import { Matrix, solve } from "ml-matrix";

import {
  elasticNet,
  GAP_TOLERANCE,
  KKT_TOLERANCE,
  largestStrength,
  standardise,
  unstandardise,
} from "../../src/models/coordinate-descent.ts";
import type { StandardisedProblem } from "../../src/models/coordinate-descent.ts";
import { normalEquations } from "../../src/models/least-squares.ts";
import { createRandom } from "../../src/random/random.ts";

const random = createRandom(5, "coordinate-descent");

/** A problem in already standardised columns. */
function problemOf(correlation: number[], covariance: number[], variance = 4): StandardisedProblem {
  const columns = covariance.length;
  return {
    correlation: Float64Array.from(correlation),
    covariance: Float64Array.from(covariance),
    variance,
    mean: new Float64Array(columns),
    sd: new Float64Array(columns).fill(1),
    targetMean: 0,
  };
}

/** Rows with an intercept and `columns` columns that share a factor, and a target of the first two. */
function madeProblem(count: number, columns: number, shared: number, seed: number) {
  const rows = new Float64Array(count * (columns + 1));
  const target = new Float64Array(count);
  for (let r = 0; r < count; r++) {
    rows[r * (columns + 1)] = 1;
    const common = random.normal(r, 100 * seed);
    for (let j = 1; j <= columns; j++) {
      rows[r * (columns + 1) + j] = 3 + shared * common + (1 - shared) * random.normal(r, 100 * seed + j);
    }
    target[r] = 2 * rows[r * (columns + 1) + 1] - rows[r * (columns + 1) + 2] + random.normal(r, 100 * seed + 99);
  }
  const weight = Float64Array.from(target, (_, r) => 0.5 + random.uniform(r, 100 * seed + 98));
  const design = { rows, columns: columns + 1, target, weight };
  const squares = target.reduce((sum, y, r) => sum + weight[r] * y * y, 0);
  return { design, problem: standardise(normalEquations(design, 0, count), squares) };
}

/** Coefficients of the columns as they came, of ridge with `λ` times the total weight on standardised columns. */
function ridgeByLibrary(problem: StandardisedProblem, strength: number): Float64Array {
  const columns = problem.mean.length;
  const gram = Matrix.from1DArray(columns, columns, problem.correlation).add(Matrix.eye(columns).mul(strength));
  const solution = solve(gram, Matrix.columnVector(Array.from(problem.covariance))).to1DArray();
  return unstandardise(problem, Float64Array.from(solution));
}

describe("elastic net by coordinate descent", () => {
  it("soft-thresholds an orthonormal design (Tibshirani 1996, section 2.2)", () => {
    const problem = problemOf([1, 0, 0, 0, 1, 0, 0, 0, 1], [1.5, -0.9, 0.3]);
    const { coefficients } = elasticNet(problem, { strength: 0.5, mix: 1 }, new Float64Array(3));
    expect(Array.from(coefficients)).to.deep.equal([1, -0.4, 0]);
  });

  it("shrinks what it soft-thresholded by 1 + λ(1 − mix) (Friedman, Hastie & Tibshirani 2010, equation 5)", () => {
    const problem = problemOf([1, 0, 0, 1], [1.5, -0.9]);
    const { coefficients } = elasticNet(problem, { strength: 0.8, mix: 0.5 }, new Float64Array(2));
    expect(coefficients[0]).to.be.closeTo((1.5 - 0.4) / 1.4, 1e-12);
    expect(coefficients[1]).to.be.closeTo((-0.9 + 0.4) / 1.4, 1e-12);
  });

  it("leaves nothing from the largest strength on, and something just below it", () => {
    const { problem } = madeProblem(50, 6, 0.5, 1);
    const largest = largestStrength(problem, 1);
    const at = (strength: number) => elasticNet(problem, { strength, mix: 1 }, new Float64Array(6)).coefficients;
    expect(at(largest * (1 + 1e-9)).every((b) => b === 0)).to.equal(true);
    expect(at(largest * 0.999).filter((b) => b !== 0)).to.have.length(1);
  });

  it("tends to least squares as the penalty vanishes", () => {
    const { design, problem } = madeProblem(60, 5, 0.7, 2);
    const start = new Float64Array(5);
    const { coefficients } = elasticNet(problem, { strength: 1e-10, mix: 1 }, start);
    const scaled = (values: Float64Array, width: number) =>
      Float64Array.from(values, (value, i) => value * Math.sqrt(design.weight[Math.floor(i / width)]));
    const library = solve(
      Matrix.from1DArray(60, 6, scaled(design.rows, 6)),
      Matrix.columnVector(Array.from(scaled(design.target, 1))),
    ).to1DArray();
    unstandardise(problem, coefficients).forEach((value, i) => expect(value).to.be.closeTo(library[i], 1e-7));
  });

  it("tends to ridge as the mix does to zero", () => {
    const { problem } = madeProblem(60, 5, 0.9, 3);
    const { coefficients } = elasticNet(problem, { strength: 0.3, mix: 1e-7 }, new Float64Array(5));
    const library = ridgeByLibrary(problem, 0.3);
    unstandardise(problem, coefficients).forEach((value, i) => expect(value).to.be.closeTo(library[i], 1e-6));
  });

  it("satisfies its optimality conditions on columns that share up to 99.99 % of their movement", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom(0, 0.9, 0.99, 0.9999),
        fc.constantFrom(1, 0.5, 0.1),
        fc.constantFrom(0.5, 0.05, 1e-3, 1e-5),
        (seed, shared, mix, share) => {
          const { problem } = madeProblem(40, 12, shared, seed);
          const penalty = { strength: share * largestStrength(problem, mix), mix };
          const { coefficients, violation, gap } = elasticNet(problem, penalty, new Float64Array(12));
          expect(violation).to.be.at.most(KKT_TOLERANCE);
          expect(gap).to.be.within(-1e-12, GAP_TOLERANCE);
          // Checked again from the definition.
          for (let j = 0; j < 12; j++) {
            let slope = problem.covariance[j] - penalty.strength * (1 - mix) * coefficients[j];
            for (let i = 0; i < 12; i++) slope -= problem.correlation[j * 12 + i] * coefficients[i];
            const threshold = penalty.strength * mix;
            if (coefficients[j] === 0) expect(Math.abs(slope)).to.be.at.most(threshold * (1 + 1e-5));
            else expect(slope).to.be.closeTo(threshold * Math.sign(coefficients[j]), 1e-5 * threshold);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("finds the minimum of two columns that are the same", () => {
    const problem = problemOf([1, 1, 1, 1], [1, 1]);
    const { coefficients, violation } = elasticNet(problem, { strength: 0.25, mix: 1 }, new Float64Array(2));
    expect(coefficients[0] + coefficients[1]).to.be.closeTo(0.75, 1e-9);
    expect(violation).to.be.at.most(KKT_TOLERANCE);
  });

  it("leaves a column that never varies alone", () => {
    const rows = Float64Array.of(1, 7, 0, 1, 7, 1, 1, 7, 3);
    const design = { rows, columns: 3, target: Float64Array.of(1, 2, 4), weight: new Float64Array(3).fill(1) };
    const problem = standardise(normalEquations(design, 0, 3), 21);
    const { coefficients } = elasticNet(problem, { strength: 1e-9, mix: 1 }, new Float64Array(2));
    const own = unstandardise(problem, coefficients);
    expect(own[1]).to.equal(0);
    expect(own[2]).to.be.closeTo(1, 1e-6);
    expect(own[0]).to.be.closeTo(1, 1e-6);
  });
});
