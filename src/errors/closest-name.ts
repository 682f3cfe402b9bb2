import { distance } from "fastest-levenshtein";

/** The name that a misspelt one most likely meant; undefined when none is near. */
export function closestName(given: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, edits: distance(given.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= Math.max(2, Math.floor(given.length / 3)) ? best.name : undefined;
}

/** ` Did you mean "…"?`, or nothing when no name is near. */
export function didYouMean(given: string, names: readonly string[]): string {
  const closest = closestName(given, names);
  return closest === undefined ? "" : `. Did you mean "${closest}"?`;
}
