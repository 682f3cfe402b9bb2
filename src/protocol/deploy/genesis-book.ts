import { maxUint256 } from "viem";

import type { TermsParameters } from "../../../deployments/parameters.ts";
import type { DeployedAccount, GenesisPlan } from "../adapter.ts";
import { QUOTE_CENT, quantise, SIZE_LOT } from "../quantise.ts";
import type { GenesisAccounts } from "./accounts.ts";
import type { Contracts } from "./contracts.ts";
import { mint } from "./genesis-money.ts";
import { seriesId, underlyingOf, type Listing } from "./market-terms.ts";
import { callOf, type SetupBlocks } from "./setup-blocks.ts";

const TRADE_GAS = 1_500_000n;
const MARGIN_GAS = 6_000_000n;
const LEGS_PER_ACCOUNT = 8;
/** Cash of a genesis short per contract, as a multiple of spot: no scenario of a run makes it a liquidation. */
const COVER = 4;
/** Quote of the genesis long holder per contract, as a multiple of spot: more than any premium. */
const LONG_BUDGET = 1;

/** Terms under which the genesis book trades: at the calm vol, without spread, fee or limit. */
export function calmTerms(terms: TermsParameters): TermsParameters {
  return {
    ...terms,
    halfSpread: 0n,
    convexity: 0n,
    lagSpread: 0n,
    feeShare: 0n,
    vegaFee: 0n,
    vegaLimit: 10n ** 18n,
    maxTrade: 10n ** 19n,
    noOpenWindow: 0,
    minAbsDelta: 0n,
    maxAbsDelta: 10n ** 18n,
  };
}

/** A position of the genesis book with its holder. */
interface GenesisLeg {
  readonly id: bigint;
  readonly contracts: number;
  readonly holder: DeployedAccount;
}

function legsOf({ scenario }: GenesisPlan, listing: Listing, accounts: GenesisAccounts): GenesisLeg[] {
  let shorts = 0;
  return scenario.listing.genesisBook.map(({ expiry, strike, type, contracts }) => ({
    id: seriesId(underlyingOf(scenario), listing.expiries[expiry], listing.strikes[strike], type === "call"),
    contracts,
    holder: contracts < 0 ? accounts.longs : accounts.shorts[Math.floor(shorts++ / LEGS_PER_ACCOUNT)],
  }));
}

/** Mints what the holders of the genesis book pay and keep as margin. */
export function mintForBook(
  blocks: SetupBlocks,
  { quote }: Contracts,
  plan: GenesisPlan,
  listing: Listing,
  accounts: GenesisAccounts,
): void {
  for (const { contracts, holder } of legsOf(plan, listing, accounts)) {
    const usd = Math.abs(contracts) * plan.scenario.spot * (contracts < 0 ? LONG_BUDGET : COVER);
    mint(blocks, quote, holder.actor, quantise(usd, QUOTE_CENT));
  }
}

/** Opens the genesis book by real trades: where the vault is short, a holder buys; where long, an account shorts. */
export function openBook(
  blocks: SetupBlocks,
  { vault, margin }: Contracts,
  plan: GenesisPlan,
  listing: Listing,
  accounts: GenesisAccounts,
): void {
  for (const { id, contracts, holder } of legsOf(plan, listing, accounts)) {
    const size = quantise(Math.abs(contracts), SIZE_LOT);
    if (contracts < 0) {
      const buy = callOf("OptionVault", vault, "buy", [id, size, maxUint256]);
      blocks.act("open a genesis long", holder, [buy], TRADE_GAS);
      continue;
    }
    const cover = quantise(contracts * plan.scenario.spot * COVER, QUOTE_CENT);
    const deposit = callOf("MarginEngine", margin, "deposit", [cover]);
    const open = callOf("MarginEngine", margin, "openShort", [id, size, 0n]);
    blocks.act("open a genesis short", holder, [deposit, open], MARGIN_GAS);
  }
}
