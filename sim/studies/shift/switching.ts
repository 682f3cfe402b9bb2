import { contractDomain } from "../../../src/models/frozen-model.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import type { Random } from "../../../src/random/random.ts";
import { defaultTradeTerms } from "../../experiment/generalisation/config.ts";
import { scoreQuotes } from "../../experiment/generalisation/quote-errors.ts";
import { momentsOf, WARMUP_DAYS } from "../../experiment/generalisation/moments.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { quotesAt } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom, trainingQuotes } from "../../experiment/generalisation/replicate.ts";
import type { StudyHeat, StudyResult, StudyTable } from "../../results/study.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { crashShare, SwitchingRegimes, type MeanSpells } from "../../world/switching-severity.ts";
import { primaryDraws, type StudyDraws } from "../shared/fitted-draw.ts";
import { fitOrNothing } from "../shared/fitting.ts";
import { decimalText, medianOf, rangeText } from "../shared/points.ts";
import { breathe } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

const MOST_DRAWS = 24;
const DAY = 86_400;
/** Days of a test path, and seconds between the moments that are scored. */
const [TEST_DAYS, EVERY] = [40, 6 * 3600];
/** Mean spells, ours: four crashes of four days in a hundred days. */
const SPELLS: MeanSpells = { calm: 21 * DAY, crash: 4 * DAY };
/** Severities of a crash as shares of the primary one. */
const DOSES = [0.5, 1] as const;
const question = "How do models trained on calm meet a market that falls into crashes and recovers by itself?";

/** Where a moment lies between switches. */
const phases = [
  "calm",
  "crash, first 6 h",
  "crash, 6–24 h",
  "crash, later",
  "calm again, first day",
  "days 1–7",
] as const;
type Phase = (typeof phases)[number];

const trainings = ["calm", "switching"] as const;
type Training = (typeof trainings)[number];

/** Errors of one model in one draw, vol points: by training, then dose, then phase; NaN of a phase that did not occur. */
interface Drawn {
  readonly model: string;
  readonly errors: Readonly<Record<Training, readonly (readonly number[])[]>>;
}

/** Models on paths that switch between calm and crash by a Markov chain. */
export const switching: Study = {
  name: "switching",
  summary: question,
  on: "paths",
  async run(context) {
    const study = primaryDraws(context, MOST_DRAWS);
    const drawn: Drawn[] = [];
    for (let draw = 0; draw < study.draws; draw++) {
      drawn.push(...drawnErrors(study, draw));
      await breathe(context, draw + 1, study.draws);
    }
    return resultOf(context, drawn, study.draws);
  },
};

function drawnErrors({ config, pricers }: StudyDraws, draw: number): Drawn[] {
  const random = replicateRandom(config, draw);
  const peak = config.scenario.scoring.primarySeverity;
  const calm = trainingQuotes(config, pricers, random);
  const own = random.fork("switching");
  const past = switchingQuotes(
    { config, pricers },
    own.fork("training"),
    peak,
    trainingTimes(config.scenario.training.days, own),
  );
  const tested = DOSES.map((dose) => switchingQuotes({ config, pricers }, own.fork("test"), dose * peak, testTimes()));
  return config.models.flatMap((model) => {
    const [onCalm, onSwitching] = [calm, past.quotes].map((quotes) => fitOrNothing(model, quotes, random));
    if (onCalm === undefined || onSwitching === undefined) return [];
    const by = (fitted: FittedModel) => tested.map((path) => phaseErrors(fitted, path));
    return [{ model, errors: { calm: by(onCalm), switching: by(onSwitching) } }];
  });
}

interface SwitchingPath {
  readonly quotes: MarketQuotes;
  /** Of each moment. */
  readonly phases: readonly Phase[];
}

/** Quotes of a path that switches after its warm-up; paths of one stream switch together whatever their severity. */
function switchingQuotes(
  { config: { scenario }, pricers }: { readonly config: StudyDraws["config"]; readonly pricers: TruthPricers },
  random: Random,
  severity: number,
  times: readonly number[],
): SwitchingPath {
  const regimes = new SwitchingRegimes(SPELLS, WARMUP_DAYS * DAY, Math.max(...times), random.fork("regimes"));
  // A fall at a stated time belongs to one trapezoid and not to crashes that come when they come.
  const plain = { ...scenario, graft: [] };
  const moments = momentsOf(plain, pricers, random.fork("path"), regimes.severity(severity), times);
  return {
    quotes: quotesAt(plain, pricers, moments, ["standardised"], random.fork("noise")),
    phases: times.map((time) => phaseOf(regimes, time)),
  };
}

function phaseOf(regimes: SwitchingRegimes, time: number): Phase {
  const hours = regimes.sinceSwitch(time) / 3600;
  if (regimes.isCrash(time)) return phases[hours < 6 ? 1 : hours < 24 ? 2 : 3];
  return phases[hours < 24 ? 4 : hours < 168 ? 5 : 0];
}

