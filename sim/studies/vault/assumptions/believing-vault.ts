import { blackGreeks, blackPrice } from "../../../../src/pricing/black-scholes.ts";
import type { ShortRateParameters } from "../../../../src/processes/short-rate.ts";
import { simulateVasicek, vasicekBond } from "../../../../src/processes/short-rate.ts";
import type { Random } from "../../../../src/random/random.ts";
import { mean } from "../../../../src/statistics/moments.ts";
import { YEAR_SECONDS } from "../../../../src/time/year.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import type { ProcessName, RegimeParameters } from "../../../world/regime.ts";
import { constantSeverity, trapezoidSeverity } from "../../../world/severity-profile.ts";
import { TruthPricers } from "../../../world/truth-pricers.ts";
import type { WorldPath } from "../../../world/world.ts";
import { simulatePath } from "../../../world/world.ts";
import type { HeldOption } from "../hedging/listed-book.ts";
import { listedBook, payoff, secondsHeld } from "../hedging/listed-book.ts";
import { poolCosts } from "../hedging/trading-costs.ts";

/** What Black and Scholes assume; each can be violated by itself. */
export const assumptions = [
  "continuous trading",
  "constant vol",
  "log-normal tails",
  "no frictions",
  "constant rate",
] as const;

/** Bits of a set of violated assumptions, in the order of the list. */
const [TRADING, VOL, TAILS, FRICTIONS, RATE] = assumptions.map((_, i) => 1 << i);

/** Step of the paths, seconds: as near to continuous as hedging gets here. */
export const FINE_STEP = 300;
/** Rates about zero that move as rates of lending do: 3.4 points of deviation after 42 hours; ours. */
export const RATES: ShortRateParameters = { speed: 12, level: 0, vol: 0.5 };

/** A price process in which some assumptions hold. */
interface PriceWorld {
  readonly calm: RegimeParameters;
  readonly crash: RegimeParameters;
  readonly process: ProcessName;
  readonly grafts: Scenario["graft"];
  readonly pricers: TruthPricers;
}

/**
 * A vault that believes in Black–Scholes: it sold the scenario's book at the calm vol, hedges it at that vol's delta, and
 * is marked to the truth at the end of the plateau.
 */
export class BelievingVault {
  readonly #scenario: Scenario;
  readonly #severity: number;
  readonly #book: readonly HeldOption[];
  /** Annualised; variance of the calm regime, jumps included. */
  readonly #vol: number;
  /** By violation of constant vol and of log-normal tails. */
  readonly #worlds: readonly PriceWorld[];
  readonly #steps: number;
  /** Fine steps between hedges when trading is not continuous. */
  readonly #stride: number;

  constructor(scenario: Scenario, severity: number) {
    this.#scenario = scenario;
    this.#severity = severity;
    this.#book = listedBook(scenario);
    this.#vol = Math.sqrt(scenario.calm.v0 + jumpVariance(scenario.calm));
    this.#worlds = [0, VOL, TAILS, VOL | TAILS].map((violated) => priceWorld(scenario, violated));
    this.#steps = Math.floor(secondsHeld(scenario) / FINE_STEP);
    this.#stride = Math.max(1, Math.round(scenario.clock.horizon / scenario.clock.blocks / FINE_STEP));
  }

  /** Seconds between hedges when trading is not continuous: the mean gap between blocks. */
  get secondsBetweenHedges(): number {
    return this.#stride * FINE_STEP;
  }

