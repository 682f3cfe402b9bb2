import type { Random } from "../../src/random/random.ts";
import type { BlockContext } from "../mempool/builder.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { advanceGas, type GasConditions, type GasMarket } from "../world/gas-market.ts";

export const GWEI = 1_000_000_000;
const GAS_LIMIT = 30_000_000n;
const GAS_TARGET = 15_000_000;

/** The gas market of a run: background demand and the run's own blocks move the base fee. */
export class RunGas {
  readonly #market: GasMarket;
  readonly #random: Random;
  #conditions: GasConditions;
  #used = 0;

  constructor({ market }: Scenario, random: Random) {
    const baseFee = BigInt(Math.round(market.baseFee * GWEI));
    this.#market = { ...market, referenceFee: baseFee };
    this.#random = random;
    this.#conditions = { baseFee, backgroundShare: market.demandCalm };
  }

  /** Wei per gas. */
  get baseFee(): bigint {
    return this.#conditions.baseFee;
  }

  /**
   * Moves on to a block and says what it has room for.
   * @param time - of the block, and of the one `before`, Unix seconds
   * @param severity - in force, in [0, 1]
   */
  advance(index: number, time: number, before: number, severity: number): BlockContext {
    const share = this.#used / GAS_TARGET;
    this.#conditions = advanceGas(this.#market, this.#conditions, time - before, severity, share, this.#random, index);
    const background = BigInt(Math.round(this.#conditions.backgroundShare * GAS_TARGET));
    const gasAvailable = background < GAS_LIMIT ? GAS_LIMIT - background : 0n;
    return { index, time, baseFee: this.baseFee, gasLimit: GAS_LIMIT, gasAvailable };
  }

  /** Gas that the run's own transactions used in the block. */
  used(gas: bigint): void {
    this.#used = Number(gas);
  }
}
