import { simulateRegimes, stationaryShares, type SwitchingRates } from "../../src/processes/regime-switching.ts";
import type { Random } from "../../src/random/random.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import type { SeverityProfile } from "./severity-profile.ts";

/** Mean length of a spell of calm and of one of crash, seconds. */
export interface MeanSpells {
  readonly calm: number;
  readonly crash: number;
}

const HOUR = 3600;
const CALM = 0;

/** A path's regimes hour by hour, by a Markov chain; the same whatever a crash's severity is. */
export class SwitchingRegimes {
  readonly #regimes: Uint8Array;
  readonly #from: number;

  /**
   * @param from - seconds since the path's start up to which it is calm
   * @param to - seconds since the path's start that regimes are drawn to
   * @throws {ProcessParameterError} of spells that have no length
   */
  constructor(spells: MeanSpells, from: number, to: number, random: Random) {
    this.#regimes = simulateRegimes(
      switchingRates(spells),
      CALM,
      HOUR / YEAR_SECONDS,
      Math.ceil((to - from) / HOUR) + 1,
      random,
    );
    this.#from = from;
  }

  isCrash(seconds: number): boolean {
    return this.#regimeOf(this.#hourOf(seconds)) !== CALM;
  }

  /** Seconds since the regime in force began; Infinity for the first calm. */
  sinceSwitch(seconds: number): number {
    const regime = this.#regimeOf(this.#hourOf(seconds));
    let hour = this.#hourOf(seconds);
    while (hour >= 0 && this.#regimeOf(hour) === regime) hour--;
    return hour < 0 ? Infinity : seconds - this.#from - (hour + 1) * HOUR;
  }

  /** Severity of the path: `peak` in a crash, 0 in calm. */
  severity(peak: number): SeverityProfile {
    return (seconds) => (this.isCrash(seconds) ? peak : 0);
  }

  #hourOf(seconds: number): number {
    return Math.floor((seconds - this.#from) / HOUR);
  }

  /** Calm before the first hour; the last regime beyond the last. */
  #regimeOf(hour: number): number {
    return hour < 0 ? CALM : this.#regimes[Math.min(hour, this.#regimes.length - 1)];
  }
}

/** Share of time in a crash in the long run. */
export function crashShare(spells: MeanSpells): number {
  return stationaryShares(switchingRates(spells))[1];
}

function switchingRates({ calm, crash }: MeanSpells): SwitchingRates {
  return [
    [0, YEAR_SECONDS / calm],
    [YEAR_SECONDS / crash, 0],
  ];
}
