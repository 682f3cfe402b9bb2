import type { PriceBars } from "../../../src/processes/history.ts";
import { realisedVariance } from "../../../src/processes/realised-variance.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import { roleDefaults } from "../../agents/role-parameters.ts";
import type { HistoryRequest } from "../request.ts";
import { protocolDurations } from "../../scenarios/protocol-durations.ts";
import type { Scenario } from "../../scenarios/scenario.ts";

const HOUR = 3600;
const DAY = 86_400;
/** Options of Deribit and of this protocol expire at this hour, UTC. */
const EXPIRY_HOUR = 8;
/** Dense spells around the largest moves, and blocks in each. */
const SPELLS = 5;
const SPELL_STEP = 600;
const SPELL_SECONDS = HOUR - SPELL_STEP;
/** Where in the window the first expiry lies. */
const FIRST_EXPIRY = 0.8;
/** Role parameters that are counts of contracts, and so scale with the price of one. */
const CONTRACT_PARAMETERS = ["meanSize", "coverage", "clip"];

/**
 * The chain run of a real window: the base scenario's protocol, cast and listing, on the window's span, with the same
 * number of blocks, dense around its largest moves. Contract counts are scaled so that notionals stay what the base
 * scenario says at its own spot.
 *
 * @param request - what the run is called and what the prices are of
 */
export function historyScenario(
  base: Scenario,
  bars: PriceBars,
  calm: TimeWindow,
  stress: TimeWindow,
  { name, asset }: Pick<HistoryRequest, "name" | "asset">,
): Scenario {
  const first = bars.times.findLastIndex((time) => time <= stress.from);
  const spot = bars.opens[Math.max(0, first)];
  const scale = base.spot / spot;
  const horizon = stress.to - stress.from;
  const calmVariance = realisedVariance(bars, calm.from, calm.to);
  const firstExpiry = firstExpiryOf(stress);
  return {
    ...base,
    name,
    label: "history",
    summary: `recorded prices, ${isoDay(stress.from)} to ${isoDay(stress.to - 1)}; trained on ${isoDay(calm.from)} to ${isoDay(calm.to - 1)}`,
    asset,
    spot,
    // History has no dial: one severity, the recorded one. The calm level sets the genesis book's price.
    calm: { ...base.calm, v0: calmVariance, theta: calmVariance },
    profile: { onset: 0, ramp: 0, plateau: horizon, relief: 0 },
    graft: [],
    oracle: { ...base.oracle, faults: [] },
    clock: {
      ...base.clock,
      start: new Date(stress.from * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
      horizon,
      dense: denseSpells(bars, stress),
      coarse: Object.keys(protocolDurations),
    },
    listing: {
      ...base.listing,
      expiries: [firstExpiry, firstExpiry + 7 * DAY, firstExpiry + 28 * DAY],
      genesisBook: base.listing.genesisBook.map((leg) => ({ ...leg, contracts: scaled(leg.contracts, scale) })),
    },
    agents: base.agents.map((agent) => ({ ...agent, parameters: scaledParameters(agent, scale) })),
    onChain: {
      ...base.onChain,
      models: ["constant", ...base.onChain.models.filter((model) => model !== "constant")],
      otherSeverities: [],
    },
  };
}

/** The 08:00 UTC nearest to four fifths of the window, at least half a day from either end; seconds since its start. */
function firstExpiryOf({ from, to }: TimeWindow): number {
  const wanted = from + FIRST_EXPIRY * (to - from);
  const midnight = Math.floor(wanted / DAY) * DAY;
  const candidates = [-1, 0, 1].map((days) => midnight + days * DAY + EXPIRY_HOUR * HOUR);
  const inside = candidates.filter((time) => time > from + HOUR && time < to - 2 * HOUR);
  const best = (inside.length > 0 ? inside : [wanted]).reduce((a, b) =>
    Math.abs(a - wanted) <= Math.abs(b - wanted) ? a : b,
  );
  return Math.round(best - from);
}

/** An hour in ten-minute blocks at each of the window's widest bars, and at the settlement window. */
function denseSpells(bars: PriceBars, stress: TimeWindow): Scenario["clock"]["dense"] {
  const horizon = stress.to - stress.from;
  const settlement = { from: firstExpiryOf(stress) - 3 * SPELL_STEP, for: SPELL_SECONDS, step: SPELL_STEP };
  const spells = [settlement];
  const widest = [...bars.times.keys()]
    .filter((i) => bars.times[i] > stress.from && bars.times[i] + bars.barSeconds < stress.to)
    .sort((a, b) => rangeOf(bars, b) - rangeOf(bars, a) || a - b);
  for (const i of widest) {
    if (spells.length > SPELLS) break;
    const from = bars.times[i] - stress.from;
    const clear = spells.every((spell) => Math.abs(spell.from - from) > 2 * HOUR);
    if (clear && from > HOUR && from + HOUR < horizon) spells.push({ from, for: SPELL_SECONDS, step: SPELL_STEP });
  }
  return spells.sort((a, b) => a.from - b.from);
}

function rangeOf(bars: PriceBars, i: number): number {
  return Math.log(bars.highs[i] / bars.lows[i]);
}

function scaledParameters(agent: Scenario["agents"][number], scale: number): Record<string, number> {
  const parameters: Record<string, number> = { ...agent.parameters };
  const defaults: Readonly<Record<string, number>> = roleDefaults[agent.role];
  for (const name of CONTRACT_PARAMETERS) {
    const value = parameters[name] ?? defaults[name];
    if (value !== undefined) parameters[name] = scaled(value, scale);
  }
  return parameters;
}

/** Rounded to a hundredth of a contract, away from nothing. */
function scaled(contracts: number, scale: number): number {
  const rounded = Math.round(100 * contracts * scale) / 100;
  return rounded === 0 ? Math.sign(contracts) / 100 : rounded;
}

function isoDay(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 10);
}
