import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import type { Random } from "../../../../src/random/random.ts";
import { median } from "../../../../src/statistics/moments.ts";
import type { GeneralisationConfig } from "../../../experiment/generalisation/config.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../../../experiment/generalisation/replicate.ts";
import { configOf } from "../../../experiment/generalisation/run-generalisation.ts";
import type { TruthPricers } from "../../../world/truth-pricers.ts";
import { fitOrNothing } from "../../shared/fitting.ts";
import { agesBetween, breathe, quoteStream } from "../../shared/streams.ts";
import type { StudyContext } from "../../study.ts";
import { alarmSpells, type AlarmTerms } from "./alarm-spells.ts";
import { calmLaw, chartNames, chartPath, type CalmLaw, type ChartName } from "./charts.ts";
import { falseAlarms, thresholdFor, type CalmPath } from "./run-length.ts";
import { observe, type Observation } from "./watch.ts";

const DAY = 86_400;
/** Mean time between false alarms that limits are set for, seconds: a month, and what the curve shows beside. */
export const RUN_LENGTH = 30 * DAY;
const RUN_LENGTHS = [3 * DAY, 7 * DAY, 14 * DAY, RUN_LENGTH, 90 * DAY];
/** Moneyness of the watched quotes, at seven days. */
const WATCHED = [-1, -0.5, 0, 0.5, 1];
/** A shift is looked for so long after its onset, from so long before. */
const [BEFORE, AFTER] = [4 * DAY, 3 * DAY];
/** Calm from which each chart takes how far its own fit's errors scatter, seconds. */
export const OWN_CALM = 2 * DAY;
/** Replicates of the calibration lie beyond those that the experiment scores. */
const FIRST_REPLICATE = 10_000;

/** An alarm that is over when quiet for six hours, or after a day; half the limit counts as quiet; ours. */
export const ALARM_TERMS: AlarmTerms = { hysteresis: 0.5, hold: 6 * 3600, timeout: DAY };

/** How much calm is simulated. */
export interface CalibrationSize {
  /** Calm paths that set the limits, and as many others that check them, each with its own training. */
  readonly paths: number;
  readonly days: number;
}

/** A chart with its limit: plain data, which every process of a study gets. */
export interface ChartSetting {
  readonly law: CalmLaw;
  /** Infinity: no limit is rare enough, so that it never alarms. */
  readonly threshold: number;
}

/** What one chart is worth off chain. */
export interface ChartWorth extends ChartSetting {
  readonly name: ChartName;
  /** False alarms a month on the paths that set no limit, with how many were counted. */
  readonly alarmsAMonth: number;
  readonly alarms: number;
  /** By time between false alarms aimed at: what the other calm paths show, and the delay under stress. */
  readonly curve: readonly DelayPoint[];
}

export interface DelayPoint {
  readonly runLength: number;
  readonly alarmsAMonth: number;
  /** Hours from onset to alarm, the median over paths, Infinity where half raise none within three days. */
  readonly medianDelay: number;
  readonly detected: number;
}

/**
 * Limits at which each chart raises a false alarm a month, by simulation over calm paths; other calm paths say how often
 * they really come, stressed ones how late the alarm is.
 */
export async function calibrateCharts(
  context: Pick<StudyContext, "scenario" | "masterSeed" | "signal" | "advance">,
  model: string,
  { paths, days }: CalibrationSize,
): Promise<ChartWorth[]> {
  const { scenario, masterSeed } = context;
  const level = { ...scenario, training: { ...scenario.training, tenors: [7], moneyness: WATCHED } };
  const config = configOf({ scenario, models: [model], masterSeed });
  const watched = { ...config, scenario: level };
  const pricers = pricersOf(config);
  const { cycle } = scenario.keeper;
  const spans: { calm: Observation[]; stress: Observation[] }[] = [];
  for (let index = 0; index < 2 * paths; index++) {
    const random = replicateRandom(config, FIRST_REPLICATE + index);
    const fitted = fitOrNothing(model, trainingQuotes(config, pricers, random), random);
    if (fitted !== undefined) {
      const see = (name: string, severity: number, from: number, to: number) =>
        seen(watched, pricers, fitted, random.fork(name), severity, agesBetween(from, to, cycle));
      spans.push({
        calm: see("alarm-calm", 0, 0, days * DAY),
        stress: see("alarm-stress", scenario.scoring.primarySeverity, -BEFORE, AFTER),
      });
    }
    await breathe(context, index + 1, 2 * paths);
  }
  const half = Math.floor(spans.length / 2);
  const [setting, checking] = [spans.slice(0, half), spans.slice(half)];
  return chartNames.map((name) => {
    const law = calmLaw(
      name,
      setting.map(({ calm }) => calm),
    );
    const own = Math.round(OWN_CALM / cycle);
    const pathOf = (span: Observation[]): CalmPath => ({
      times: Float64Array.from(span, ({ time }) => time).subarray(own),
      statistic: chartPath(name, law, span, own).subarray(own),
    });
    const [limiting, other] = [setting, checking].map((part) => part.map(({ calm }) => pathOf(calm)));
    const stressed = checking.map(({ stress }) => pathOf(stress));
    const curve = RUN_LENGTHS.map((runLength) => {
      const threshold = thresholdFor(limiting, runLength, ALARM_TERMS);
      return { runLength, alarmsAMonth: monthly(other, threshold).rate, ...delayOf(stressed, threshold) };
    });
    const threshold = thresholdFor(limiting, RUN_LENGTH, ALARM_TERMS);
    const { rate, alarms } = monthly(other, threshold);
    return { name, law, threshold, alarmsAMonth: rate, alarms, curve };
  });
}

function seen(
  config: GeneralisationConfig,
  pricers: TruthPricers,
  fitted: FittedModel,
  random: Random,
  severity: number,
  ages: readonly number[],
): Observation[] {
  return observe(fitted, quoteStream(config, pricers, random, severity, ages));
}

function monthly(paths: readonly CalmPath[], threshold: number) {
  const { alarms, seconds } = falseAlarms(paths, threshold, ALARM_TERMS);
  return { rate: (alarms * 30 * DAY) / seconds, alarms };
}

/** Delay of the first alarm that is raised at onset or later. */
function delayOf(paths: readonly CalmPath[], threshold: number): Pick<DelayPoint, "medianDelay" | "detected"> {
  const delays = paths.map(({ times, statistic }) => {
    const onset = times[0] + BEFORE - OWN_CALM;
    const first = alarmSpells(times, statistic, threshold, ALARM_TERMS).find(({ to }) => to > onset);
    return first === undefined ? Infinity : Math.max(0, first.from - onset) / 3600;
  });
  const detected = delays.filter((delay) => delay < Infinity).length / delays.length;
  const middle = detected > 0.5 ? median(delays.map((delay) => Math.min(delay, 1e9))) : Infinity;
  return { medianDelay: middle, detected };
}
