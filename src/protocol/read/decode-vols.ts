import type { VolSourceName } from "../adapter.ts";
import type { GridView, VolView } from "../view.ts";
import type { Scope } from "./scope.ts";

const WAD = 1e18;
/** Units of 32-bit vols and of the grid's 16-bit nodes. */
const FINE = 1e8;
const NODE = 1e4;
const NODES = 16;
const GRID_WORDS = 5;

/** Numbers of `bits` each, packed in words with the lowest first. */
function unpack(words: readonly bigint[], bits: number, count: number, unit: number): Float64Array {
  const perWord = 256 / bits;
  const mask = (1n << BigInt(bits)) - 1n;
  return Float64Array.from(
    { length: count },
    (_, index) => Number((words[Math.floor(index / perWord)] >> BigInt(bits * (index % perWord))) & mask) / unit,
  );
}

function decodeGrid([nodes, sigmaRef, sd, tauRef, postedAt]: readonly bigint[]): GridView {
  return {
    referenceVol: Number(sigmaRef) / FINE,
    sd: Number(sd) / FINE,
    secondsToExpiry: Number(tauRef),
    postedAt: Number(postedAt),
    nodes: unpack([nodes], 16, NODES, NODE),
  };
}

/** The words of `IVolWords.wordsOf` for all expiries of the scope, by the source that gave them. */
export function decodeVols(source: VolSourceName, words: readonly bigint[], { expiries, strikes }: Scope): VolView {
  switch (source) {
    case "constant":
      return { source, vol: Number(words[0]) / WAD, sd: Number(words[1]) / WAD };
    case "trailing":
      return { source, vol: Number(words[0]) / WAD, updatedAt: Number(words[1]) };
    case "grid":
      return {
        source,
        byExpiry: expiries.map((_, i) => decodeGrid(words.slice(GRID_WORDS * i, GRID_WORDS * (i + 1)))),
      };
    case "truth": {
      const width = Math.ceil(strikes / 8);
      return {
        source,
        byExpiry: expiries.map((_, i) => unpack(words.slice(width * i, width * (i + 1)), 32, strikes, FINE)),
      };
    }
  }
}
