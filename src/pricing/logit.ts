/** 1/(1 + e^-x), strictly within (0, 1) for |x| ≤ 36, within two roundings. Unchecked, for inner loops. */
export function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** ln(p/(1 - p)), the inverse of {@link logistic}, of a share within (0, 1). Unchecked, for inner loops. */
export function toLogit(share: number): number {
  return Math.log(share / (1 - share));
}
