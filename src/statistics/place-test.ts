import type { Random } from "../random/random.ts";
import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** Where treated blocks stand among untreated ones. */
export interface PlaceTest {
  /** By role: share of the untreated blocks that score below its own block, ties by half. */
  readonly places: readonly number[];
  readonly meanPlace: number;
  /** One-sided: chance of so high a mean place when blocks are exchangeable. */
  readonly p: number;
  /** Assignments of blocks to roles that were compared, the true one among them. */
  readonly assignments: number;
  /** Whether these are all assignments that there are. */
  readonly isComplete: boolean;
}

/** All assignments are taken up to so many; beyond, a random sample, which is as valid. */
const MOST_COMPLETE = 20_000;
const SAMPLED = 9_999;

/**
 * Exact permutation test on ranks: do treated blocks (stress windows) score higher than untreated ones (calm windows)?
 *
 * Each of W roles scores blocks in its own way (a model frozen before its window) and has one treated block; all roles
 * share the untreated blocks. The statistic is the mean over roles of the place of the role's block among the blocks
 * that have no role; its law comes from giving blocks to roles anew. With one way to score it is the Wilcoxon–Mann–
 * Whitney test. The level is exact when blocks are exchangeable, whatever the scores' law; a sampled p is
 * (1 + as high)/(1 + draws), exact too.
 * @param scores - by role, over blocks: block i < W is that of role i, the others are untreated
 * @param random - draw d of role i is at (d, i)
 * @throws {StatisticInputError} without a role or an untreated block, or of rows of different lengths
 * @throws {TooFewObservationsError} of a score that is no number
 * @see Lehmann & Romano (2005), "Testing statistical hypotheses", section 15.2
 */
export function placeTest(scores: readonly ArrayLike<number>[], random: Random): PlaceTest {
  const roles = scores.length;
  const blocks = scores[0]?.length ?? 0;
  if (roles < 1 || blocks <= roles) {
    throw new StatisticInputError(
      "place test",
      `${roles} roles among ${blocks} blocks, expected some blocks without one`,
    );
  }
  for (const row of scores) {
    requireObservations("place test", row, roles + 1);
    if (row.length !== blocks)
      throw new StatisticInputError("place test", `rows of ${blocks} and ${row.length} scores`);
  }
  const own = Array.from({ length: roles }, (_, role) => role);
  const places = placesOf(scores, own);
  const total = sum(places);
  let complete = 1;
  for (let i = 0; i < roles; i++) complete *= blocks - i;
  const isComplete = complete <= MOST_COMPLETE;
  let asHigh = isComplete ? 0 : 1;
  const compare = (given: readonly number[]) => {
    // Sums of halves over one count differ by far more than rounding when they differ.
    if (sum(placesOf(scores, given)) >= total - 1e-9) asHigh++;
  };
  if (isComplete) forEachAssignment(blocks, roles, compare);
  else for (let draw = 0; draw < SAMPLED; draw++) compare(drawnAssignment(blocks, roles, random, draw));
  const assignments = isComplete ? complete : SAMPLED + 1;
  return { places, meanPlace: total / roles, p: asHigh / assignments, assignments, isComplete };
}

/** Share of the blocks without a role below each role's block, ties by half. */
function placesOf(scores: readonly ArrayLike<number>[], given: readonly number[]): number[] {
  const taken = new Set(given);
  return scores.map((row, role) => {
    const score = row[given[role]];
    let below = 0;
    for (let block = 0; block < row.length; block++) {
      if (taken.has(block)) continue;
      below += row[block] < score ? 1 : row[block] === score ? 0.5 : 0;
    }
    return below / (row.length - taken.size);
  });
}

function forEachAssignment(blocks: number, roles: number, visit: (given: readonly number[]) => void): void {
  const given: number[] = [];
  const extend = (): void => {
    if (given.length === roles) return visit(given);
    for (let block = 0; block < blocks; block++) {
      if (given.includes(block)) continue;
      given.push(block);
      extend();
      given.pop();
    }
  };
  extend();
}

/** The first cards of a shuffled deck. */
function drawnAssignment(blocks: number, roles: number, random: Random, draw: number): number[] {
  const deck = Array.from({ length: blocks }, (_, block) => block);
  for (let role = 0; role < roles; role++) {
    const at = role + Math.floor(random.uniform(draw, role) * (blocks - role));
    [deck[role], deck[at]] = [deck[at], deck[role]];
  }
  return deck.slice(0, roles);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
