import { expect } from "chai";
import fc from "fast-check";

import { HOUR, MAX, seriesId, TestProtocol, usd, wad } from "./deploy-protocol.ts";

/** Something that a user, keeper or the market does; numbers are drawn in [0, 1). */
type Move = (p: TestProtocol, ids: readonly bigint[], x: number, y: number) => Promise<unknown>;

const pick = <T>(items: readonly T[], x: number): T => items[Math.floor(x * items.length)];
const account = (p: TestProtocol, x: number) => pick(p.users.slice(0, 3), x);

const MOVES: Record<string, Move> = {
  deposit: (p, _, x, y) => p.as(account(p, x), "margin").deposit(usd(1 + y * 20_000)),
  withdraw: (p, _, x, y) => p.as(account(p, x), "margin").withdraw(usd(1 + y * 20_000)),
  depositCollateral: (p, _, x, y) => p.as(account(p, x), "margin").depositCollateral(0, wad(0.1 + y * 5)),
  withdrawCollateral: (p, _, x, y) => p.as(account(p, x), "margin").withdrawCollateral(0, wad(0.1 + y * 5)),
  sellCollateral: (p, _, x, y) => p.as(account(p, x), "margin").sellCollateral(0, wad(0.1 + y * 5), 0),
  openShort: (p, ids, x, y) => p.as(p.users[x < 0.8 ? 1 : 2], "margin").openShort(pick(ids, y), wad(0.5 + 7 * x), 0),
  closeShort: (p, ids, x, y) => p.as(account(p, x), "margin").closeShort(pick(ids, y), wad(0.1 + 3 * x), MAX),
  buy: (p, ids, x, y) => p.as(account(p, x), "vault").buy(pick(ids, y), wad(1 + 60 * x), MAX),
  sell: (p, ids, x, y) => p.as(account(p, x), "vault").sell(pick(ids, y), wad(0.1 + 2 * x), 0),
  crash: (p, _, x) => p.moveEth(1000 + 800 * x),
  fall: (p, _, x) => p.moveEth(1650 + 100 * x),
  rise: (p, _, x) => p.moveEth(2000 + 800 * x),
  wait: (p, _, x) => p.pass(60 + Math.floor(x * 2 * HOUR)),
  // The first account is the one that begins with a short, and the second the one that begins with capital.
  start: (p, _, x) => p.c.auction.start(p.users[x < 0.8 ? 0 : 2]),
  bid: (p, _, x, y) => p.as(p.users[x < 0.8 ? 1 : 2], "auction").bid(p.users[0], wad(0.1 + 0.9 * y), MAX),
  takeOver: async (p) => {
    await p.pass(2 * HOUR + 60);
    return p.c.auction.takeOverByVault(p.users[0]);
  },
  end: (p) => p.c.auction.end(p.users[0]),
  poke: (p) => p.c.vault.poke(0, [p.expiry]),
  hedge: (p) => p.c.hedger.rebalance(0),
};

/** Errors by which the contracts refuse a move; a panic or an empty revert is none of them. */
const REFUSALS = /custom error '(Margin|Vault|Auction|Hedger|Oracle|ERC20|ERC6909)[A-Za-z0-9]+\(/;

describe("the protocol under random use", function () {
  this.timeout(120_000);

  it("keeps its books exact, whatever happens in whatever order", async () => {
    const p = await TestProtocol.deploy();
    await p.c.vault.setTerms({
      ...(await p.c.vault.terms()).toObject(),
      maxTrade: wad(1),
      vegaLimit: wad(0.2),
      maxAbsDelta: wad(1),
    });
    await p.c.vault.poke(0, [p.expiry]);
    const ids = [seriesId(0, p.expiry, 2000, "put"), seriesId(0, p.expiry, 2200, "call")];
    const snapshot = await p.networkHelpers.takeSnapshot();
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const move = fc.tuple(fc.constantFrom(...Object.keys(MOVES)), unit, unit);
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 40, maxLength: 60 }), async (moves) => {
        await snapshot.restore();
        await p.as(p.users[0], "margin").deposit(usd(7_400));
        await p.as(p.users[0], "margin").openShort(ids[0], wad(10), 0);
        await p.as(p.users[1], "margin").deposit(usd(200_000));
        await p.as(p.users[2], "vault").buy(ids[0], wad(80), MAX);
        for (const [name, x, y] of moves) {
          try {
            await MOVES[name](p, ids, x, y);
            done.set(name, (done.get(name) ?? 0) + 1);
          } catch (error) {
            expect((error as Error).message, `${name} ${x} ${y}`).to.match(REFUSALS);
          }
          await p.checkLaws(ids);
          for (const user of p.users.slice(0, 3)) expect(await p.c.margin.cashOf(user)).to.be.greaterThanOrEqual(0n);
        }
        expect(await p.c.auction.insolventMaintenance()).to.be.greaterThanOrEqual(0n);
      }),
      { numRuns: 5, seed: 7 },
    );
    for (const name of Object.keys(MOVES)) expect(done.get(name) ?? 0, `${name} succeeded`).to.be.greaterThan(0);
    expect(await p.c.eth.balanceOf(p.c.hedger)).to.equal(await p.c.hedger.inventory(0));
    await p.close();
  });
});