function trainingTimes(days: number, random: Random): number[] {
  return Array.from({ length: days }, (_, day) => {
    return (WARMUP_DAYS + day) * DAY + Math.floor(24 * random.uniform(day, 0)) * 3600;
  });
}

function testTimes(): number[] {
  return Array.from({ length: (TEST_DAYS * DAY) / EVERY }, (_, i) => WARMUP_DAYS * DAY + (i + 1) * EVERY);
}

/** Root mean square error over the moments of each phase, raw vols clamped to what a contract takes. */
function phaseErrors(fitted: FittedModel, { quotes, phases: phaseAt }: SwitchingPath): number[] {
  const raw = fitted.rawMany(quotes.features);
  const size = raw.length / phaseAt.length;
  const squares = phaseAt.map((_, moment) => {
    const weight = quotes.weight;
    const truth = { truth: quotes.clean, weight, vega: quotes.vega };
    const { rmse } = scoreQuotes(truth, raw, contractDomain, defaultTradeTerms, moment * size, (moment + 1) * size);
    return rmse ** 2;
  });
  return phases.map((phase) => {
    const own = squares.filter((_, moment) => phaseAt[moment] === phase);
    return Math.sqrt(own.reduce((sum, square) => sum + square, 0) / own.length);
  });
}

function resultOf({ models: asked, scenario }: StudyContext, drawn: readonly Drawn[], draws: number): StudyResult {
  const models = asked.filter((model) => drawn.some((one) => one.model === model));
  const peak = scenario.scoring.primarySeverity;
  const full = DOSES.length - 1;
  const at = (model: string, pick: (errors: Drawn["errors"]) => number) =>
    medianOf(drawn.filter((one) => one.model === model).map(({ errors }) => pick(errors)));
  const [CALM, FALL, , LATER, AGAIN] = phases.map((_, i) => i);
  const ranged = (pick: (errors: Drawn["errors"]) => number) =>
    rangeText(
      models,
      (model) => model,
      (model) => at(model, pick),
      (measured) => decimalText(measured, 1),
    );
  const heat = (training: Training): StudyHeat => ({
    kind: "heat",
    title: `Error by phase, trained on ${training === "calm" ? "calm alone" : "a market that switches"}`,
    note: `Median over draws; a crash is of severity ${peak}. The day after a crash, realised vols still remember it.`,
    columns: { label: "phase", names: [...phases] },
    rows: { label: "model", names: models },
    unit: "vol points",
    values: models.map((model) => phases.map((_, phase) => at(model, (errors) => errors[training][full][phase]).y)),
  });
  const days = (seconds: number) => `${seconds / DAY} days`;
  return {
    name: "switching",
    title: "A market that switches by itself",
    question,
    answer:
      `Trained on calm, models err by ${ranged(({ calm }) => calm[full][CALM])} vol points in calm, by ${ranged(({ calm }) => calm[full][FALL])} in the first six hours of a crash and by ${ranged(({ calm }) => calm[full][LATER])} after its first day; on the day after it by ${ranged(({ calm }) => calm[full][AGAIN])}. ` +
      `Training on a market that switches changes the error in the later crash by ${ranged(({ calm, switching: own }) => own[full][LATER] - calm[full][LATER])} and in calm by ${ranged(({ calm, switching: own }) => own[full][CALM] - calm[full][CALM])}.`,
    charts: trainings.map(heat),
    tables: [
      ...trainings.map((training): StudyTable => ({
        caption: `Trained on ${training === "calm" ? "calm alone" : "a market that switches"}: root mean square error by phase, vol points, crashes of severity ${peak}`,
        head: ["model", ...phases],
        rows: models.map((model) => [
          model,
          ...phases.map((_, phase) =>
            decimalText(
              at(model, (errors) => errors[training][full][phase]),
              1,
            ),
          ),
        ]),
      })),
      {
        caption: `Trained on calm alone: crashes of severity ${DOSES[0] * peak} on the same switches and random numbers`,
        head: ["model", ...phases],
        rows: models.map((model) => [
          model,
          ...phases.map((_, phase) =>
            decimalText(
              at(model, ({ calm }) => calm[0][phase]),
              1,
            ),
          ),
        ]),
      },
    ],
    notes: [
      `${draws} fresh paths of ${TEST_DAYS} days after the warm-up, a moment every ${EVERY / 3600} h in the design of training, against the clean surface; medians over draws with 95 % order-statistic intervals. A draw in which a phase did not occur is left out of it.`,
      `Regimes are those of the scenario, calm and crash, and switch hour by hour by a Markov chain: calm lasts ${days(SPELLS.calm)} and a crash ${days(SPELLS.crash)} on average, ${Math.round(100 * crashShare(SPELLS))} % of time in a crash (ours). Entering one scales the variance as an onset does. Switches are the same for all severities.`,
      "The truth prices by the regime in force as if it lasted: it charges nothing for a switch to come.",
      `Training on a market that switches takes as many days (${scenario.training.days}) of another path of the same chain, which may hold no crash; by phase: calm is a week or more after the last crash.`,
    ],
  };
}
