import { expect } from "chai";
import fc from "fast-check";
import { decodeFunctionResult, encodeFunctionData, type Address } from "viem";

import { artifactOf, type ContractName } from "../../src/protocol/artifacts.ts";
import { hedgeDecision } from "../../src/protocol/twin/hedge-decision.ts";
import { marginHealth } from "../../src/protocol/twin/margin-health.ts";
import { swapInput, swapOutput } from "../../src/protocol/twin/pool-swap.ts";
import { openingLimitOf, quoteTrade, vegaLimitOf } from "../../src/protocol/twin/quote-trade.ts";
import { volAt } from "../../src/protocol/twin/vol-at.ts";
import { Bench } from "./reference-fixture.ts";

const WAD = 1e18;

/** One unit of the quote, or one part in a billion. */
function expectNear(actual: number, expected: number, unit: number, what: string): void {
  const tolerance = Math.max(unit, 1e-9 * Math.abs(expected));
  expect(Math.abs(actual - expected) <= tolerance, `${what}: twin ${actual}, contract ${expected}`).to.equal(true);
}

describe("float twin", () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open();
  });

  afterEach("the read agrees with the getters, whatever the vol source", async () => {
    await bench.protocol.verifyRead(bench.chain);
  });
  after(async () => {
    await bench.chain.close();
  });

  async function postSmiles(): Promise<void> {
    const { underlying, expiries } = bench.protocol;
    const vols = Float64Array.from({ length: 16 }, (_, node) => 0.5 + 0.01 * (node - 7.5) ** 2);
    const smiles = expiries.map((expiry, index) => ({
      underlying,
      expiry,
      secondsToExpiry: expiry - bench.time - 12,
      referenceVol: 0.5 + 0.02 * index,
      sd: 0.015,
      vols,
    }));
    await bench.act("keeper", { kind: "post-smiles", smiles });
  }

  async function postTruth(): Promise<void> {
    for (const expiry of bench.protocol.expiries) {
      const vols = Float64Array.of(0.62, 0.55, 0.5, 0.52, 0.58);
      await bench.act("harness", { kind: "post-truth", underlying: bench.protocol.underlying, expiry, vols });
    }
  }

  async function compareQuotes(): Promise<void> {
    const { protocol } = bench;
    const view = await bench.view();
    const points = fc.record({
      index: fc.nat({ max: protocol.series.length - 1 }),
      size: fc.integer({ min: 1, max: 50_000 }).map((lots) => lots / 1e4),
      sells: fc.boolean(),
    });
    for (const { index, size, sells } of fc.sample(points, { seed: 7, numRuns: 40 })) {
      const series = protocol.series[index];
      const signed = sells ? size : -size;
      const contract = await ask<
        Record<"premium" | "fee" | "tradeVol" | "markVol" | "mark" | "delta" | "vega", bigint>
      >(bench, "OptionVault", protocol.addresses.vault, "quote", [
        series.id,
        BigInt(Math.round(signed * 1e4)) * 10n ** 14n,
      ]);
      const twin = quoteTrade(view, protocol.terms, series, signed, true)!;
      const what = `${series.isCall ? "call" : "put"} ${series.strike} ${series.expiry} × ${signed}`;
      expectNear(twin.premium, Number(contract.premium) / 1e6, 1.01e-6, `premium of ${what}`);
      expectNear(twin.fee, Number(contract.fee) / 1e6, 2.01e-6, `fee of ${what}`);
      expectNear(twin.tradeVol, Number(contract.tradeVol) / WAD, 1e-12, `trade vol of ${what}`);
      expectNear(twin.markVol, Number(contract.markVol) / WAD, 1e-12, `mark vol of ${what}`);
      expectNear(twin.mark, Number(contract.mark) / WAD, 1e-9, `mark of ${what}`);
      expectNear(twin.delta, Number(contract.delta) / WAD, 1e-11, `delta of ${what}`);
      expectNear(twin.vega, Number(contract.vega) / WAD, 1e-9, `vega of ${what}`);
    }
  }

  it("quotes as the vault does under the constant vol", async () => {
    await compareQuotes();
  });

  it("quotes as the vault does under the posted grid, model uncertainty included", async () => {
    await postSmiles();
    await bench.mine(12, bench.protocol.setVolSource("grid"));
    await compareQuotes();
  });

  it("quotes as the vault does under the true vols", async () => {
    await postTruth();
    await bench.mine(12, bench.protocol.setVolSource("truth"));
    await compareQuotes();
  });

  it("quotes as the vault does under the trailing vol", async () => {
    const now = bench.time + 12;
    await bench.act("reporter", {
      kind: "report",
      underlying: bench.protocol.underlying,
      rounds: [{ answer: 2_010, observedAt: now, updatedAt: now }],
    });
    await bench.act("harness", { kind: "update-trailing", underlying: bench.protocol.underlying });
    await bench.mine(12, bench.protocol.setVolSource("trailing"));
    await compareQuotes();
  });

  it("reads each source's vol at any spot as the source itself does", async () => {
    const { protocol } = bench;
    for (const source of ["constant", "grid", "truth", "trailing"] as const) {
      await bench.mine(12, protocol.setVolSource(source));
      const view = await bench.view();
      const points = fc.record({
        index: fc.nat({ max: protocol.series.length - 1 }),
        spot: fc.integer({ min: 500, max: 6_000 }),
      });
      for (const { index, spot } of fc.sample(points, { seed: 11, numRuns: 15 })) {
        const series = protocol.series[index];
        const args = [series.underlying, BigInt(series.expiry), BigInt(series.strike) * 10n ** 18n];
        const [vol] = await ask<readonly [bigint, bigint, bigint]>(
          bench,
          "PostedGrid",
          protocol.addresses[source],
          "volOf",
          [...args, BigInt(spot) * 10n ** 18n],
        );
        expectNear(
          volAt(view, series, spot).vol,
          Number(vol) / WAD,
          1e-12,
          `${source} at ${spot} for ${series.strike}`,
        );
      }
    }
  });

  it("values margin accounts as the margin engine does", async () => {
    await bench.mine(12, bench.protocol.setVolSource("grid"));
    await compareMargins(bench);
  });

  it("hedges by as much as the hedger does", async () => {
    const { protocol } = bench;
    const [hedge] = await (async () => {
      const view = await bench.view();
      const decision = hedgeDecision(view, protocol.terms, protocol.underlying, bench.time + 12);
      const events = await bench.act("harness", { kind: "hedge", underlying: protocol.underlying });
      const done = events.find((event) => event.kind === "hedged");
      return [{ decision, traded: done?.kind === "hedged" ? done.traded : 0 }];
    })();
    expectNear(hedge.decision.trade, hedge.traded, 1e-6, "hedge");
  });

  it("swaps to the last unit as Uniswap's router computes it", async () => {
    const reserves = fc.bigInt(10n ** 6n, 10n ** 24n);
    const cases = fc.sample(fc.tuple(fc.bigInt(1n, 10n ** 22n), reserves, reserves), { seed: 3, numRuns: 20 });
    for (const [input, reserveIn, reserveOut] of cases) {
      const out = await ask<bigint>(bench, "UniswapV2Router02", bench.protocol.addresses.router, "getAmountOut", [
        input,
        reserveIn,
        reserveOut,
      ]);
      expect(swapOutput(input, reserveIn, reserveOut)).to.equal(out);
      if (out === 0n) continue;
      const needed = swapInput(out, reserveIn, reserveOut);
      const args = [out, reserveIn, reserveOut];
      expect(needed).to.equal(
        await ask<bigint>(bench, "UniswapV2Router02", bench.protocol.addresses.router, "getAmountIn", args),
      );
    }
  });
});

