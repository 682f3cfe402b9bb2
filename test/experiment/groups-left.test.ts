import { expect } from "chai";

import type { PlacedGroup } from "../../sim/experiment/chain-settings.ts";
import { GroupsLeft } from "../../sim/experiment/groups-left.ts";

/** Groups by setting and preset: `0 OPEN`. */
function placed(...places: string[]): PlacedGroup[] {
  return places.map((place, seed) => {
    const [setting, preset] = place.split(" ");
    return { setting: Number(setting), group: { preset, severity: 1, seed, specs: [] } };
  });
}

describe("groups that wait for a process", () => {
  it("keep a process on the chain that it has open, and send another one to a chain of its own", () => {
    const left = new GroupsLeft(placed("0 OPEN", "0 OPEN", "0 FULL", "1 OPEN", "0 FULL"));
    expect(left.take(undefined)).to.equal(0);
    expect(left.take(undefined)).to.equal(2);
    expect(left.take(0)).to.equal(1);
    expect(left.take(1)).to.equal(3);
    expect(left.take(2)).to.equal(4);
    expect(left.take(4)).to.equal(undefined);
  });

  it("let two processes share what is left of one preset", () => {
    const left = new GroupsLeft(placed("0 FULL", "0 FULL", "0 FULL"));
    expect([left.take(undefined), left.take(undefined), left.take(0), left.take(1)]).to.deep.equal([
      0,
      1,
      2,
      undefined,
    ]);
  });
});
