import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { EmptySnapshotError, MarketSurface } from "../../src/processes/market-surface.ts";
import { parseOptionQuotes } from "../../src/processes/quotes.ts";

const HEADER = "snapshot_utc,expiry_utc_0800,type,strike,bid,ask,mark,mark_iv,forward,index,oi";
const SNAPSHOT = Date.UTC(2026, 0, 1, 9, 30) / 1000;

/** A sound row: 50 % vol, marked at Black's price in coins. */
function row(expiry: string, type: "C" | "P", strike: number, vol = 0.5, time = "2026-01-01T09:30:00Z"): string {
  const years = (Date.parse(`${expiry}T08:00:00Z`) / 1000 - SNAPSHOT) / 31_536_000;
  const mark = blackPrice(type === "C", 90_000, strike, years, vol) / 90_000;
  return [time, expiry, type, strike, mark * 0.98, mark * 1.02, mark.toFixed(6), vol, 90_000, 89_990, 12].join(",");
}

const SOUND = [
  row("2026-01-30", "P", 80_000, 0.6),
  row("2026-01-30", "C", 100_000, 0.5),
  row("2026-01-09", "P", 85_000, 0.7),
  row("2026-01-09", "C", 95_000, 0.7),
];
const file = (rows: string[]): string => [HEADER, ...rows].join("\n");

describe("parseOptionQuotes", () => {
  it("turns coins into USD and dates into 08:00 UTC, by expiry and strike", () => {
    const { snapshots, quality } = parseOptionQuotes("q.csv", file(SOUND));
    expect(snapshots).to.have.length(1);
    const [first] = snapshots[0].quotes;
    expect(first.expiry).to.equal(Date.UTC(2026, 0, 9, 8) / 1000);
    expect(first.strike).to.equal(85_000);
    expect(first.bid).to.be.closeTo(first.mark * 0.98, 1);
    expect(first.mark).to.be.closeTo(
      blackPrice(false, 90_000, 85_000, (first.expiry - SNAPSHOT) / 31_536_000, 0.7),
      0.1,
    );
    expect(quality).to.include({ rows: 4, droppedRows: 0 });
  });

  it("refuses snapshots that go back in time, and orders them where it may sort", () => {
    const earlier = row("2026-01-30", "P", 80_000, 0.6, "2026-01-01T03:30:00Z");
    const rows = file([...SOUND, earlier]);
    expect(() => parseOptionQuotes("q.csv", rows)).to.throw(UserError, /^q\.csv:6: .*goes back.* --repair sort/);
    const { snapshots, quality } = parseOptionQuotes("q.csv", rows, "sort");
    expect(snapshots.map(({ time }) => time)).to.deep.equal([SNAPSHOT - 21_600, SNAPSHOT]);
    expect(quality.faults).to.deep.equal([
      { what: "the snapshot goes back in time", count: 1, lines: [6], repairedBy: "sort" },
    ]);
    expect(parseOptionQuotes("q.csv", rows, "drop").quality).to.include({ droppedRows: 1, snapshots: 1 });
  });

  it("counts holes of more than two days between snapshots, and says where they are", () => {
    const later = row("2026-01-30", "P", 80_000, 0.6, "2026-01-05T09:30:00Z");
    const { quality } = parseOptionQuotes("q.csv", file([...SOUND, later]));
    expect(quality.gaps).to.deep.equal([{ from: SNAPSHOT, to: SNAPSHOT + 4 * 86_400 }]);
  });

  const faults: [string, (fields: string[]) => void, string][] = [
    ["a bid above the ask", (fields) => (fields[4] = "0.9"), "bid is above ask"],
    ["an empty mark", (fields) => (fields[6] = ""), "mark is empty (column 7)"],
    ["a negative strike", (fields) => (fields[3] = "-5"), "strike is not positive (column 4)"],
    ["a vol in percent", (fields) => (fields[7] = "50"), "mark_iv is outside 1 % to 1,000 %"],
    ["a vol ten times too low", (fields) => (fields[7] = "0.05"), "mark is not Black's price of mark_iv"],
    ["a mark in dollars", (fields) => (fields[6] = "4000"), "mark is not Black's price of mark_iv"],
    ["an ask in dollars", (fields) => (fields[5] = "4000"), "ask is more than the option can ever pay"],
    ["a strike in cents", (fields) => (fields[3] = "10000000"), "strike is far off its forward"],
    ["a forward a hundredfold", (fields) => (fields[8] = "9000000"), "far off"],
    ["another type", (fields) => (fields[2] = "X"), "type is neither C nor P (column 3)"],
    ["an expired option", (fields) => (fields[1] = "2025-12-31"), "has expired before its snapshot"],
    ["a time that is none", (fields) => (fields[0] = "noon"), "snapshot is no UTC time (column 1)"],
  ];
  for (const [name, change, what] of faults) {
    it(`refuses ${name} with its line, and leaves it out under drop`, () => {
      const rows = [...SOUND];
      const fields = rows[1].split(",");
      change(fields);
      rows[1] = fields.join(",");
      expect(() => parseOptionQuotes("q.csv", file(rows))).to.throw(UserError, what);
      expect(() => parseOptionQuotes("q.csv", file(rows))).to.throw(UserError, /^q\.csv:3: /);
      const { snapshots, quality } = parseOptionQuotes("q.csv", file(rows), "drop");
      expect(snapshots[0].quotes).to.have.length(3);
      expect(quality.droppedRows).to.equal(1);
    });
  }

  it("refuses an option quoted twice", () => {
    expect(() => parseOptionQuotes("q.csv", file([...SOUND, SOUND[0]]))).to.throw(UserError, "quoted twice");
  });

  it("refuses a file in other units, and a rule that makes no sense", () => {
    const inDollars = SOUND.map((line) => {
      const fields = line.split(",");
      for (const i of [4, 5, 6]) fields[i] = String(Number(fields[i]) * 90_000);
      return fields.join(",");
    });
    expect(() => parseOptionQuotes("q.csv", file(inDollars))).to.throw(
      UserError,
      "expected bid, ask and mark in coins",
    );
    expect(() => parseOptionQuotes("q.csv", file(SOUND), "forward-fill")).to.throw(
      UserError,
      "no rule for option quotes",
    );
  });

  it("reads recorded BTC quotes as their publisher counts them", function () {
    this.timeout(20_000);
    const folder = process.env.REGIMEBREAK_DATA;
    const path = join(folder ?? "", "restricted/options_deribit_btc_2026-04-01_2026-08-22.csv");
    if (folder === undefined || !existsSync(path)) this.skip();
    const { snapshots, quality } = parseOptionQuotes("btc.csv", readFileSync(path, "utf8"));
    expect(snapshots).to.have.length(99);
    expect(quality).to.deep.include({ rows: 44_204, faults: [] });
    expect(quality.medianMarkError).to.be.lessThan(1e-5);
  });
});

