import { PRESETS } from "./presets.ts";

const WAD = 10n ** 18n;

/** @returns `value` in WAD, exact for decimal fractions of up to nine places */
function wad(value: number): bigint {
  return BigInt(Math.round(value * 1e9)) * (WAD / 10n ** 9n);
}

/** Trading terms of the vault, in the order of `IOptionVault.Terms`; WAD unless said. */
export interface TermsParameters {
  /** Half-spread, vol. */
  readonly halfSpread: bigint;
  /** Vol added at full utilisation of the vega limit. */
  readonly convexity: bigint;
  /** Share of spot times |delta|: pays for the move that a feed with a deviation threshold has not posted. */
  readonly lagSpread: bigint;
  /** Fee, share of spot. */
  readonly feeShare: bigint;
  /** Cap of the fee, share of the premium. */
  readonly feeCap: bigint;
  /** Fee for vega that grows the vault's, vol. */
  readonly vegaFee: bigint;
  /** Share of NAV per vol point. */
  readonly vegaLimit: bigint;
  /** Largest trade, share of the vega limit. */
  readonly maxTrade: bigint;
  /** Vol bounds of quotes. */
  readonly minVol: bigint;
  readonly maxVol: bigint;
  /** Seconds before expiry in which nothing opens. */
  readonly noOpenWindow: number;
  /** Range of |delta| that opens. */
  readonly minAbsDelta: bigint;
  readonly maxAbsDelta: bigint;
}

/** Everything that a deployment can choose; addresses of roles default to the owner. */
export interface DeploymentParameters {
  /** Defences that are on. */
  readonly defences: bigint;
  readonly terms: TermsParameters;
  /** Withdrawal epochs: length and a close, unix seconds; age at which a book's mark is too old, seconds. */
  readonly schedule: { readonly epochSeconds: number; readonly epochAnchor: number; readonly maxBookAge: number };
  /** Seconds after which an unchanged price is posted. */
  readonly feedHeartbeat: number;
  /** Move that makes the feed post, WAD. */
  readonly feedDeviation: bigint;
  /** Seconds for which a posted surface counts in full, and after which not at all. */
  readonly surfaceHeartbeat: number;
  readonly surfaceDeadAfter: number;
  /** Trailing vol: half-life in seconds, floor and start, annualised WAD. */
  readonly trailingHalfLife: number;
  readonly trailingFloor: bigint;
  readonly trailingStart: bigint;
}

/** Trading terms; where they come from is in the table of parameters of the documentation. */
export const DEFAULT_TERMS: TermsParameters = {
  halfSpread: wad(0.01),
  convexity: wad(0.15),
  lagSpread: wad(0.005),
  feeShare: wad(0.0003),
  feeCap: wad(0.125),
  vegaFee: wad(0.005),
  vegaLimit: wad(0.01),
  maxTrade: wad(0.02),
  minVol: wad(0.1),
  maxVol: wad(4),
  noOpenWindow: 12 * 3600,
  minAbsDelta: wad(0.05),
  maxAbsDelta: wad(0.95),
};

export const DEFAULT_PARAMETERS: DeploymentParameters = {
  defences: PRESETS.FULL,
  terms: DEFAULT_TERMS,
  schedule: { epochSeconds: 24 * 3600, epochAnchor: 0, maxBookAge: 3600 },
  feedHeartbeat: 3600,
  feedDeviation: wad(0.005),
  surfaceHeartbeat: 1200,
  surfaceDeadAfter: 3600,
  trailingHalfLife: 6 * 3600,
  trailingFloor: wad(0.1),
  trailingStart: wad(0.5),
};
