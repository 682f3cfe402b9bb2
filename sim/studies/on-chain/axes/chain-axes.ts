import type { FeatureInput } from "../../../../src/models/pricing-model.ts";
import { vaultTerms } from "../../../../src/protocol/deploy/market-terms.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import type { Market } from "../market-runs.ts";
import type { Axis, AxisLevel, MakeLevel } from "./axis.ts";
import { castAxes } from "./cast-axes.ts";
import { dollars, hours, minutes, percent, volPoints } from "./labels.ts";

const FEED: readonly FeatureInput[] = ["logMoneyness", "shortVol", "longVol", "volOfVol", "jumpShare", "returns"];
/** Axes of execution on chain, low and high beside the scenario's own; the sizes of the steps are ours. */
export function chainAxes(base: Market): Axis[] {
  const { scenario, preset } = base;
  const { oracle, keeper, market, protocol } = scenario;
  const level: MakeLevel = (label, changed) => ({
    label,
    market: { scenario: { ...scenario, ...changed }, preset },
  });
  const axis = (
    name: string,
    baseLabel: string,
    levels: readonly AxisLevel[],
    features: readonly FeatureInput[] = [],
    posts = false,
  ): Axis => ({ name, base: baseLabel, levels, features, posts });
  const axes = [
    ...castAxes(scenario, level),
    axis(
      "oracle heartbeat",
      hours(oracle.heartbeat),
      [1 / 4, 6].map((factor) => {
        const heartbeat = oracle.heartbeat * factor;
        return level(hours(heartbeat), { oracle: { ...oracle, heartbeat }, clock: unrefused(scenario) });
      }),
      FEED,
    ),
    axis(
      "oracle deviation",
      percent(oracle.deviation),
      [1 / 5, 4].map((factor) => {
        const deviation = oracle.deviation * factor;
        return level(percent(deviation), { oracle: { ...oracle, deviation } });
      }),
      FEED,
    ),
    axis(
      "oracle delay",
      minutes(oracle.delay),
      [0, Math.max(600, 4 * oracle.delay)].map((delay) =>
        level(minutes(delay), { oracle: { ...oracle, delay }, clock: unrefused(scenario) }),
      ),
      FEED,
    ),
    axis(
      "keeper cycle",
      minutes(keeper.cycle),
      [1 / 4, 3].map((factor) => {
        const cycle = keeper.cycle * factor;
        return level(minutes(cycle), { keeper: { ...keeper, cycle } });
      }),
      ["surfaceLevel"],
      true,
    ),
    axis(
      "keeper latency",
      minutes(keeper.latency),
      [0, Math.max(1200, 4 * keeper.latency)].map((latency) =>
        level(minutes(latency), { keeper: { ...keeper, latency } }),
      ),
      [],
      true,
    ),
    axis(
      "spot liquidity",
      dollars(market.poolQuote),
      [1 / 4, 4].map((factor) => {
        const poolQuote = market.poolQuote * factor;
        return level(dollars(poolQuote), { market: { ...market, poolQuote } });
      }),
    ),
    axis(
      "lasting impact",
      percent(market.persistentImpact),
      [0, Math.min(1, Math.max(0.5, 2 * market.persistentImpact))].map((persistentImpact) =>
        level(percent(persistentImpact), { market: { ...market, persistentImpact } }),
      ),
    ),
    axis(
      "base fee",
      `${market.baseFee} gwei`,
      [1 / 10, 10].map((factor) => {
        const baseFee = market.baseFee * factor;
        return level(`${baseFee} gwei`, { market: { ...market, baseFee } });
      }),
      ["baseFee"],
      true,
    ),
    axis(
      "congestion",
      `demand × ${market.demandCrash}`,
      [market.demandCalm, 2 * market.demandCrash].map((demandCrash) =>
        level(`demand × ${demandCrash}`, { market: { ...market, demandCrash } }),
      ),
      ["baseFee"],
      true,
    ),
    axis("vault's hedge", "on", [{ label: "off", market: { scenario, preset: `${preset}-deltaHedging` } }]),
    axis(
      "half-spread",
      volPoints(halfSpreadOf(scenario)),
      [1 / 4, 4].map((factor) => {
        const halfSpread = halfSpreadOf(scenario) * factor;
        return level(volPoints(halfSpread), { protocol: { ...protocol, terms: { ...protocol.terms, halfSpread } } });
      }),
    ),
  ];
  const own = JSON.stringify(base);
  return axes
    .map((each) => ({ ...each, levels: each.levels.filter(({ market: moved }) => JSON.stringify(moved) !== own) }))
    .filter(({ levels }) => levels.length > 0);
}

/** The clock with what the axis may make too short for it declared coarse. */
function unrefused({ clock }: Scenario): Scenario["clock"] {
  return { ...clock, coarse: [...new Set([...clock.coarse, "feed-staleness"])] };
}

function halfSpreadOf(scenario: Scenario): number {
  return Number(vaultTerms(scenario).halfSpread) / 1e18;
}
