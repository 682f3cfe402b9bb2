import { tableOf } from "./feature-pipeline.ts";
import type { FittedModel } from "./pricing-model.ts";

/**
 * A frozen model for a vault whose bounds are not the usual ones: its vols are kept within these instead.
 * @param domain - lowest and highest annualised vol that may be posted, 1 = 100 %
 */
export function inDomain(base: FittedModel, domain: readonly [number, number]): FittedModel {
  const [low, high] = domain;
  if (low === base.domain[0] && high === base.domain[1]) return base;
  const clamp = (value: number) => Math.min(high, Math.max(low, value));
  const predictMany: FittedModel["predictMany"] = (at, state) => {
    const { sd } = base.predictMany(at, state);
    const vol = base.rawMany(at, state).map(clamp);
    return { vol, sd: sd.map((own) => Math.min(high, own)) };
  };
  return {
    name: base.name,
    information: base.information,
    get diagnostics() {
      return base.diagnostics;
    },
    trainedOn: base.trainedOn,
    domain,
    rawMany: (at, state) => base.rawMany(at, state),
    predictMany,
    predict(at) {
      const { vol, sd } = predictMany(tableOf(at));
      return { vol: vol[0], sd: sd[0] };
    },
    explain(at) {
      const found = base.explain(at);
      const raw = found.vol - found.clamping;
      return { ...found, clamping: clamp(raw) - raw, vol: clamp(raw) };
    },
    toJSON: () => ({ base: base.toJSON(), domain }),
  };
}
