import { derivedModel } from "./derived-model.ts";
import type { FittedModel } from "./pricing-model.ts";

/**
 * A frozen model for a vault whose bounds are not the usual ones: its vols are kept within these instead.
 * @param domain - lowest and highest annualised vol that may be posted, 1 = 100 %
 */
export function inDomain(base: FittedModel, domain: readonly [number, number]): FittedModel {
  const [low, high] = domain;
  if (low === base.domain[0] && high === base.domain[1]) return base;
  const clamp = (value: number) => Math.min(high, Math.max(low, value));
  return derivedModel(base, {
    domain,
    predictMany(at, state) {
      const { sd } = base.predictMany(at, state);
      const vol = base.rawMany(at, state).map(clamp);
      return { vol, sd: sd.map((own) => Math.min(high, own)) };
    },
    explain(at) {
      const found = base.explain(at);
      const raw = found.vol - found.clamping;
      return { ...found, clamping: clamp(raw) - raw, vol: clamp(raw) };
    },
    toJSON: () => ({ base: base.toJSON(), domain }),
  });
}
