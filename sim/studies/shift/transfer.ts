import type { FittedModel } from "../../../src/models/pricing-model.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { StudyHeat, StudyResult, StudyTable } from "../../results/study.ts";
import { drawCount, errorOn, fittedDraw } from "../shared/fitted-draw.ts";
import { decimalText, medianOf } from "../shared/points.ts";
import { breathe, quoteStream } from "../shared/streams.ts";
import type { Study, StudyContext } from "../study.ts";
import { conditions, unmoved, type Condition } from "./transfer/conditions.ts";

/** Fresh draws of training and test in each condition. */
const MOST_DRAWS = 40;

/** Error of every model trained in one condition and tested in another. */
export const transfer: Study = {
  name: "transfer",
  summary: "Does a model trained in one market price another? Regime, asset, venue, block time and gas, one at a time",
  on: "paths",
  async run(context) {
    const { scenario, models, masterSeed } = context;
    const arms = conditions(scenario);
    const draws = drawCount(scenario, MOST_DRAWS);
    const errors = new Map(models.map((name) => [name, arms.map(() => arms.map((): number[] => []))]));
    const configs = arms.map((arm) => configOf({ scenario: arm.scenario, models, severities: [0], masterSeed }));
    const pricers = configs.map(pricersOf);
    for (let draw = 0; draw < draws; draw++) {
      const trained: ReadonlyMap<string, FittedModel>[] = [];
      const tests: MarketQuotes[] = [];
      for (const [i, config] of configs.entries()) {
        trained.push(fittedDraw(config, pricers[i], draw));
        const random = replicateRandom(config, draw).fork("test");
        tests.push(quoteStream(config, pricers[i], random, 0, [scenario.scoring.ages[0]], "listed"));
        await breathe(context, draw * configs.length + i + 1, draws * configs.length);
      }
      for (const [name, cells] of errors) {
        cells.forEach((row, from) =>
          row.forEach((cell, to) => {
            const model = trained[from].get(name);
            // A draw without a fit leaves a hole, so that draws stay paired.
            cell.push(model === undefined ? Number.NaN : errorOn(configs[to], model, tests[to]));
          }),
        );
      }
    }
    return resultOf(context, arms, errors, draws);
  },
};

/** By model: by training condition, by test condition, by draw; vol points. */
type Errors = ReadonlyMap<string, readonly (readonly (readonly number[])[])[]>;

function resultOf(context: StudyContext, arms: readonly Condition[], errors: Errors, draws: number): StudyResult {
  const losses = [...errors].map(([name, cells]) => ({
    name,
    byArm: arms.map((_, to) => medianOf(differences(cells[0][to], cells[to][to]))),
  }));
  const largest = losses.map(({ name, byArm }) => {
    const worst = byArm.reduce((best, { y }, arm) => ((y ?? 0) > (byArm[best].y ?? 0) ? arm : best), 0);
    return worst === 0
      ? `${name} loses nothing`
      : `${name} loses ${decimalText(byArm[worst], 1)} (${arms[worst].name})`;
  });
  return {
    name: "transfer",
    title: "Transfer",
    question: "Does a model trained in one market price another?",
    answer: `Trained at home and tested elsewhere, against a model trained there, vol points: ${largest.join(", ")}.`,
    charts: [...errors].map(([name, cells]) => heat(name, arms, cells)),
    tables: [oneFactorTable(arms, errors), nativeTable(arms, errors), conditionTable(arms)],
    notes: [
      `${draws} fresh draws of training and test in each condition, the same random numbers in all; listed quotes of a path ${context.scenario.scoring.ages[0] / 3600} h after the warm-up, no stress; root mean square errors, medians over draws.`,
      "A model that learns little loses little by transfer: realised-vol learns which of two windows to trust.",
      "A venue's noise is in the quotes that models are fitted on; they are scored against clean ones.",
      ...unmoved.map(([factor, why]) => `${factor[0].toUpperCase()}${factor.slice(1)}: not applicable, since ${why}.`),
    ],
  };
}

function differences(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value - b[i]);
}

function heat(name: string, arms: readonly Condition[], cells: readonly (readonly (readonly number[])[])[]): StudyHeat {
  const names = arms.map((arm) => arm.name);
  return {
    kind: "heat",
    title: `${name}: error beyond a model trained where it is tested`,
    note: "Rows are where it was trained. A negative cell: another market was the better school.",
    columns: { label: "tested on", names },
    rows: { label: "trained on", names },
    unit: "vol points",
    values: cells.map((row) => row.map((cell, to) => medianOf(differences(cell, cells[to][to])).y)),
  };
}

function oneFactorTable(arms: readonly Condition[], errors: Errors): StudyTable {
  return {
    caption:
      "Trained at home: error at home, and beyond a model trained where it is tested; vol points, medians with 95 % intervals",
    head: ["model", ...arms.map(({ name }) => name)],
    rows: [...errors].map(([name, cells]) => [
      name,
      decimalText(medianOf(cells[0][0]), 1),
      ...arms.slice(1).map((_, i) => decimalText(medianOf(differences(cells[0][i + 1], cells[i + 1][i + 1])), 1)),
    ]),
  };
}

/** How hard each market is for a model of its own: what a transfer loss is measured from. */
function nativeTable(arms: readonly Condition[], errors: Errors): StudyTable {
  return {
    caption:
      "Trained and tested in the same market: error beyond that at home; vol points, medians with 95 % intervals",
    head: ["model", ...arms.slice(1).map(({ name }) => name)],
    rows: [...errors].map(([name, cells]) => [
      name,
      ...arms.slice(1).map((_, i) => decimalText(medianOf(differences(cells[i + 1][i + 1], cells[0][0])), 1)),
    ]),
  };
}

function conditionTable(arms: readonly Condition[]): StudyTable {
  return {
    caption: "Conditions, one factor changed at a time",
    head: ["condition", "what it is"],
    rows: [
      ...arms.map(({ name, change }) => [name, change]),
      ...unmoved.map(([factor, why]) => [factor, `n/a: ${why}`]),
    ],
  };
}
