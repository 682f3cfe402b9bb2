import { expect } from "chai";
import fc from "fast-check";
import erfc from "@stdlib/math-base-special-erfc";
import stdlibQuantile from "@stdlib/stats-base-dists-normal-quantile";

import { normalQuantile } from "../../src/random/normal-quantile.ts";
import { philox4x32 } from "../../src/random/philox.ts";
import { createRandom, RandomAddressError } from "../../src/random/random.ts";

describe("philox4x32", () => {
  // Random123 1.14, tests/kat_vectors, rows "philox4x32 10": counter, key, output.
  const PI_DIGITS = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0];
  const vectors: [number[], number[]][] = [
    [Array<number>(6).fill(0), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [Array<number>(6).fill(0xffffffff), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
    [PI_DIGITS, [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
  ];
  for (const [input, expected] of vectors) {
    it(`gives the published words for counter and key ${input.map((word) => word.toString(16)).join(" ")}`, () => {
      const out = new Uint32Array(4);
      const [c0, c1, c2, c3, k0, k1] = input;
      philox4x32(c0, c1, c2, c3, k0, k1, out);
      expect([...out]).to.deep.equal(expected);
    });
  }
});

describe("normalQuantile", () => {
  it("agrees with the library's quantile to 1e-13, where the library itself resolves the tail", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
        const expected = stdlibQuantile(p, 0, 1);
        // The library rounds 2p - 1, so that its own error is one rounding of p over the density.
        const libraryError = 2 ** -52 / (Math.exp((-expected * expected) / 2) / Math.sqrt(2 * Math.PI));
        return Math.abs(normalQuantile(p) - expected) <= 1e-13 * Math.max(1, Math.abs(expected)) + libraryError;
      }),
    );
  });

  it("inverts the distribution function to a relative 1e-12 far into the tail, antisymmetrically", () => {
    for (const p of [1e-300, 1e-100, 1e-30, 1e-16, 1e-12, 1e-6, 0.001, 0.0749, 0.0751, 0.2, 0.3, 0.4999, 0.5]) {
      const z = normalQuantile(p);
      // The density's relative slope -z turns one rounding of z into a relative z^2 roundings of p.
      expect(erfc(-z / Math.SQRT2) / 2 / p, `p = ${p}`).to.be.closeTo(1, 1e-14 + 4e-16 * z * z);
    }
    for (const p of [2 ** -40, 2 ** -20, 0.125, 0.25]) expect(normalQuantile(1 - p)).to.equal(-normalQuantile(p));
  });
});

describe("createRandom", () => {
  it("gives the same draw whatever was drawn before", () => {
    const straight = createRandom(1, "world");
    const shuffled = createRandom(1, "world");
    const addresses = [0, 1, 2, 3, 2 ** 32, 2 ** 40 + 7].flatMap((index) => [0, 1, 2, 9].map((p) => [index, p]));
    const first = addresses.map(([index, purpose]) => straight.uniform(index, purpose));
    const second = [...addresses].reverse().map(([index, purpose]) => shuffled.uniform(index, purpose));
    expect(second.reverse()).to.deep.equal(first);
    expect(new Set(first).size).to.equal(first.length);
  });

  it("names a stream by its whole path, however it was reached", () => {
    const direct = createRandom(7n, "agents", 3, "noise");
    expect(createRandom(7).fork("agents").fork(3, "noise").uniform(5, 1)).to.equal(direct.uniform(5, 1));
    const others = [
      createRandom(8, "agents", 3, "noise"),
      createRandom(7, "agents", "3", "noise"),
      createRandom(7, "agents3", "noise"),
      createRandom(7, "agents", 3),
    ];
    for (const other of others) expect(other.uniform(5, 1)).to.not.equal(direct.uniform(5, 1));
  });

  it("draws uniforms with the moments, cells and serial independence of the uniform law", () => {
    const random = createRandom(11, "moments");
    const n = 200_000;
    const cells = new Float64Array(64);
    let sum = 0;
    let lagged = 0;
    let pair = 0;
    for (let i = 0; i < n; i++) {
      const u = random.uniform(i, 0);
      sum += u;
      cells[Math.floor(u * 64)]++;
      lagged += (u - 0.5) * (random.uniform(i + 1, 0) - 0.5);
      pair += (u - 0.5) * (random.uniform(i, 1) - 0.5);
    }
    const chiSquare = cells.reduce((total, count) => total + (count - n / 64) ** 2 / (n / 64), 0);
    expect(sum / n).to.be.closeTo(0.5, 4 / Math.sqrt(12 * n));
    expect(lagged / n).to.be.closeTo(0, 4 / 12 / Math.sqrt(n));
    expect(pair / n).to.be.closeTo(0, 4 / 12 / Math.sqrt(n));
    expect(chiSquare).to.be.within(30, 110); // 63 degrees of freedom: both ends beyond 4 standard deviations
  });

  it("draws normals with mean 0, variance 1 and kurtosis 3", () => {
    const random = createRandom(12, "normals");
    const n = 200_000;
    const moments = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const z = random.normal(i, 3);
      for (let power = 1; power <= 4; power++) moments[power] += z ** power / n;
    }
    expect(moments[1]).to.be.closeTo(0, 4 / Math.sqrt(n));
    expect(moments[2]).to.be.closeTo(1, 4 * Math.sqrt(2 / n));
    expect(moments[3]).to.be.closeTo(0, 4 * Math.sqrt(15 / n));
    expect(moments[4]).to.be.closeTo(3, 4 * Math.sqrt(96 / n));
  });

  it("draws Poisson counts with the right mean and variance, never fewer at a higher mean", () => {
    const random = createRandom(13, "counts");
    const n = 20_000;
    for (const mean of [0.01, 1, 7, 450]) {
      let sum = 0;
      let squares = 0;
      let decreases = 0;
      for (let i = 0; i < n; i++) {
        const count = random.poissonCount(i, 0, mean);
        sum += count / n;
        squares += (count - mean) ** 2 / n;
        if (random.poissonCount(i, 0, mean * 1.1) < count) decreases++;
      }
      expect(decreases).to.equal(0);
      expect(sum).to.be.closeTo(mean, 4 * Math.sqrt(mean / n));
      expect(squares).to.be.closeTo(mean, 5 * Math.sqrt((mean + 2 * mean ** 2) / n));
    }
    expect(random.poissonCount(1, 0, 0)).to.equal(0);
  });

  it("refuses addresses, means, seeds and names that are not in range", () => {
    const random = createRandom(1);
    for (const index of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(() => random.uniform(index, 0), `index ${index}`).to.throw(RandomAddressError);
    }
    random.uniform(0, 0);
    for (const purpose of [-1, 0.5, 2 ** 32, Number.NaN]) {
      expect(() => random.uniform(0, purpose), `purpose ${purpose}`).to.throw(RandomAddressError);
    }
    for (const mean of [-1, 501, Number.NaN]) {
      expect(() => random.poissonCount(0, 0, mean), `mean ${mean}`).to.throw(RandomAddressError);
    }
    expect(() => createRandom(0.5)).to.throw(RandomAddressError);
    expect(() => createRandom(1, Number.NaN)).to.throw(RandomAddressError);
  });
});
