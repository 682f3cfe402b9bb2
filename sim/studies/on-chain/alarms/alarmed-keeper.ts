import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import { derivedModel } from "../../../../src/models/derived-model.ts";
import type { TendedModel } from "../../../engine/tended-model.ts";
import { Refits, type RefitWindow } from "../tending/refits.ts";
import { tended } from "../tending/tended.ts";
import { alarmSpells } from "./alarm-spells.ts";
import { ALARM_TERMS, OWN_CALM, type ChartSetting } from "./calibration.ts";
import { chartPath, type ChartName } from "./charts.ts";
import { observer, type Observation } from "./watch.ts";

/**
 * What a keeper does while its alarm stands. `recalibrate`: fits its model again each cycle, and stays with the last fit.
 * `conservative`: keeps its vols and posts a larger standard deviation.
 */
export const reactions = ["recalibrate", "conservative"] as const;
export type Reaction = (typeof reactions)[number];

/** Deviation of the conservative mode as a share of the vol: the protocol's mark-up for selling under caution. */
export const CAUTION = 0.15;
/** What the model is fitted on again. */
const WINDOW: RefitWindow = { seconds: 12 * 3600, halfLifeSeconds: Infinity };
/** The chart starts a day before the run, after the calm that tells how far errors scatter. */
const CHARTED_BEFORE = 86_400;

/** An alarm: a chart with its limit, and the keeper's cycle, seconds. */
export interface Alarm extends ChartSetting {
  readonly name: ChartName;
  readonly cycle: number;
  /** Of the shift, Unix seconds: tells true alarms from false ones in what is counted, and nothing else. */
  readonly onset: number;
}

/**
 * A calm fit whose keeper watches the market's surfaces, each a cycle late, and reacts while its alarm stands. The chart
 * watches the calm fit also while another one is in force, so that its law in calm is that of its calibration.
 */
export function alarmedKeeper(base: FittedModel, alarm: Alarm, reaction: Reaction) {
  const { name, cycle, threshold, law, onset } = alarm;
  const counts = { asked: 0, alarmed: 0, falseAlarms: 0, alarmAt: Number.NaN, fits: 0, quotesFitted: 0 };
  const cautious = conservative(base);
  const tape = { step: cycle };
  const label = `${base.name}, ${reaction} on ${name}`;
  const model: TendedModel = tended(base, label, tape, { reaction, name, threshold, law }, (desk) => {
    const refits = new Refits(base.name, desk, cycle);
    const watch = observer(base);
    const observations: Observation[] = [];
    let watchedUntil = desk.tape.start - CHARTED_BEFORE - OWN_CALM;
    let refitted = base;
    let last: { readonly now: number; readonly model: FittedModel } | undefined;
    const stands = (now: number): boolean => {
      observations.push(...watch(desk.tape.quotes(watchedUntil, now - cycle)));
      watchedUntil = now - cycle;
      const own = Math.min(observations.length, Math.round(OWN_CALM / cycle));
      if (observations.length <= own) return false;
      const times = observations.map(({ time }) => time).slice(own);
      const path = chartPath(name, law, observations, own).subarray(own);
      const spells = alarmSpells(times, path, threshold, ALARM_TERMS);
      const standing = spells.at(-1)?.to === Infinity;
      counts.falseAlarms = spells.filter(({ from: raised }) => raised >= desk.tape.start && raised < onset).length;
      const heard = spells.some(({ to }) => to > onset);
      if (heard && Number.isNaN(counts.alarmAt) && now >= onset) counts.alarmAt = now;
      return standing;
    };
    const next = (now: number): FittedModel => {
      const standing = stands(now);
      counts.asked++;
      if (standing) counts.alarmed++;
      if (reaction === "conservative") return standing ? cautious : base;
      if (standing) {
        refitted = refits.fit(now, WINDOW) ?? refitted;
        Object.assign(counts, { fits: refits.counts.fits, quotesFitted: refits.counts.quotesFitted });
      }
      return refitted;
    };
    return {
      modelAt(now) {
        if (last?.now !== now) last = { now, model: next(now) };
        return last.model;
      },
    };
  });
  return { model, readings: () => counts };
}

/** The same vols, with a standard deviation of at least a stated share of each. */
export function conservative(base: FittedModel): FittedModel {
  const [, high] = base.domain;
  return derivedModel(base, {
    name: `${base.name}, conservative`,
    predictMany(at, state) {
      const { vol, sd } = base.predictMany(at, state);
      return { vol, sd: sd.map((own, row) => Math.min(high, Math.max(own, CAUTION * vol[row]))) };
    },
    toJSON: () => ({ base: base.toJSON(), caution: CAUTION }),
  });
}
