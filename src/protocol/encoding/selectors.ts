import { toFunctionSelector, type Hex } from "viem";

/** Signatures of what agents and the harness call, by contract. Tested against the compiled interfaces. */
export const signatures = {
  OptionVault: {
    buy: "buy(uint256,uint256,uint256)",
    sell: "sell(uint256,uint256,uint256)",
    deposit: "deposit(uint256,address)",
    requestWithdrawal: "requestWithdrawal(uint256)",
    closeEpoch: "closeEpoch(uint256)",
    poke: "poke(uint16,uint64[])",
    closeExpiry: "closeExpiry(uint16,uint64)",
    redeem: "redeem(uint256,address)",
    setVolSource: "setVolSource(address)",
  },
  MarginEngine: {
    openShort: "openShort(uint256,uint256,uint256)",
    closeShort: "closeShort(uint256,uint256,uint256)",
    depositCash: "deposit(uint256)",
    withdrawCash: "withdraw(uint256)",
    depositCollateral: "depositCollateral(uint16,uint256)",
    withdrawCollateral: "withdrawCollateral(uint16,uint256)",
    sellCollateral: "sellCollateral(uint16,uint256,uint256)",
    settleAccount: "settleAccount(address,uint16,uint64)",
  },
  Auction: {
    start: "start(address)",
    bid: "bid(address,uint256,uint256)",
    takeOverByVault: "takeOverByVault(address)",
    end: "end(address)",
  },
  Hedger: { rebalance: "rebalance(uint16)" },
  Settlement: { settle: "settle(uint16,uint64,uint80[])" },
  OracleGuard: { observePool: "observePool(uint16)" },
  OracleMock: { report: "report((int128,uint64,uint64)[])" },
  PostedGrid: { postSurfaces: "post((uint16,uint64,uint256,uint32,uint32,uint32)[])" },
  TruthVol: { postTruth: "post((uint16,uint64,uint256[])[])" },
  TrailingVol: { update: "update(uint16,uint256)" },
  ConstantVol: { setVol: "setVol(uint16,uint128,uint128)" },
  Actor: { execute: "execute(bytes32,(address,uint256,bytes)[])" },
  Router: { swap: "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)" },
} as const;

type Signatures = typeof signatures;
type NameOf<T> = T extends T ? keyof T : never;
export type SelectorName = NameOf<Signatures[keyof Signatures]>;

/** Function selectors by the names above. */
export const selectors = Object.fromEntries(
  Object.values(signatures).flatMap((functions) =>
    Object.entries(functions).map(([name, signature]) => [name, toFunctionSelector(signature)]),
  ),
) as Readonly<Record<SelectorName, Hex>>;
