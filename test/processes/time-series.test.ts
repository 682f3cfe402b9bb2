import { expect } from "chai";
import fc from "fast-check";

import { correlatedReturns, correlationFactor, tightenedCorrelations } from "../../src/processes/correlated-assets.ts";
import type { GarchParameters } from "../../src/processes/garch.ts";
import {
  fitGarch,
  garchLogLikelihood,
  garchResiduals,
  garchVariance,
  garchVariances,
  simulateGarch,
} from "../../src/processes/garch.ts";
import { hawkesLogLikelihood, hawkesMeanIntensity, hawkesResiduals, hawkesTimes } from "../../src/processes/hawkes.ts";
import { ProcessParameterError } from "../../src/processes/process-parameter-error.ts";
import {
  simulateRegimes,
  stationaryShares,
  switchingReturns,
  transitionMatrix,
} from "../../src/processes/regime-switching.ts";
import { resampleHistory } from "../../src/processes/resampled-history.ts";
import {
  coxIngersollRossBond,
  simulateCoxIngersollRoss,
  simulateVasicek,
  vasicekBond,
} from "../../src/processes/short-rate.ts";
import { createRandom } from "../../src/random/random.ts";
import { kolmogorovSmirnov } from "../../src/statistics/drift.ts";
import { mean, standardDeviation } from "../../src/statistics/moments.ts";

const gjr: GarchParameters = { omega: 2e-6, alpha: 0.04, beta: 0.88, gamma: 0.1 };
const plain: GarchParameters = { omega: 4e-6, alpha: 0.1, beta: 0.85, gamma: 0 };

