import type { ReadField, ReadFigure } from "./bundle-schema.ts";
import type { ReadWords } from "./read-words.ts";

/** @returns the figure's value; undefined when the read does not tell it */
export function figureOf({ sum, round, unknownWhen }: ReadFigure, words: ReadWords): bigint | undefined {
  const product = (fields: readonly ReadField[]) => fields.reduce((value, field) => value * words.at(field), 1n);
  if (unknownWhen.some((fields) => product(fields) !== 0n)) return undefined;
  let [numerator, denominator] = [0n, 1n];
  for (const term of sum) {
    const divisor = BigInt(term.divisor);
    const value = BigInt(term.factor) * product(term.product);
    if (divisor === denominator) numerator += value;
    else [numerator, denominator] = [numerator * divisor + value * denominator, denominator * divisor];
  }
  const value = round === "down" ? floored(numerator, denominator) : -floored(-numerator, denominator);
  return value > 0n ? value : 0n;
}

function floored(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return quotient * denominator > numerator ? quotient - 1n : quotient;
}
