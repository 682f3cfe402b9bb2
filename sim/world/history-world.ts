import type { PriceBars } from "../../src/processes/history.ts";
import { sampleBars } from "../../src/processes/bar-path.ts";
import { MarketSurface } from "../../src/processes/market-surface.ts";
import type { QuoteSnapshot } from "../../src/processes/quotes.ts";
import { realisedVariance, shortestLife } from "../../src/processes/realised-variance.ts";
import type { TimeWindow } from "../../src/processes/windows.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import type { Graft } from "./graft.ts";
import { graftedReturn } from "./graft.ts";
import type { MarketWorld, VolKind } from "./market-world.ts";
import type { MarketFeedback } from "./persistent-impact.ts";
import { PersistentImpact, WorldTimeError } from "./persistent-impact.ts";
import type { SeverityProfile } from "./severity-profile.ts";
import type { Truth } from "./truth.ts";

/** What a recorded world is made of. */
export interface HistorySpec {
  /** All bars there are: those after the window are what options of the window were worth. */
  readonly bars: PriceBars;
  /** Span of the run. */
  readonly window: TimeWindow;
  /** Grid of the path within the window, seconds. */
  readonly stepSeconds: number;
  /** Label by which measures tell calm from stress; history has no dial. */
  readonly severityAt: SeverityProfile;
  /** Moves grafted on the recorded path, scaled by severity; vols do not know of them. */
  readonly grafts?: readonly Graft[];
  /** Real option quotes; with them the world's vols are these, of the latest snapshot at each time. */
  readonly snapshots?: readonly QuoteSnapshot[];
}

/** A step is called a jump beyond this many deviations of the day (for daily bars: week) before it. */
const JUMP_DEVIATIONS = 6;

/**
 * Recorded prices as a world.
 *
 * There is no true vol here. With option quotes its vols are the market's; without, they are the realised vol over the
 * option's life (at least a day, a week for daily bars, and as far as the file goes), which looks ahead and is a target, not a price.
 * `parameters` of its truth is that same variance as a Black–Scholes market.
 */
export class HistoryWorld implements MarketWorld {
  readonly volKind: VolKind;
  readonly #spec: HistorySpec;
  /** Seconds over which a variance is realised at least. */
  readonly #life: number;
  readonly #prices: Float64Array;
  readonly #impact = new PersistentImpact();
  readonly #surfaces: (MarketSurface | undefined)[];

  constructor(spec: HistorySpec) {
    const { bars, window, stepSeconds, snapshots } = spec;
    this.#spec = spec;
    this.#life = shortestLife(bars);
    this.#prices = sampleBars(bars, window.from, Math.ceil((window.to - window.from) / stepSeconds), stepSeconds);
    this.#graft();
    this.volKind = snapshots === undefined ? "realised over the life" : "market quotes";
    this.#surfaces = new Array<undefined>(snapshots?.length ?? 0);
  }

  truthAt(time: number, since = time - this.#spec.stepSeconds): Truth {
    const spot = this.spotAt(time);
    const variance = realisedVariance(this.#spec.bars, time, time + this.#life);
    const still = { volOfVol: 0, rho: 0, jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
    return {
      time,
      spot,
      variance,
      parameters: { kappa: 1, theta: variance, ...still },
      severity: this.#spec.severityAt(time - this.#spec.window.from),
      jumped: this.#hasJumped(since, time),
    };
  }

  spotAt(time: number): number {
    const { window, stepSeconds } = this.#spec;
    const place = (time - window.from) / stepSeconds;
    if (!(place >= 0 && time <= window.to)) {
      throw new WorldTimeError(time, `its path runs from ${window.from} to ${window.to}`);
    }
    const cell = Math.min(Math.floor(place), this.#prices.length - 2);
    const recorded = this.#prices[cell] * (this.#prices[cell + 1] / this.#prices[cell]) ** (place - cell);
    return recorded * Math.exp(this.#impact.at(time));
  }

  feel(feedback: MarketFeedback): void {
    this.#impact.add(feedback);
  }

  /** @throws {WorldTimeError} when option quotes are given and none is as old as `time` */
  truthVol(expiry: number, strike: number, _isCall: boolean, time: number): number {
    if (time >= expiry) return NaN;
    if (this.volKind === "market quotes") {
      const years = (expiry - time) / YEAR_SECONDS;
      return this.#surfaceAt(time).volAt(Math.log(strike / this.spotAt(time)), years);
    }
    return Math.sqrt(realisedVariance(this.#spec.bars, time, Math.max(expiry, time + this.#life)));
  }

  /** Multiplies the recorded prices by what has been grafted on so far. */
  #graft(): void {
    const { grafts = [], stepSeconds, severityAt } = this.#spec;
    if (grafts.length === 0) return;
    let log = 0;
    for (let i = 1; i < this.#prices.length; i++) {
      const from = (i - 1) * stepSeconds;
      log += graftedReturn(grafts, from, stepSeconds) * severityAt(from);
      this.#prices[i] *= Math.exp(log);
    }
  }

  #surfaceAt(time: number): MarketSurface {
    const snapshots = this.#spec.snapshots!;
    const latest = snapshots.findLastIndex((snapshot) => snapshot.time <= time);
    if (latest < 0) throw new WorldTimeError(time, `the first option quotes are of ${snapshots[0]?.time}`);
    return (this.#surfaces[latest] ??= new MarketSurface(snapshots[latest]));
  }

  #hasJumped(since: number, time: number): boolean {
    const { window, bars } = this.#spec;
    const from = Math.max(since, window.from);
    if (from >= time || from - this.#life < bars.times[0]) return false;
    const variance = realisedVariance(bars, from - this.#life, from);
    const span = Math.max(time - from, bars.barSeconds);
    const move = Math.abs(
      Math.log(this.spotAt(time) / this.spotAt(from)) - this.#impact.at(time) + this.#impact.at(from),
    );
    return move > JUMP_DEVIATIONS * Math.sqrt((variance * span) / YEAR_SECONDS);
  }
}