describe("GARCH", () => {
  it("has the long-run and next variance of Hull's example, 0.0002 and 0.00023516 a day", () => {
    // Options, Futures, and Other Derivatives, chapter on estimating volatilities: 1.6 % a day, then a move of 1 %.
    const published: GarchParameters = { omega: 2e-6, alpha: 0.13, beta: 0.86, gamma: 0 };
    expect(garchVariance(published)).to.be.closeTo(0.0002, 1e-15);
    expect(garchVariances([0.01], published, 0.016 ** 2)[1]).to.be.closeTo(0.00023516, 1e-15);
  });

  it("filters by its recursion and has the likelihood of its normals, by hand over three returns", () => {
    const returns = [0.01, -0.02, 0.005];
    const h2 = 2e-6 + 0.04 * 1e-4 + 0.88 * 1e-4;
    const h3 = 2e-6 + 0.14 * 4e-4 + 0.88 * h2;
    const h4 = 2e-6 + 0.04 * 2.5e-5 + 0.88 * h3;
    const variances = garchVariances(returns, gjr, 1e-4);
    [1e-4, h2, h3, h4].forEach((h, i) => expect(variances[i]).to.be.closeTo(h, 1e-18));
    const density = (e: number, h: number) => Math.log(Math.exp((-e * e) / (2 * h)) / Math.sqrt(2 * Math.PI * h));
    const expected = density(0.01, 1e-4) + density(-0.02, h2) + density(0.005, h3);
    expect(garchLogLikelihood(returns, gjr, 1e-4)).to.be.closeTo(expected, 1e-10);
  });

  it("simulates to its long-run variance, the same each time", () => {
    const path = simulateGarch(gjr, garchVariance(gjr), 40_000, createRandom(3, "garch"));
    const square = mean(path.returns.map((x) => x * x));
    expect(square / garchVariance(gjr)).to.be.within(0.9, 1.1);
    expect(simulateGarch(gjr, garchVariance(gjr), 40_000, createRandom(3, "garch")).returns).to.deep.equal(
      path.returns,
    );
  });

  it("is fitted where the likelihood is greatest: above the truth's, and flat in every direction", () => {
    for (const truth of [plain, gjr]) {
      const { returns } = simulateGarch(truth, garchVariance(truth), 3000, createRandom(8, "fit"));
      const fit = fitGarch(returns, truth.gamma > 0);
      expect(fit.logLikelihood).to.be.at.least(garchLogLikelihood(returns, truth, fit.startVariance));
      expect(fit.persistence).to.be.closeTo(truth.alpha + truth.beta + truth.gamma / 2, 0.03);
      expect(fit.parameters.beta).to.be.closeTo(truth.beta, 0.05);
      expect(fit.parameters.gamma).to.be.closeTo(truth.gamma, 0.05);
      expect(fit.activeBounds).to.deep.equal([]);
      for (const name of ["omega", "alpha", "beta"] as const) {
        const moved = (share: number) => {
          const there = { ...fit.parameters, [name]: fit.parameters[name] * (1 + share) };
          return garchLogLikelihood(returns, there, fit.startVariance);
        };
        expect(moved(1e-3), name).to.be.at.most(fit.logLikelihood + 1e-4);
        expect(moved(-1e-3), name).to.be.at.most(fit.logLikelihood + 1e-4);
      }
    }
  });

  it("says that independent returns do not cluster", () => {
    const random = createRandom(1, "flat");
    const fit = fitGarch(Float64Array.from({ length: 400 }, (_, i) => 0.01 * random.normal(i, 0)));
    expect(Number.isFinite(fit.logLikelihood)).to.equal(true);
    expect(fit.parameters.alpha).to.be.lessThan(0.06);
  });

  it("replays filtered history: the past's shocks under today's variance", () => {
    const { returns } = simulateGarch(plain, garchVariance(plain), 500, createRandom(2, "history"));
    const fit = fitGarch(returns);
    const residuals = garchResiduals(returns, fit);
    expect(standardDeviation(residuals)).to.be.closeTo(1, 0.05);
    const path = simulateGarch(fit.parameters, 4e-4, 50, createRandom(4, "next"), residuals);
    const shocks = path.returns.map((x, i) => x / Math.sqrt(path.variances[i]));
    shocks.forEach((shock) => expect(Math.min(...residuals.map((r) => Math.abs(r - shock)))).to.be.lessThan(1e-9));
  });

  it("refuses too few returns, what is no number, constant zeros and an exploding variance", () => {
    expect(() => fitGarch(new Float64Array(49).fill(0.1))).to.throw(ProcessParameterError, "49 returns");
    expect(() => fitGarch(new Float64Array(60))).to.throw(ProcessParameterError, "all returns are zero");
    const broken = Float64Array.from({ length: 60 }, (_, i) => (i === 7 ? NaN : 0.01));
    expect(() => fitGarch(broken)).to.throw(ProcessParameterError, "return 7 is NaN");
    expect(() => garchVariance({ ...plain, beta: 0.95 })).to.throw(ProcessParameterError, "persistence");
    expect(() => simulateGarch(plain, 0, 1, createRandom(1))).to.throw(ProcessParameterError, "starting variance");
    expect(() => simulateGarch(plain, 1, 1, createRandom(1), [])).to.throw(ProcessParameterError, "no residuals");
  });
});

