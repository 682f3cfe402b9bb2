import type { PostedSmile } from "../actions.ts";
import { quantise, type Grid } from "../quantise.ts";

/** Vols of the posted grid: one hundredth of a vol point, 16 bits each. */
export const NODE_TICK: Grid = { tick: 1e-4, units: 1n };
/** Vols and standard deviations of 32 bits: 1e-8. */
const FINE_VOL: Grid = { tick: 1e-6, units: 100n };
const MAX_NODE = 0xffffn;
const MAX_FINE = 0xffff_ffffn;

function within(value: bigint, max: bigint): bigint {
  if (value < 0n) return 0n;
  return value > max ? max : value;
}

/** Sixteen vols in one word, the first lowest; a vol outside 16 bits takes the nearest that fits. */
export function packNodes(vols: Float64Array): bigint {
  return vols.reduceRight((packed, vol) => (packed << 16n) | within(quantise(vol, NODE_TICK), MAX_NODE), 0n);
}

/** The six words of a `PostedGrid.Surface`. */
export function surfaceWords(smile: PostedSmile): bigint[] {
  return [
    BigInt(smile.underlying),
    BigInt(smile.expiry),
    packNodes(smile.vols),
    within(quantise(smile.referenceVol, FINE_VOL), MAX_FINE),
    within(quantise(smile.sd, FINE_VOL), MAX_FINE),
    within(BigInt(Math.round(smile.secondsToExpiry)), MAX_FINE),
  ];
}

/** Vols of `TruthVol`, eight to a word of 32 bits each, lowest first. */
export function packTruth(vols: Float64Array): bigint[] {
  const words: bigint[] = [];
  for (const [index, vol] of vols.entries()) {
    const place = Math.floor(index / 8);
    words[place] = (words[place] ?? 0n) | (within(quantise(vol, FINE_VOL), MAX_FINE) << BigInt(32 * (index % 8)));
  }
  return words;
}
