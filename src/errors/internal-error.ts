/** What reproduces a failure that is ours. Fields are left out where they are not known. */
export interface Reproduction {
  /** Master seed of the run. */
  readonly seed?: number | string;
  /** Block of the run in which it happened. */
  readonly block?: number | bigint;
  /** Action or phase that failed, in words. */
  readonly action?: string;
  /** Path of the bundle of the run so far. */
  readonly bundle?: string;
}

/** A failure that no input should be able to cause: it says that it is ours and gives what reproduces it. */
export class InternalError extends Error {
  readonly reproduction: Reproduction;

  /** @param what - what went wrong, in one clause */
  constructor(what: string, reproduction: Reproduction, cause?: unknown) {
    super(describe(what, reproduction), { cause });
    this.name = "InternalError";
    this.reproduction = reproduction;
  }
}

function describe(what: string, { seed, block, action, bundle }: Reproduction): string {
  const facts = [
    seed === undefined ? undefined : `seed ${seed}`,
    block === undefined ? undefined : `block ${block}`,
    action === undefined ? undefined : `action ${action}`,
    bundle === undefined ? undefined : `bundle of the run so far ${bundle}`,
  ].filter((fact) => fact !== undefined);
  return `our own bug: ${what}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`;
}
