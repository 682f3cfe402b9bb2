import type { PlacedGroup } from "./chain-settings.ts";

/**
 * Groups that wait to be run, given out so that contracts are deployed seldom: whoever has run a group gets another of
 * the same setting and preset, else one that nobody has begun with, else the first that is left.
 */
export class GroupsLeft {
  readonly #keys: readonly string[];
  readonly #left: Set<number>;
  readonly #begun = new Set<string>();

  constructor(groups: readonly PlacedGroup[]) {
    this.#keys = groups.map(({ setting, group }) => `${setting}|${group.preset}`);
    this.#left = new Set(groups.keys());
  }

  /**
   * @param last - place of the group that was run before by who asks now; undefined: none
   * @returns place of the next; undefined when none is left
   */
  take(last: number | undefined): number | undefined {
    const left = [...this.#left];
    const next =
      left.find((place) => last !== undefined && this.#keys[place] === this.#keys[last]) ??
      left.find((place) => !this.#begun.has(this.#keys[place])) ??
      left[0];
    if (next === undefined) return undefined;
    this.#left.delete(next);
    this.#begun.add(this.#keys[next]);
    return next;
  }
}
