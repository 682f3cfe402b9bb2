import { expect } from "chai";
import hre from "hardhat";
import { encodeAbiParameters, encodeFunctionData, type Abi, type AbiFunction, type Address } from "viem";
import { accountParts } from "../../src/chain/account-parts.ts";
import { lensReadLayout } from "../../src/protocol/lens-read-layout.ts";

const A: Address = `0x${"0a".repeat(20)}`;
const B: Address = `0x${"0b".repeat(20)}`;
const POOL: Address = `0x${"0c".repeat(20)}`;
const slots = { underlying: 0n, token: [], claimTags: [], vault: [], margin: [], auction: [], balances: [] };
const scope = { holders: [POOL, A, B], accounts: [A, B], ids: [], expiryKeys: [], slots };

describe("lensReadLayout", () => {
  it("finds an account's wei, tokens, shares, margin and collateral in what the lens returns", async () => {
    const abi = (await hre.artifacts.readArtifact("ILens")).abi as Abi;
    const data = encodeFunctionData({ abi, functionName: "read", args: [scope] });
    const layout = lensReadLayout(abi, data, [{ symbol: "WETH", decimals: 18 }], { symbol: "USDQ", decimals: 6 });
    const account = (shares: bigint, marginCash: bigint) => {
      return { shares, marginCash, saleStartedAt: 0n, saleInsolvent: false };
    };
    const vault = Object.fromEntries(
      "cash claims receivable limitNav shares navLow navHigh totalVega queueHead queueTail epochEndsAt fund insolventMaintenance marginCash"
        .split(" ")
        .map((field) => [field, 0n]),
    );
    const state = {
      timestamp: 1n,
      blockNumber: 2n,
      volSource: POOL,
      vault,
      markets: [],
      books: [],
      series: [],
      accounts: [account(7n, 8n), account(9n, -10n)],
      balances: [1n, 2n, 3n, 11n, 12n, 13n, 21n, 22n, 23n],
      collateral: [31n, 32n],
      longs: [],
      shorts: [],
      vols: [],
    };
    const outputs = abi.find((item): item is AbiFunction => item.type === "function" && item.name === "read")!.outputs;
    const [a, b, pool] = accountParts(layout, encodeAbiParameters(outputs, [state]), [A, B, POOL]);
    expect(a.balances).to.deep.equal({
      "ETH for gas": 11n,
      USDQ: 12n,
      WETH: 13n,
      "vault shares": 7n,
      "margin USDQ": 8n,
      "collateral WETH": 31n,
    });
    expect(b.balances["margin USDQ"]).to.equal(-10n);
    expect(pool.balances).to.deep.equal({ "ETH for gas": 1n, USDQ: 2n, WETH: 3n });
  });
});
