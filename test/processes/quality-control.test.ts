import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import type { Repairs } from "../../src/processes/data-faults.ts";
import { parsePriceHistory } from "../../src/processes/history.ts";
import { parseVolatilityIndex } from "../../src/processes/volatility-index.ts";
import { createRandom } from "../../src/random/random.ts";

const START = Date.UTC(2024, 0, 1) / 1000;
const HEADER = "time,open,high,low,close";
/** Bars that move by half a per cent an hour, as fields; line i + 2 of the file. */
const random = createRandom(2, "quality");
const sound: readonly (readonly number[])[] = (() => {
  let price = 2000;
  return Array.from({ length: 120 }, (_, hour) => {
    const close = price * Math.exp(0.005 * random.normal(hour, 0));
    const row = [START + 3600 * hour, price, Math.max(price, close), Math.min(price, close), close];
    price = close;
    return row;
  });
})();

type Rows = (number | string)[][];

function parse(change: (rows: Rows) => void, repairs?: Repairs) {
  const rows: Rows = sound.map((row) => [...row]);
  change(rows);
  return parsePriceHistory("broken.csv", [HEADER, ...rows.map((row) => row.join(","))].join("\n"), repairs);
}

function refusal(change: (rows: Rows) => void, repairs?: Repairs): string {
  try {
    parse(change, repairs);
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error("expected the file to be refused");
}

const scale = (row: (number | string)[], factor: number, fields = [1, 2, 3, 4]) =>
  fields.forEach((field) => (row[field] = Number(row[field]) * factor));

/** Each fault with how it shows, and how many rows dropping leaves. */
const faults: readonly (readonly [string, (rows: Rows) => void, RegExp, number])[] = [
  ["one price in cents", (rows) => scale(rows[40], 100), /^broken\.csv:42: .*unit slip/, 119],
  ["a low in cents", (rows) => scale(rows[40], 0.01, [3]), /^broken\.csv:42: low is off.*unit slip/, 119],
  [
    "one time in milliseconds",
    (rows) => (rows[40][0] = Number(rows[40][0]) * 1000),
    /:42: time is in milliseconds, most of the file in seconds/,
    119,
  ],
  ["a time that goes back", (rows) => rows.splice(50, 0, rows.splice(40, 1)[0]), /:52: time goes back/, 119],
  ["a repeated row", (rows) => rows.splice(41, 0, [...rows[40]]), /:43: time repeats the row before\. /, 120],
  [
    "a repeated time with other prices",
    (rows) => rows.splice(41, 0, [rows[40][0], 2000, 2000, 2000, 2000]),
    /:43: time repeats the row before, with other prices/,
    120,
  ],
  [
    "a close that leaves by a third and comes back",
    (rows) => scale(rows[40], 0.66, [3, 4]),
    /:42: close leaves its neighbours and comes back at once/,
    119,
  ],
  ["a low at half the price", (rows) => scale(rows[40], 0.5, [3]), /:42: high or low is far off open and close/, 119],
  ["a price of an odd factor", (rows) => scale(rows[40], 5.5), /:42: .*bad print/, 119],
];

describe("quality control of prices", () => {
  it("finds nothing in sound bars", () => {
    expect(parse(() => undefined).quality).to.deep.include({ faults: [], gaps: [], droppedRows: 0 });
  });

  for (const [name, change, message, kept] of faults)
    it(`finds ${name}, refuses it with its line, and counts what drop leaves out`, () => {
      expect(refusal(change)).to.match(message);
      const { bars, quality } = parse(change, "drop");
      expect(bars.times.length).to.equal(kept);
      expect(quality.faults).to.have.length(1);
      expect(quality.faults[0]).to.include({ count: 1, repairedBy: "drop" });
    });

  it("names all kinds at once, and the one rule that repairs them all", () => {
    const message = refusal((rows) => {
      scale(rows[90], 100);
      rows[40][4] = "";
      rows.splice(21, 0, [...rows[20]]);
    });
    expect(message).to.match(/^broken\.csv:23: time repeats.*; 1 × close is empty \(column 5\), first in line 43; /);
    expect(message).to.match(/unit slip\?\), first in line 93\. Fix them or pass --repair drop$/);
  });

  it("puts a slip of the unit back by rescale, whole rows and single fields, and no bad print", () => {
    for (const change of [(rows: Rows) => scale(rows[40], 100), (rows: Rows) => scale(rows[40], 0.01, [3])]) {
      const { bars, quality } = parse(change, "rescale");
      expect(bars.lows[40]).to.be.closeTo(sound[40][3], 1e-9);
      expect(bars.closes[40]).to.be.closeTo(sound[40][4], 1e-9);
      expect(quality).to.include({ droppedRows: 0 });
      expect(quality.faults[0]).to.deep.include({ count: 1, lines: [42], repairedBy: "rescale" });
    }
    expect(refusal((rows) => scale(rows[40], 5.5), "rescale")).to.match(/bad print.* or pass --repair rescale,drop$/);
  });

  it("puts times in milliseconds back by rescale", () => {
    const half = (rows: Rows) => rows.slice(70).forEach((row) => (row[0] = Number(row[0]) * 1000));
    const { bars, quality } = parse(half, "rescale");
    expect([...bars.times]).to.deep.equal(sound.map(([time]) => time));
    expect(quality.faults[0]).to.include({ count: 50, repairedBy: "rescale" });
  });

  it("takes a level in another unit for good by rescale only: leaving out its first row would keep the rest", () => {
    const cents = (rows: Rows) => rows.slice(70).forEach((row) => scale(row, 100));
    expect(refusal(cents)).to.match(/:72: the level changes for good.* or pass --repair rescale$/);
    expect(refusal(cents, "drop")).to.match(/:72: the level changes for good/);
    const { bars } = parse(cents, ["rescale", "drop"]);
    for (const [i, close] of bars.closes.entries()) expect(close).to.be.closeTo(sound[i][4], 1e-6);
  });

  it("refuses a level that changes by what is no power of ten, whatever the rules", () => {
    const split = (rows: Rows) => rows.slice(70).forEach((row) => scale(row, 5.5));
    expect(refusal(split, ["rescale", "sort", "drop"])).to.match(/the level changes for good.*Fix it$/);
  });

  it("puts rows in order by sort, and finds what repeats once they are", () => {
    const mixed = (rows: Rows) => {
      rows.splice(50, 0, rows.splice(40, 1)[0]);
      rows.push([...rows[10]]);
    };
    expect(refusal(mixed, "sort")).to.match(/time repeats the row before\..* or pass --repair sort,drop$/);
    const { bars, quality } = parse(mixed, ["drop", "sort"]);
    expect([...bars.times]).to.deep.equal(sound.map(([time]) => time));
    expect(quality.repairs).to.deep.equal(["sort", "drop"]);
    expect(quality.faults.map(({ what, repairedBy }) => [what, repairedBy])).to.deep.include.members([
      ["time goes back", "sort"],
      ["time repeats the row before", "drop"],
    ]);
  });

  it("counts bars in which nothing moved: a feed that stood still", () => {
    const { quality } = parse((rows) =>
      rows.slice(30, 36).forEach((row) => row.splice(1, 4, ...Array(4).fill(rows[29][4]))),
    );
    expect(quality.stillBars).to.be.within(5, 6);
  });

  it("leaves real crashes alone: a fall of half in an hour that stays", () => {
    const crash = (rows: Rows) => {
      scale(rows[70], 0.52, [3, 4]);
      rows.slice(71).forEach((row) => scale(row, 0.52));
    };
    expect(parse(crash).quality.faults).to.deep.equal([]);
  });
});

