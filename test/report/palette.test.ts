import { expect } from "chai";

import { lineStrokes, strokes } from "../../sim/report/palette.ts";
import { modelNames } from "../../sim/report/selection.ts";
import { resultsFixture } from "./results-fixture.ts";

describe("strokes of a chart's lines", () => {
  const results = resultsFixture();
  const { models, controls } = modelNames(results);
  const [one, other] = models;

  it("are each model's own where lines are models", () => {
    expect(lineStrokes(results, [other, one])).to.deep.equal([other, one].map(strokes(results)));
  });

  it("keep a model's colour for its variants, with the same dash for the same variant, and controls grey", () => {
    const names = [`${controls[0]}, OPEN`, `${one}, OPEN`, `${one}, FULL`, `${other}, OPEN`, `${other}, FULL`];
    const drawn = lineStrokes(results, names);
    const colour = (name: string) => strokes(results)(name).color;
    expect(drawn.map(({ color }) => color)).to.deep.equal(["$muted", ...[one, one, other, other].map(colour)]);
    expect(drawn.map(({ type }) => type)).to.deep.equal(["solid", "solid", "dashed", "solid", "dashed"]);
  });

  it("take the colours in turn for variants of one model, or of more kinds than there are dashes", () => {
    const variants = [1, 2, 3, 4].map((factor) => `${one}, ${factor}`);
    const four = [...variants, `${other}, 1`];
    for (const names of [variants, four]) {
      expect(lineStrokes(results, names).map(({ color }) => color)).to.deep.equal(names.map((_, i) => `$m${i}`));
    }
  });
});
