import type { Scenario } from "../../../scenarios/scenario.ts";
import { regimeAt } from "../../../world/regime.ts";

/** A market to train or to test in: the scenario's calm with one factor changed. */
export interface Condition {
  readonly name: string;
  /** What is changed, with its numbers. */
  readonly change: string;
  readonly scenario: Scenario;
}

/** Variances and their speed in another asset, as shares of the scenario's; ours, BTC beside ETH. */
const OTHER_ASSET = { variance: 0.5, volOfVol: 0.7, rho: 0.5, jumpSize: 0.7, spot: 30 };
/** Quote noise of a thin venue, a feed that is slow to move, and the time that a block takes to tell. */
const THIN_VENUE = 4;
const SLOW_FEED = { heartbeat: 24 * 3600, deviation: 0.02 };
const SLOW_BLOCKS = { delay: 1800, cycle: 4 * 3600 };
const DEAR_GAS = 10;

/** The scenario's calm first, then one factor changed at a time. */
export function conditions(scenario: Scenario): readonly Condition[] {
  const { calm, crash, process, scoring, oracle, keeper, market, quoteNoise, spot } = scenario;
  const arm = (name: string, change: string, changed: Partial<Scenario>): Condition => ({
    name,
    change,
    scenario: { ...scenario, ...changed },
  });
  return [
    arm("home", "the scenario's calm", {}),
    arm("regime", `the regime of severity ${scoring.primarySeverity}`, {
      calm: regimeAt(calm, crash, scoring.primarySeverity, process),
    }),
    arm(
      "asset",
      `variances × ${OTHER_ASSET.variance}, vol of vol × ${OTHER_ASSET.volOfVol}, correlation × ${OTHER_ASSET.rho}, jumps × ${OTHER_ASSET.jumpSize}, price × ${OTHER_ASSET.spot} (BTC beside ETH; ours)`,
      {
        spot: spot * OTHER_ASSET.spot,
        calm: {
          ...calm,
          v0: calm.v0 * OTHER_ASSET.variance,
          theta: calm.theta * OTHER_ASSET.variance,
          volOfVol: calm.volOfVol * OTHER_ASSET.volOfVol,
          rho: calm.rho * OTHER_ASSET.rho,
          jumpMean: calm.jumpMean * OTHER_ASSET.jumpSize,
          jumpSd: calm.jumpSd * OTHER_ASSET.jumpSize,
        },
      },
    ),
    arm("venue: noise", `market quotes ${THIN_VENUE} times as noisy`, { quoteNoise: THIN_VENUE * quoteNoise }),
    arm("venue: feed", `a feed of ${SLOW_FEED.heartbeat / 3600} h and ${100 * SLOW_FEED.deviation} %`, {
      oracle: { ...oracle, ...SLOW_FEED },
    }),
    arm("block time", `rounds ${SLOW_BLOCKS.delay / 60} min late and surfaces ${SLOW_BLOCKS.cycle / 3600} h old`, {
      oracle: { ...oracle, delay: SLOW_BLOCKS.delay },
      keeper: { ...keeper, cycle: Math.max(keeper.cycle, SLOW_BLOCKS.cycle) },
    }),
    arm("gas", `a base fee ${DEAR_GAS} times as high`, { market: { ...market, baseFee: DEAR_GAS * market.baseFee } }),
  ];
}

/** Factors that cannot move a European vol scored off chain, and why. */
export const unmoved: readonly (readonly [factor: string, why: string])[] = [
  [
    "participant mix",
    "off chain nobody trades, so order flow and utilisation are zero in training and in test; transfer-chain asks on chain",
  ],
  [
    "fee version and upgrade of the protocol",
    "off chain nobody pays fees or meets a defence; transfer-chain asks on chain",
  ],
  ["spot liquidity, congestion", "they move executions and posts, not the true vol or the feed's features"],
  ["correlation of assets", "a European option on one asset does not depend on another"],
];
