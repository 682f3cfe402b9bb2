/** Bit of each defence: the one table of the protocol, shared with `contracts/libraries/DefenceBits.sol`. */
export const DEFENCE_BITS = {
  stalenessCheck: 0,
  boundClampCheck: 1,
  jumpCap: 2,
  poolDeviation: 3,
  fallbackFeed: 4,
  sequencerGrace: 5,
  pinnedDecimals: 6,
  actionTable: 7,
  confidenceInMargin: 8,
  twoStepTrades: 9,
  surfaceDomain: 10,
  surfaceButterfly: 11,
  surfaceCalendar: 12,
  surfaceBounds: 13,
  surfaceRateLimit: 14,
  surfaceStaleness: 15,
  surfaceQuorum: 16,
  uncertaintyPremium: 17,
  vegaConvexSpread: 18,
  vegaFee: 19,
  tradeAveragedMarks: 20,
  modelMonitor: 21,
  twoSignalRule: 22,
  deltaHedging: 23,
  hedgeSlippageGuard: 24,
  sameExpiryOffset: 25,
  farTailScenarios: 26,
  closingCostAddOn: 27,
  diversificationHaircut: 28,
  partialLiquidation: 29,
  auctionFreezeInGrace: 30,
  vaultLastBidder: 31,
  startRewardOnBid: 32,
  twoSidedNav: 33,
  epochQueue: 34,
  withdrawBlock: 35,
  lpBreaker: 36,
  virtualShares: 37,
  medianSettlement: 38,
  disputeWindow: 39,
  uncertaintySize: 40,
  uncertaintyMargin: 41,
} as const;

export type DefenceName = keyof typeof DEFENCE_BITS;

/** Defences that the contracts implement; setting any other reverts `DefenceUnknown`. */
export const IMPLEMENTED_DEFENCES = [
  "stalenessCheck",
  "boundClampCheck",
  "jumpCap",
  "poolDeviation",
  "pinnedDecimals",
  "actionTable",
  "confidenceInMargin",
  "surfaceBounds",
  "surfaceRateLimit",
  "surfaceStaleness",
  "uncertaintyPremium",
  "vegaConvexSpread",
  "vegaFee",
  "deltaHedging",
  "hedgeSlippageGuard",
  "farTailScenarios",
  "closingCostAddOn",
  "diversificationHaircut",
  "partialLiquidation",
  "vaultLastBidder",
  "twoSidedNav",
  "epochQueue",
  "withdrawBlock",
  "virtualShares",
  "medianSettlement",
  "uncertaintySize",
  "uncertaintyMargin",
] as const satisfies readonly DefenceName[];

/** Defences that judge the model's surface or the confidence in it, which a comparison of models leaves out. */
const MODEL_GUARDS: readonly DefenceName[] = [
  "confidenceInMargin",
  "surfaceDomain",
  "surfaceButterfly",
  "surfaceCalendar",
  "surfaceBounds",
  "surfaceRateLimit",
  "surfaceStaleness",
  "surfaceQuorum",
  "tradeAveragedMarks",
  "modelMonitor",
];

/** What `WARY` has beyond `FULL`: the model's own deviation bounds sizes and raises margins, not only the spread. */
const DEVIATION_LIMITS: readonly DefenceName[] = ["uncertaintySize", "uncertaintyMargin"];

/** What a Lyra v1 market had, of what is implemented here. */
const LYRA_LIKE: readonly DefenceName[] = [
  "stalenessCheck",
  "vegaConvexSpread",
  "vegaFee",
  "deltaHedging",
  "hedgeSlippageGuard",
  "vaultLastBidder",
  "epochQueue",
  "virtualShares",
];

/** What a Derive v2 market has, of what is implemented here. */
const DERIVE_LIKE: readonly DefenceName[] = [
  "stalenessCheck",
  "pinnedDecimals",
  "actionTable",
  "confidenceInMargin",
  "surfaceStaleness",
  "farTailScenarios",
  "partialLiquidation",
  "withdrawBlock",
  "virtualShares",
];

/** @returns the word of bits for a list of defences */
export function defenceBits(names: Iterable<DefenceName>): bigint {
  let bits = 0n;
  for (const name of names) bits |= 1n << BigInt(DEFENCE_BITS[name]);
  return bits;
}

/** @returns names of the defences in a word of bits, in the order of the table */
export function defenceNames(bits: bigint): DefenceName[] {
  return (Object.keys(DEFENCE_BITS) as DefenceName[]).filter((name) => (bits >> BigInt(DEFENCE_BITS[name])) & 1n);
}

const full = IMPLEMENTED_DEFENCES.filter((name) => !DEVIATION_LIMITS.includes(name));

/**
 * Named sets of defences. `OPEN` prices the model, `FULL` the protocol: `OPEN` lacks what keeps a wrong model's
 * surface from landing or from counting. `WARY` is `FULL` where the model's deviation bounds sizes and margins too.
 */
export const PRESETS = {
  NAIVE: 0n,
  LYRA_LIKE: defenceBits(LYRA_LIKE),
  DERIVE_LIKE: defenceBits(DERIVE_LIKE),
  OPEN: defenceBits(full.filter((name) => !MODEL_GUARDS.includes(name))),
  FULL: defenceBits(full),
  WARY: defenceBits(IMPLEMENTED_DEFENCES),
} as const satisfies Record<string, bigint>;

export type PresetName = keyof typeof PRESETS;
