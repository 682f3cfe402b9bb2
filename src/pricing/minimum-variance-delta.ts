import type { BatesPricer } from "./bates.ts";

/** Trapezoid nodes over ±8 standard deviations of the log jump: a step of one deviation integrates a Gaussian to 1e-8. */
const JUMP_NODES = 17;
const JUMP_RANGE = 8;

/**
 * Units of the underlying that minimise the instantaneous variance of a hedged option under Bates's model:
 * [v V_S S² + ρσv S V_v + λ E(ΔV ΔS)] / [S² (v + λ E(e^J - 1)²)].
 *
 * It differs from the model's own delta by the part of the vol and jump risk that moves with the price; no hedge with
 * the underlying alone does better over the next instant.
 * @param pricer - of the true model
 * @param variance - today's annualised variance
 * @param years - to expiry, years of 365 days, positive
 * @param logMoneyness - ln(strike / forward)
 * @returns absolute error below 1e-7: the jumps' integral is good to 1e-8
 * @throws as `BatesPricer.prices`
 * @see Bakshi, Cao & Chen (1997), equation 25; Cont & Tankov (2004), "Financial modelling with jump processes", 10.4
 */
export function minimumVarianceDelta(
  pricer: BatesPricer,
  variance: number,
  years: number,
  logMoneyness: number,
  isCall: boolean,
): number {
  const { volOfVol, rho, jumpIntensity, jumpMean, jumpSd } = pricer.parameters;
  const delta = pricer.delta(variance, years, logMoneyness, isCall);
  const slope = volOfVol > 0 ? pricer.varianceSlope(variance, years, logMoneyness) : 0;
  let covariance = variance * (delta + rho * volOfVol * slope);
  let spread = variance;
  if (jumpIntensity > 0) {
    const before = pricer.price(variance, years, logMoneyness, isCall);
    const nodes = jumpSd > 0 ? JUMP_NODES : 1;
    let weights = 0;
    let product = 0;
    let square = 0;
    for (let i = 0; i < nodes; i++) {
      const z = nodes === 1 ? 0 : JUMP_RANGE * ((2 * i) / (nodes - 1) - 1);
      const weight = Math.exp(-0.5 * z * z);
      const jump = jumpMean + jumpSd * z;
      const move = Math.expm1(jump);
      const after = Math.exp(jump) * pricer.price(variance, years, logMoneyness - jump, isCall);
      weights += weight;
      product += weight * (after - before) * move;
      square += weight * move * move;
    }
    covariance += (jumpIntensity * product) / weights;
    spread += (jumpIntensity * square) / weights;
  }
  // Without any risk the hedge is the slope.
  return spread > 0 ? covariance / spread : delta;
}
