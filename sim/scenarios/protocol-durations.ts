import type { Scenario } from "./scenario.ts";

/** A length of time that the protocol's code depends on, and where a scenario depends on it in turn. */
export interface ProtocolDuration {
  readonly dependsOn: string;
  seconds(scenario: Scenario): number;
  /** Spells, in seconds since the run's start, in which the duration begins. */
  spells(scenario: Scenario): readonly (readonly [number, number])[];
}

type Spell = readonly [number, number];

/** From onset to relief: when accounts come under their margin. */
function stress({ profile }: Scenario): Spell[] {
  return [[profile.onset, profile.onset + profile.ramp + profile.plateau]];
}

function expiriesWithin(scenario: Scenario, before: number): Spell[] {
  return scenario.listing.expiries
    .filter((expiry) => expiry <= scenario.clock.horizon)
    .map((expiry) => [expiry - before, expiry - before]);
}

function faults(scenario: Scenario, kinds: readonly string[]): Spell[] {
  return scenario.oracle.faults.filter(({ kind }) => kinds.includes(kind)).map(({ from }) => [from, from]);
}

const settlementWindow = 1800;

/** The durations that `clock.coarse` can name. Their lengths are the reference protocol's defaults. */
export const protocolDurations: Readonly<Record<string, ProtocolDuration>> = {
  epoch: {
    dependsOn: "a withdrawal waits for its close",
    seconds: ({ protocol }) => protocol.epoch,
    spells: () => [[0, 0]],
  },
  "settlement-window": {
    dependsOn: "an expiry settles",
    seconds: () => settlementWindow,
    spells: (scenario) => expiriesWithin(scenario, settlementWindow),
  },
  dispute: {
    dependsOn: "an expiry settles",
    seconds: () => 7200,
    spells: (scenario) => expiriesWithin(scenario, 0),
  },
  "auction-first-phase": { dependsOn: "accounts are liquidated", seconds: () => 900, spells: stress },
  "auction-second-phase": { dependsOn: "accounts are liquidated", seconds: () => 6300, spells: stress },
  "auction-insolvent-phase": { dependsOn: "accounts are liquidated", seconds: () => 3600, spells: stress },
  "hedge-interval": { dependsOn: "the vault hedges under stress", seconds: () => 300, spells: stress },
  "surface-staleness": { dependsOn: "the surface ages under stress", seconds: () => 1200, spells: stress },
  "feed-staleness": {
    dependsOn: "the feed goes silent",
    seconds: ({ oracle }) => oracle.heartbeat + 300,
    spells: (scenario) => faults(scenario, ["stale", "delayed"]),
  },
  "jump-confirmation": {
    dependsOn: "a round jumps",
    seconds: () => 600,
    spells: (scenario) => faults(scenario, ["spike"]),
  },
};