describe("Hawkes arrivals", () => {
  const parameters = { base: 20, excitation: 60, decay: 100 };

  it("come at the mean rate μ/(1 - α/β), in clusters, and rise", () => {
    const times = hawkesTimes(parameters, 200, createRandom(5, "hawkes"));
    expect(hawkesMeanIntensity(parameters)).to.be.closeTo(50, 1e-12);
    // Counts of long windows have variance λ/(1 - α/β)² a year: sd of the mean here 50 √(1/(10000 · 0.16)) = 1.25.
    expect(times.length / 200).to.be.within(46, 54);
    times.forEach((time, i) => expect(time).to.be.greaterThan(i > 0 ? times[i - 1] : 0));
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    expect(standardDeviation(gaps)).to.be.greaterThan(1.2 * mean(gaps));
  });

  it("have exponential residuals under their own parameters and not under a Poisson's", () => {
    const times = hawkesTimes(parameters, 40, createRandom(6, "hawkes"));
    const exponential = Float64Array.from({ length: 997 }, (_, i) => -Math.log((i + 0.5) / 997));
    const against = (of: typeof parameters) => kolmogorovSmirnov(hawkesResiduals(of, times), exponential).p;
    expect(against(parameters)).to.be.greaterThan(0.01);
    expect(against({ base: 50, excitation: 0, decay: 1 })).to.be.lessThan(1e-6);
  });

  it("have the likelihood ln λ(t1) + ln λ(t2) - ∫λ, by hand for two arrivals", () => {
    const [t1, t2, end] = [0.01, 0.02, 0.05];
    const after = 20 + 60 * Math.exp(-1);
    const kernel = (gap: number) => 0.6 * (1 - Math.exp(-100 * gap));
    const expected = Math.log(20) + Math.log(after) - 20 * end - kernel(end - t1) - kernel(end - t2);
    expect(hawkesLogLikelihood(parameters, [t1, t2], end)).to.be.closeTo(expected, 1e-12);
  });

  it("are Poisson's without excitation, none without intensity, and refused when each causes one or more", () => {
    const times = hawkesTimes({ base: 300, excitation: 0, decay: 1 }, 10, createRandom(7, "poisson"));
    expect(times.length / 10).to.be.within(280, 320);
    expect(hawkesTimes({ ...parameters, base: 0 }, 10, createRandom(1)).length).to.equal(0);
    expect(() => hawkesTimes({ ...parameters, excitation: 100 }, 1, createRandom(1))).to.throw(ProcessParameterError);
    expect(() => hawkesMeanIntensity({ ...parameters, base: NaN })).to.throw(ProcessParameterError);
  });
});

describe("regimes", () => {
  const rates = [
    [0, 2, 1],
    [4, 0, 1],
    [0.5, 0.5, 0],
  ];

  it("have SciPy 1.17's expm of their generator as transition chances", () => {
    const expected = [
      [0.5537483276303178, 0.22065749041669555, 0.22559418195298678],
      [0.43129189937733525, 0.3431139186696781, 0.22559418195298675],
      [0.13284325388860452, 0.09275092806438227, 0.7744058180470133],
    ];
    const matrix = transitionMatrix(rates, 0.3);
    expected.forEach((row, i) => row.forEach((share, j) => expect(matrix[i][j]).to.be.closeTo(share, 1e-12)));
  });

  it("settle at the stationary shares, over long times and along paths", () => {
    const shares = stationaryShares(rates);
    expect(shares.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-12);
    transitionMatrix(rates, 500).forEach((row) =>
      row.forEach((share, j) => expect(share).to.be.closeTo(shares[j], 1e-9)),
    );
    const regimes = simulateRegimes(rates, 0, 0.05, 40_000, createRandom(3, "regimes"));
    shares.forEach((share, j) => {
      expect(regimes.filter((regime) => regime === j).length / 40_000).to.be.closeTo(share, 0.03);
    });
  });

  it("compose: a step of two halves is a step of the whole", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 20, noNaN: true }), (years) => {
        const half = transitionMatrix(rates, years / 2);
        const whole = transitionMatrix(rates, years);
        for (let i = 0; i < 3; i++) {
          for (let j = 0; j < 3; j++) {
            const made = half[i].reduce((sum, share, k) => sum + share * half[k][j], 0);
            expect(whole[i][j]).to.be.closeTo(made, 1e-12);
          }
        }
      }),
    );
  });

  it("give returns the vol of the regime in force", () => {
    const regimes = Uint8Array.from({ length: 20_000 }, (_, i) => (i < 10_000 ? 0 : 1));
    const returns = switchingReturns(regimes, [0.3, 1.2], 1 / 365, createRandom(2, "returns"));
    const vol = (from: number) => standardDeviation(returns.subarray(from, from + 10_000)) * Math.sqrt(365);
    expect(vol(0)).to.be.closeTo(0.3, 0.01);
    expect(vol(10_000)).to.be.closeTo(1.2, 0.04);
  });

  it("are refused with a negative rate, a row too short, an unknown start, or in parts that do not meet", () => {
    expect(() =>
      transitionMatrix(
        [
          [0, -1],
          [1, 0],
        ],
        1,
      ),
    ).to.throw(ProcessParameterError, "rate -1 from 0 to 1");
    expect(() => transitionMatrix([[0, 1], [1]], 1)).to.throw(ProcessParameterError, "row 1");
    expect(() => simulateRegimes(rates, 3, 1, 1, createRandom(1))).to.throw(ProcessParameterError, "start 3");
    expect(() =>
      stationaryShares([
        [0, 0],
        [0, 0],
      ]),
    ).to.throw(ProcessParameterError, "reached");
    expect(() => switchingReturns(Uint8Array.of(2), [1, 1], 1, createRandom(1))).to.throw(ProcessParameterError);
  });
});

