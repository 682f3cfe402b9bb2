import { UserError } from "../../src/errors/user-error.ts";
import { protocolDurations, type ProtocolDuration } from "./protocol-durations.ts";
import type { Scenario } from "./scenario.ts";

/** The block times of a run, and the moments that a scenario states in seconds since its start. */
export interface Clock {
  /** Unix seconds of the state before the first block. */
  readonly start: number;
  /** Unix seconds of every block, increasing whole numbers in (start, start + horizon]. */
  readonly times: readonly number[];
  /** Severity begins to rise, is at its height from … to, Unix seconds. */
  readonly onset: number;
  readonly plateauFrom: number;
  readonly plateauTo: number;
  /** Expiries in the order of the scenario, Unix seconds. */
  readonly expiries: readonly number[];
}

/** A protocol duration must span at least this many blocks where the scenario depends on it. */
export const blocksADurationMustSpan = 3;

/**
 * The clock of a scenario: exactly `clock.blocks` block times, dense spans at their own step and the rest spread evenly
 * over the time between.
 * @throws {UserError} when spans overlap, leave the horizon or use up the blocks, or when a protocol duration that the
 * scenario depends on would span fewer than three blocks and is not listed in `clock.coarse`
 */
export function buildClock(scenario: Scenario, where: string): Clock {
  const start = Date.parse(scenario.clock.start) / 1000;
  const offsets = blockOffsets(scenario.clock, where);
  refuseCoarseDurations(scenario, offsets, where);
  const { onset, ramp, plateau } = scenario.profile;
  return {
    start,
    times: offsets.map((offset) => start + offset),
    onset: start + onset,
    plateauFrom: start + onset + ramp,
    plateauTo: start + onset + ramp + plateau,
    expiries: scenario.listing.expiries.map((offset) => start + offset),
  };
}

/** Seconds since the start of every block. */
function blockOffsets(clock: Scenario["clock"], where: string): number[] {
  const spans = [...clock.dense].sort((a, b) => a.from - b.from);
  const dense: number[] = [];
  const gaps: { from: number; to: number }[] = [];
  let reached = 0;
  for (const span of spans) {
    const at = `${where}: clock.dense[${clock.dense.indexOf(span)}]`;
    if (!(span.step >= 1)) throw new UserError({ where: `${at}.step`, what: "a block takes at least 1 second" });
    if (span.from <= reached) throw new UserError({ where: at, what: "starts at the run's start or in another span" });
    const steps = Math.floor(span.for / span.step + 1e-9);
    const end = span.from + steps * span.step;
    if (end >= clock.horizon) throw new UserError({ where: at, what: "reaches to the end of the horizon or beyond" });
    for (let step = 0; step <= steps; step++) dense.push(Math.round(span.from + step * span.step));
    gaps.push({ from: reached, to: span.from });
    reached = end;
  }
  gaps.push({ from: reached, to: clock.horizon });
  const sparse = spread(gaps, clock.blocks - dense.length);
  const offsets = [...dense, ...sparse].sort((a, b) => a - b);
  if (dense.length >= clock.blocks || offsets.some((offset, index) => offset <= (offsets[index - 1] ?? 0))) {
    throw new UserError({
      where: `${where}: clock.blocks`,
      what: `${clock.blocks} blocks do not fit: ${dense.length} are in dense spans`,
      expected: "more blocks, or fewer and coarser dense spans",
    });
  }
  return offsets;
}

/**
 * `count` whole seconds inside the gaps, evenly within each and by the gaps' lengths between them (largest remainder).
 * Gaps end where dense spans begin, which have a block there; the last one ends with the run and has its block there.
 */
function spread(gaps: readonly { from: number; to: number }[], count: number): number[] {
  const length = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const ideal = gaps.map((gap) => ((count - 1) * (gap.to - gap.from)) / length);
  const counts = ideal.map(Math.floor);
  const byRemainder = gaps
    .map((_, index) => index)
    .sort((a, b) => ideal[b] - counts[b] - (ideal[a] - counts[a]) || a - b);
  const missing = count - 1 - counts.reduce((sum, each) => sum + each, 0);
  for (const index of byRemainder.slice(0, missing)) counts[index]++;
  const inside = gaps.flatMap((gap, index) =>
    Array.from({ length: counts[index] }, (_, place) =>
      Math.round(gap.from + ((place + 1) * (gap.to - gap.from)) / (counts[index] + 1)),
    ),
  );
  return [...inside, gaps.at(-1)!.to];
}

function refuseCoarseDurations(scenario: Scenario, offsets: readonly number[], where: string): void {
  for (const name of scenario.clock.coarse) {
    if (name in protocolDurations) continue;
    throw new UserError({
      where: `${where}: clock.coarse`,
      what: `no protocol duration is called "${name}"`,
      expected: `some of ${Object.keys(protocolDurations).join(", ")}`,
    });
  }
  for (const [name, duration] of Object.entries(protocolDurations)) {
    if (scenario.clock.coarse.includes(name)) continue;
    const fewest = fewestBlocks(duration, scenario, offsets);
    if (fewest >= blocksADurationMustSpan) continue;
    throw new UserError({
      where: `${where}: clock`,
      what: `the protocol's ${name} (${duration.seconds(scenario)} s) would span only ${fewest} blocks where ${duration.dependsOn}`,
      expected: `a denser span there, or "${name}" in clock.coarse`,
    });
  }
}

/** The fewest blocks that the duration spans when it begins in one of its spells; infinite when the scenario has none. */
function fewestBlocks(duration: ProtocolDuration, scenario: Scenario, offsets: readonly number[]): number {
  const seconds = duration.seconds(scenario);
  const horizon = scenario.clock.horizon;
  let fewest = Infinity;
  for (const [from, to] of duration.spells(scenario)) {
    const starts = [from, ...offsets.filter((offset) => offset > from && offset <= to)];
    for (const begin of starts.filter((offset) => offset + seconds <= horizon)) {
      fewest = Math.min(fewest, offsets.filter((offset) => offset > begin && offset <= begin + seconds).length);
    }
  }
  return fewest;
}
