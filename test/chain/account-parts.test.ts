import { expect } from "chai";
import { encodeAbiParameters, parseAbiParameters, type Address } from "viem";
import { accountParts } from "../../src/chain/account-parts.ts";
import type { ReadLayout } from "../../src/chain/bundle-schema.ts";

const A: Address = `0x${"0a".repeat(20)}`;
const B: Address = `0x${"0b".repeat(20)}`;
const POOL: Address = `0x${"0c".repeat(20)}`;
const outputs = parseAbiParameters(
  "(uint256 time, (uint256 shares, int256 cash)[] accounts, uint256[] balances, uint256[] shorts) state",
);
const layout: ReadLayout = {
  outputs,
  lists: { holders: [POOL, A, B], accounts: [A, B] },
  pieces: [
    { list: "holders", path: ["balances"], kind: "rows", width: 2 },
    { list: "accounts", path: ["accounts"], kind: "rows", width: 1 },
    { list: "accounts", path: ["shorts"], kind: "tagged", width: 2 },
  ],
  balances: [
    { label: "quote", decimals: 6, piece: 0, word: 1 },
    { label: "cash", decimals: 6, piece: 1, word: 1 },
  ],
};
const tag = (place: bigint, id: bigint) => (place << 240n) | id;
const state = {
  time: 1n,
  accounts: [
    { shares: 1n, cash: -5n },
    { shares: 2n, cash: 6n },
  ],
  balances: [10n, 11n, 20n, 21n, 30n, 31n],
  shorts: [tag(1n, 7n), 3n, tag(0n, 7n), 4n, tag(1n, 8n), 5n],
};
const partsOf = (changed: Partial<typeof state> = {}) =>
  accountParts(layout, encodeAbiParameters(outputs, [{ ...state, ...changed }]), [A, B, POOL]);

/** Whose hash differs from the undisturbed state. */
function touched(changed: Partial<typeof state>): Address[] {
  const before = partsOf();
  return partsOf(changed).flatMap(({ address, hash }, index) => (hash === before[index].hash ? [] : [address]));
}

describe("accountParts", () => {
  it("finds each account's balances by its place in each list, signed", () => {
    expect(partsOf().map(({ address, balances }) => [address, balances])).to.deep.equal([
      [A, { quote: 21n, cash: -5n }],
      [B, { quote: 31n, cash: 6n }],
      [POOL, { quote: 11n }],
    ]);
  });

  it("changes the hash of the account that changed, and of no other", () => {
    expect(touched({ time: 2n })).to.deep.equal([]);
    expect(touched({ balances: [10n, 11n, 20n, 21n, 30n, 32n] })).to.deep.equal([B]);
    expect(touched({ balances: [9n, 11n, 20n, 21n, 30n, 31n] })).to.deep.equal([POOL]);
    expect(touched({ accounts: [{ shares: 1n, cash: -6n }, state.accounts[1]] })).to.deep.equal([A]);
    expect(touched({ shorts: [tag(1n, 7n), 3n, tag(0n, 7n), 9n, tag(1n, 8n), 5n] })).to.deep.equal([A]);
    expect(touched({ shorts: [tag(0n, 7n), 4n, tag(1n, 8n), 5n] })).to.deep.equal([B]);
  });

  it("leaves out an account of which the read says nothing", () => {
    const stranger: Address = `0x${"0d".repeat(20)}`;
    expect(accountParts(layout, encodeAbiParameters(outputs, [state]), [stranger])).to.deep.equal([]);
  });
});
