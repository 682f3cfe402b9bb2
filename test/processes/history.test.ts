import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import type { RepairRule } from "../../src/processes/data-faults.ts";
import { parsePriceHistory } from "../../src/processes/history.ts";

const HEADER = "time_utc,open,high,low,close,volume";

/** Ten sound hourly bars from 2024-01-01, as lines. */
function soundLines(): string[] {
  return Array.from({ length: 10 }, (_, i) => `2024-01-01T${String(i).padStart(2, "0")}:00:00Z,100,110,90,105,7`);
}

function parseLines(lines: string[], repair?: RepairRule) {
  return parsePriceHistory("eth.csv", [HEADER, ...lines].join("\n"), repair);
}

/** Sound lines but for line `line` of the file, which is replaced. */
function withLine(line: number, text: string): string[] {
  const lines = soundLines();
  lines[line - 2] = text;
  return lines;
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error("expected a UserError");
}

describe("parsePriceHistory", () => {
  it("reads bars by column name, whatever their order and capitals", () => {
    const text = "Volume,CLOSE,Low,High,Open,Open Time\n7,105,90,110,100,1704067200\n7,106,91,111,101,1704070800";
    const { bars, quality } = parsePriceHistory("a.csv", text);
    expect([...bars.times]).to.deep.equal([1704067200, 1704070800]);
    expect([bars.opens[1], bars.highs[1], bars.lows[1], bars.closes[1]]).to.deep.equal([101, 111, 91, 106]);
    expect(bars.barSeconds).to.equal(3600);
    expect(quality).to.deep.include({ rows: 2, faults: [], gaps: [], repairs: [], droppedRows: 0, stillBars: 0 });
  });

  it("reads Binance klines without a header, in milliseconds and microseconds", () => {
    const tail = ",7,1704070799999,700,3,1,100,0";
    const rows = `1704067200000,100,110,90,105${tail}\n1704070800000,100,110,90,104${tail}`;
    expect([...parsePriceHistory("k.csv", rows).bars.times]).to.deep.equal([1704067200, 1704070800]);
    const micro = rows.replace(/^1704067200000/, "1704067200000000").replace("\n1704070800000", "\n1704070800000000");
    expect([...parsePriceHistory("k.csv", micro).bars.times]).to.deep.equal([1704067200, 1704070800]);
  });

  it("reads ISO times with a space and bare dates as UTC", () => {
    const text = "date,open,high,low,close\n2024-01-01,1,1,1,1\n2024-01-02 00:00:00,1,1,1,1";
    expect([...parsePriceHistory("d.csv", text).bars.times]).to.deep.equal([1704067200, 1704153600]);
  });

  it("says where an empty field is, how many more there are, and what to do", () => {
    const lines = soundLines();
    for (const i of [3, 5, 6, 7]) lines[i] = lines[i].replace(",105,", ",,");
    expect(messageOf(() => parseLines(lines))).to.equal(
      "eth.csv:5: close is empty (column 5); 3 more rows like it. Fix them or pass --repair drop",
    );
  });

  const faults: [string, string, string][] = [
    ["a word for a price", "2024-01-01T03:00:00Z,100,many,90,105,7", "high is no number (column 3)"],
    ["a negative price", "2024-01-01T03:00:00Z,100,110,-90,105,7", "low is not positive (column 4)"],
    ["a zero price", "2024-01-01T03:00:00Z,0,110,90,105,7", "open is not positive (column 2)"],
    ["high below low", "2024-01-01T03:00:00Z,100,90,110,105,7", "high is below low"],
    ["a close above the high", "2024-01-01T03:00:00Z,100,110,90,115,7", "open or close is outside low and high"],
    ["a repeated time", "2024-01-01T02:00:00Z,100,110,90,105,7", "time repeats the row before"],
    ["a time that goes back", "2024-01-01T01:00:00Z,100,110,90,105,7", "time goes back"],
    ["a day that does not exist", "2024-02-31T00:00:00Z,100,110,90,105,7", "time is no UTC time (column 1)"],
    ["no time", ",100,110,90,105,7", "time is empty (column 1)"],
    ["a row cut short", "2024-01-01T03:00:00Z,100", "high is empty (column 3)"],
    ["a price in cents", "2024-01-01T03:00:00Z,10000,11000,9000,10500,7", "unit slip"],
    ["a low that is far off", "2024-01-01T03:00:00Z,100,110,0.9,105,7", "low is off its neighbours"],
  ];
  for (const [name, text, what] of faults) {
    it(`refuses ${name} with its line, and leaves the row out under drop`, () => {
      const lines = withLine(5, text);
      const message = messageOf(() => parseLines(lines));
      expect(message).to.match(/^eth\.csv:5: /);
      expect(message).to.include(what).and.to.include("Fix it or pass --repair drop");
      const { bars, quality } = parseLines(lines, "drop");
      expect(bars.times.length).to.equal(9);
      expect(quality.droppedRows).to.equal(1);
      expect(quality.faults).to.have.length(1);
      expect(quality.faults[0].lines).to.deep.equal([5]);
    });
  }

  it("names every kind of fault, in the order of the file", () => {
    const lines = withLine(7, "2024-01-01T05:00:00Z,100,90,110,105,7");
    lines[1] = lines[1].replace(",105,", ",,");
    expect(messageOf(() => parseLines(lines))).to.equal(
      "eth.csv:3: close is empty (column 5); 1 × high is below low, first in line 7. Fix them or pass --repair drop",
    );
  });

  it("refuses a file whose unit changes for good", () => {
    const lines = soundLines().map((line, i) =>
      i < 5 ? line : line.replace("100,110,90,105", "10000,11000,9000,10500"),
    );
    expect(messageOf(() => parseLines(lines))).to.include("unit");
  });

  it("does not take a crash of half for a slip of the unit", () => {
    const lines = soundLines().map((line, i) => (i < 5 ? line : line.replace("100,110,90,105", "60,62,45,50")));
    expect(parseLines(lines).quality.faults).to.deep.equal([]);
  });

  it("counts gaps, and fills them with the last close when asked to", () => {
    const lines = soundLines().filter((_, i) => i !== 3 && i !== 4 && i !== 7);
    const { quality, bars } = parseLines(lines);
    expect(quality.missingBars).to.equal(3);
    expect(quality.gaps[0]).to.deep.equal({ from: bars.times[2] + 3600, to: bars.times[3] });
    const filled = parseLines(lines, "forward-fill");
    expect(filled.quality).to.include({ filledBars: 3, missingBars: 0 });
    expect(filled.bars.times.length).to.equal(10);
    expect([filled.bars.opens[3], filled.bars.highs[3], filled.bars.closes[3]]).to.deep.equal([105, 105, 105]);
  });

  it("puts a flat bar in the place of a faulty one under forward-fill", () => {
    const { bars, quality } = parseLines(withLine(5, "2024-01-01T03:00:00Z,100,110,90,,7"), "forward-fill");
    expect(bars.times.length).to.equal(10);
    expect(bars.lows[3]).to.equal(105);
    expect(quality).to.include({ droppedRows: 1, filledBars: 1 });
  });

  it("refuses what is no price file, saying what is missing", () => {
    expect(messageOf(() => parsePriceHistory("x.csv", "time,open,high,low\n2024-01-01,1,1,1"))).to.include(
      "x.csv:1: has no column for close",
    );
    expect(messageOf(() => parsePriceHistory("x.csv", ""))).to.include("has no rows");
    expect(messageOf(() => parsePriceHistory("x.csv", HEADER))).to.include("has no rows");
    expect(messageOf(() => parsePriceHistory("x.csv", `${HEADER}\n"2024`))).to.include("is no CSV");
    expect(messageOf(() => parseLines(soundLines().slice(0, 1), "drop"))).to.include("fewer than two rows");
  });

  it("reads recorded ETH bars as their publisher counts them", function () {
    const folder = process.env.REGIMEBREAK_DATA;
    const file = join(folder ?? "", "open/eth_usdt_1h.csv");
    if (folder === undefined || !existsSync(file)) this.skip();
    const { bars, quality } = parsePriceHistory("eth_usdt_1h.csv", readFileSync(file, "utf8"));
    expect(quality).to.deep.include({ rows: 72_583, faults: [], missingBars: 128 });
    expect(bars.barSeconds).to.equal(3600);
  });
});
