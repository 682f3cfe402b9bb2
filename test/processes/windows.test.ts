import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import { createRandom } from "../../src/random/random.ts";
import type { PriceBars } from "../../src/processes/history.ts";
import { drawWindows, parseWindow, requireDisjoint, selectBars } from "../../src/processes/windows.ts";

const DAY = 86_400;
const START = 1_704_067_200; // 2024-01-01

function dailyBars(days: number, without: number[] = []): PriceBars {
  const kept = Array.from({ length: days }, (_, i) => i).filter((i) => !without.includes(i));
  const prices = Float64Array.from(kept, (i) => 100 + i);
  const times = Float64Array.from(kept, (i) => START + i * DAY);
  return { source: "eth.csv", times, opens: prices, highs: prices, lows: prices, closes: prices, barSeconds: DAY };
}

describe("parseWindow", () => {
  it("takes a day as TO to its end, and a time as it is", () => {
    expect(parseWindow("--stress", "2024-01-01..2024-01-02")).to.deep.equal({ from: START, to: START + 2 * DAY });
    expect(parseWindow("--stress", "2024-01-01T06:00..2024-01-02T00:00Z")).to.deep.equal({
      from: START + 21_600,
      to: START + DAY,
    });
  });

  it("refuses what is no window, saying what one looks like", () => {
    for (const text of [
      "",
      "2024-01-01",
      "2024-01-01..",
      "a..b",
      "2024-01-02..2024-01-01",
      "2024-1-1..2024-1-2",
      "1..2..3",
    ]) {
      expect(() => parseWindow("--stress", text), text).to.throw(UserError, /^--stress: .*expected FROM\.\.TO/);
    }
  });
});

describe("requireDisjoint", () => {
  const window = (from: number, to: number) => ({ from: START + from * DAY, to: START + to * DAY });

  it("refuses windows with a common moment and lets neighbours be", () => {
    expect(() => requireDisjoint("--calm", window(0, 5), "--stress", window(4, 8))).to.throw(
      UserError,
      "--calm: 2024-01-01T00:00Z..2024-01-06T00:00Z overlaps --stress 2024-01-05T00:00Z..2024-01-09T00:00Z",
    );
    expect(() => requireDisjoint("--calm", window(2, 3), "--stress", window(0, 9))).to.throw(UserError);
    requireDisjoint("--calm", window(0, 4), "--stress", window(4, 8));
  });
});

describe("selectBars", () => {
  it("takes the bars that the window touches", () => {
    const bars = selectBars("--calm", dailyBars(10), { from: START + 2 * DAY + 3600, to: START + 5 * DAY });
    expect([...bars.closes]).to.deep.equal([102, 103, 104]);
  });

  it("refuses a window outside the data, saying what there is", () => {
    expect(() => selectBars("--stress", dailyBars(10), { from: START - DAY, to: START + DAY })).to.throw(
      UserError,
      "expected a window within 2024-01-01T00:00Z..2024-01-11T00:00Z",
    );
    expect(() => selectBars("--stress", dailyBars(10), { from: START, to: START + 10 * DAY + 1 })).to.throw(UserError);
    expect(selectBars("--stress", dailyBars(10), { from: START, to: START + 10 * DAY }).times.length).to.equal(10);
  });

  it("refuses a window with a gap in it, and only such a one", () => {
    const bars = dailyBars(10, [4]);
    expect(() => selectBars("--stress", bars, { from: START, to: START + 9 * DAY })).to.throw(
      UserError,
      "no bars from 2024-01-05T00:00Z to 2024-01-06T00:00Z",
    );
    expect(() => selectBars("--stress", bars, { from: START, to: START + 4 * DAY + 1 })).to.throw(UserError);
    expect(selectBars("--stress", bars, { from: START, to: START + 4 * DAY }).times.length).to.equal(4);
    expect(selectBars("--stress", bars, { from: START, to: START + 9 * DAY }, DAY).times.length).to.equal(8);
  });
});

describe("drawWindows", () => {
  const within = { from: START, to: START + 100 * DAY };
  const excluded = [{ from: START + 40 * DAY, to: START + 60 * DAY }];

  it("draws windows of the length asked for, within the span and beside what is excluded", () => {
    const windows = drawWindows("--calm", within, 5 * DAY, 200, excluded, createRandom(1, "windows"));
    expect(windows).to.have.length(200);
    for (const { from, to } of windows) {
      expect(to - from).to.equal(5 * DAY);
      expect(from >= within.from && to <= within.to).to.equal(true);
      expect(to <= excluded[0].from || from >= excluded[0].to).to.equal(true);
    }
    expect(new Set(windows.map(({ from }) => from)).size).to.be.greaterThan(150);
    expect(drawWindows("--calm", within, 5 * DAY, 200, excluded, createRandom(1, "windows"))).to.deep.equal(windows);
  });

  it("says when there is no room", () => {
    const random = createRandom(1);
    expect(() => drawWindows("--calm", within, 200 * DAY, 1, [], random)).to.throw(UserError, "no room");
    expect(() => drawWindows("--calm", within, 5 * DAY, 1, [within], random)).to.throw(UserError, "no room");
  });
});
