import { expect } from "chai";
import { accountParts, readFigures } from "../../src/chain/account-parts.ts";
import { Bench } from "./reference-fixture.ts";

describe("lensReadLayout", () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.open();
  });
  after(async () => {
    await bench.chain.close();
  });

  it("finds in a read each account's wei, tokens, shares, margin and collateral, as the view has them", async () => {
    const view = await bench.view();
    const { read, accounts } = bench.protocol.bundleFacts;
    const parts = accountParts(
      read,
      await bench.readRaw(),
      accounts.map(({ address }) => address),
    );
    expect(parts).to.have.length(accounts.length);
    for (const { address, balances } of parts) {
      const account = view.accounts.get(address)!;
      expect(balances).to.deep.equal({
        "ETH for gas": account.nativeWei,
        USD: account.quoteUnits,
        ETH: account.underlyingUnits[0],
        "vault shares": account.shares,
        "margin USD": account.marginCashUnits,
        "collateral ETH": BigInt(account.collateral[0]) * 10n ** 18n,
      });
    }
  });

  it("changes an account's hash when its claims change, and nobody else's", async () => {
    const { read } = bench.protocol.bundleFacts;
    const trader = bench.account("trader").actor;
    const addresses = bench.protocol.bundleFacts.accounts.map(({ address }) => address);
    const before = accountParts(read, await bench.readRaw(), addresses);
    const [series] = bench.protocol.series.filter(({ strike, isCall }) => strike === 2000 && isCall);
    await bench.act("trader", { kind: "buy", series, size: 1, limit: Infinity });
    const after = accountParts(read, await bench.readRaw(), addresses);
    const changed = after.filter(({ hash }, index) => hash !== before[index].hash).map(({ address }) => address);
    expect(changed).to.deep.equal([trader]);
  });

  it("computes the vault's NAV, shares and fund as the view has them", async () => {
    const { vault, fundUnits } = await bench.view();
    const { read } = bench.protocol.bundleFacts;
    const [low, high, shares, fund] = readFigures(read, await bench.readRaw(), ["navLow", "navHigh", "shares", "fund"]);
    expect([Number(low) / 1e6, Number(high) / 1e6]).to.deep.equal([vault.navLow, vault.navHigh]);
    expect([shares, fund]).to.deep.equal([vault.shares, fundUnits]);
  });
});