describe("short rates", () => {
  const parameters = { speed: 0.8, level: 0.05, vol: 0.1 };

  it("discount as QuantLib 1.29's Vasicek: κ 0.8, θ 5 %, σ 2 %, r 3 %, five years 0.7989418735", () => {
    expect(vasicekBond({ ...parameters, vol: 0.02 }, 0.03, 5)).to.be.closeTo(0.7989418735192939, 1e-14);
  });

  it("discount as the Riccati equations of Cox, Ingersoll and Ross solved by SciPy 1.17", () => {
    expect(coxIngersollRossBond(parameters, 0.03, 5)).to.be.closeTo(0.7989989443386174, 1e-11);
    expect(coxIngersollRossBond({ ...parameters, vol: 0 }, 0.03, 5)).to.be.closeTo(
      coxIngersollRossBond({ ...parameters, vol: 1e-4 }, 0.03, 5),
      1e-8,
    );
  });

  it("average to their bonds along simulated paths", () => {
    const steps = 50;
    for (const [simulate, bond] of [
      [simulateVasicek, vasicekBond],
      [simulateCoxIngersollRoss, coxIngersollRossBond],
    ] as const) {
      const discounts = Float64Array.from({ length: 1500 }, (_, path) => {
        const rates = simulate(parameters, 0.08, 1 / steps, steps, createRandom(path, "rates"));
        const last = rates[steps - 1];
        // Trapezoid over the path.
        return Math.exp(-(rates.reduce((sum, rate) => sum + rate, 0) + 0.5 * (0.08 - last)) / steps);
      });
      const error = standardDeviation(discounts) / Math.sqrt(discounts.length);
      expect(mean(discounts)).to.be.closeTo(bond(parameters, 0.08, 1), 4 * error + 1e-5);
    }
  });

  it("have the exact mean and deviation of one long Vasicek step, and are never negative under a root", () => {
    const ends = Float64Array.from(
      { length: 4000 },
      (_, i) => simulateVasicek(parameters, 0.2, 2, 1, createRandom(i, "step"))[0],
    );
    expect(mean(ends)).to.be.closeTo(0.05 + 0.15 * Math.exp(-1.6), 0.005);
    expect(standardDeviation(ends)).to.be.closeTo(0.1 * Math.sqrt((1 - Math.exp(-3.2)) / 1.6), 0.004);
    const wild = { speed: 0.5, level: 0.01, vol: 0.5 };
    const rates = simulateCoxIngersollRoss(wild, 0.01, 0.1, 2000, createRandom(1, "root"));
    rates.forEach((rate) => expect(rate).to.be.at.least(0));
  });

  it("are refused without reversion, with a negative rate under a root, or for negative time", () => {
    expect(() => simulateVasicek({ ...parameters, speed: 0 }, 0, 1, 1, createRandom(1))).to.throw(
      ProcessParameterError,
    );
    expect(() => simulateCoxIngersollRoss(parameters, -0.01, 1, 1, createRandom(1))).to.throw(ProcessParameterError);
    expect(() => vasicekBond(parameters, NaN, 1)).to.throw(ProcessParameterError);
    expect(() => coxIngersollRossBond(parameters, 0.01, -1)).to.throw(ProcessParameterError, "-1 years");
  });
});

