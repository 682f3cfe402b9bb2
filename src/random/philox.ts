/**
 * Philox4x32-10, a counter-based generator: four 32-bit words from a 128-bit counter and a 64-bit key.
 *
 * The words are written to `out` so that no allocation happens per draw. All arithmetic is on 32-bit integers.
 * Unchecked, for inner loops: arguments are taken modulo 2^32.
 * @see Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", section 3.3
 */
export function philox4x32(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
  out: Uint32Array,
): void {
  let c0 = counter0 | 0;
  let c1 = counter1 | 0;
  let c2 = counter2 | 0;
  let c3 = counter3 | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(c0, 0xd251, 0x1f53);
    const low0 = Math.imul(c0, 0xd2511f53);
    const high1 = multiplyHigh(c2, 0xcd9e, 0x8d57);
    const low1 = Math.imul(c2, 0xcd9e8d57);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

const ROUNDS = 10;

/** Upper 32 bits of the unsigned product of `a` and the constant whose 16-bit halves are given. */
function multiplyHigh(a: number, constantHigh: number, constantLow: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const middle = (Math.imul(aHigh, constantLow) + (Math.imul(aLow, constantLow) >>> 16)) | 0;
  const cross = (Math.imul(aLow, constantHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, constantHigh) + (middle >>> 16) + (cross >>> 16)) | 0;
}
