/** Trading terms of the vault in natural units: shares, vols, seconds. Names and order as in `IOptionVault.Terms`. */
export interface VaultTerms {
  readonly halfSpread: number;
  readonly convexity: number;
  readonly lagSpread: number;
  readonly feeShare: number;
  readonly feeCap: number;
  readonly vegaFee: number;
  readonly vegaLimit: number;
  readonly maxTrade: number;
  readonly minVol: number;
  readonly maxVol: number;
  readonly noOpenWindow: number;
  readonly minAbsDelta: number;
  readonly maxAbsDelta: number;
}

/** What does not change in a run and what the twin's arithmetic depends on. */
export interface ProtocolTerms {
  readonly vault: VaultTerms;
  /** Defences that are on. */
  readonly defences: bigint;
  /** Vol below which the trailing source does not fall. */
  readonly trailingFloor: number;
  /** Posting threshold of the feeds, as a share. */
  readonly feedDeviation: number;
}

/** Bit numbers of the defences that change arithmetic; the table is `DefenceBits.sol`. */
export const defenceBits = {
  stalenessCheck: 0n,
  actionTable: 7n,
  confidenceInMargin: 8n,
  surfaceStaleness: 15n,
  uncertaintyPremium: 17n,
  vegaConvexSpread: 18n,
  vegaFee: 19n,
  deltaHedging: 23n,
  hedgeSlippageGuard: 24n,
  farTailScenarios: 26n,
  closingCostAddOn: 27n,
  diversificationHaircut: 28n,
  partialLiquidation: 29n,
  twoSidedNav: 33n,
  uncertaintySize: 40n,
  uncertaintyMargin: 41n,
} as const;

/** Whether a defence is on. */
export function has(defences: bigint, bit: keyof typeof defenceBits): boolean {
  return ((defences >> defenceBits[bit]) & 1n) === 1n;
}
