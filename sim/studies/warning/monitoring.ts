import { dailyLevels } from "../../../src/models/calm-split.ts";
import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import { selectQuotes } from "../../../src/models/select-quotes.ts";
import { alarmCurve, type AlarmPoint } from "../../../src/statistics/alarm-curve.ts";
import { wilson } from "../../../src/statistics/binomial-interval.ts";
import { kolmogorovSmirnov, populationStability, wasserstein } from "../../../src/statistics/drift.ts";
import { median, quantile } from "../../../src/statistics/moments.ts";
import { spearman, spearmanInterval } from "../../../src/statistics/spearman.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyLines, StudyResult, StudyTable } from "../../results/study.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { errorOf, fitOrNothing, holdOut } from "../shared/fitting.ts";
import { monitors, type Watched } from "./monitoring/monitors.ts";
import { recordedMonitoring } from "./monitoring/recorded-monitoring.ts";
import { overfittingParts, type OverfittingEvidence } from "./monitoring/overfitting-alarm.ts";
import { decimalText, medianOf, shareText } from "../shared/points.ts";
import { agesBetween, breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

/** Fresh draws of training and test. */
const REPLICATES = 30;
/** An observation every two hours, from three days before the onset to three days after. */
const STEP_HOURS = 2;
const AGES = agesBetween(-72 * 3600, 72 * 3600, STEP_HOURS * 3600);
const ONSET = AGES.indexOf(0);
/** Moments whose whole surface is scored, seconds since onset; the first is what a gap is read at. */
const SCORED = [24, 48, 72].map((hours) => hours * 3600);
/** Observations after onset whose distribution is compared with training: a day. */
const DRIFT_OBSERVATIONS = 24 / STEP_HOURS;
/** False alarms that thresholds aim at, per three days of calm. */
const FALSE_ALARMS = [0.025, 0.05, 0.1, 0.2, 0.3, 0.5] as const;
/** Quantile groups of drift. */
const GROUPS = 5;

/** What one draw shows. */
interface Draw {
  /** ln realised vol of the training days. */
  readonly trained: Float64Array;
  /** Another calm path, whose only part is to set thresholds. */
  readonly other: Watched;
  /** By severity, 0 first. */
  readonly watched: readonly Watched[];
  /** Gap of each model a day after onset by severity above 0, vol points. */
  readonly gaps: ReadonlyMap<string, readonly number[]>;
}

/** How soon statistics of error and features notice a change of regime, and at what price in false alarms. */
export const monitoring = monitoringOver(REPLICATES);

/** The study over a number of fresh draws of training and test. */
export function monitoringOver(replicates: number): Study {
  return {
    name: "monitoring",
    summary: "How soon do CUSUM, change points and drift notice the shift, at what false alarms? Overfitting alarm",
    on: "paths",
    recorded: recordedMonitoring,
    async run(context) {
      const config = configOf({ ...context, severities: [0, ...context.scenario.scoring.severities] });
      const level = { ...config, scenario: levelOnly(config.scenario) };
      const pricers = pricersOf(config);
      const draws: Draw[] = [];
      const overfitting: OverfittingEvidence[] = [];
      for (let index = 0; index < replicates; index++) {
        const random = replicateRandom(config, index);
        const { early, later } = holdOut(trainingQuotes(config, pricers, random));
        const fitted = config.models.flatMap((name) => fitOrNothing(name, early, random) ?? []);
        if (fitted.length === 0) continue;
        const surfaces = config.severities.map((severity) =>
          quoteStream(config, pricers, random.fork("test"), severity, SCORED),
        );
        const chosen = bestOf(fitted, later);
        const watch = (name: string, severity: number) =>
          watchedOf(chosen, quoteStream(level, pricers, random.fork(name), severity, AGES));
        draws.push({
          trained: logVols(early),
          other: watch("placebo", 0),
          watched: config.severities.map((severity) => watch("test", severity)),
          gaps: new Map(fitted.map((model) => [model.name, gapsOf(model, surfaces)])),
        });
        overfitting.push(
          ...fitted.map((model) => ({
            replicate: index,
            model: model.name,
            fit: errorOf(model, early, early.target),
            heldOut: errorOf(model, later, later.target),
            fresh: errorOf(model, surfaces[0], surfaces[0].target),
          })),
        );
        await breathe(context, index + 1, replicates);
      }
      return resultOf(context, config.severities, draws, overfitting);
    },
  };
}

/** The model with the smallest error on held-out calm: the one that an operator would have chosen. */
function bestOf(fitted: readonly FittedModel[], later: QuoteSet): FittedModel {
  const errors = fitted.map((model) => errorOf(model, later, later.target));
  return fitted[errors.indexOf(Math.min(...errors))];
}

/** Gaps at the first scored moment by severity above 0, which comes first. */
function gapsOf(model: FittedModel, surfaces: readonly MarketQuotes[]): number[] {
  const errors = surfaces.map((quotes) => {
    const first = Array.from({ length: quotes.clean.length / SCORED.length }, (_, row) => row);
    const own = selectQuotes(quotes, first);
    return errorOf(model, own, own.clean);
  });
  return errors.slice(1).map((error) => error - errors[0]);
}

/** The scenario with one quote a moment: the tenor nearest to seven days, the strike nearest to the money. */
function levelOnly(scenario: Scenario): Scenario {
  const { tenors, moneyness } = scenario.training;
  const nearest = (values: readonly number[], to: number) =>
    values.reduce((a, b) => (Math.abs(b - to) < Math.abs(a - to) ? b : a));
  return {
    ...scenario,
    training: { ...scenario.training, tenors: [nearest(tenors, 7)], moneyness: [nearest(moneyness, 0)] },
  };
}

/** One quote a moment: ln realised vol, and signed log error against the market's noisy vol. */
function watchedOf(model: FittedModel, { features, target }: MarketQuotes): Watched {
  const { vol } = model.predictMany(features);
  return {
    logVol: features.shortVol.map(Math.log),
    error: target.map((quoted, row) => Math.log(quoted / vol[row])),
    calibration: ONSET,
  };
}

/** ln realised vol of each day. */
function logVols(calm: QuoteSet): Float64Array {
  return Float64Array.from(dailyLevels(calm).row, (row) => Math.log(calm.features.shortVol[row]));
}

function resultOf(
  { models }: StudyContext,
  severities: readonly number[],
  draws: readonly Draw[],
  overfitting: readonly OverfittingEvidence[],
): StudyResult {
  const stressed = severities.map((severity, at) => ({ severity, at })).filter(({ severity }) => severity > 0);
  const [mildest, hardest] = [stressed[0], stressed[stressed.length - 1]];
  const shownAt = mildest.at === hardest.at ? [mildest] : [mildest, hardest];
  const curves = shownAt.map(({ severity, at }) => ({ severity, curves: curvesAt(draws, at) }));
  const atTenth = (curve: readonly AlarmPoint[]) => curve[FALSE_ALARMS.indexOf(0.1)];
  const fastest = (found: (typeof curves)[number]["curves"]) =>
    found.reduce((a, b) => (atTenth(b.curve).medianDelay < atTenth(a.curve).medianDelay ? b : a));
  const told = curves.map(({ severity, curves: found }) => {
    const best = fastest(found);
    const { medianDelay, detected, falseAlarms } = atTenth(best.curve);
    const delay = medianDelay < Infinity ? `${STEP_HOURS * medianDelay} h in the median` : "more than three days";
    return `at severity ${severity} after ${delay} (${best.name}; ${Math.round(100 * detected)} % of shifts within three days, ${Math.round(100 * falseAlarms)} % of calm spans alarmed)`;
  });
  const drift = driftParts(models, stressed, draws);
  const alarm = overfittingParts(overfitting);
  return {
    name: "monitoring",
    title: "Noticing the shift",
    question: "How soon does monitoring notice the change of regime, and what do false alarms cost?",
    answer: `With thresholds for one false alarm in ten calm spans of three days the fastest monitor alarms ${told.join(", and ")}. ${drift.answer} ${alarm.answer}`,
    charts: [
      ...curves.map(({ severity, curves: found }): StudyLines => ({
        kind: "lines",
        title: `Delay against false alarms at severity ${severity}`,
        note: "Median hours from onset to alarm; a monitor that misses half the shifts has no point. Left and low is good.",
        x: { label: "share of calm spans of three days with an alarm", scale: "linear" },
        y: { label: "median delay, hours", scale: "linear" },
        series: found.map(({ name, curve }) => ({
          name,
          points: curve.map(({ falseAlarms, medianDelay }) => ({
            x: falseAlarms,
            y: medianDelay < Infinity ? STEP_HOURS * medianDelay : null,
            low: null,
            high: null,
          })),
        })),
      })),
      ...drift.charts,
      ...alarm.charts,
    ],
    tables: [
      ...curves.map(({ severity, curves: found }) => delayTable(severity, found, draws.length)),
      ...drift.tables,
      ...alarm.tables,
    ],
    notes: [
      `${draws.length} fresh draws; an observation every ${STEP_HOURS} h from three days before onset, which calibrate the charts of single observations. Watched are ln realised vol of the feed and the log error at the money, seven days, of the model that held-out calm would choose. Thresholds come from one calm path of each draw, false alarms from another, the twin of the stressed one.`,
      "CUSUM charts innovations of a first-order autoregression, change points the values themselves, drift the latest day against the training days. False alarms are counted on paths, not derived for independent observations; a drift that reaches its ceiling in calm already cannot alarm.",
      ...alarm.notes,
    ],
  };
}

function curvesAt(draws: readonly Draw[], severity: number) {
  return monitors.map((monitor) => {
    const after = (pick: (draw: Draw) => Watched) =>
      draws.map((draw) => monitor.statistic(pick(draw), draw.trained).slice(ONSET));
    const curve = alarmCurve(
      after(({ other }) => other),
      after(({ watched }) => watched[0]),
      after(({ watched }) => watched[severity]),
      FALSE_ALARMS,
    );
    return { name: monitor.name, curve };
  });
}

function delayTable(
  severity: number,
  found: readonly { name: string; curve: readonly AlarmPoint[] }[],
  draws: number,
): StudyTable {
  const share = (rate: number) => {
    const { low, high } = wilson(Math.round(rate * draws), draws);
    return shareText({ y: rate, low, high });
  };
  const at = FALSE_ALARMS.indexOf(0.1);
  return {
    caption: `Monitors at severity ${severity}, thresholds aimed at 10 % false alarms in three days`,
    head: ["monitor", "threshold", "false alarms", "noticed within three days", "median delay, h"],
    rows: found.map(({ name, curve }) => {
      const { threshold, falseAlarms, detected, medianDelay } = curve[at];
      const delay = medianDelay < Infinity ? STEP_HOURS * medianDelay : null;
      return [name, threshold, share(falseAlarms), share(detected), delay];
    }),
    digits: [0, 2, 0, 0, 0],
  };
}

const driftMeasures = {
  PSI: (trained: Float64Array, recent: Float64Array) => populationStability(trained, recent),
  KS: (trained: Float64Array, recent: Float64Array) => kolmogorovSmirnov(trained, recent).statistic,
  Wasserstein: wasserstein,
} as const;

/** Drift of realised vol in the first day against the gap at its end. */
function driftParts(
  models: readonly string[],
  stressed: readonly { readonly severity: number; readonly at: number }[],
  draws: readonly Draw[],
): { answer: string; charts: StudyLines[]; tables: StudyTable[] } {
  const known = models.filter((name) => draws.every(({ gaps }) => gaps.has(name)));
  const dayAfter = (watched: Watched) => watched.logVol.slice(ONSET + 1, ONSET + 1 + DRIFT_OBSERVATIONS);
  const drifts = Object.entries(driftMeasures).map(([name, measure]) => ({
    name,
    bySeverity: stressed.map(({ at }) => draws.map(({ trained, watched }) => measure(trained, dayAfter(watched[at])))),
  }));
  const gaps = (model: string) => stressed.map((_, s) => draws.map((draw) => draw.gaps.get(model)![s]));
  const last = stressed.length - 1;
  const rows = known.map((model) => [
    model,
    ...drifts.flatMap(({ bySeverity }) => {
      const [atHardest, pooled] = [
        [bySeverity[last], gaps(model)[last]],
        [bySeverity.flat(), gaps(model).flat()],
      ].map(([drift, gap]) => spearman(drift, gap));
      return [withInterval(atHardest, draws.length), pooled];
    }),
  ]);
  const distances = drifts[2].bySeverity;
  const cuts = Array.from({ length: GROUPS + 1 }, (_, i) => quantile(distances.flat(), i / GROUPS));
  const series = known.map((name) => {
    const own = gaps(name).flat();
    return {
      name,
      points: Array.from({ length: GROUPS }, (_, group) => {
        const inside = distances
          .flat()
          .map((distance, i) => ({ distance, gap: own[i] }))
          .filter(({ distance }) => distance >= cuts[group] && (distance < cuts[group + 1] || group === GROUPS - 1));
        return {
          x: median(inside.map(({ distance }) => distance)),
          ...medianOf(inside.map(({ gap }) => gap)),
        };
      }),
    };
  });
  const found = known.map((model) => spearman(distances[last], gaps(model)[last]));
  const [weakest, strongest] = [Math.min(...found), Math.max(...found)].map((at) => ({
    text: withInterval(at, draws.length),
    model: known[found.indexOf(at)],
  }));
  return {
    answer: `At severity ${stressed[last].severity} the drift of realised vol on the first day (Wasserstein) ranks the draws' gaps at its end with a correlation from ${weakest.text} (${weakest.model}) to ${strongest.text} (${strongest.model}).`,
    charts: [
      {
        kind: "lines",
        title: "Drift against gap",
        note: "Median gap in five groups of the Wasserstein distance of ln realised vol, first day after onset against training; all severities.",
        x: { label: "Wasserstein distance of ln realised vol", scale: "linear" },
        y: { label: "shift gap a day after onset, vol points", scale: "linear" },
        series,
      },
    ],
    tables: [
      {
        caption: `Spearman's correlation of drift with gap over draws: at severity ${stressed[last].severity} with its 95 % interval, and over all severities`,
        head: ["model", ...drifts.flatMap(({ name }) => [name, `${name}, all severities`])],
        rows,
        digits: [0, 2, 2, 2, 2, 2, 2],
      },
    ],
  };
}

function withInterval(correlation: number, n: number): string {
  if (n < 10) return decimalText({ y: correlation, low: null, high: null });
  return decimalText({ y: correlation, ...spearmanInterval(correlation, n) });
}