  /** Profit of every set of violated assumptions on the same random numbers, USD, by the bits of the set. */
  profits(random: Random): Float64Array {
    const rates = simulateVasicek(RATES, 0, FINE_STEP / YEAR_SECONDS, this.#steps, random.fork("rate"));
    const premium = -this.#valueAtSale();
    const interest = premium * mean(rates) * ((this.#steps * FINE_STEP) / YEAR_SECONDS);
    const profits = new Float64Array(2 ** assumptions.length);
    this.#worlds.forEach((world, which) => {
      const path = this.#path(world, random.fork("path"));
      const [continuous, discrete] = [1, this.#stride].map((stride) => this.#hedge(path, stride, rates));
      const [fixed, moved] = [undefined, rates[rates.length - 1]].map((rate) => this.#valueAtEnd(world, path, rate));
      const violatedHere = ((which & 1) === 0 ? 0 : VOL) | ((which & 2) === 0 ? 0 : TAILS);
      for (let violated = 0; violated < profits.length; violated++) {
        if ((violated & (VOL | TAILS)) !== violatedHere) continue;
        const hedge = (violated & TRADING) === 0 ? continuous : discrete;
        const money = (violated & RATE) === 0 ? fixed : moved + hedge.financing + interest;
        const friction = (violated & FRICTIONS) === 0 ? 0 : hedge.friction;
        profits[violated] = premium + money + hedge.gain - friction;
      }
    });
    return profits;
  }

  #path({ calm, crash, process, grafts }: PriceWorld, random: Random): WorldPath {
    const { profile, spot } = this.#scenario;
    return simulatePath({
      ...{ regimeCalm: calm, regimeCrash: crash, process, grafts, spot0: spot, variance0: calm.v0, startTime: 0 },
      ...{ steps: this.#steps, stepSeconds: FINE_STEP, random },
      severityAt: this.#severity === 0 ? constantSeverity(0) : trapezoidSeverity(profile, this.#severity),
    });
  }

  #valueAtSale(): number {
    const { spot } = this.#scenario;
    return this.#book.reduce(
      (sum, { contracts, isCall, strike, expiry }) =>
        sum + contracts * blackPrice(isCall, spot, strike, expiry / YEAR_SECONDS, this.#vol),
      0,
    );
  }

  /** Gain of the hedge, what trading it cost, and the interest on what it was bought with; USD. */
  #hedge({ spots }: WorldPath, stride: number, rates: Float64Array) {
    const costs = poolCosts(this.#scenario);
    const years = FINE_STEP / YEAR_SECONDS;
    let [units, gain, friction, financing] = [this.#hedgeUnits(spots[0], 0), 0, 0, 0];
    for (let i = 1; i <= this.#steps; i++) {
      gain += units * (spots[i] - spots[i - 1]);
      financing -= units * spots[i - 1] * rates[i - 1] * years;
      if (i === this.#steps || i % stride !== 0) continue;
      const wanted = this.#hedgeUnits(spots[i], i * FINE_STEP);
      friction += costs.swap(wanted - units, spots[i]) + costs.gas(wanted - units, spots[i]);
      units = wanted;
    }
    return { gain, friction, financing };
  }

  #hedgeUnits(spot: number, seconds: number): number {
    return this.#book.reduce((sum, { contracts, isCall, strike, expiry }) => {
      if (seconds >= expiry) return sum;
      return sum - contracts * blackGreeks(isCall, spot, strike, (expiry - seconds) / YEAR_SECONDS, this.#vol).delta;
    }, 0);
  }

  /** The book at the true prices of the end, expired options at what they paid. @param rate - undefined: none */
  #valueAtEnd({ pricers }: PriceWorld, path: WorldPath, rate: number | undefined): number {
    const last = this.#steps;
    const seconds = last * FINE_STEP;
    const pricer = pricers.at(path.severities[last]);
    return this.#book.reduce((sum, option) => {
      const { contracts, isCall, strike, expiry } = option;
      if (seconds >= expiry) return sum + contracts * payoff(option, path.spots[Math.floor(expiry / FINE_STEP)]);
      const years = (expiry - seconds) / YEAR_SECONDS;
      const bond = rate === undefined ? 1 : vasicekBond(RATES, rate, years);
      const spot = path.spots[last];
      // With the forward S/P, P·F·p(ln K/F) = S·p(ln(K P/S)).
      return (
        sum + contracts * spot * pricer.price(path.variances[last], years, Math.log((strike * bond) / spot), isCall)
      );
    }, 0);
  }
}

/** The scenario's process with constant vol, log-normal tails or both put back, at the same variance of returns. */
function priceWorld({ calm, crash, process, graft }: Scenario, violated: number): PriceWorld {
  const world = (from: RegimeParameters, to: RegimeParameters, name: ProcessName): PriceWorld => ({
    calm: from,
    crash: to,
    process: name,
    grafts: (violated & TAILS) === 0 ? [] : graft,
    pricers: new TruthPricers(from, to, name),
  });
  const hasJumps = process !== "gbm";
  switch (violated) {
    case 0:
      return world(withoutJumps(calm), withoutJumps(calm), "gbm");
    case TAILS:
      return world(calm, calm, hasJumps ? "merton" : "gbm");
    case VOL:
      return world(withoutJumps(calm), withoutJumps(crash), process === "merton" ? "gbm" : process);
    default:
      return world(calm, crash, process);
  }
}

/** Variance a year of the jumps' part of returns. */
function jumpVariance({ jumpIntensity, jumpMean, jumpSd }: RegimeParameters): number {
  return jumpIntensity * (jumpMean ** 2 + jumpSd ** 2);
}

/** The regime with the variance of its jumps in the diffusion. */
function withoutJumps(regime: RegimeParameters): RegimeParameters {
  const variance = jumpVariance(regime);
  return { ...regime, v0: regime.v0 + variance, theta: regime.theta + variance, jumpIntensity: 0 };
}
