import type { AccountView, ProtocolView } from "../../src/protocol/view.ts";
import type { Observation } from "./agent.ts";

const QUOTE_UNIT = 1e6;

/** An agent's sole account as of the previous block, in floats. */
export interface AccountState {
  /** USD. */
  readonly quote: number;
  /** Units of the traded underlying. */
  readonly underlying: number;
  readonly view: AccountView;
}

/** The agent's sole account; undefined before the protocol knows it. */
export function ownAccount(seen: Observation): AccountState | undefined {
  const view = seen.view.accounts.get(seen.addresses.main);
  if (view === undefined) return undefined;
  return {
    quote: Number(view.quoteUnits) / QUOTE_UNIT,
    underlying: Number(view.underlyingUnits[seen.protocol.underlying] ?? 0n) / seen.tokenUnit,
    view,
  };
}

/** The market that the run trades. */
export function market(view: ProtocolView, underlying: number): ProtocolView["markets"][number] {
  return view.markets.find((candidate) => candidate.underlying === underlying)!;
}
