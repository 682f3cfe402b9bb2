import type { Scenario } from "../../../scenarios/scenario.ts";
import { exposure, type HedgingStrategy } from "./hedge.ts";

/** Steps between hedges at a fixed interval: two hours of half-hour steps. */
const EVERY = 4;
/** The protocol's band about the delta, share of NAV. */
const BAND = 0.05;
/** Proportional cost that Whalley–Wilmott reckons with: the pool's fee. */
const PROPORTIONAL_COST = 0.003;
/** Relative risk aversion: absolute risk aversion times NAV. */
const RISK_AVERSION = 10;
/** The vega hedge is traded every eighth hour, options being dear. */
const VEGA_EVERY = 16;

/** Delta-hedging strategies, the one that others are compared with first. */
export function hedgingStrategies({ protocol }: Scenario): readonly HedgingStrategy[] {
  const { nav } = protocol;
  const blackDelta: HedgingStrategy["units"] = (state, _place, _held, book) =>
    -exposure(state, book, ({ delta }) => delta);
  const at = (every: number, units: HedgingStrategy["units"]): HedgingStrategy["units"] => {
    return (state, place, held, book) => (place % every === 0 ? units(state, place, held, book) : held);
  };
  return [
    {
      name: "every 2 h",
      rule: "Black–Scholes delta at the true implied vols, every two hours",
      units: at(EVERY, blackDelta),
    },
    { name: "every 30 min", rule: "the same every half hour", units: blackDelta },
    {
      name: "delta band",
      rule: `the protocol's own: beyond ${100 * BAND} % of NAV from the delta, to half of that`,
      units(state, place, held, book) {
        const wanted = blackDelta(state, place, held, book);
        const band = (BAND * nav) / state.spot;
        return Math.abs(wanted - held) > band ? wanted + (held > wanted ? 0.5 : -0.5) * band : held;
      },
    },
    {
      name: "Whalley–Wilmott",
      rule: `to the edge of (3/2 · c S Γ²/γ)^⅓ about the delta, c ${100 * PROPORTIONAL_COST} %, γ ${RISK_AVERSION}/NAV`,
      units(state, place, held, book) {
        const wanted = blackDelta(state, place, held, book);
        const gamma = exposure(state, book, (option) => option.gamma);
        // Whalley & Wilmott (1997), equation 3.9.
        const half = Math.cbrt((1.5 * PROPORTIONAL_COST * state.spot * gamma * gamma * nav) / RISK_AVERSION);
        return Math.min(wanted + half, Math.max(wanted - half, held));
      },
    },
    {
      name: "minimum variance",
      rule: "the true model's minimum-variance delta, every two hours",
      units: at(EVERY, (state, _place, _held, book) => -exposure(state, book, (option) => option.minimumVarianceDelta)),
    },
    {
      name: "delta–vega",
      rule: "every eight hours the book's vega is sold off with a monthly option at the money, its delta hedged every two",
      units: at(EVERY, blackDelta),
      contracts(state, place, held, book) {
        if (place % VEGA_EVERY !== 0) return held;
        const { vega } = state.options[state.options.length - 1];
        return vega > 0 ? -exposure(state, book, (option) => option.vega) / vega : held;
      },
    },
    { name: "never again", rule: "the hedge of the start is kept", units: (_state, _place, held) => held },
  ];
}
