import { expect } from "chai";
import { inverse, Matrix } from "ml-matrix";

import {
  coefficientVariance,
  intraclassCorrelation,
  linearPosterior,
  mostEvident,
  whitened,
} from "../../src/models/bayesian-regression.ts";
import { normalEquations } from "../../src/models/least-squares.ts";
import { createRandom } from "../../src/random/random.ts";

const random = createRandom(6, "bayes");
const count = 40;
const columns = 4;
const rows = Float64Array.from({ length: count * columns }, (_, i) => (i % columns === 0 ? 1 : random.normal(i, 0)));
const target = Float64Array.from({ length: count }, (_, r) => {
  return 1 + 2 * rows[r * columns + 1] - 0.5 * rows[r * columns + 2] + 0.3 * random.normal(r, 1);
});
const design = { rows, columns, target, weight: new Float64Array(count).fill(1) };
const equations = normalEquations(design, 0, count);
const squares = target.reduce((sum, y) => sum + y * y, 0);

describe("Bayesian linear regression", () => {
  it("has the mean and covariance of the closed form (Bishop 2006, equations 3.50 and 3.51)", () => {
    const precision = 2.5;
    const posterior = linearPosterior("test", equations, squares, count, precision);
    const x = Matrix.from1DArray(count, columns, rows);
    const prior = Matrix.diag([0, precision, precision, precision]);
    const covariance = inverse(x.transpose().mmul(x).add(prior));
    const mean = covariance.mmul(x.transpose()).mmul(Matrix.columnVector(Array.from(target)));
    mean.to1DArray().forEach((value, i) => expect(posterior.mean[i]).to.be.closeTo(value, 1e-10));
    const at = Float64Array.of(1, 0.3, -2, 4);
    const row = Matrix.rowVector(Array.from(at));
    const closed = row.mmul(covariance).mmul(row.transpose()).get(0, 0);
    expect(coefficientVariance(posterior, at) / posterior.noiseVariance).to.be.closeTo(closed, 1e-10);
  });

  it("has the noise of an inverse-gamma posterior: (SSR + λ‖b‖²)/2 over (n − 1)/2 but for the prior's trace", () => {
    const posterior = linearPosterior("test", equations, squares, count, 2.5);
    let sum = 0;
    for (let r = 0; r < count; r++) {
      let fitted = 0;
      for (let i = 0; i < columns; i++) fitted += rows[r * columns + i] * posterior.mean[i];
      sum += (target[r] - fitted) ** 2;
    }
    for (let i = 1; i < columns; i++) sum += 2.5 * posterior.mean[i] ** 2;
    expect(posterior.noiseVariance).to.be.closeTo(sum / (count - 1), 1e-8);
  });

  it("has the evidence that integrating coefficients and noise out numerically gives, up to a constant", () => {
    // Without an intercept's help: one column beside it, so that the marginal covariance is I + J·∞ + xxᵀ/λ. Compared
    // are two precisions through the density of contrasts, which the flat intercept leaves proper.
    const logEvidence = (precision: number) => {
      const x = Matrix.from1DArray(count, columns, rows).subMatrix(0, count - 1, 1, columns - 1);
      const contrast = new Matrix(count - 1, count);
      for (let i = 0; i < count - 1; i++) {
        // Helmert contrasts: orthonormal, orthogonal to the intercept.
        const scale = 1 / Math.sqrt((i + 1) * (i + 2));
        for (let j = 0; j <= i; j++) contrast.set(i, j, scale);
        contrast.set(i, i + 1, -(i + 1) * scale);
      }
      const reduced = contrast.mmul(x);
      const y = contrast.mmul(Matrix.columnVector(Array.from(target)));
      const covariance = Matrix.eye(count - 1).add(reduced.mmul(reduced.transpose()).div(precision));
      const quadratic = y.transpose().mmul(inverse(covariance)).mmul(y).get(0, 0);
      // Student t of the contrasts with the prior of variance (shape 1, scale 1e-8) integrated out.
      const logDeterminant = logDet(covariance);
      return -logDeterminant / 2 - (1 + (count - 1) / 2) * Math.log(1e-8 + quadratic / 2);
    };
    const ours = [0.1, 10].map((precision) => linearPosterior("test", equations, squares, count, precision).evidence);
    expect(ours[1] - ours[0]).to.be.closeTo(logEvidence(10) - logEvidence(0.1), 1e-8);
    expect(mostEvident("test", equations, squares, count, [0.1, 10, 1e6]).precision).to.equal(
      ours[0] > ours[1] ? 0.1 : 10,
    );
  });

  it("finds the share of variance that moments have in common", () => {
    const group = Float64Array.from({ length: 5000 }, (_, r) => Math.floor(r / 5));
    const shared = group.map((g) => random.normal(g, 5));
    const own = group.map((_, r) => random.normal(r, 6));
    expect(intraclassCorrelation(shared, group)).to.equal(0.999);
    expect(intraclassCorrelation(own, group)).to.be.within(0, 0.03);
    const mixed = shared.map((value, r) => Math.sqrt(0.6) * value + Math.sqrt(0.4) * own[r]);
    expect(intraclassCorrelation(mixed, group)).to.be.closeTo(0.6, 0.05);
    expect(intraclassCorrelation(own, own)).to.equal(0);
  });

  it("whitens errors that share a part: generalised least squares with the compound-symmetric covariance", () => {
    const correlation = 0.7;
    // Groups of 5, 7 and 28 rows.
    const group = Float64Array.from({ length: count }, (_, r) => (r < 5 ? 0 : r < 12 ? 1 : 2));
    const independent = whitened(design, group, correlation, count);
    const posterior = linearPosterior("test", normalEquations(independent, 0, count), squares, count, 1e-9);
    const covariance = new Matrix(count, count);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) covariance.set(i, j, i === j ? 1 : group[i] === group[j] ? correlation : 0);
    }
    const x = Matrix.from1DArray(count, columns, rows);
    const weighted = x.transpose().mmul(inverse(covariance));
    const closed = inverse(weighted.mmul(x))
      .mmul(weighted)
      .mmul(Matrix.columnVector(Array.from(target)));
    closed.to1DArray().forEach((value, i) => expect(posterior.mean[i]).to.be.closeTo(value, 1e-7));
    // Rows without anything in common are left as they are.
    expect(whitened(design, group, 0, count).rows).to.deep.equal(rows);
  });
});

/** ln |A| of a positive definite matrix by elimination. */
function logDet(matrix: Matrix): number {
  const work = matrix.clone();
  let sum = 0;
  for (let k = 0; k < work.rows; k++) {
    sum += Math.log(work.get(k, k));
    for (let i = k + 1; i < work.rows; i++) {
      const share = work.get(i, k) / work.get(k, k);
      for (let j = k; j < work.rows; j++) work.set(i, j, work.get(i, j) - share * work.get(k, j));
    }
  }
  return sum;
}