describe("float twin where the model's deviation bounds sizes and margins", () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open({ preset: "WARY" });
    await bench.mine(12, bench.protocol.setVolSource("grid"));
    const { underlying, expiries } = bench.protocol;
    const smiles = expiries.map((expiry) => ({
      ...{ underlying, expiry, secondsToExpiry: expiry - bench.time - 12, referenceVol: 0.5, sd: 0.08 },
      vols: Float64Array.from({ length: 16 }, (_, node) => 0.5 + 0.01 * (node - 7.5) ** 2),
    }));
    await bench.act("keeper", { kind: "post-smiles", smiles });
  });
  after(async () => {
    await bench.chain.close();
  });

  it("values margin accounts as the margin engine does", () => compareMargins(bench));

  it("knows the largest trade to the vega limit that the vault has for a model as unsure", async () => {
    const { protocol } = bench;
    const view = await bench.view();
    const series = protocol.series.find(({ strike, isCall, expiry }) => {
      return isCall && strike === 2000 && expiry === protocol.expiries.at(-1);
    })!;
    const limit = openingLimitOf(view, protocol.terms, series);
    expect(limit).to.be.closeTo((vegaLimitOf(view, protocol.terms) * 0.05) / 0.08, 1e-6 * limit);
    const { vega } = quoteTrade(view, protocol.terms, series, 1, true)!;
    const largest = (limit * protocol.terms.vault.maxTrade) / vega;
    const outcomeOf = async (size: number) => {
      const events = await bench.act("trader", { kind: "buy", series, size, limit: 1e9 });
      const outcome = events.find(({ kind }) => kind === "outcome");
      return outcome?.kind === "outcome" && outcome.done;
    };
    expect(await outcomeOf(1.01 * largest)).to.equal(false);
    expect(await outcomeOf(0.99 * largest)).to.equal(true);
  });
});

/** Shorts of every expiry but the first, on every other series, and what the contract says that the accounts need. */
async function compareMargins(bench: Bench): Promise<void> {
  const { protocol } = bench;
  const held = protocol.series.filter(({ strike, expiry }) => expiry !== protocol.expiries[0] && strike !== 2_000);
  for (const series of held.filter((_, index) => index % 2 === 0).slice(0, 3)) {
    const [outcome] = (await bench.act("writer", { kind: "open-short", series, size: 1.2, limit: 0 })).filter(
      ({ kind }) => kind === "outcome",
    );
    expect(outcome).to.include({ kind: "outcome", done: true });
  }
  await bench.act("writer", { kind: "deposit-collateral", underlying: protocol.underlying, amount: 3 });
  const view = await bench.view();
  for (const { actor } of [bench.account("writer"), bench.account("trader"), ...protocol.genesisAccounts]) {
    const contract = await ask<Record<"equity" | "maintenance" | "initial", bigint>>(
      bench,
      "MarginEngine",
      protocol.addresses.margin,
      "health",
      [actor],
    );
    const twin = marginHealth(view, protocol.terms, view.accounts.get(actor)!);
    for (const part of ["equity", "maintenance", "initial"] as const) {
      expectNear(twin[part], Number(contract[part]) / WAD, 1e-6, `${part} of ${actor}`);
    }
  }
}

async function ask<T>(
  bench: Bench,
  contract: ContractName,
  to: Address,
  functionName: string,
  args: readonly unknown[],
): Promise<T> {
  const { abi } = artifactOf(contract);
  const data = await bench.chain.call(to, encodeFunctionData({ abi, functionName, args }));
  return decodeFunctionResult({ abi, functionName, data }) as T;
}
