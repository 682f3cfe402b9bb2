import { expect } from "chai";
import fc from "fast-check";
import { canonicalJson, digestOf } from "../../src/json/canonical-json.ts";

/** The same value with the keys of every object in reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)]),
  );
}

describe("canonicalJson", () => {
  it("gives the same text whatever the order of keys, and loses nothing", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).to.equal(text);
        expect(JSON.parse(text)).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("leaves out what is undefined, as JSON does", () => {
    expect(canonicalJson({ b: undefined, a: 1 })).to.equal('{"a":1}');
  });

  it("writes typed arrays as arrays", () => {
    expect(canonicalJson({ vols: Float64Array.of(0.5, 1) })).to.equal('{"vols":[0.5,1]}');
  });

  it("has the published SHA-256 of an empty object's text", () => {
    // printf '{}' | sha256sum
    expect(digestOf({})).to.equal("0x44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  });
});