describe("quality control of an index of implied vol", () => {
  const index = (change: (rows: [number, number][]) => void, repairs?: Repairs, unit = 100) => {
    const rows = Array.from({ length: 60 }, (_, hour): [number, number] => [START + 3600 * hour, 60 + (hour % 7)]);
    change(rows);
    return parseVolatilityIndex(
      "index.csv",
      ["time,v", ...rows.map((row) => row.join(","))].join("\n"),
      "v",
      unit,
      repairs,
    );
  };

  it("finds fractions among percents, and puts them back by rescale", () => {
    const change = (rows: [number, number][]) => rows.slice(20, 22).forEach((row) => (row[1] /= 100));
    expect(() => index(change)).to.throw(UserError, /^index\.csv:22: .*another unit.*1 more row like it/);
    const { vols, quality } = index(change, "rescale");
    expect(vols[20]).to.be.closeTo((60 + (20 % 7)) / 100, 1e-9);
    expect(quality.faults[0]).to.include({ count: 2, repairedBy: "rescale" });
    expect(index(change, "drop").quality).to.include({ droppedRows: 2, missingBars: 2 });
  });

  it("refuses a column in fractions that is said to be in percent, whatever the rules", () => {
    const fractions = (rows: [number, number][]) => rows.forEach((row) => (row[1] /= 100));
    expect(() => index(fractions, ["rescale", "drop"])).to.throw(UserError, /another unit/);
    expect([...index(fractions, undefined, 1).vols]).to.have.length(60);
  });

  it("counts gaps and where the longest is", () => {
    const { quality } = index((rows) => {
      rows.splice(30, 5);
      rows.splice(10, 1);
    });
    expect(quality).to.include({ missingBars: 6 });
    expect(quality.gaps).to.deep.equal([
      { from: START + 10 * 3600, to: START + 11 * 3600 },
      { from: START + 30 * 3600, to: START + 35 * 3600 },
    ]);
  });

  it("refuses repeated and backward times unless a rule repairs them", () => {
    const mixed = (rows: [number, number][]) => {
      rows.splice(30, 0, rows.splice(20, 1)[0]);
      rows.push([...rows[59]]);
    };
    expect(() => index(mixed)).to.throw(UserError, /time goes back.*time repeats.*--repair drop/);
    const { times, quality } = index(mixed, ["sort", "drop"]);
    expect([...times]).to.deep.equal(Array.from({ length: 60 }, (_, hour) => START + 3600 * hour));
    expect(quality.droppedRows).to.equal(1);
  });
});
