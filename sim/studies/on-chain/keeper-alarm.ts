import type { JudgedRun } from "../../experiment/finished-run.ts";
import { poissonInterval } from "../../../src/statistics/poisson-interval.ts";
import type { StudyLines, StudyTable } from "../../results/study.ts";
import type { Study, StudyContext } from "../study.ts";
import {
  ALARM_TERMS,
  calibrateCharts,
  type CalibrationSize,
  type ChartWorth,
  RUN_LENGTH,
} from "./alarms/calibration.ts";
import { alarmArms, type AlarmSettings } from "./alarms/alarm-variants.ts";
import { CAUTION } from "./alarms/alarmed-keeper.ts";
import { armSeverities, inPercent, percentText, postedModel, presetWith, runArms, type ArmRuns } from "./chain-arms.ts";
import { medianOfHeard } from "./alarms/heard.ts";

const NAME = "keeper-alarm";
const DAY = 86_400;
const HOUR = 3600;
const MONTH = 30 * DAY;

/** What a keeper's reaction to an alarm does for the vault, in stress and, by its false alarms, in calm. */
export const keeperAlarm: Study = keeperAlarmOver({ paths: 24, days: 30 });

/** The study with limits from so much simulated calm. */
export function keeperAlarmOver(size: CalibrationSize): Study {
  return {
    name: NAME,
    summary:
      "A keeper that recalibrates or widens on an alarm with a false one a month: delay, and what it saves, on chain",
    on: "chain",
    async run(context) {
      const model = postedModel(context, NAME);
      const preset = presetWith(context, NAME, "uncertaintyPremium");
      const worth = await calibrateCharts(context, model, size);
      const settings = Object.fromEntries(
        worth.map(({ name, law, threshold }) => [name, { law, threshold }]),
      ) as AlarmSettings;
      const arms = alarmArms(model);
      const runs = await runArms(context, { study: NAME, model, preset, arms, settings });
      return {
        name: NAME,
        title: "A keeper that hears the alarm",
        question:
          "How soon does an alarm with one false alarm a month hear the shift, and what does it save the vault when the keeper reacts?",
        answer: `${told(worth)} ${runs.answer()}`,
        charts: [delayChart(worth), ...runs.charts()],
        tables: [
          worthTable(worth, size),
          ...armSeverities.toReversed().map((severity) => table(context, runs, arms, severity)),
        ],
        notes: notes(context, size),
      };
    },
  };
}

function told(worth: readonly ChartWorth[]): string {
  const each = worth.map(({ name, alarmsAMonth, curve }) => {
    const { medianDelay, detected } = curve.find(({ runLength }) => runLength === RUN_LENGTH)!;
    const delay =
      medianDelay < Infinity ? `${medianDelay.toFixed(1)} h after the onset in the median` : "not within three days";
    return `${name} alarms ${delay} (${Math.round(100 * detected)} % heard; ${alarmsAMonth.toFixed(1)} false alarms a month on other calm paths)`;
  });
  return `With limits for one false alarm a month ${each.join(", ")}.`;
}

function delayChart(worth: readonly ChartWorth[]): StudyLines {
  return {
    kind: "lines",
    title: "Delay against false alarms",
    note: "Off chain, limits aimed at a false alarm every 3 to 90 days; both numbers from paths that set no limit. Left and low is good.",
    x: { label: "false alarms a month of calm", scale: "linear" },
    y: { label: "median delay, hours", scale: "linear" },
    series: worth.map(({ name, curve }) => ({
      name,
      points: curve.map(({ alarmsAMonth, medianDelay }) => ({
        x: alarmsAMonth,
        y: medianDelay < Infinity ? medianDelay : null,
        low: null,
        high: null,
      })),
    })),
  };
}

