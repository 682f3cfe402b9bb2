import { createFeatureTable, setFeatures, type MomentFeatures } from "../../src/models/feature-pipeline.ts";
import { contractDomain } from "../../src/models/frozen-model.ts";
import type { FeatureTable, FittedModel } from "../../src/models/pricing-model.ts";
import type { PostedSmile, Series } from "../../src/protocol/actions.ts";
import { volAt } from "../../src/protocol/twin/vol-at.ts";
import type { GridView, ProtocolView } from "../../src/protocol/view.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";

const NODES = 16;
/** Largest vol that the contract takes. */
const LARGEST_VOL = contractDomain[1];

/** A vol for each strike of one expiry (USD, Unix seconds), with the model's standard deviation of it. */
export type SmileFunction = (
  strikes: Float64Array,
  expiry: number,
) => { readonly vol: Float64Array; readonly sd: Float64Array };

/** Smiles of the frozen model on the features of a moment. Strikes are measured from the feed's price. */
export function modelSmile(model: FittedModel, features: MomentFeatures, now: number): SmileFunction {
  return (strikes, expiry) => model.predictMany(tableOf(features, strikes, expiry, now));
}

/** Whether the model's own output leaves the domain that the contract takes, somewhere on the strikes. */
export function isClamped(
  model: FittedModel,
  features: MomentFeatures,
  now: number,
  strikes: Float64Array,
  expiry: number,
): boolean {
  const [low, high] = model.domain;
  return model.rawMany(tableOf(features, strikes, expiry, now)).some((vol) => !(vol >= low && vol <= high));
}

function tableOf(features: MomentFeatures, strikes: Float64Array, expiry: number, now: number): FeatureTable {
  const table = createFeatureTable(strikes.length);
  const years = (expiry - now) / YEAR_SECONDS;
  strikes.forEach((strike, row) => setFeatures(table, row, features, Math.log(strike / features.spot), years));
  return table;
}

/** Strikes of the sixteen nodes: x = k/(σ_ref √τ) from −3 to 3. */
export function nodeStrikes(spot: number, referenceVol: number, years: number): Float64Array {
  const deviation = referenceVol * Math.sqrt(years);
  return Float64Array.from({ length: NODES }, (_, node) => spot * Math.exp((-3 + 0.4 * node) * deviation));
}

/** The smile of one expiry on the grid's nodes, about its own vol at the money. */
export function postedSmile(
  smile: SmileFunction,
  underlying: number,
  expiry: number,
  spot: number,
  now: number,
): PostedSmile {
  const referenceVol = smile(Float64Array.of(spot), expiry).vol[0];
  const { vol, sd } = smile(nodeStrikes(spot, referenceVol, (expiry - now) / YEAR_SECONDS), expiry);
  // A standard deviation beyond the largest vol says no more than that one.
  const meanSd = sd.reduce((sum, each) => sum + each, 0) / sd.length;
  const postedSd = Math.min(meanSd, LARGEST_VOL);
  return { underlying, expiry, referenceVol, secondsToExpiry: expiry - now, sd: postedSd, vols: vol };
}

/** Vols of a smile function by series index; NaN after expiry. */
export function volsBySeries(smile: SmileFunction, series: readonly Series[], now: number): Float64Array {
  const vols = new Float64Array(series.length).fill(Number.NaN);
  for (const expiry of new Set(series.map((each) => each.expiry))) {
    if (expiry <= now) continue;
    const places = [...series.keys()].filter((index) => series[index].expiry === expiry);
    const { vol } = smile(
      Float64Array.from(places, (index) => series[index].strike),
      expiry,
    );
    places.forEach((index, row) => (vols[index] = vol[row]));
  }
  return vols;
}

/** What posted smiles say of each series through the contract's interpolation; NaN where none was posted. */
export function gridVols(view: ProtocolView, smiles: readonly PostedSmile[], postedAt: number): Float64Array {
  const byExpiry = view.expiries.map(({ underlying, expiry }): GridView => {
    const smile = smiles.find((each) => each.underlying === underlying && each.expiry === expiry);
    if (smile === undefined)
      return { referenceVol: 1, sd: 0, secondsToExpiry: 1, postedAt: 0, nodes: new Float64Array() };
    const { referenceVol, sd, secondsToExpiry, vols: nodes } = smile;
    return { referenceVol, sd, secondsToExpiry, postedAt, nodes };
  });
  const gridView: ProtocolView = { ...view, vols: { source: "grid", byExpiry } };
  return Float64Array.from(view.series, (series) =>
    series.expiry <= view.time
      ? Number.NaN
      : volAt(gridView, series, view.markets.find(({ underlying }) => underlying === series.underlying)!.price).vol,
  );
}
