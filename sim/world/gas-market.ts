import type { Random } from "../../src/random/random.ts";

/** Seconds of a block of the outside chain. */
const BLOCK_SECONDS = 12;
/** EIP-1559: largest change per block is one part in this. */
const CHANGE_DENOMINATOR = 8n;
/** EIP-1559: a block holds at most this many targets. */
const ELASTICITY = 2;
/** Spread of the background's demand from block to block, as a log standard deviation. */
const DEMAND_SPREAD = 0.25;
/** Outside blocks simulated for one gap; more than this is an hour, by which the fee has settled. */
const MOST_BLOCKS = 300;

/** What the background of other users would do. */
export interface GasMarket {
  /** Base fee at which calm demand is what it is, wei per gas. */
  readonly referenceFee: bigint;
  /** Demand at the reference fee as a share of the gas target, calm and at severity 1. */
  readonly demandCalm: number;
  readonly demandCrash: number;
}

/** Gas conditions of a block. */
export interface GasConditions {
  /** Wei per gas. */
  readonly baseFee: bigint;
  /** Gas that the background uses in the block, as a share of the gas target, in [0, 2]. */
  readonly backgroundShare: number;
}

/**
 * Base fee of the next block.
 * @see EIP-1559, `validate_block`: at most one eighth up or down, at least one wei up when above target
 */
export function nextBaseFee(baseFee: bigint, gasUsed: bigint, gasTarget: bigint): bigint {
  if (gasUsed === gasTarget) return baseFee;
  if (gasUsed > gasTarget) {
    const rise = (baseFee * (gasUsed - gasTarget)) / gasTarget / CHANGE_DENOMINATOR;
    return baseFee + (rise > 1n ? rise : 1n);
  }
  return baseFee - (baseFee * (gasTarget - gasUsed)) / gasTarget / CHANGE_DENOMINATOR;
}

/**
 * Gas conditions after a gap between two blocks of the clock, which stands for as many outside blocks of 12 s.
 *
 * The background's demand falls in proportion to the fee, so that a lasting surge ends at a multiple of the reference
 * instead of growing for ever. What agents used counts in the first of these blocks.
 * @param gapSeconds - since the previous block of the clock
 * @param agentShare - gas that the agents used in it, as a share of the gas target
 * @param index - of the block; draws are addressed by it
 */
export function advanceGas(
  market: GasMarket,
  { baseFee, backgroundShare }: GasConditions,
  gapSeconds: number,
  severity: number,
  agentShare: number,
  random: Random,
  index: number,
): GasConditions {
  const demand = market.demandCalm + (market.demandCrash - market.demandCalm) * severity;
  const blocks = Math.min(MOST_BLOCKS, Math.max(1, Math.round(gapSeconds / BLOCK_SECONDS)));
  let fee = baseFee;
  let share = Math.min(ELASTICITY, backgroundShare + agentShare);
  for (let block = 0; block < blocks; block++) {
    fee = nextBaseFee(fee, BigInt(Math.round(share * GAS_TARGET)), BigInt(GAS_TARGET));
    if (fee < 1n) fee = 1n;
    const noise = Math.exp(DEMAND_SPREAD * random.normal(index, block));
    share = Math.min(ELASTICITY, (demand * noise * Number(market.referenceFee)) / Number(fee));
  }
  return { baseFee: fee, backgroundShare: share };
}

/** Gas per block that shares are turned into; its size cancels. */
const GAS_TARGET = 15_000_000;
