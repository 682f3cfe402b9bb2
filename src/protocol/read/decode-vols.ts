import type { ReadWords } from "../../chain/read-words.ts";
import type { VolSourceName } from "../adapter.ts";
import type { GridView, VolView } from "../view.ts";
import { VOLS_PER_WORD, type ReadMap } from "./read-map.ts";
import type { Scope } from "./scope.ts";

const WAD = 1e18;
/** Units of 32-bit vols and of the grid's 16-bit nodes. */
const FINE = 1e8;
const NODE = 1e4;
const NODES = 16;

/** What the vol source in force holds, from its storage. */
export function decodeVols(source: VolSourceName, words: ReadWords, map: ReadMap, scope: Scope): VolView {
  switch (source) {
    case "constant":
      return { source, vol: words.number(map.level, 0, 128) / WAD, sd: words.number(map.level, 128, 128) / WAD };
    case "trailing":
      return { source, ...decodeTrack(words, map.track, scope.trailingFloor) };
    case "grid":
      return {
        source,
        byExpiry: scope.expiries.map((_, i) => decodeGrid(words, map.gridNodes + i, map.gridHeaders + i)),
      };
    case "truth": {
      const width = Math.ceil(scope.strikes / VOLS_PER_WORD);
      const vol = (expiry: number, strike: number): number => {
        const word = map.truth + width * expiry + Math.floor(strike / VOLS_PER_WORD);
        return words.number(word, 32 * (strike % VOLS_PER_WORD), 32) / FINE;
      };
      return {
        source,
        byExpiry: scope.expiries.map((_, expiry) =>
          Float64Array.from({ length: scope.strikes }, (_, strike) => vol(expiry, strike)),
        ),
      };
    }
  }
}

/** `PostedGrid.Header` beside the nodes. */
function decodeGrid(words: ReadWords, nodes: number, header: number): GridView {
  return {
    referenceVol: words.number(header, 0, 32) / FINE,
    sd: words.number(header, 32, 32) / FINE,
    secondsToExpiry: words.number(header, 64, 32),
    postedAt: words.number(header, 96, 64),
    nodes: Float64Array.from({ length: NODES }, (_, index) => words.number(nodes, 16 * index, 16) / NODE),
  };
}

/** `TrailingVol.Track`: √variance, at least the floor; zero before the first update. */
function decodeTrack(words: ReadWords, track: number, floor: bigint): { vol: number; updatedAt: number } {
  if (words.isZero(track)) return { vol: 0, updatedAt: 0 };
  const vol = squareRoot(words.unsigned(track + 1, 0, 128) * BigInt(WAD));
  return { vol: Number(vol > floor ? vol : floor) / WAD, updatedAt: words.number(track, 80, 64) };
}

/** Largest integer whose square is at most `square`. */
function squareRoot(square: bigint): bigint {
  if (square === 0n) return 0n;
  const near = BigInt(Math.floor(Math.sqrt(Number(square))));
  // A step of Newton's method never ends below the root.
  let root = (near + square / near) / 2n;
  while (root * root > square) root -= 1n;
  return root;
}
