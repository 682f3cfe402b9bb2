import { toFunctionSelector, type Address } from "viem";

import type { Chain } from "../../chain/chain.ts";
import { ReadWords } from "../../chain/read-words.ts";
import { addressWord, calldata, word } from "../encoding/words.ts";
import type { ProtocolView } from "../view.ts";
import { Questions } from "./questions.ts";
import { tokenHoldersOf, type Scope } from "./scope.ts";

const QUOTE = 1e6;
const WAD = 1e18;

/** What a word of an answer must be: an integer, or a float in some unit. */
type Expected = bigint | boolean | { readonly float: number; readonly unit: number };
type Argument = bigint | number | Address;

/** A getter, what to call it with and what the view says that it answers. */
interface Getter {
  readonly to: Address;
  readonly signature: string;
  readonly args: readonly Argument[];
  readonly expected: readonly Expected[];
}

const get = (to: Address, signature: string, args: readonly Argument[], ...expected: readonly Expected[]): Getter => {
  return { to, signature, args, expected };
};
const usd = (float: number): Expected => ({ float, unit: QUOTE });
const wad = (float: number): Expected => ({ float, unit: WAD });

/**
 * Compares a view, which was read from storage slots, with what the contracts' getters answer in the same block.
 * @returns the first getter that answers something else, with both values; undefined: all agree
 */
export async function checkRead(
  chain: Pick<Chain, "call">,
  scope: Scope,
  view: ProtocolView,
): Promise<string | undefined> {
  const questions = new Questions([]);
  const asked = gettersOf(scope, view).map((getter) => {
    const { to, signature, args, expected } = getter;
    const words = args.map((arg) => (typeof arg === "string" ? addressWord(arg) : word(arg)));
    return { getter, place: questions.ask(to, calldata(toFunctionSelector(signature), ...words), expected.length) };
  });
  const answers = new ReadWords(await chain.call(scope.contracts.lens, questions.calldata()));
  if (answers.length !== questions.words) return `${answers.length} words, expected ${questions.words}`;
  for (const { getter, place } of asked) {
    const { signature, args, expected } = getter;
    const wrong = expected.findIndex((value, index) => !agrees(answers, place + index, value));
    if (wrong >= 0) {
      const shown = expected[wrong];
      const read = typeof shown === "object" ? shown.float : shown;
      return `${signature} of ${args.join(", ")}: word ${wrong} is ${answers.signed(place + wrong)}, read as ${read}`;
    }
  }
  return undefined;
}

function agrees(answers: ReadWords, place: number, expected: Expected): boolean {
  const answer = answers.signed(place);
  if (typeof expected === "object") return Object.is(Number(answer) / expected.unit + 0, expected.float + 0);
  return answer === BigInt(expected);
}

function gettersOf(scope: Scope, view: ProtocolView): Getter[] {
  return [
    ...vaultGetters(scope, view),
    ...marketGetters(scope, view),
    ...expiryGetters(scope, view),
    ...seriesGetters(scope, view),
    ...accountGetters(scope, view),
    ...balanceGetters(scope, view),
    ...volGetters(scope, view),
  ];
}

function vaultGetters({ contracts }: Scope, view: ProtocolView): Getter[] {
  const { vault, margin, auction } = contracts;
  const { cashUnits, shares, queueHead, queueTail, ...floats } = view.vault;
  return [
    get(vault, "cash()", [], cashUnits),
    get(vault, "claims()", [], usd(floats.claims)),
    get(vault, "receivable()", [], usd(floats.receivable)),
    get(vault, "limitNav()", [], usd(floats.limitNav)),
    get(vault, "totalSupply()", [], shares),
    // Without a price there is no NAV: the getters revert.
    ...(Number.isNaN(floats.navLow)
      ? []
      : [get(vault, "navLow()", [], usd(floats.navLow)), get(vault, "navHigh()", [], usd(floats.navHigh))]),
    get(vault, "totalVega()", [], wad(floats.totalVega)),
    get(vault, "queueBounds()", [], queueHead, queueTail),
    get(vault, "epochEndsAt()", [], BigInt(floats.epochEndsAt)),
    get(auction, "fund()", [], view.fundUnits),
    get(auction, "insolventMaintenance()", [], usd(view.insolventMaintenance)),
    get(margin, "totalCash()", [], view.marginCashUnits),
  ];
}

function marketGetters({ contracts, underlying }: Scope, view: ProtocolView): Getter[] {
  const { inventory, netDelta, lastHedgeAt } = view.markets[underlying];
  const unit = 10 ** contracts.decimals[underlying];
  return [
    get(contracts.hedger, "inventory(uint16)", [underlying], { float: inventory, unit }),
    get(contracts.hedger, "netDelta(uint16)", [underlying], wad(netDelta)),
    get(contracts.hedger, "lastHedgeAt(uint16)", [underlying], BigInt(lastHedgeAt)),
  ];
}

