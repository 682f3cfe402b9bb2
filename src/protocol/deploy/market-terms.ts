import { UNDERLYINGS } from "../../../deployments/modules/regimebreak.ts";
import { DEFAULT_PARAMETERS, DEFAULT_TERMS, type TermsParameters } from "../../../deployments/parameters.ts";
import { DEFENCE_BITS, defenceBits, PRESETS, type DefenceName, type PresetName } from "../../../deployments/presets.ts";
import { didYouMean } from "../../errors/closest-name.ts";
import { UserError } from "../../errors/user-error.ts";
import type { Series } from "../actions.ts";
import type { GenesisTerms } from "../adapter.ts";
import { quantise, STRIKE_CENT } from "../quantise.ts";
import type { ProtocolTerms, VaultTerms } from "../twin/terms.ts";

const WAD = 1e18;
const NANO = 1_000_000_000n;
/** Terms that are seconds; all others are WAD. */
const SECONDS_TERMS: readonly string[] = ["noOpenWindow"];

/** A fraction as a WAD, exact to nine decimals. */
export function wad(value: number): bigint {
  return BigInt(Math.round(value * 1e9)) * NANO;
}

/** Index of the traded underlying. */
export function underlyingOf({ asset }: GenesisTerms): number {
  return UNDERLYINGS.findIndex(({ symbol }) => symbol === asset);
}

/** Decimals of the underlyings' tokens, by index. */
export const tokenDecimals: readonly number[] = UNDERLYINGS.map(({ decimals }) => decimals);

/**
 * Defences of a preset, or of one less or beside some: `FULL-deltaHedging`, `FULL+uncertaintySize`.
 * @throws {UserError} when there is no such preset or defence
 */
export function defencesOf(name: string): bigint {
  const [preset, ...changes] = name.split(/(?=[+-])/);
  if (preset in PRESETS) {
    return changes.reduce(
      (bits, change) => {
        const bit = defenceBits([defenceOf(change.slice(1))]);
        return change.startsWith("+") ? bits | bit : bits & ~bit;
      },
      PRESETS[preset as PresetName] as bigint,
    );
  }
  const names = Object.keys(PRESETS);
  throw new UserError({
    where: "preset",
    what: `unknown preset "${preset}"${didYouMean(preset, names)}`,
    expected: names.join(", "),
  });
}

function defenceOf(name: string): DefenceName {
  if (name in DEFENCE_BITS) return name as DefenceName;
  const names = Object.keys(DEFENCE_BITS);
  throw new UserError({
    where: "preset",
    what: `unknown defence "${name}"${didYouMean(name, names)}`,
    expected: names.join(", "),
  });
}

/**
 * The vault's terms with the scenario's overrides.
 * @throws {UserError} when an override names no term
 */
export function vaultTerms({ protocol }: GenesisTerms): TermsParameters {
  const terms: Record<string, bigint | number> = { ...DEFAULT_TERMS };
  for (const [name, value] of Object.entries(protocol.terms)) {
    if (!(name in terms)) {
      const names = Object.keys(terms);
      throw new UserError({
        where: "protocol.terms",
        what: `unknown term "${name}"${didYouMean(name, names)}`,
        expected: names.join(", "),
      });
    }
    terms[name] = SECONDS_TERMS.includes(name) ? Math.round(value) : wad(value);
  }
  return terms as unknown as TermsParameters;
}

/** Withdrawal epochs of the vault, seconds. */
export function scheduleOf({ protocol }: GenesisTerms): typeof DEFAULT_PARAMETERS.schedule {
  return { ...DEFAULT_PARAMETERS.schedule, epochSeconds: Math.round(protocol.epoch) };
}

/** The terms for the float twin. */
export function twinTerms(terms: TermsParameters, defences: bigint, feedDeviation: number): ProtocolTerms {
  const floats = Object.entries(terms).map(([name, value]) => [
    name,
    typeof value === "bigint" ? Number(value) / WAD : value,
  ]);
  return {
    vault: Object.fromEntries(floats) as VaultTerms,
    defences,
    trailingFloor: Number(DEFAULT_PARAMETERS.trailingFloor) / WAD,
    feedDeviation,
  };
}

/** Packed id of a series, as in `SeriesId.encode`. */
export function seriesId(underlying: number, expiry: number, strike: bigint, isCall: boolean): bigint {
  return (BigInt(underlying) << 200n) | (BigInt(expiry) << 136n) | (strike << 8n) | (isCall ? 1n : 0n);
}

/** What is listed: expiries, strikes in USD WAD, and for each expiry and strike a call and a put. */
export interface Listing {
  readonly start: number;
  readonly expiries: readonly number[];
  readonly strikes: readonly bigint[];
  readonly series: readonly Series[];
}

export function listingOf(scenario: GenesisTerms): Listing {
  const underlying = underlyingOf(scenario);
  const start = Math.round(Date.parse(scenario.clock.start) / 1000);
  const expiries = scenario.listing.expiries.map((after) => start + Math.round(after));
  const strikes = scenario.listing.strikes.map((multiple) => quantise(multiple * scenario.spot, STRIKE_CENT));
  const series = expiries.flatMap((expiry) =>
    strikes.flatMap((strike) =>
      [true, false].map((isCall): Series => {
        const id = seriesId(underlying, expiry, strike, isCall);
        return { id, underlying, expiry, strike: Number(strike) / WAD, isCall };
      }),
    ),
  );
  return { start, expiries, strikes, series };
}
