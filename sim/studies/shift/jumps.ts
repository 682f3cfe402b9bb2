import { UserError } from "../../../src/errors/user-error.ts";
import { mean } from "../../../src/statistics/moments.ts";
import { stratifiedMean } from "../../../src/statistics/stratified-mean.ts";
import { testMoments, testMomentsByDesign, type Moment } from "../../experiment/generalisation/moments.ts";
import { quotesAt } from "../../experiment/generalisation/quotes.ts";
import { replicateRandom } from "../../experiment/generalisation/replicate.ts";
import type { StudyBars, StudyResult, StudyTable } from "../../results/study.ts";
import { regimeAt } from "../../world/regime.ts";
import { errorOn, fittedDraw, primaryDraws } from "../shared/fitted-draw.ts";
import { floorHedge, hedgedProfit, modelHedge } from "../shared/hedged-profit.ts";
import { decimalText, FEWEST_REPLICATES, medianOf, rangeText, type Measured } from "../shared/points.ts";
import { agesBetween, breathe } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";

const MOST_DRAWS = 100;
/** Share of paths with a jump on the plateau up to the scored age. */
const SHARE = 0.5;
/** Between hedges, seconds. */
const HEDGE_EVERY = 3600;
const TRUTH = "true model";
const question = "What does a jump itself cost, and how much of the usual numbers is paths without one?";

/** One value a draw, by whether its path jumped. */
interface Split {
  readonly jumped: number[];
  readonly quiet: number[];
}

interface Scores {
  /** Shift gap, vol points; none for the true model. */
  readonly gap: Split;
  /** Loss of the hedged book on the plateau up to the scored age, basis points of spot. */
  readonly loss: Split;
}

/** Rare jumps put into a stated share of paths, and weighted back. */
export const jumps: Study = {
  name: "jumps",
  summary: question,
  on: "paths",
  async run(context) {
    const { scenario, models } = context;
    const { primarySeverity } = scenario.scoring;
    const hedged = plateauHours(context);
    const watched = { ...scenario, scoring: { ...scenario.scoring, ages: hedged } };
    const { config, pricers, draws } = primaryDraws({ ...context, scenario: watched }, MOST_DRAWS);
    const empty = (): Scores => ({ gap: { jumped: [], quiet: [] }, loss: { jumped: [], quiet: [] } });
    const scores = new Map([...models, TRUTH].map((name) => [name, empty()]));
    let natural = 0;
    for (let draw = 0; draw < draws; draw++) {
      const random = replicateRandom(config, draw).fork("jumps");
      const { moments, jump } = testMomentsByDesign(watched, pricers, random, primarySeverity, SHARE);
      const calm = testMoments(watched, pricers, random, 0);
      natural = jump.hasJump ? jump.weight * SHARE : 1 - jump.weight * (1 - SHARE);
      const side = jump.hasJump ? "jumped" : "quiet";
      const last = (path: readonly Moment[]) =>
        quotesAt(watched, pricers, path.slice(-1), ["listed"], random.fork("noise"));
      const [calmQuotes, stressQuotes] = [last(calm), last(moments)];
      const loss = (profits: Float64Array) => -profits.reduce((sum, profit) => sum + profit, 0);
      for (const [name, model] of fittedDraw(config, pricers, draw)) {
        const { gap, loss: losses } = scores.get(name)!;
        gap[side].push(errorOn(config, model, stressQuotes) - errorOn(config, model, calmQuotes));
        losses[side].push(loss(hedgedProfit(moments, pricers, modelHedge(model))));
      }
      scores.get(TRUTH)!.loss[side].push(loss(hedgedProfit(moments, pricers, floorHedge(pricers))));
      await breathe(context, draw + 1, draws);
    }
    return resultOf(context, scores, natural, draws);
  },
};

/** Ages from the start of the plateau to the scored one, seconds. */
function plateauHours({
  scenario: { name, profile, scoring, calm, crash, process },
}: Pick<StudyContext, "scenario">): number[] {
  const where = "--studies jumps";
  const [age] = scoring.ages;
  if (!(age >= profile.ramp + HEDGE_EVERY)) {
    throw new UserError({
      where,
      what: `${name} is scored ${age} s after onset, within its ramp of ${profile.ramp} s`,
      expected: "a scored age at least an hour into the plateau",
    });
  }
  const { jumpIntensity } = regimeAt(calm, crash, scoring.primarySeverity, process);
  if (!(jumpIntensity > 0)) {
    throw new UserError({ where, what: `${name} has no jumps under stress`, expected: "a world that jumps" });
  }
  return agesBetween(profile.ramp, age, HEDGE_EVERY);
}

