/** What the packed id of a series says, as in `SeriesId.decode`. */
export interface SeriesTerms {
  readonly underlying: number;
  /** Unix seconds. */
  readonly expiry: number;
  /** USD. */
  readonly strike: number;
  readonly isCall: boolean;
}

const WAD = 1e18;

/** `underlying(16) << 200 | expiry(64) << 136 | strike(128) << 8 | isCall(8)`. */
export function decodeSeriesId(id: bigint): SeriesTerms {
  return {
    underlying: Number(id >> 200n),
    expiry: Number(BigInt.asUintN(64, id >> 136n)),
    strike: Number(BigInt.asUintN(128, id >> 8n)) / WAD,
    isCall: BigInt.asUintN(8, id) === 1n,
  };
}
