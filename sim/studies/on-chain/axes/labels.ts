/** `15 min`, `6 h`. */
export function hours(seconds: number): string {
  return seconds < 3600 ? minutes(seconds) : `${seconds / 3600} h`;
}

/** `30 s`, `20 min`. */
export function minutes(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${seconds / 60} min`;
}

/** `0.5 %`. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** `1 vp`. */
export function volPoints(vol: number): string {
  return `${Number((100 * vol).toPrecision(3))} vp`;
}

/** `250 k USD`. */
export function dollars(amount: number): string {
  return amount >= 1e6
    ? `${Number((amount / 1e6).toPrecision(3))} M USD`
    : `${Number((amount / 1e3).toPrecision(3))} k USD`;
}
