import { expect } from "chai";
import { decodeFunctionResult, encodeFunctionData, type Address } from "viem";

import { UserError } from "../../src/errors/user-error.ts";
import { artifactOf, type ContractName } from "../../src/protocol/artifacts.ts";
import { SetupFailedError } from "../../src/protocol/deploy/setup-blocks.ts";
import { Bench, plan, terms } from "./reference-fixture.ts";

const START = Date.parse(terms.clock.start) / 1000;

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("referenceAdapter.deploy", () => {
  const open: Bench[] = [];
  async function deploy(...changes: Parameters<typeof Bench.open>): Promise<Bench> {
    const bench = await Bench.open(...changes);
    open.push(bench);
    return bench;
  }

  after(async () => {
    for (const { chain } of open) await chain.close();
  });

  it("reaches the scenario's state before the start", async () => {
    const bench = await deploy();
    const view = await bench.view();
    expect(bench.time).to.be.below(START);
    const [market] = view.markets;
    expect(market).to.include({ price: 2000, confidence: 1, oracle: "good", poolQuote: 2e6, poolUnderlying: 1000 });
    expect(market).to.include({ inventory: 150, poolMean: 2000 });
    expect(Math.abs(view.vault.navLow - 1e6)).to.be.below(2e3);
    expect(view.fund).to.equal(20_000);
    expect(view.vols).to.include({ source: "constant", vol: 0.5 });
  });

  it("opens the genesis book by trades, with its holders", async () => {
    const bench = await deploy();
    const view = await bench.view();
    const nets = view.series.filter(({ net }) => net !== 0).map(({ strike, isCall, net }) => [strike, isCall, net]);
    expect(nets).to.deep.equal([
      [2000, true, -20],
      [2200, true, 10],
      [1800, false, -30],
    ]);
    const [, longs, shorts] = bench.protocol.genesisAccounts.map(({ actor }) => view.accounts.get(actor)!);
    expect(longs.longs.reduce((sum, size) => sum + size, 0)).to.equal(50);
    expect(shorts.shorts.reduce((sum, size) => sum + size, 0)).to.equal(10);
  });

  it("gives each agent's account its capital", async () => {
    const bench = await deploy();
    const view = await bench.view();
    const trader = view.accounts.get(bench.account("trader").actor)!;
    expect(trader).to.include({ quoteUnits: 400_000_000_000n, marginCash: 50_000 });
    expect(trader.underlyingUnits[0]).to.equal(10n ** 19n);
  });

  it("shows in the view what the contracts answer", async () => {
    const bench = await deploy();
    const view = await bench.view();
    const { addresses, genesisAccounts } = bench.protocol;
    const ask = async (contract: ContractName, to: Address, functionName: string, args: unknown[] = []) => {
      const { abi } = artifactOf(contract);
      const data = await bench.chain.call(to, encodeFunctionData({ abi, functionName, args }));
      return decodeFunctionResult({ abi, functionName, data }) as bigint;
    };
    const { vault } = addresses;
    expect(view.vault.cashUnits).to.equal(await ask("OptionVault", vault, "cash"));
    expect(view.vault.navLow).to.equal(Number(await ask("OptionVault", vault, "navLow")) / 1e6);
    expect(view.vault.navHigh).to.equal(Number(await ask("OptionVault", vault, "navHigh")) / 1e6);
    expect(view.vault.totalVega).to.equal(Number(await ask("OptionVault", vault, "totalVega")) / 1e18);
    expect(view.marginCashUnits).to.equal(await ask("MarginEngine", addresses.margin, "totalCash"));
    expect(view.markets[0].netDelta).to.equal(Number(await ask("Hedger", addresses.hedger, "netDelta", [0])) / 1e18);
    for (const series of view.series) {
      expect(series.netUnits).to.equal(await ask("OptionVault", vault, "net", [series.id]));
      expect(series.supplyUnits).to.equal(await ask("OptionToken", addresses.token, "totalSupply", [series.id]));
      expect(series.shortUnits).to.equal(await ask("MarginEngine", addresses.margin, "totalShort", [series.id]));
    }
    for (const { actor } of [...bench.protocol.accounts, ...genesisAccounts]) {
      const account = view.accounts.get(actor)!;
      expect(account.quoteUnits).to.equal(await ask("TestToken", addresses.quote, "balanceOf", [actor]));
      expect(account.shares).to.equal(await ask("OptionVault", vault, "balanceOf", [actor]));
      expect(account.marginCashUnits).to.equal(await ask("MarginEngine", addresses.margin, "cashOf", [actor]));
    }
  });

  it("moves nobody's address when an agent is added", async () => {
    const more = { id: "newcomer", role: "hedger", accounts: [{ name: "main", quote: 1, underlying: 0, margin: 0 }] };
    const [one, other] = [await deploy(), await deploy({ agents: [more, ...plan.agents] })];
    expect(other.protocol.addresses).to.deep.equal(one.protocol.addresses);
    expect(other.account("trader")).to.deep.equal(one.account("trader"));
  });

  it("gives the same state twice", async () => {
    const [one, other] = [await deploy(), await deploy()];
    const blocks = await Promise.all([one.mine(12), other.mine(12)]);
    expect(blocks[0].stateRoot).to.equal(blocks[1].stateRoot);
    expect(blocks[0].hash).to.equal(blocks[1].hash);
    expect(one.protocol.read.hash(await one.readRaw())).to.equal(other.protocol.read.hash(await other.readRaw()));
  });

  it("trades an underlying with eight decimals as well", async () => {
    const bench = await deploy({ scenario: { ...terms, asset: "BTC", spot: 60_000 } });
    const view = await bench.view();
    expect(bench.protocol.underlying).to.equal(1);
    expect(view.markets[1]).to.include({ price: 60_000, inventory: 5 });
    expect(view.accounts.get(bench.account("trader").actor)!.underlyingUnits[1]).to.equal(10n ** 9n);
    const series = bench.protocol.series.find(({ strike, isCall }) => strike === 60_000 && isCall)!;
    const events = await bench.act("trader", { kind: "buy", series, size: 0.1, limit: Infinity });
    expect(events.map(({ kind }) => kind)).to.include("traded");
  });

  it("switches defences by preset before the first deposit", async () => {
    const bench = await deploy({ preset: "NAIVE" });
    const view = await bench.view();
    expect(bench.protocol.terms.defences).to.equal(0n);
    expect(view.vault.navLow).to.equal(view.vault.navHigh - 1e-6);
  });

  it("names an unknown preset and an unknown term", async () => {
    const preset = await failure(deploy({ preset: "FUL" }));
    expect(preset).to.be.instanceOf(UserError);
    expect((preset as Error).message).to.contain('unknown preset "FUL". Did you mean "FULL"?');
    const protocol = { ...terms.protocol, terms: { halfSpred: 0.01 } };
    const term = await failure(deploy({ scenario: { ...terms, protocol } }));
    expect((term as Error).message).to.contain('unknown term "halfSpred". Did you mean "halfSpread"?');
  });

  it("says which step of the set-up a scenario makes fail, and why", async () => {
    const listing = { ...terms.listing, expiries: [-100_000], genesisBook: [] };
    const error = await failure(deploy({ scenario: { ...terms, listing } }));
    expect(error).to.be.instanceOf(SetupFailedError);
    expect((error as Error).message).to.contain('set-up of the protocol failed at "list"');
  });
});
