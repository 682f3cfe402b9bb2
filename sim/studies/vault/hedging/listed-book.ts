import type { Scenario } from "../../../scenarios/scenario.ts";

/** An option that the vault holds; negative contracts are short. */
export interface HeldOption {
  readonly contracts: number;
  readonly isCall: boolean;
  /** USD. */
  readonly strike: number;
  /** Seconds since the start. */
  readonly expiry: number;
}

/** The scenario's calm inventory: what the vault holds at genesis. */
export function listedBook({ listing, spot }: Scenario): HeldOption[] {
  return listing.genesisBook.map(({ expiry, strike, type, contracts }) => ({
    contracts,
    isCall: type === "call",
    strike: listing.strikes[strike] * spot,
    expiry: listing.expiries[expiry],
  }));
}

/** Seconds from the start to the end of the plateau: what happens, and none of the relief. */
export function secondsHeld({ profile, clock }: Scenario): number {
  return Math.min(clock.horizon, profile.onset + profile.ramp + profile.plateau);
}

/** What an option pays, USD a contract. */
export function payoff({ isCall, strike }: HeldOption, spot: number): number {
  return Math.max(0, isCall ? spot - strike : strike - spot);
}
