import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { readHistory } from "../../../sim/experiment/history/read-history.ts";
import type { HistoryRequest } from "../../../sim/experiment/request.ts";
import { historySchema } from "../../../sim/results/history.ts";
import { UserError } from "../../../src/errors/user-error.ts";
import { blackPrice } from "../../../src/pricing/black-scholes.ts";

const START = Date.UTC(2026, 0, 1) / 1000;
const DAY = 86_400;

function bars(level: number, hours = 96): string {
  const rows = Array.from({ length: hours }, (_, i) => {
    const price = level * (1 + 0.001 * (i % 5));
    return [START + 3600 * i, price, price, price, price].join(",");
  });
  // A hole of three hours on the second day, and one row twice.
  rows.splice(30, 3);
  rows.splice(50, 0, rows[49]);
  return ["time,open,high,low,close", ...rows].join("\n");
}

function quotes(day: number): string {
  const time = START + day * DAY + 9 * 3600;
  const years = (START + 29 * DAY + 8 * 3600 - time) / 31_536_000;
  const rows = [80_000, 100_000].map((strike) => {
    const isCall = strike > 90_000;
    const mark = blackPrice(isCall, 90_000, strike, years, 0.5) / 90_000;
    const type = isCall ? "C" : "P";
    return [time, "2026-01-30", type, strike, mark * 0.9, mark * 1.1, mark, 0.5, 90_000, 89_900, 1].join(",");
  });
  return ["snapshot_utc,expiry_utc_0800,type,strike,bid,ask,mark,mark_iv,forward,index,oi", ...rows].join("\n");
}

describe("files of recorded history", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "history-"))));
  after(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const request = (prices: string, files: readonly string[]): HistoryRequest => ({
    name: "made",
    prices: [prices],
    columns: {},
    quotes: files,
    quotedIndexAfterPrices: false,
    volatilityIndex: undefined,
    asset: "BTC",
    tests: [
      {
        name: "only",
        why: "made",
        calm: { from: START, to: START + DAY },
        stress: { from: START + DAY, to: START + 2 * DAY },
      },
    ],
    fixedIn: "command",
    repairs: ["drop"],
    longestGap: undefined,
  });

  it("say for the report what each holds, what was wrong and by which rule it was repaired", () => {
    const { quality, repairs } = readHistory(request(write("p.csv", bars(90_000)), [write("q.csv", quotes(1))]));
    expect(historySchema.shape.quality.parse(quality)).to.deep.equal(quality);
    const [prices, options] = quality;
    expect(prices).to.deep.include({ role: "prices", file: "p.csv", rows: 94, dropped: 1, spacing: 3600 });
    expect(prices.gaps).to.deep.equal({
      count: 1,
      missing: 3,
      longest: { from: START + 30 * 3600, to: START + 33 * 3600 },
    });
    expect(prices.faults).to.deep.equal([
      { what: "time repeats the row before", count: 1, lines: [52], repairedBy: "drop" },
    ]);
    expect(options.checks.join()).to.match(/1 snapshots.*index against the open of its bar: 0\.\d+ % in the median/);
    expect(repairs.join()).to.contain(
      "1 row of prices repaired by drop: time repeats the row before, first in line 52",
    );
  });

  it("refuse quotes of another asset than the prices", () => {
    const other = request(write("eth.csv", bars(3000)), [write("q.csv", quotes(1))]);
    expect(() => readHistory(other)).to.throw(
      UserError,
      /q\.csv: the index beside the quotes is off eth\.csv by \d+ %/,
    );
  });

  it("refuse files of quotes that overlap or come in the wrong order", () => {
    const files = [write("late.csv", quotes(2)), write("early.csv", quotes(1))];
    expect(() => readHistory(request(write("p.csv", bars(90_000)), files))).to.throw(
      UserError,
      /early\.csv: begins before late\.csv ends/,
    );
  });
});
