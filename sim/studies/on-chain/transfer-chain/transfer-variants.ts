import { createFeatureTable, setFeatures } from "../../../../src/models/feature-pipeline.ts";
import { modelByName } from "../../../../src/models/models.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import { createRandom } from "../../../../src/random/random.ts";
import type { RunRecord } from "../../../engine/run-record.ts";
import type { Columns } from "../../../experiment/finished-run.ts";
import { pricersOf } from "../../../experiment/generalisation/replicate.ts";
import { configOf } from "../../../experiment/generalisation/run-generalisation.ts";
import type { ModelVariant, VariantMaker, VariantOrder } from "../../../experiment/model-variants.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import { homeVariants, type HomeOrder } from "../axes/home-variants.ts";
import { recordedQuotes, recordMoments } from "./recorded-calm.ts";

/** Name of the variant that is trained without a chain, as the experiment's own chain seeds are. */
export const OFF_CHAIN = "off chain";

/** Calm runs recorded in a market, to train on. */
export interface Recorded {
  readonly market: string;
  readonly scenario: Scenario;
  readonly runs: readonly Columns[];
}

/** An order for models that were trained on recorded calm runs of the market that the variant's name says. */
export interface TransferOrder extends VariantOrder {
  readonly recorded: readonly Recorded[];
  /** Of the recorded runs, what a seed trains on. */
  readonly share: number;
}

/** Posts the model of the home market, and takes from the run what models can be trained on. */
export const recorderVariants: VariantMaker<HomeOrder> = (order, request) => {
  const atHome = homeVariants(order, request);
  return (spec, base) => ({ ...atHome(spec, base), columns: recordMoments });
};

/** Models of this process by what they were trained on: all markets of a study run the same ones. */
const fitted = new WeakMap<TransferOrder["recorded"], Map<string, FittedModel>>();

/** Tells how far public chain state moved the level that the model quotes, vol points. */
export const transferVariants: VariantMaker<TransferOrder> = ({ model, recorded, share }, { masterSeed }) => {
  const known = fitted.get(recorded) ?? new Map<string, FittedModel>();
  fitted.set(recorded, known);
  const trained = (market: string, seed: number): FittedModel => {
    const { scenario, runs } = recorded.find((each) => each.market === market)!;
    const pricers = pricersOf(configOf({ scenario, masterSeed }));
    const quotes = recordedQuotes(scenario, pricers, runs, share, masterSeed, seed);
    return modelByName(model).fit(quotes, createRandom(masterSeed, "transfer", seed).fork("fit", model));
  };
  return ({ model: market, seed }, base): ModelVariant => {
    if (market === OFF_CHAIN) return withStateMoves(base());
    const key = `${masterSeed}|${market}|${seed}|${model}`;
    if (!known.has(key)) known.set(key, trained(market, seed));
    return withStateMoves(known.get(key)!);
  };
};

function withStateMoves(model: FittedModel): ModelVariant {
  return { model, columns: (record) => ({ stateMoves: stateMoves(model, record) }) };
}

/** By block, what order flow, utilisation and base fee add to the raw seven-day vol at the money, vol points. */
function stateMoves(model: FittedModel, { blocks }: RunRecord): Float64Array {
  const { orderFlow, utilisation, baseFee } = model.trainedOn.typical;
  const tables = [{}, { orderFlow, utilisation, baseFee }].map((typical) => {
    const table = createFeatureTable(blocks.length);
    blocks.forEach(({ features }, row) => setFeatures(table, row, { ...features, ...typical }, 0, 7 / 365));
    return model.rawMany(table);
  });
  return tables[0].map((vol, row) => 100 * (vol - tables[1][row]));
}
