import { expect } from "chai";
import { concatHex, numberToHex, type Address, type Hex } from "viem";
import { accountParts, MissingReadFigureError, readFigures, ReadTooShortError } from "../../src/chain/account-parts.ts";
import type { ReadFigure, ReadLayout } from "../../src/chain/bundle-schema.ts";

const A: Address = `0x${"0a".repeat(20)}`;
const B: Address = `0x${"0b".repeat(20)}`;
const field = (word: number, from = 0, bits = 256, signed = false) => ({ word, from, bits, signed });
const term = (factor: number, divisor: number, ...product: ReturnType<typeof field>[]) => {
  return { factor: `${factor}`, divisor: `${divisor}`, product };
};
/** (word 6 × high half of word 7 − low half of word 7) / 10, not known when word 8 is not zero. */
const mean: ReadFigure = {
  sum: [term(1, 10, field(6), field(7, 128, 128)), term(-1, 10, field(7, 0, 128))],
  round: "down",
  unknownWhen: [[field(8)]],
};
const layout: ReadLayout = {
  accounts: [
    {
      address: A,
      words: [
        [1, 2],
        [5, 1],
      ],
      balances: { quote: 1, cash: 2 },
    },
    { address: B, words: [[3, 2]], balances: { quote: 3 } },
  ],
  balances: [
    { label: "quote", decimals: 6 },
    { label: "cash", decimals: 6 },
  ],
  figures: { mean, meanUp: { ...mean, round: "up" } },
};
const halves = (high: bigint, low: bigint) => (high << 128n) | low;
const state = [1n, 21n, -5n, 31n, 7n, 3n, 8n, halves(4n, 9n), 0n];

function encoded(words: readonly bigint[]): Hex {
  return concatHex(words.map((word) => numberToHex(word, { size: 32, signed: word < 0n })));
}

function changed(place: number, word: bigint): Hex {
  return encoded(state.with(place, word));
}

const partsOf = (returned: Hex) => accountParts(layout, returned, [A, B]);

/** Whose hash differs from the undisturbed state. */
function touched(returned: Hex): Address[] {
  const before = partsOf(encoded(state));
  return partsOf(returned).flatMap(({ address, hash }, index) => (hash === before[index].hash ? [] : [address]));
}

describe("accountParts", () => {
  it("finds each account's balances at their words, signed", () => {
    expect(partsOf(encoded(state)).map(({ address, balances }) => [address, balances])).to.deep.equal([
      [A, { quote: 21n, cash: -5n }],
      [B, { quote: 31n }],
    ]);
  });

  it("changes the hash of the account that changed, and of no other", () => {
    expect(touched(changed(0, 2n))).to.deep.equal([]);
    expect(touched(changed(2, -6n))).to.deep.equal([A]);
    expect(touched(changed(5, 4n))).to.deep.equal([A]);
    expect(touched(changed(4, 8n))).to.deep.equal([B]);
  });

  it("leaves out an account of which the read says nothing", () => {
    expect(accountParts(layout, encoded(state), [`0x${"0d".repeat(20)}`])).to.deep.equal([]);
  });

  it("refuses a read that is too short for its layout", () => {
    expect(() => partsOf(encoded(state.slice(0, 5)))).to.throw(ReadTooShortError, "returned 5 words");
  });
});

describe("readFigures", () => {
  it("adds products of fields and rounds once, as stated", () => {
    expect(readFigures(layout, encoded(state), ["mean", "meanUp"])).to.deep.equal([2n, 3n]);
    // (8 × 4 − 2) / 10 is a whole number.
    expect(readFigures(layout, changed(7, halves(4n, 2n)), ["mean", "meanUp"])).to.deep.equal([3n, 3n]);
  });

  it("is never below zero", () => {
    expect(readFigures(layout, changed(7, halves(0n, 9n)), ["mean", "meanUp"])).to.deep.equal([0n, 0n]);
  });

  it("does not know what the read does not tell", () => {
    expect(readFigures(layout, changed(8, 1n), ["mean"])).to.deep.equal([undefined]);
  });

  it("names a figure that the layout does not have, and those that it has", () => {
    expect(() => readFigures(layout, encoded(state), ["debt"])).to.throw(
      MissingReadFigureError,
      "no figure debt; it has mean, meanUp",
    );
  });
});
