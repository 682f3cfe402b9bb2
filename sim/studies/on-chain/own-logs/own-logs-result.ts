import { estimate } from "../../../experiment/estimate.ts";
import type { StudyBars, StudyLines, StudyResult, StudyTable } from "../../../results/study.ts";
import { decimalText, medianOf, shareText, type Measured } from "../../shared/points.ts";
import type { StudyContext } from "../../study.ts";
import { inPercent, percentText } from "../chain-arms.ts";
import { RUNS } from "./learning-days.ts";
import type { TradeBias } from "./trade-bias.ts";
import { trainingSources, type TrainingSource } from "./training-sources.ts";

/** Errors of one fit on fresh paths, vol points. */
export interface Scored {
  readonly calm: number;
  readonly stress: number;
}

/** What one draw showed; what could not be fitted or run is undefined. */
export interface DrawFindings {
  readonly sources: ReadonlyMap<
    TrainingSource,
    {
      readonly quotes: number;
      readonly errors: ReadonlyMap<string, Scored | undefined>;
      /** Share of the posted model's error on fresh calm that the model repeats when it is fitted on this source. */
      readonly survival: number | undefined;
    }
  >;
  /** The posted model, fitted on the calm before. */
  readonly before: Scored | undefined;
  readonly bias: {
    readonly perfect: TradeBias;
    readonly posted: TradeBias;
    readonly learned: TradeBias | undefined;
  };
}

/** Excess cost at severity 1 by what the keeper's model was trained on, share of NAV, a draw each. */
export interface LearnedCosts {
  readonly before: readonly number[];
  readonly market: readonly number[];
  readonly own: readonly number[];
}

type Regime = keyof Scored;

const MARKET: TrainingSource = "market quotes";
const SELECTED: TrainingSource = "market quotes of what was traded";
const OWN: TrainingSource = "own trades";
const PAID: TrainingSource = "own trades, as paid";
const AGAIN: TrainingSource = "own trades, second round";

/** Text, charts and tables of the study. */
export function ownLogsResult(
  { scenario, models }: StudyContext,
  model: string,
  findings: readonly DrawFindings[],
  costs: LearnedCosts,
): StudyResult {
  const { primarySeverity, ages } = scenario.scoring;
  const errors = new Errors(findings);
  const step = (source: TrainingSource, from: TrainingSource, regime: Regime) =>
    decimalText(errors.added(source, from, model, regime), 1);
  const both = (source: TrainingSource, from: TrainingSource) =>
    `${step(source, from, "calm")} and ${step(source, from, "stress")}`;
  const more = estimate(costs.own.map((cost, draw) => cost - costs.market[draw]));
  const repeats = (source: TrainingSource) => shareText(medianOf(errors.survival(source)));
  const selection = decimalText(
    medianOf(findings.map(({ bias: { posted } }) => posted.bought.mid - posted.sold.mid)),
    1,
  );
  return {
    name: "own-logs",
    title: "Learning from one's own trades",
    question: "What does a protocol lose that fits its model on its own trades, and on nothing else?",
    answer:
      `Fitted on the vault's own trades, ${model} repeats ${repeats(OWN)} of the posted model's error on fresh calm, ${repeats(AGAIN)} after a second round; on the market's quotes of the same days ${repeats(MARKET)}. ` +
      `It errs by ${both(OWN, MARKET)} vol points more (fresh calm, severity ${primarySeverity}), of which ${both(SELECTED, MARKET)} since only some options trade; ` +
      `what the vault sold it priced ${selection} vol points below what it bought, against the truth. An interval that holds zero shows nothing.`,
    charts: [
      survivalBars(errors, model),
      bars(errors, model, "calm", "fresh calm"),
      bars(errors, model, "stress", `severity ${primarySeverity}`),
      rounds(errors, findings, model, primarySeverity),
    ],
    tables: [
      addedTable(errors, models, "calm", "Fresh calm"),
      addedTable(errors, models, "stress", `Severity ${primarySeverity}`),
      biasTable(findings),
      costTable(costs, model),
    ],
    notes: [
      `${findings.length} draws; each is ${RUNS} calm runs of ${scenario.clock.horizon / 86_400} days under ${scenario.onChain.presets.at(-1)}, one after the other and without feedback, so that every pricing meets the same market; ${countText(findings)}. Models are fitted on the event logs alone and scored on listed quotes of fresh paths ${ages[0] / 3600} h after the onset; medians over draws with 95 % intervals, differences draw by draw.`,
      "The market's quotes of the same days are those of training's options four times a day, with the market's noise. Trades weigh by their size; fee, charge for lag and spread are taken off their premiums unless it says as paid.",
      `A trade tells the vault's own vol, so a fit on trades learns the posted model again with its errors; what the market thinks shows only in which side trades, which no model here reads. Survival: Σ w e e′ / Σ w e² over listed quotes, e the error of the posted model and e′ that of the new fit. Second round: the model fitted on the trades is posted on the same days, and the same model is fitted on the trades that follow.`,
      "Under perfect pricing a trade tells the truth, without the market's noise: what is lost there is lost to selection alone.",
      `Premiums as paid put the spread into the vols: ${both(PAID, OWN)} vol points more than with the spread off. Posting what was learned on a fresh run at severity 1 costs ${percentText(more)} of NAV more than posting what the market's quotes teach.`,
      "Traders here know the truth and trade when the vault is off by more than its spread. Others would tell the vault less.",
    ],
  };
}