describe("MarketSurface", () => {
  const { snapshots } = parseOptionQuotes("q.csv", file(SOUND));
  const surface = new MarketSurface(snapshots[0]);
  const near = (Date.UTC(2026, 0, 9, 8) / 1000 - SNAPSHOT) / 31_536_000;
  const far = (Date.UTC(2026, 0, 30, 8) / 1000 - SNAPSHOT) / 31_536_000;

  it("gives back the quotes", () => {
    expect(surface.volAt(Math.log(80 / 90), far)).to.be.closeTo(0.6, 1e-12);
    expect(surface.volAt(Math.log(100 / 90), far)).to.be.closeTo(0.5, 1e-12);
    expect(surface.volAt(0, near)).to.be.closeTo(0.7, 1e-12);
  });

  it("interpolates total variance in time and stays flat outside", () => {
    const middle = 0.5 * (near + far);
    const k = Math.log(80 / 90);
    expect(surface.volAt(k, middle) ** 2 * middle).to.be.closeTo(0.5 * (0.49 * near + 0.36 * far), 1e-12);
    expect(surface.volAt(-3, far)).to.be.closeTo(0.6, 1e-12);
    expect(surface.volAt(3, 2)).to.be.closeTo(0.5, 1e-12);
    expect(surface.volAt(0, near / 10)).to.be.closeTo(0.7, 1e-12);
  });

  it("refuses a snapshot without a quote out of the money", () => {
    expect(() => new MarketSurface({ time: SNAPSHOT, quotes: [] })).to.throw(EmptySnapshotError);
  });
});
