import { purposes } from "../../src/processes/purposes.ts";
import type { Random } from "../../src/random/random.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import type { MarketWorld } from "./market-world.ts";
import type { MarketFeedback } from "./persistent-impact.ts";
import { PersistentImpact, WorldTimeError } from "./persistent-impact.ts";
import type { Truth } from "./truth.ts";
import type { TruthPricers } from "./truth-pricers.ts";
import type { WorldPath } from "./world.ts";

/** The vol of the last minute before expiry is that of one minute: shorter transforms cost much and say nothing. */
const SHORTEST_SECONDS = 60;
/** The grid between two steps is refined by halving this often, to about 5 s for a step of 300 s. */
const BRIDGE_LEVELS = 6;

/**
 * A world as a run meets it: an exogenous path, sampled at any time, times the persistent impact of what was traded.
 *
 * Between grid points the price follows a Brownian bridge whose draws are addressed by the point, and jumps where its
 * jump lies; variance and severity hold from grid point to grid point. So changing the clock does not change the path.
 */
export class WorldRun implements MarketWorld {
  readonly volKind = "truth";
  readonly #path: WorldPath;
  readonly #pricers: TruthPricers;
  readonly #random: Random;
  readonly #stepSeconds: number;
  readonly #impact = new PersistentImpact();

  /**
   * @param path - from `simulatePath`
   * @param random - the path's own stream
   */
  constructor(path: WorldPath, pricers: TruthPricers, random: Random) {
    this.#path = path;
    this.#pricers = pricers;
    this.#random = random;
    this.#stepSeconds = path.times[1] - path.times[0];
  }

  truthAt(time: number, since = time - this.#stepSeconds): Truth {
    const cell = this.#cellOf(time);
    const { variances, severities } = this.#path;
    return {
      time,
      spot: this.spotAt(time),
      variance: variances[cell],
      parameters: this.#pricers.at(severities[cell]).parameters,
      severity: severities[cell],
      jumped: this.#hasJumped(since, time),
    };
  }

  spotAt(time: number): number {
    return this.exogenousSpotAt(time) * Math.exp(this.#impact.at(time));
  }

  /** The same without any impact. */
  exogenousSpotAt(time: number): number {
    const cell = this.#cellOf(time);
    const { times, spots, variances, jumpLogs, jumpFractions } = this.#path;
    const fraction = (time - times[cell]) / this.#stepSeconds;
    if (fraction === 0) return spots[cell];
    const jump = jumpLogs[cell + 1];
    const continuous = Math.log(spots[cell + 1] / spots[cell]) - jump;
    const deviation = Math.sqrt((variances[cell] * this.#stepSeconds) / YEAR_SECONDS);
    const jumped = fraction >= jumpFractions[cell + 1] ? jump : 0;
    return spots[cell] * Math.exp(continuous * fraction + deviation * this.#bridge(cell, fraction) + jumped);
  }

  feel(feedback: MarketFeedback): void {
    this.#impact.add(feedback);
  }

  /**
   * True implied vol of an option: the true model's price, its current parameters taken as lasting.
   *
   * Where the price is below what the transform resolves (beyond about seven deviations) it is the vol of the
   * outermost strike that still has one. After expiry it is NaN. Calls and puts of a strike have one vol.
   */
  truthVol(expiry: number, strike: number, _isCall: boolean, time: number): number {
    if (time >= expiry) return NaN;
    const years = Math.max(expiry - time, SHORTEST_SECONDS) / YEAR_SECONDS;
    const cell = this.#cellOf(time);
    const pricer = this.#pricers.at(this.#path.severities[cell]);
    const variance = this.#path.variances[cell];
    let logMoneyness = Math.log(strike / this.spotAt(time));
    for (;;) {
      const vol = pricer.impliedVolOrNaN(variance, years, logMoneyness);
      if (vol > 0) return vol;
      if (Math.abs(logMoneyness) < 1e-9) throw new WorldTimeError(time, `no true vol for expiry ${expiry}`);
      logMoneyness *= 0.9;
    }
  }

  #cellOf(time: number): number {
    const { times } = this.#path;
    const cell = Math.floor((time - times[0]) / this.#stepSeconds);
    // The last grid point belongs to the path, but no cell starts there.
    if (!(cell >= 0 && time <= times[times.length - 1])) {
      throw new WorldTimeError(time, `its path runs from ${times[0]} to ${times[times.length - 1]}`);
    }
    return cell;
  }

  /** Standard Brownian bridge of a cell by Lévy's midpoints, linear below the last level. */
  #bridge(cell: number, fraction: number): number {
    let low = 0;
    let high = 1;
    let atLow = 0;
    let atHigh = 0;
    let node = 1;
    for (let level = 0; level < BRIDGE_LEVELS; level++) {
      const middle = 0.5 * (low + high);
      const normal = this.#random.normal(cell, purposes.firstBridge + node);
      const atMiddle = 0.5 * (atLow + atHigh) + 0.5 * Math.sqrt(high - low) * normal;
      if (fraction < middle) {
        high = middle;
        atHigh = atMiddle;
        node = 2 * node;
      } else {
        low = middle;
        atLow = atMiddle;
        node = 2 * node + 1;
      }
    }
    return atLow + ((atHigh - atLow) * (fraction - low)) / (high - low);
  }

  #hasJumped(since: number, time: number): boolean {
    const { times, jumpFlags, jumpFractions } = this.#path;
    const first = Math.max(0, Math.floor((since - times[0]) / this.#stepSeconds));
    const last = Math.min(times.length - 1, Math.ceil((time - times[0]) / this.#stepSeconds));
    for (let i = first + 1; i <= last; i++) {
      if (jumpFlags[i] === 0) continue;
      const at = times[i - 1] + jumpFractions[i] * this.#stepSeconds;
      if (at > since && at <= time) return true;
    }
    return false;
  }
}
