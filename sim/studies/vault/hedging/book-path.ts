import { blackGreeks } from "../../../../src/pricing/black-scholes.ts";
import { minimumVarianceDelta } from "../../../../src/pricing/minimum-variance-delta.ts";
import type { BatesPricer } from "../../../../src/pricing/bates.ts";
import { YEAR_SECONDS } from "../../../../src/time/year.ts";
import type { Random } from "../../../../src/random/random.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import { constantSeverity, trapezoidSeverity } from "../../../world/severity-profile.ts";
import { graftedReturn } from "../../../world/graft.ts";
import type { TruthPricers } from "../../../world/truth-pricers.ts";
import { simulatePath } from "../../../world/world.ts";
import type { HeldOption } from "./listed-book.ts";
import { payoff, secondsHeld } from "./listed-book.ts";

/** One option at one time: the true price, and the Black–Scholes sensitivities at the true implied vol. */
export interface OptionState {
  /** USD a contract. */
  readonly price: number;
  /** Annualised; NaN once expired, and where the price is too small to have a vol. */
  readonly vol: number;
  readonly delta: number;
  readonly gamma: number;
  /** USD per 1.00 of vol. */
  readonly vega: number;
  /** USD a year. */
  readonly theta: number;
  readonly vanna: number;
  readonly volga: number;
  /** Units that minimise the instantaneous variance under the true model. */
  readonly minimumVarianceDelta: number;
}

/** The market and the options at one time. */
export interface BookState {
  /** Since the start. */
  readonly seconds: number;
  /** USD. */
  readonly spot: number;
  /** A jump or part of the scenario's fall happened since the state before. */
  readonly jumped: boolean;
  readonly options: readonly OptionState[];
}

/** Step of the path under the states, seconds. */
const FINE_STEP = 900;

/**
 * A path of the true world with the options priced by the true model every `stepSeconds`, from the start to the end of
 * the plateau. Paths with the same `random` share their numbers across severities.
 */
export function bookPath(
  scenario: Scenario,
  pricers: TruthPricers,
  random: Random,
  severity: number,
  options: readonly HeldOption[],
  stepSeconds: number,
): BookState[] {
  const perState = Math.round(stepSeconds / FINE_STEP);
  const count = Math.floor(secondsHeld(scenario) / (perState * FINE_STEP));
  const path = simulatePath({
    ...{ regimeCalm: scenario.calm, regimeCrash: scenario.crash, process: scenario.process },
    ...{ spot0: scenario.spot, variance0: "stationary" as const, startTime: 0, grafts: scenario.graft },
    ...{ steps: count * perState, stepSeconds: FINE_STEP, random },
    severityAt: severity === 0 ? constantSeverity(0) : trapezoidSeverity(scenario.profile, severity),
  });
  return Array.from({ length: count + 1 }, (_, place): BookState => {
    const i = place * perState;
    const seconds = i * FINE_STEP;
    const pricer = pricers.at(path.severities[i]);
    return {
      seconds,
      spot: path.spots[i],
      jumped:
        path.jumpFlags.subarray(Math.max(0, i - perState + 1), i + 1).some((flag) => flag === 1) ||
        graftedReturn(scenario.graft, seconds - stepSeconds, stepSeconds) * path.severities[i] !== 0,
      options: options.map((option) => stateOf(option, pricer, path.variances[i], path.spots[i], seconds)),
    };
  });
}

function stateOf(
  option: HeldOption,
  pricer: BatesPricer,
  variance: number,
  spot: number,
  seconds: number,
): OptionState {
  const { isCall, strike, expiry } = option;
  if (seconds >= expiry) return expired(payoff(option, spot), Number.NaN, 0);
  const years = (expiry - seconds) / YEAR_SECONDS;
  const k = Math.log(strike / spot);
  const vol = pricer.impliedVolOrNaN(variance, years, k);
  const best = minimumVarianceDelta(pricer, variance, years, k, isCall);
  if (!Number.isFinite(vol)) {
    return {
      ...expired(payoff(option, spot), Number.NaN, best),
      delta: payoff(option, spot) > 0 ? (isCall ? 1 : -1) : 0,
    };
  }
  return { vol, ...blackGreeks(isCall, spot, strike, years, vol), minimumVarianceDelta: best };
}

function expired(price: number, vol: number, best: number): OptionState {
  return { price, vol, delta: 0, gamma: 0, vega: 0, theta: 0, vanna: 0, volga: 0, minimumVarianceDelta: best };
}
