import type { CosExpansion } from "./cos-expansion.ts";

/** e^-40 is below the last term kept. */
const NEGLIGIBLE_EXPONENT = -40;

/** A cosine expansion at one variance: prices of puts over the forward as functions of k = ln(K/F). Unchecked, for inner loops. */
export class CosSeries {
  #expansion: CosExpansion | undefined;
  #variance = 0;
  /** Coefficients, plain and over the frequency. */
  #plain = new Float64Array(256);
  #overFrequency = new Float64Array(256);
  #terms = 0;
  #constant = 0;
  /** Derivatives of the plain coefficients by the variance, once somebody asks. */
  #slopes = new Float64Array(256);
  #hasSlopes = false;

  /** Takes the coefficients of an expansion at a variance. */
  load(expansion: CosExpansion, variance: number): void {
    const { frequency, weight, aRe, aIm, bRe, bIm } = expansion;
    const length = frequency.length;
    if (this.#plain.length < length) {
      this.#plain = new Float64Array(2 * length);
      this.#overFrequency = new Float64Array(2 * length);
    }
    let sum = 0;
    let i = 0;
    for (; i < length; i++) {
      const size = aRe[i] + bRe[i] * variance;
      if (size < NEGLIGIBLE_EXPONENT) break;
      const term = weight[i] * Math.exp(size) * Math.cos(aIm[i] + bIm[i] * variance);
      this.#plain[i] = term;
      this.#overFrequency[i] = term / frequency[i];
      sum += term;
    }
    this.#terms = i;
    this.#constant = sum * Math.exp(expansion.from);
    this.#expansion = expansion;
    this.#variance = variance;
    this.#hasSlopes = false;
  }

  /** Put over forward: Σ' D_j [e^k (sin(u_j y)/u_j - cos(u_j y)) + e^a], y = k - a, with the zeroth term in closed form. */
  put(logMoneyness: number): number {
    const { from, width, mass } = this.#expansion!;
    const distance = Math.min(logMoneyness - from, width);
    if (distance <= 0) return 0;
    const strike = Math.exp(from + distance);
    const step = (Math.PI * distance) / width;
    const stepCosine = Math.cos(step);
    const stepSine = Math.sin(step);
    const plain = this.#plain;
    const overFrequency = this.#overFrequency;
    let cosine = stepCosine;
    let sine = stepSine;
    let sum = 0;
    for (let i = 0; i < this.#terms; i++) {
      sum += overFrequency[i] * sine - plain[i] * cosine;
      const next = cosine * stepCosine - sine * stepSine;
      sine = sine * stepCosine + cosine * stepSine;
      cosine = next;
    }
    // e^a (e^y (y - 1) + 1), without the cancellation of a short distance.
    const zeroth = (mass * Math.exp(from) * (distance * Math.exp(distance) - Math.expm1(distance))) / width;
    const beyond = mass * (Math.exp(logMoneyness) - strike);
    return zeroth + strike * sum + this.#constant + (beyond > 0 ? beyond : 0);
  }

  /** Probability of the counted paths that end below the strike. */
  probabilityBelow(logMoneyness: number): number {
    const { from, width, mass, frequency } = this.#expansion!;
    const distance = logMoneyness - from;
    if (distance <= 0) return 0;
    if (distance >= width) return mass;
    let sum = (mass * distance) / width;
    for (let i = 0; i < this.#terms; i++) {
      const u = frequency[i];
      sum += this.#overFrequency[i] * (1 + u * u) * Math.sin(u * distance);
    }
    return sum;
  }

  /** d(put over forward)/d(variance). */
  varianceSlope(logMoneyness: number): number {
    const { from, width, frequency } = this.#expansion!;
    if (!this.#hasSlopes) this.#loadSlopes();
    const slopes = this.#slopes;
    const distance = Math.min(Math.max(logMoneyness - from, 0), width);
    const strike = Math.exp(from + distance);
    const lowest = Math.exp(from);
    let sum = 0;
    for (let i = 0; i < this.#terms; i++) {
      const turn = frequency[i] * distance;
      sum += slopes[i] * (strike * (Math.sin(turn) / frequency[i] - Math.cos(turn)) + lowest);
    }
    return sum;
  }

  #loadSlopes(): void {
    const { weight, aRe, aIm, bRe, bIm } = this.#expansion!;
    if (this.#slopes.length < this.#terms) this.#slopes = new Float64Array(this.#plain.length);
    for (let i = 0; i < this.#terms; i++) {
      const size = weight[i] * Math.exp(aRe[i] + bRe[i] * this.#variance);
      const angle = aIm[i] + bIm[i] * this.#variance;
      this.#slopes[i] = size * (bRe[i] * Math.cos(angle) - bIm[i] * Math.sin(angle));
    }
    this.#hasSlopes = true;
  }
}
