import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

import { DEFAULT_PARAMETERS } from "../parameters.ts";
import { uniswapV2 } from "../uniswap-v2.ts";

const FEED_DECIMALS = 8;

/** The underlyings, in the order of their indices. Their decimals differ on purpose. */
export const UNDERLYINGS = [
  { symbol: "ETH", decimals: 18 },
  { symbol: "BTC", decimals: 8 },
] as const;

/**
 * The whole reference protocol, wired but without money: tokens, Uniswap v2 factory and pairs, feeds, guard, defences,
 * vault, option token, margin, auction, hedger, settlement, vol sources and lens. The deployer owns everything.
 */
export default buildModule("Regimebreak", (m) => {
  const owner = m.getAccount(0);
  const reporter = m.getParameter("reporter", owner);
  const keeper = m.getParameter("keeper", owner);
  const truthWriter = m.getParameter("truthWriter", owner);
  const p = DEFAULT_PARAMETERS;

  const quote = m.contract("TestToken", ["Test dollar", "tUSD", 6, owner], { id: "Quote" });
  const factory = m.contract("UniswapV2Factory", uniswapV2("UniswapV2Factory"), [owner]);

  const libraries = { OptionBook: m.library("OptionBook"), TradingDesk: m.library("TradingDesk") };
  const terms = m.getParameter("terms", { ...p.terms });
  const schedule = m.getParameter("schedule", { ...p.schedule });
  const vault = m.contract("OptionVault", [owner, quote, terms, schedule], { libraries });
  const token = m.contract("OptionToken", [vault]);
  const defences = m.contract("Defences", [owner, vault, m.getParameter("defences", p.defences)]);
  const guard = m.contract("OracleGuard", [owner, defences]);
  const risk = m.contract("MarginRisk", [owner]);
  const margin = m.contract("MarginEngine", [owner, risk]);
  const auction = m.contract("Auction", [owner]);
  const hedger = m.contract("Hedger", [owner]);
  const settlement = m.contract("Settlement", [guard, defences]);
  const lens = m.contract("Lens");

  const markets = UNDERLYINGS.map(({ symbol, decimals }) => {
    const underlying = m.contract("TestToken", [`Test ${symbol}`, `t${symbol}`, decimals, owner], { id: symbol });
    const feed = m.contract("OracleMock", [`${symbol} / USD`, FEED_DECIMALS, owner, reporter], { id: `${symbol}Feed` });
    const created = m.call(factory, "createPair", [underlying, quote], { id: `${symbol}CreatePair` });
    const pairOf = m.readEventArgument(created, "PairCreated", "pair", { id: `${symbol}PairAddress` });
    const pair = m.contractAt("UniswapV2Pair", uniswapV2("UniswapV2Pair"), pairOf, { id: `${symbol}Pair` });
    return { symbol, decimals, underlying, feed, pair };
  });

  // Indices follow from the order of the calls.
  markets.reduce<ReturnType<typeof m.call>[]>((before, { symbol, decimals, underlying, feed, pair }) => {
    const market = {
      feed,
      pair,
      token: underlying,
      tokenDecimals: decimals,
      feedDecimals: FEED_DECIMALS,
      heartbeat: m.getParameter("feedHeartbeat", p.feedHeartbeat),
      deviation: m.getParameter("feedDeviation", p.feedDeviation),
    };
    return [m.call(guard, "addMarket", [market], { id: `${symbol}AddMarket`, after: before })];
  }, []);

  const grid = m.contract("PostedGrid", [
    defences,
    keeper,
    m.getParameter("surfaceHeartbeat", p.surfaceHeartbeat),
    m.getParameter("surfaceDeadAfter", p.surfaceDeadAfter),
  ]);
  const trailing = m.contract("TrailingVol", [
    guard,
    m.getParameter("trailingHalfLife", p.trailingHalfLife),
    m.getParameter("trailingFloor", p.trailingFloor),
    m.getParameter("trailingStart", p.trailingStart),
  ]);
  const constant = m.contract("ConstantVol", [owner]);
  const truth = m.contract("TruthVol", [truthWriter]);

  const parts = { quote, defences, guard, vault, token, margin, auction, hedger, settlement };
  for (const [name, part] of Object.entries({ vault, risk, margin, auction, hedger })) {
    m.call(part, "connect", [parts], { id: `connect_${name}` });
  }
  m.call(vault, "setVolSource", [grid], { id: "useGrid" });

  const [eth, btc] = markets;
  return {
    quote,
    factory,
    eth: eth.underlying,
    ethFeed: eth.feed,
    ethPair: eth.pair,
    btc: btc.underlying,
    btcFeed: btc.feed,
    btcPair: btc.pair,
    vault,
    token,
    defences,
    guard,
    risk,
    margin,
    auction,
    hedger,
    settlement,
    lens,
    grid,
    trailing,
    constant,
    truth,
  };
});