function expiryGetters({ contracts }: Scope, { expiries }: ProtocolView): Getter[] {
  return expiries.flatMap(({ underlying, expiry, ...book }) => {
    const of = [underlying, expiry];
    const { mark, delta, vega, markedAt, markedSpot, settlementPrice, settled, payoutRatio } = book;
    const marked = [wad(mark), wad(delta), wad(vega), BigInt(markedAt), wad(markedSpot)];
    return [
      get(contracts.vault, "book(uint16,uint64)", of, ...marked),
      get(contracts.vault, "payoutRatio(uint16,uint64)", of, wad(payoutRatio)),
      get(contracts.settlement, "priceOf(uint16,uint64)", of, wad(settlementPrice), settled),
    ];
  });
}

function seriesGetters({ contracts }: Scope, { series }: ProtocolView): Getter[] {
  return series.flatMap(({ id, netUnits, supplyUnits, shortUnits }) => [
    get(contracts.vault, "net(uint256)", [id], netUnits),
    get(contracts.token, "totalSupply(uint256)", [id], supplyUnits),
    get(contracts.margin, "totalShort(uint256)", [id], shortUnits),
  ]);
}

function accountGetters({ contracts, series, underlying }: Scope, { accounts }: ProtocolView): Getter[] {
  const { vault, token, margin, auction, decimals } = contracts;
  return [...accounts.values()].flatMap(({ address, shares, longs, shorts, collateral, ...account }) => {
    const legs = BigInt(shorts.reduce((count, size) => count + (size > 0 ? 1 : 0), 0));
    const held = { float: collateral[underlying], unit: 10 ** decimals[underlying] };
    const sale = [BigInt(account.saleStartedAt), account.saleInsolvent];
    return [
      get(vault, "balanceOf(address)", [address], shares),
      get(margin, "cashOf(address)", [address], account.marginCashUnits),
      get(margin, "collateralOf(address,uint16)", [address, underlying], held),
      get(margin, "legsOf(address)", [address], 32n, legs),
      get(auction, "saleOf(address)", [address], ...sale),
      ...series.map(({ id }, i) => get(token, "balanceOf(address,uint256)", [address, id], wad(longs[i]))),
    ];
  });
}

/** The other underlyings too, of which nobody has any. */
function balanceGetters(scope: Scope, { holdings }: ProtocolView): Getter[] {
  const { quote, tokens } = scope.contracts;
  return holdings
    .slice(0, tokenHoldersOf(scope).length)
    .flatMap(({ holder, underlyings, quote: units }) => [
      get(quote, "balanceOf(address)", [holder], units),
      ...tokens.map((token, index) => get(token, "balanceOf(address)", [holder], underlyings[index])),
    ]);
}

/** Of the source in force. */
function volGetters({ contracts, underlying, expiries, strikes, series }: Scope, { vols }: ProtocolView): Getter[] {
  switch (vols.source) {
    case "constant":
      return [get(contracts.constant, "levels(uint16)", [underlying], wad(vols.vol), wad(vols.sd))];
    case "trailing":
      return vols.vol === 0
        ? []
        : [
            get(
              contracts.trailing,
              "volOf(uint16,uint64,uint256,uint256)",
              [underlying, expiries[0], 0, 0],
              wad(vols.vol),
            ),
          ];
    case "grid":
      return expiries.map((expiry, index) => {
        const { nodes, referenceVol, sd, secondsToExpiry, postedAt } = vols.byExpiry[index];
        const packed = nodes.reduce((sum, vol, i) => sum | (BigInt(Math.round(vol * 1e4)) << BigInt(16 * i)), 0n);
        const fine = (float: number): Expected => ({ float, unit: 1e8 });
        const header = [fine(referenceVol), fine(sd), BigInt(secondsToExpiry), BigInt(postedAt)];
        const answer = [BigInt.asIntN(256, packed), ...header];
        return get(contracts.grid, "surfaceOf(uint16,uint64)", [underlying, expiry], ...answer);
      });
    case "truth":
      return series.flatMap(({ expiry, strike }, index) => {
        const vol = vols.byExpiry[expiries.indexOf(expiry)][(index >> 1) % strikes];
        const units = BigInt(Math.round(vol * 1e8)) * 10n ** 10n;
        const of = [underlying, expiry, BigInt(Math.round(strike * 100)) * 10n ** 16n, 0];
        return vol === 0 ? [] : [get(contracts.truth, "volOf(uint16,uint64,uint256,uint256)", of, units)];
      });
  }
}