/** Errors of all fits, paired by draw. */
class Errors {
  readonly #findings: readonly DrawFindings[];

  constructor(findings: readonly DrawFindings[]) {
    this.#findings = findings;
  }

  of(source: TrainingSource, model: string, regime: Regime): number[] {
    return this.#findings.map(({ sources }) => sources.get(source)?.errors.get(model)?.[regime] ?? Number.NaN);
  }

  survival(source: TrainingSource): number[] {
    return this.#findings.map(({ sources }) => sources.get(source)?.survival ?? Number.NaN);
  }

  before(regime: Regime): number[] {
    return this.#findings.map(({ before }) => before?.[regime] ?? Number.NaN);
  }

  /** What training on one source adds to the error of training on another. */
  added(source: TrainingSource, from: TrainingSource, model: string, regime: Regime): Measured {
    const without = this.of(from, model, regime);
    return medianOf(this.of(source, model, regime).map((error, draw) => error - without[draw]));
  }
}

function survivalBars(errors: Errors, model: string): StudyBars {
  return {
    kind: "bars",
    title: `Share of the posted ${model}'s error that is learned again`,
    note: "On fresh calm quotes: 100 % repeats the posted model, 0 % has errors of its own alone.",
    unit: "share of the error, %",
    bars: trainingSources.map((source) => {
      const { y, low, high } = medianOf(errors.survival(source));
      return { name: source, value: inPercent(y), low: inPercent(low), high: inPercent(high) };
    }),
  };
}

function bars(errors: Errors, model: string, regime: Regime, where: string): StudyBars {
  const bar = (name: string, { y, low, high }: Measured) => ({ name, value: y, low, high });
  return {
    kind: "bars",
    title: `Error of ${model} by what it was trained on, ${where}`,
    note: "The first was trained on the calm before and is what the keeper posted; all others on the same days.",
    unit: "error, vol points",
    bars: [
      bar("the calm before", medianOf(errors.before(regime))),
      ...trainingSources.map((source) => bar(source, medianOf(errors.of(source, model, regime)))),
    ],
  };
}