function resultOf(
  { scenario }: StudyContext,
  scores: ReadonlyMap<string, Scores>,
  natural: number,
  draws: number,
): StudyResult {
  const hours = plateauHours({ scenario }).length - 1;
  const jumped = scores.get(TRUTH)!.loss.jumped.length;
  const losses = (part: "jumped" | "quiet") =>
    rangeText(
      [...scores],
      ([name]) => name,
      ([, { loss }]) => medianOf(loss[part]),
      (loss) => decimalText(loss, 0),
    );
  return {
    name: "jumps",
    title: "Jumps by design",
    question,
    answer: `In the first ${hours} h of the plateau at severity ${scenario.scoring.primarySeverity}, ${(100 * natural).toFixed(1)} % of paths jump. The hedged book's median loss, basis points of spot: ${losses("jumped")} with a jump, ${losses("quiet")} without.`,
    charts: [
      bars("Loss of the hedged book", "basis points of spot", scores, "loss"),
      bars("Shift gap", "vol points", scores, "gap"),
    ],
    tables: [
      table("Loss of the hedged book, basis points of spot", scores, "loss", natural),
      table("Shift gap, vol points", scores, "gap", natural),
    ],
    notes: [
      `${draws} fresh draws; a jump in these hours is put into ${100 * SHARE} % of the paths (${jumped} of them here), where and as large as the market's own law has it; the natural law would need about ${Math.round(jumped / natural).toLocaleString("en-US")} draws for as many.`,
      "Weighted back: the two conditional means at their natural shares, the likelihood ratio of the design, with Welch's interval. Conditional numbers are medians with 95 % intervals over draws, none below six.",
      `The book is three options of 14 days, sold at the start of the plateau and hedged every ${HEDGE_EVERY / 3600} h without costs at each model's own delta, or at the true model's minimum-variance delta.`,
      "Calm paths, which the gap is measured from, follow their natural law and share the stressed path's numbers.",
    ],
  };
}

/** Mean over the natural law; nothing where a stratum has too few draws. */
function weightedBack({ jumped, quiet }: Split, natural: number): Measured {
  if (Math.min(jumped.length, quiet.length) < FEWEST_REPLICATES) return { y: null, low: null, high: null };
  const {
    mean: y,
    low,
    high,
  } = stratifiedMean([
    { share: natural, values: jumped },
    { share: 1 - natural, values: quiet },
  ]);
  return { y, low, high };
}

function bars(title: string, unit: string, scores: ReadonlyMap<string, Scores>, of: keyof Scores): StudyBars {
  return {
    kind: "bars",
    title: `${title}, with a jump and without`,
    note: "Medians over draws with 95 % intervals.",
    unit,
    bars: [...scores].flatMap(([name, { [of]: split }]) =>
      (["jumped", "quiet"] as const).flatMap((side) => {
        if (split[side].length === 0) return [];
        const { y, low, high } = medianOf(split[side]);
        return [{ name: `${name}, ${side === "jumped" ? "jump" : "none"}`, value: y, low, high }];
      }),
    ),
  };
}

function table(caption: string, scores: ReadonlyMap<string, Scores>, of: keyof Scores, natural: number): StudyTable {
  return {
    caption,
    head: ["model", "with a jump", "without", "mean, weighted back", "share of it from jumps", "draws with, without"],
    rows: [...scores].flatMap(([name, { [of]: split }]): StudyTable["rows"] => {
      const { jumped, quiet } = split;
      if (jumped.length + quiet.length === 0) return [];
      const { y, low, high } = weightedBack(split, natural);
      return [
        [
          name,
          decimalText(medianOf(jumped), 1),
          decimalText(medianOf(quiet), 1),
          decimalText({ y, low, high }, 1),
          y === null ? null : (natural * mean(jumped)) / y,
          `${jumped.length}, ${quiet.length}`,
        ],
      ];
    }),
    digits: [0, 0, 0, 0, 2, 0],
  };
}
