/** When an alarm that was raised ends. */
export interface AlarmTerms {
  /** It ends when the statistic has stayed under this share of the threshold … */
  readonly hysteresis: number;
  /** … for so many seconds, */
  readonly hold: number;
  /** or after so many seconds in any case; it is raised again only once the statistic has been under that share. */
  readonly timeout: number;
}

/** An alarm: times of the observation that raised it and of the one at which it ended; Infinity while it stands. */
export interface AlarmSpell {
  readonly from: number;
  readonly to: number;
}

/** The alarms of a statistic, in order; an alarm depends on nothing later. */
export function alarmSpells(
  times: ArrayLike<number>,
  statistic: ArrayLike<number>,
  threshold: number,
  { hysteresis, hold, timeout }: AlarmTerms,
): AlarmSpell[] {
  const spells: AlarmSpell[] = [];
  let from = Number.NaN;
  let lastHigh = Number.NEGATIVE_INFINITY;
  let isArmed = true;
  for (let t = 0; t < statistic.length; t++) {
    const isQuiet = statistic[t] <= hysteresis * threshold;
    if (isQuiet) isArmed = true;
    else lastHigh = times[t];
    if (Number.isNaN(from)) {
      if (isArmed && statistic[t] > threshold) from = times[t];
      continue;
    }
    const hasTimedOut = times[t] - from >= timeout;
    if (!hasTimedOut && times[t] - lastHigh < hold) continue;
    spells.push({ from, to: times[t] });
    from = Number.NaN;
    isArmed = isQuiet;
  }
  return Number.isNaN(from) ? spells : [...spells, { from, to: Infinity }];
}
