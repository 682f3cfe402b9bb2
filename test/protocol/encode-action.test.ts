import { expect } from "chai";
import fc from "fast-check";
import { encodeFunctionData, maxUint256, parseAbi, type Abi, type Address, type Hex } from "viem";

import type { Action, Series } from "../../src/protocol/actions.ts";
import { encodeAction, encodeExecute, type Targets } from "../../src/protocol/encoding/encode-action.ts";
import { UnquantisableError } from "../../src/protocol/quantise.ts";

const address = (digit: number): Address => `0x${digit.toString(16).padStart(40, "0")}`;
const targets: Targets = {
  vault: address(1),
  margin: address(2),
  auction: address(3),
  hedger: address(4),
  settlement: address(5),
  guard: address(6),
  router: address(7),
  grid: address(8),
  truth: address(9),
  trailing: address(10),
  quote: address(11),
  tokens: [address(12), address(13)],
  decimals: [18, 8],
  feeds: [address(14), address(15)],
};
const actor = address(0xabc);
const series: Series = { id: (1n << 200n) + 5n, underlying: 1, expiry: 1_800_000_000, strike: 2000, isCall: true };
const abi: Abi = parseAbi([
  "struct Surface { uint16 underlying; uint64 expiry; uint256 nodes; uint32 sigmaRef; uint32 sd; uint32 tauRef; }",
  "struct Smile { uint16 underlying; uint64 expiry; uint256[] words; }",
  "struct Round { int128 answer; uint64 startedAt; uint64 updatedAt; }",
  "struct Step { address target; uint256 value; bytes data; }",
  "function buy(uint256 id, uint256 size, uint256 maxCost)",
  "function openShort(uint256 id, uint256 size, uint256 minProceeds)",
  "function deposit(uint256 assets, address receiver)",
  "function depositCollateral(uint16 underlying, uint256 amount)",
  "function post(Surface[] surfaces)",
  "function postTruth(Smile[] smiles)",
  "function report(Round[] rounds)",
  "function settle(uint16 underlying, uint64 expiry, uint80[] roundIds)",
  "function bid(address account, uint256 share, uint256 maxPay)",
  "function swapExactTokensForTokens(uint256 a, uint256 b, address[] path, address to, uint256 deadline)",
  "function execute(bytes32 tag, Step[] steps)",
]);

/** Words of viem's encoding; the selector is compared elsewhere. */
function viemArguments(functionName: string, args: readonly unknown[]): string {
  return encodeFunctionData({ abi, functionName, args }).slice(10);
}

const cases: readonly { action: Action; to: Address; name: string; args: readonly unknown[] }[] = [
  {
    action: { kind: "buy", series, size: 1.23456, limit: 1000.126 },
    to: targets.vault,
    name: "buy",
    args: [series.id, 1_234_600_000_000_000_000n, 1_000_130_000n],
  },
  {
    action: { kind: "buy", series, size: 1, limit: Infinity },
    to: targets.vault,
    name: "buy",
    args: [series.id, 10n ** 18n, maxUint256],
  },
  {
    action: { kind: "open-short", series, size: 2, limit: -5 },
    to: targets.margin,
    name: "openShort",
    args: [series.id, 2n * 10n ** 18n, 0n],
  },
  {
    action: { kind: "deposit-liquidity", amount: 10 },
    to: targets.vault,
    name: "deposit",
    args: [10_000_000n, actor],
  },
  {
    action: { kind: "deposit-collateral", underlying: 1, amount: 0.12345678 },
    to: targets.margin,
    name: "depositCollateral",
    args: [1, 12_346_000n],
  },
  {
    action: {
      kind: "report",
      underlying: 0,
      rounds: [
        { answer: 1999.994, observedAt: 100, updatedAt: 110 },
        { answer: -3, observedAt: 120, updatedAt: 0 },
      ],
    },
    to: targets.feeds[0],
    name: "report",
    args: [
      [
        { answer: 199_999_000_000n, startedAt: 100n, updatedAt: 110n },
        { answer: -300_000_000n, startedAt: 120n, updatedAt: 0n },
      ],
    ],
  },
  {
    action: { kind: "post-truth", underlying: 0, expiry: 77, vols: Float64Array.from({ length: 9 }, (_, i) => i / 10) },
    to: targets.truth,
    name: "postTruth",
    args: [
      [
        {
          underlying: 0,
          expiry: 77n,
          words: [
            [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, i) => sum + (BigInt(i * 10_000_000) << BigInt(32 * i)), 0n),
            80_000_000n,
          ],
        },
      ],
    ],
  },
  {
    action: {
      kind: "post-smiles",
      smiles: [
        {
          underlying: 1,
          expiry: 99,
          secondsToExpiry: 86_400,
          referenceVol: 0.5,
          sd: 0.01,
          vols: new Float64Array(16).fill(7).map((_, i) => (i === 0 ? 0.8 : i === 1 ? 9 : 0)),
        },
      ],
    },
    to: targets.grid,
    name: "post",
    args: [
      [
        {
          underlying: 1,
          expiry: 99n,
          nodes: 8000n + (0xffffn << 16n),
          sigmaRef: 50_000_000,
          sd: 1_000_000,
          tauRef: 86_400,
        },
      ],
    ],
  },
  {
    action: { kind: "settle", underlying: 0, expiry: 55, roundIds: [3n, 4n] },
    to: targets.settlement,
    name: "settle",
    args: [0, 55n, [3n, 4n]],
  },
  {
    action: { kind: "bid", account: address(77), share: 0.5, maxPay: 12 },
    to: targets.auction,
    name: "bid",
    args: [address(77), 5n * 10n ** 17n, 12_000_000n],
  },
  {
    action: { kind: "swap", underlying: 1, side: "sell", amount: 1.5, minOut: 100 },
    to: targets.router,
    name: "swapExactTokensForTokens",
    args: [150_000_000n, 100_000_000n, [targets.tokens[1], targets.quote], actor, maxUint256],
  },
];

describe("encodeAction", () => {
  for (const [index, { action, to, name, args }] of cases.entries()) {
    it(`encodes ${action.kind} as viem does, quantised (case ${index})`, () => {
      const call = encodeAction(action, targets, actor);
      expect(call.to).to.equal(to);
      expect(call.data.slice(10)).to.equal(viemArguments(name, args));
    });
  }

  it("refuses an amount that is not a number", () => {
    expect(() => encodeAction({ kind: "deposit-margin", amount: NaN }, targets, actor)).to.throw(UnquantisableError);
  });
});

describe("encodeExecute", () => {
  it("wraps any list of calls as viem does", () => {
    const bytes = fc.uint8Array({ maxLength: 100 }).map((data): Hex => `0x${Buffer.from(data).toString("hex")}`);
    const step = fc.record({ target: fc.nat().map(address), value: fc.bigInt(0n, 10n ** 20n), data: bytes });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), (steps) => {
        const tag: Hex = `0x${"ab".repeat(32)}`;
        const calls = steps.map(({ target, value, data }) => ({ to: target, value, data }));
        expect(encodeExecute(tag, calls)).to.equal(
          encodeFunctionData({ abi, functionName: "execute", args: [tag, steps] }),
        );
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});