/** Does the error grow from round to round? */
function rounds(errors: Errors, findings: readonly DrawFindings[], model: string, severity: number): StudyLines {
  const { posted, learned } = {
    posted: findings.map(({ bias }) => bias.posted.distance),
    learned: findings.map(({ bias }) => bias.learned?.distance ?? Number.NaN),
  };
  const line = (name: string, values: readonly (readonly number[])[]) => ({
    name,
    points: values.map((draws, x) => ({ x, ...medianOf(draws) })),
  });
  const own = (regime: Regime) => [
    errors.before(regime),
    errors.of(OWN, model, regime),
    errors.of(AGAIN, model, regime),
  ];
  return {
    kind: "lines",
    title: `${model}, round after round`,
    note: "Round 0 was trained on market quotes of the calm before, each later one on the trades at the vols of the one before.",
    x: { label: "rounds of learning from own trades", scale: "linear" },
    y: { label: "vol points", scale: "linear" },
    series: [
      line("error, fresh calm", own("calm")),
      line(`error, severity ${severity}`, own("stress")),
      line("distance of traded from true vols", [posted, learned]),
    ],
  };
}

function addedTable(errors: Errors, models: readonly string[], regime: Regime, where: string): StudyTable {
  const [market, ...others] = trainingSources;
  return {
    caption: `${where}: error when trained on market quotes, and what other training data add to it; vol points`,
    head: ["trained on", ...models],
    rows: [
      [market, ...models.map((model) => decimalText(medianOf(errors.of(market, model, regime)), 1))],
      ...others.map((source) => [
        source,
        ...models.map((model) => decimalText(errors.added(source, MARKET, model, regime), 1)),
      ]),
    ],
  };
}

function biasTable(findings: readonly DrawFindings[]): StudyTable {
  const row = (name: string, pick: (bias: DrawFindings["bias"]) => TradeBias | undefined) => {
    const all = findings.map(({ bias }) => pick(bias));
    const text = (of: (bias: TradeBias) => number) =>
      decimalText(medianOf(all.map((bias) => (bias === undefined ? Number.NaN : of(bias)))), 1);
    return [
      name,
      text(({ trades }) => trades),
      text(({ sold }) => sold.mid),
      text(({ bought }) => bought.mid),
      text(({ sold, bought }) => sold.mid - bought.mid),
      text(({ sold }) => sold.paid),
      text(({ bought }) => bought.paid),
      text(({ distance }) => distance),
    ];
  };
  return {
    caption: "Traded less true vol of the same options, vol points",
    head: [
      "the vault prices",
      "trades a draw",
      "spread off, vault sold",
      "spread off, vault bought",
      "sold less bought",
      "as paid, vault sold",
      "as paid, vault bought",
      "spread off, root mean square",
    ],
    rows: [
      row("perfectly", ({ perfect }) => perfect),
      row("by the posted model", ({ posted }) => posted),
      row("by what it learned from its trades", ({ learned }) => learned),
    ],
  };
}

function costTable({ before, market, own }: LearnedCosts, model: string): StudyTable {
  const row = (name: string, costs: readonly number[]) => [
    `${model} trained on ${name}`,
    inPercent(estimate(costs).mean),
    percentText(estimate(costs.map((cost, draw) => cost - market[draw]))),
  ];
  return {
    caption: "A fresh run at severity 1: excess cost beyond perfect pricing, mean over draws; paired difference, 95 %",
    head: ["the keeper posts", "excess cost, % of NAV", "more than trained on market quotes of the same days"],
    digits: [0, 2, 0],
    rows: [row("the calm before", before), row(MARKET, market), row(OWN, own)],
  };
}

/** `150 to 230 trades a draw against 2,160 quotes`. */
function countText(findings: readonly DrawFindings[]): string {
  const trades = findings.map(({ bias }) => bias.posted.trades);
  const quotes = findings.map(({ sources }) => sources.get(MARKET)!.quotes);
  return `${Math.min(...trades)} to ${Math.max(...trades)} trades a draw against ${Math.max(...quotes).toLocaleString("en-US")} quotes of the market`;
}