describe("several assets", () => {
  const correlations = [
    [1, 0.7, 0.2],
    [0.7, 1, -0.1],
    [0.2, -0.1, 1],
  ];

  it("move with the correlations and vols asked for, the first as it would alone", () => {
    const vols = [0.5, 0.8, 0.3];
    const columns = correlatedReturns(vols, correlations, 1 / 365, 20_000, createRandom(3, "assets"));
    columns.forEach((column, i) => {
      expect(standardDeviation(column) * Math.sqrt(365)).to.be.closeTo(vols[i], 0.03 * vols[i]);
      columns.forEach((other, j) => {
        const [mi, mj] = [mean(column), mean(other)];
        const product = mean(column.map((x, t) => (x - mi) * (other[t] - mj)));
        const correlation = product / (standardDeviation(column) * standardDeviation(other));
        expect(correlation).to.be.closeTo(correlations[i][j], 0.025);
      });
    });
    const alone = correlatedReturns([0.5], [[1]], 1 / 365, 20_000, createRandom(3, "assets"));
    expect(alone[0]).to.deep.equal(columns[0]);
  });

  it("have a factor whose square is the matrix, and stay possible as correlations tighten", () => {
    for (const share of [0, 0.5, 0.99]) {
      const tight = tightenedCorrelations(correlations, share);
      const factor = correlationFactor(tight);
      tight.forEach((row, i) =>
        row.forEach((entry, j) => {
          const made = factor[i].reduce((sum, value, k) => sum + value * factor[j][k], 0);
          expect(made).to.be.closeTo(entry, 1e-12);
        }),
      );
    }
    expect(tightenedCorrelations(correlations, 0.5)[0][2]).to.be.closeTo(0.6, 1e-12);
  });

  it("are refused with correlations that cannot be together, that differ by side, or exceed one", () => {
    const impossible = [
      [1, 0.9, -0.9],
      [0.9, 1, 0.9],
      [-0.9, 0.9, 1],
    ];
    expect(() => correlationFactor(impossible)).to.throw(ProcessParameterError, "together");
    expect(() =>
      correlationFactor([
        [1, 0.5],
        [0.4, 1],
      ]),
    ).to.throw(ProcessParameterError, "0.5 of 0 and 1");
    expect(() =>
      correlationFactor([
        [1, 2],
        [2, 1],
      ]),
    ).to.throw(ProcessParameterError, "correlation 2");
    expect(() => correlatedReturns([0.5], correlations, 1, 1, createRandom(1))).to.throw(ProcessParameterError);
    expect(() => tightenedCorrelations(correlations, 1)).to.throw(ProcessParameterError, "share 1");
  });
});

describe("resampled history", () => {
  const random = createRandom(9, "past");
  const first = Float64Array.from({ length: 500 }, (_, i) => random.normal(i, 0));
  const second = first.map((x) => 2 * x);

  it("keeps the assets' moves together and the order within blocks", () => {
    const [a, b] = resampleHistory([first, second], 5000, 20, createRandom(1, "new"));
    a.forEach((x, i) => expect(b[i]).to.equal(2 * x));
    const places = Array.from(a, (x) => first.indexOf(x));
    const kept = places.filter((place, i) => i > 0 && place === (places[i - 1] + 1) % 500).length / 4999;
    expect(kept).to.be.closeTo(0.95, 0.02);
  });

  it("makes each path alone, and different from the others", () => {
    const path = (index: number) => resampleHistory([first], 50, 10, createRandom(1, "new"), index)[0];
    expect(path(3)).to.deep.equal(path(3));
    expect(path(3)).not.to.deep.equal(path(4));
  });

  it("is refused of no asset, ragged columns and what is no return", () => {
    expect(() => resampleHistory([], 1, 1, random)).to.throw(ProcessParameterError, "no assets");
    expect(() => resampleHistory([[1], [1, 2]], 1, 1, random)).to.throw(ProcessParameterError, "asset 1");
    expect(() => resampleHistory([[1, NaN]], 1, 1, random)).to.throw(ProcessParameterError, "return 1 of asset 0");
  });
});
