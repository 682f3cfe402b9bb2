import { YEAR_SECONDS } from "../../../../src/time/year.ts";
import type { BookState } from "./book-path.ts";

/** Terms of a Taylor expansion of the book's value in time, spot and each option's implied vol. */
export const explanationTerms = ["theta", "delta", "gamma", "vega", "vanna", "volga", "residual"] as const;
export type ExplanationTerm = (typeof explanationTerms)[number];
export type Explained = Record<ExplanationTerm, number>;

/**
 * The change of the book's value along a path, step by step: Θ Δt + Δ ΔS + ½Γ ΔS² + vega Δσ + vanna ΔS Δσ + ½volga Δσ²,
 * and the residual that these leave. An option that expires or has no vol puts its whole step into the residual, but for
 * its theta, delta and gamma.
 * @returns USD in steps without a jump, and in steps with one
 */
export function explainProfit(
  states: readonly BookState[],
  book: readonly number[],
): { readonly smooth: Explained; readonly jumps: Explained } {
  const parts = { smooth: noTerms(), jumps: noTerms() };
  for (let place = 1; place < states.length; place++) {
    const [before, after] = [states[place - 1], states[place]];
    const years = (after.seconds - before.seconds) / YEAR_SECONDS;
    const move = after.spot - before.spot;
    const into = after.jumped ? parts.jumps : parts.smooth;
    book.forEach((contracts, i) => {
      const from = before.options[i];
      const change = after.options[i].vol - from.vol;
      const volMove = Number.isFinite(change) ? change : 0;
      const terms = {
        theta: from.theta * years,
        delta: from.delta * move,
        gamma: 0.5 * from.gamma * move * move,
        vega: from.vega * volMove,
        vanna: from.vanna * move * volMove,
        volga: 0.5 * from.volga * volMove * volMove,
      };
      const explained = Object.values(terms).reduce((sum, term) => sum + term, 0);
      const all = { ...terms, residual: after.options[i].price - from.price - explained };
      for (const name of explanationTerms) into[name] += contracts * all[name];
    });
  }
  return parts;
}

function noTerms(): Explained {
  return { theta: 0, delta: 0, gamma: 0, vega: 0, vanna: 0, volga: 0, residual: 0 };
}