function worthTable(worth: readonly ChartWorth[], { paths, days }: CalibrationSize): StudyTable {
  const months = (count: number, alarmsAMonth: number) => (alarmsAMonth > 0 ? count / alarmsAMonth : Number.NaN);
  return {
    caption: `Charts with limits for a false alarm in ${RUN_LENGTH / DAY} days, set on ${paths} calm paths of ${days} days and checked on as many others`,
    head: [
      "chart",
      "limit",
      "false alarms a month, held out",
      "counted",
      "heard within three days, %",
      "median delay, h",
    ],
    digits: [0, 1, 0, 0, 0, 1],
    rows: worth.map(({ name, threshold, alarmsAMonth, alarms, curve }) => {
      const { medianDelay, detected } = curve.find(({ runLength }) => runLength === RUN_LENGTH)!;
      const exposure = months(alarms, alarmsAMonth);
      const { low, high } = poissonInterval(alarms);
      const interval = Number.isNaN(exposure)
        ? ""
        : ` [${(low / exposure).toFixed(1)}, ${(high / exposure).toFixed(1)}]`;
      return [
        name,
        threshold < Infinity ? threshold : null,
        `${alarmsAMonth.toFixed(1)}${interval}`,
        alarms,
        100 * detected,
        medianDelay < Infinity ? medianDelay : null,
      ];
    }),
  };
}

function table({ scenario }: StudyContext, runs: ArmRuns, arms: readonly string[], severity: number): StudyTable {
  const mean = (arm: string, pick: (run: JudgedRun) => number) => runs.mean(arm, severity, pick);
  const onset = Date.parse(scenario.clock.start) / 1000 + scenario.profile.onset;
  const [plain, always] = arms;
  return {
    caption: `Severity ${severity}: what each reaction changes, means over seeds; saved: paired by seed, 95 %`,
    head: [
      "arm",
      "saved, % of NAV",
      "seeds that would show it",
      "saved against always conservative",
      "loss, % of NAV",
      "alarm, % of moments",
      "false alarms a run",
      severity === 0 ? "first alarm in the second part of the run, h" : "first alarm after onset, h",
      "effective error, vp",
      "fits",
      "trades filled",
      "refused",
    ],
    digits: [0, 0, 0, 0, 2, 0, 2, 1, 1, 0, 0, 0],
    rows: arms.map((arm) => [
      arm,
      arm === plain ? "–" : percentText(runs.saved(arm, severity)),
      arm === plain ? "–" : runs.power(arm, severity),
      arm === always ? "–" : percentText(runs.saved(arm, severity, always)),
      inPercent(mean(arm, ({ summary }) => summary.loss)),
      runs.alarmed(arm, severity),
      runs.reading(arm, severity, "falseAlarms"),
      medianOfHeard(
        runs.of(arm, severity).map(({ readings }) => readings.alarmAt),
        onset,
      ),
      mean(arm, ({ summary }) => summary.quotes.effective),
      runs.reading(arm, severity, "fits"),
      mean(arm, ({ summary: { posts } }) => posts.tradesAttempted - posts.tradesRefused),
      mean(arm, ({ summary: { posts } }) => posts.tradesRefused),
    ]),
  };
}

function notes({ scenario }: StudyContext, { paths, days }: CalibrationSize): string[] {
  const { hysteresis, hold, timeout } = ALARM_TERMS;
  return [
    `${scenario.onChain.seeds} chain seeds an arm; models are fitted as the experiment's own chain seeds are. No correction for comparing several arms with one.`,
    `The error is the median, over quotes near the money at seven days, of ln of the market's vol over the calm fit's, once a cycle of ${scenario.keeper.cycle / 60} min and known a cycle later. CUSUM (Page 1954) and change points (Adams & MacKay 2007) look at what it is beyond its forecast from the one before, in deviations of two calm days before the chart starts, cut off at four. The chart of the feed sees hourly returns against the vol that the calm fit quotes, and no market quote.`,
    `Limits are the smallest with a false alarm in ${RUN_LENGTH / DAY} days or fewer on ${paths} simulated calm paths of ${days} days, each with its own training draw; no chain seed is among them. False alarms held out have an exact Poisson interval, as if alarms came independently.`,
    `An alarm ends when its statistic has been under ${100 * hysteresis} % of the limit for ${hold / HOUR} h, or after ${timeout / HOUR} h; then it is raised again only once the statistic has been there.`,
    `Recalibrating fits the model again each cycle on the last twelve hours while the alarm stands, and stays with the last fit. Conservative keeps the vols and posts a deviation of ${100 * CAUTION} % of each, which the contract adds to the spread: the mark-up of the protocol's cautious mode; the arm that is always conservative does so at all times.`,
    "Recalibration reads market quotes that the plain model does not, so a saving is that of the information and the reaction together. An alarm hears the shift where it stands at the onset or is raised later; a median delay stands where more than half of the seeds heard.",
    `A month is ${MONTH / DAY} days.`,
  ];
}
