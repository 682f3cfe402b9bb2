/** 1/(1 + e^-x), strictly within (0, 1) for |x| ≤ 36. */
export function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** Inverse of {@link logistic}. */
export function toLogit(share: number): number {
  return Math.log(share / (1 - share));
}
