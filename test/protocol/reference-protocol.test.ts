import { expect } from "chai";
import { encodeFunctionData, toFunctionSelector, type AbiFunction } from "viem";

import type { Action } from "../../src/protocol/actions.ts";
import { contractNames, artifactOf } from "../../src/protocol/artifacts.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import { signatures } from "../../src/protocol/encoding/selectors.ts";
import { checkLedger, LedgerImbalanceError } from "../../src/protocol/ledger.ts";
import { auctionTerms } from "../../src/protocol/twin/auction-terms.ts";
import { marginHealth } from "../../src/protocol/twin/margin-health.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import { Bench } from "./reference-fixture.ts";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 24 * HOUR;

describe("ReferenceProtocol", () => {
  let bench: Bench;
  let before: ProtocolView;
  let burnt: bigint;

  beforeEach(async () => {
    bench = await Bench.open();
    before = await bench.view();
    burnt = bench.burnt;
  });

  afterEach(async () => {
    const view = await bench.view();
    const { ledger, invariants } = bench.protocol;
    checkLedger(ledger(before), ledger(view), bench.burnt - burnt);
    for (const { id, check } of invariants) expect(check(view), id).to.equal(undefined);
    await bench.protocol.verifyRead(bench.chain);
    await bench.chain.close();
  });

  async function done(agent: string, ...steps: Action[]): Promise<readonly ProtocolEvent[]> {
    const events = await bench.act(agent, ...steps);
    expect(only(events, "outcome").error).to.equal(undefined);
    return events;
  }

  function only<K extends ProtocolEvent["kind"]>(events: readonly ProtocolEvent[], kind: K) {
    const found = events.filter((event): event is Extract<ProtocolEvent, { kind: K }> => event.kind === kind);
    expect(found.length, kind).to.equal(1);
    return found[0];
  }

  async function report(answer: number): Promise<void> {
    const at = bench.time + 12;
    const { underlying } = bench.protocol;
    await done("reporter", { kind: "report", underlying, rounds: [{ answer, observedAt: at, updatedAt: at }] });
  }

  /** An at-the-money call of the middle expiry. */
  function atTheMoney() {
    const { series, expiries } = bench.protocol;
    return series.find(({ strike, expiry, isCall }) => strike === 2_000 && expiry === expiries[1] && isCall)!;
  }

  it("buys and sells claims, and pays what the twin says", async () => {
    const series = atTheMoney();
    const { actor } = bench.account("trader");
    const quote = bench.protocol.quote(await bench.view(), { kind: "buy", series, size: 2, limit: Infinity })!;
    const bought = only(await done("trader", { kind: "buy", series, size: 2, limit: 1_000 }), "traded");
    expect(bought).to.include({ id: series.id, trader: actor, size: 2, spot: 2_000 });
    expect(quote.kind).to.equal("trade");
    // Twelve seconds of time value lie between the two.
    expect(Math.abs(bought.premium + bought.fee + (quote.kind === "trade" ? quote.cash : 0))).to.be.below(0.01);
    const held = (await bench.view()).accounts.get(actor)!;
    expect(held.longs[bench.protocol.series.indexOf(series)]).to.equal(2);
    const sold = only(await done("trader", { kind: "sell", series, size: 2, limit: 0 }), "traded");
    expect(sold.size).to.equal(-2);
  });

  it("opens and closes shorts, moves margin and collateral", async () => {
    const series = atTheMoney();
    const { underlying } = bench.protocol;
    await done(
      "writer",
      { kind: "deposit-margin", amount: 1_000 },
      { kind: "deposit-collateral", underlying, amount: 1 },
    );
    const opened = only(await done("writer", { kind: "open-short", series, size: 1, limit: 0 }), "short-changed");
    expect(opened).to.include({ change: 1, id: series.id });
    const view = await bench.view();
    const account = view.accounts.get(bench.account("writer").actor)!;
    expect(account.collateral[underlying]).to.equal(1);
    expect(Math.abs(account.marginCash - (21_000 + opened.cash))).to.be.below(1e-6);
    await done("writer", { kind: "close-short", series, size: 1, limit: Infinity });
    await done("writer", { kind: "sell-collateral", underlying, amount: 0.5, minProceeds: 900 });
    await done(
      "writer",
      { kind: "withdraw-collateral", underlying, amount: 0.5 },
      { kind: "withdraw-margin", amount: 500 },
    );
  });

  it("provides liquidity, queues a withdrawal and pays it when the epoch closes", async () => {
    const { actor } = bench.account("trader");
    const deposited = only(await done("trader", { kind: "deposit-liquidity", amount: 10_000 }), "deposited");
    const requested = only(
      await done("trader", { kind: "request-withdrawal", shares: deposited.shares }),
      "withdrawal-requested",
    );
    const midnight = Math.ceil((bench.time + 1) / DAY) * DAY;
    await bench.mine(midnight - bench.time + 1);
    await report(2_000);
    const { underlying, expiries } = bench.protocol;
    await done("harness", { kind: "poke", underlying, expiries });
    await done("harness", { kind: "observe-pool", underlying });
    const paid = only(await done("harness", { kind: "close-epoch" }), "withdrawal-processed");
    expect(paid).to.include({ owner: actor, requestId: requested.requestId });
    expect(paid.assets).to.be.within(9_900, 10_100);
  });

  it("swaps on the pool by the router, both ways", async () => {
    const { underlying } = bench.protocol;
    const bought = only(
      await done("trader", { kind: "swap", underlying, side: "buy", amount: 4_000, minOut: 1.9 }),
      "swapped",
    );
    expect(bought.quoteIn).to.equal(4_000);
    const sold = only(
      await done("trader", { kind: "swap", underlying, side: "sell", amount: 1, minOut: 1_900 }),
      "swapped",
    );
    expect(sold.underlyingIn).to.equal(1);
  });

  it("names the error of a failed submission, and undoes its other steps", async () => {
    const series = atTheMoney();
    const { underlying } = bench.protocol;
    const events = await bench.act(
      "trader",
      { kind: "swap", underlying, side: "buy", amount: 4_000, minOut: 0 },
      { kind: "buy", series, size: 1, limit: 1 },
    );
    const outcome = only(events, "outcome");
    expect(outcome).to.include({ done: false, failedStep: 1 });
    expect(outcome.error).to.deep.include({ name: "VaultPriceLimit" });
    expect(events.length).to.equal(1);
  });

  it("tells the reason of a refused smile and the vol of an accepted one", async () => {
    const { underlying, expiries } = bench.protocol;
    const smile = { underlying, expiry: expiries[1], secondsToExpiry: 600_000, referenceVol: 0.5, sd: 0.01 };
    const good = only(
      await done("keeper", { kind: "post-smiles", smiles: [{ ...smile, vols: new Float64Array(16).fill(0.55) }] }),
      "smile-posted",
    );
    expect(good.referenceVol).to.equal(0.5);
    const bad = only(
      await done("keeper", { kind: "post-smiles", smiles: [{ ...smile, vols: new Float64Array(16).fill(0.05) }] }),
      "smile-refused",
    );
    expect(bad.reason).to.equal("GridNodeOutOfBounds");
  });

  it("lets nobody but reporter, keeper and operator post", async () => {
    const { underlying, expiries } = bench.protocol;
    const round = { answer: 1, observedAt: bench.time, updatedAt: bench.time };
    const vols = new Float64Array(16).fill(0.5);
    const smile = { underlying, expiry: expiries[1], secondsToExpiry: 600_000, referenceVol: 0.5, sd: 0.01, vols };
    const refused: readonly (readonly [Action, string])[] = [
      [{ kind: "report", underlying, rounds: [round] }, "OracleNotReporter"],
      [{ kind: "post-smiles", smiles: [smile] }, "GridNotKeeper"],
      [{ kind: "post-truth", underlying, expiry: expiries[1], vols: vols.slice(0, 5) }, "TruthVolNotWriter"],
    ];
    for (const [action, name] of refused) {
      expect(only(await bench.act("trader", action), "outcome").error?.name).to.equal(name);
    }
  });

  it("liquidates an account that falls under maintenance margin", async () => {
    const series = atTheMoney();
    const { underlying, terms } = bench.protocol;
    const { actor } = bench.account("writer");
    await done("writer", { kind: "open-short", series, size: 20, limit: 0 });
    // Pool and feed move together, and the pool's mean follows within its half hour.
    await done("trader", { kind: "swap", underlying, side: "buy", amount: 215_000, minOut: 0 });
    for (let step = 0; step < 3; step++) {
      await bench.mine(16 * MINUTE);
      await report(2_450);
      await done("harness", { kind: "observe-pool", underlying });
    }
    const started = await done("liquidator", { kind: "start-auction", account: actor });
    expect(only(started, "auction-started")).to.include({ account: actor });
    expect((await bench.view()).accounts.get(actor)!.saleStartedAt).to.equal(bench.time);
    const view = await bench.view();
    const account = view.accounts.get(actor)!;
    const price = auctionTerms(account, marginHealth(view, terms, account), terms, bench.time)!.price;
    const { abi } = artifactOf("Auction");
    const data = encodeFunctionData({ abi, functionName: "priceNow", args: [actor] });
    const contract = Number(BigInt(await bench.chain.call(bench.protocol.addresses.auction, data))) / 1e18;
    expect(Math.abs(price - contract)).to.be.below(1e-6);
    const bid = only(
      await done("liquidator", { kind: "bid", account: actor, share: 1, maxPay: Infinity }),
      "auction-bid",
    );
    expect(bid).to.include({ account: actor, bidder: bench.account("liquidator").actor });
  });

  it("settles an expiry, closes it, and pays claims and shorts", async () => {
    const { underlying, expiries, series } = bench.protocol;
    const expiry = expiries[0];
    const call = series.find((one) => one.expiry === expiry && one.strike === 2_000 && one.isCall)!;
    await done("trader", { kind: "buy", series: call, size: 1, limit: Infinity });
    await done("writer", { kind: "open-short", series: call, size: 1, limit: 0 });
    await bench.mine(expiry - HOUR - bench.time - 12);
    await report(2_100);
    const { roundId } = (await bench.view()).markets[underlying].feed;
    await bench.mine(expiry + 12 - bench.time);
    const settled = only(await done("harness", { kind: "settle", underlying, expiry, roundIds: [roundId] }), "settled");
    expect(settled.price).to.equal(2_100);
    const closed = only(await done("harness", { kind: "close-expiry", underlying, expiry }), "expiry-closed");
    expect(closed.payoutRatio).to.equal(1);
    const { actor } = bench.account("trader");
    const paid = only(await done("harness", { kind: "redeem", series: call, holder: actor }), "redeemed");
    expect(paid.payout).to.equal(100);
    const account = bench.account("writer").actor;
    const owed = only(await done("harness", { kind: "settle-account", account, underlying, expiry }), "short-settled");
    expect(owed).to.include({ owed: 100, shortfall: 0 });
    expect((await bench.view()).expiries[0]).to.include({ settled: true, closed: true, settlementPrice: 2_100 });
  });

  it("finds a unit that came from nowhere", async () => {
    const ledger = bench.protocol.ledger(before);
    const [first, ...others] = ledger.holdings;
    const forged = { block: 99n, holdings: [{ ...first, quote: first.quote + 1n }, ...others] };
    expect(() => checkLedger(ledger, forged, 0n)).to.throw(LedgerImbalanceError, "block 99: 1 units of quote");
    expect(() => checkLedger(ledger, ledger, 1n)).to.throw(LedgerImbalanceError, "native");
  });
});

describe("selectors", () => {
  it("are those of functions that the compiled contracts have", () => {
    const known = new Set(
      contractNames.flatMap((name) =>
        (artifactOf(name).abi as readonly AbiFunction[])
          .filter(({ type }) => type === "function")
          .map((item) => toFunctionSelector(item)),
      ),
    );
    for (const signature of Object.values(signatures).flatMap((functions) => Object.values(functions))) {
      expect(known.has(toFunctionSelector(signature)), signature).to.equal(true);
    }
  });
});
