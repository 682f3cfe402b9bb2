/** A complex number. Its arithmetic below is unchecked: what is no number gives what is no number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** re + i im. Unchecked. */
export function complex(re: number, im = 0): Complex {
  return { re, im };
}

/** a + b. Unchecked. */
export function add(a: Complex, b: Complex): Complex {
  return { re: a.re + b.re, im: a.im + b.im };
}

/** a - b. Unchecked. */
export function subtract(a: Complex, b: Complex): Complex {
  return { re: a.re - b.re, im: a.im - b.im };
}

/** a b. Unchecked. */
export function multiply(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

/** a times a real factor. Unchecked. */
export function scale(a: Complex, factor: number): Complex {
  return { re: a.re * factor, im: a.im * factor };
}

/** a / b. Unchecked. */
export function divide(a: Complex, b: Complex): Complex {
  const norm = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / norm, im: (a.im * b.re - a.re * b.im) / norm };
}

/** e^a. Unchecked. */
export function exp(a: Complex): Complex {
  const size = Math.exp(a.re);
  return { re: size * Math.cos(a.im), im: size * Math.sin(a.im) };
}

/** ln(1 + a), principal branch, without loss for small a. Unchecked. */
export function logOnePlus(a: Complex): Complex {
  return { re: 0.5 * Math.log1p(2 * a.re + a.re * a.re + a.im * a.im), im: Math.atan2(a.im, 1 + a.re) };
}

/** √a, principal branch. Unchecked. */
export function squareRoot(a: Complex): Complex {
  const modulus = Math.sqrt(Math.hypot(a.re, a.im));
  const angle = Math.atan2(a.im, a.re) / 2;
  return { re: modulus * Math.cos(angle), im: modulus * Math.sin(angle) };
}
