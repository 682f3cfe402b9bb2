/** Units out for an exact input to a Uniswap v2 pool with its fee of 0.3 %, as the pair demands it, rounded down. */
export function swapOutput(input: bigint, reserveIn: bigint, reserveOut: bigint): bigint {
  if (input <= 0n) return 0n;
  const charged = input * 997n;
  return (charged * reserveOut) / (reserveIn * 1000n + charged);
}

/** Units in for an exact output below the reserve, rounded up. */
export function swapInput(output: bigint, reserveIn: bigint, reserveOut: bigint): bigint {
  return (reserveIn * output * 1000n) / ((reserveOut - output) * 997n) + 1n;
}

/** The same in floats: what a swap of `input` brings. */
export function swapOut(input: number, reserveIn: number, reserveOut: number): number {
  if (input <= 0) return 0;
  const charged = input * 0.997;
  return (charged * reserveOut) / (reserveIn + charged);
}

/**
 * Input that brings the pool's marginal price, fee included, to `target` units of the input per unit of the output
 * (positive), or 0 when it is there already: x with (R_in + x)·(R_in + φx)/(φ·k) = target.
 */
export function inputToPrice(target: number, reserveIn: number, reserveOut: number): number {
  const kept = 0.997;
  const constant = reserveIn * reserveIn - target * kept * reserveIn * reserveOut;
  if (constant >= 0) return 0;
  // φ·x² + R_in·(1 + φ)·x + R_in² − target·φ·k = 0
  const linear = reserveIn * (1 + kept);
  return (-linear + Math.sqrt(linear * linear - 4 * kept * constant)) / (2 * kept);
}
