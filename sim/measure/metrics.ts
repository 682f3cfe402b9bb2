import type { ModelResult } from "../results/generalisation.ts";
import type { ChainCell, SeedResult } from "../results/on-chain.ts";
import type { PredicateName } from "../results/parts.ts";
import type { Results } from "../results/results.ts";

/** Where a metric is looked up. Preset and severity are null where the cell has none. */
export interface MetricCell {
  readonly model: string;
  readonly preset: string | null;
  readonly severity: number | null;
}

export type MetricUnit = "vol points" | "share of NAV" | "share" | "USD" | "hours" | "count" | "severity" | "QLIKE";

/** A named number of the results: one list for results, predicates, charts and `--fail-if`. */
export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  /** Which way is better; `neither` for plain facts. */
  readonly better: "lower" | "higher" | "neither";
  readonly description: string;
  /** Null where the cell has no such value. */
  value(results: Results, cell: MetricCell): number | null;
  /** The same by seed, for paired comparison; absent for off-chain metrics. */
  readonly bySeed?: (seed: SeedResult) => number | null;
}

const offChain = (read: (model: ModelResult) => number | null): Metric["value"] => {
  return (results, cell) => {
    const model = results.generalisation?.models.find(({ name }) => name === cell.model);
    return model === undefined ? null : read(model);
  };
};

const gap = (read: (gap: ModelResult["gaps"][number]["gap"]) => number | null): Metric["value"] => {
  return (results, cell) => {
    const primary = results.generalisation?.primary;
    const model = results.generalisation?.models.find(({ name }) => name === cell.model);
    const found = model?.gaps.find(
      ({ severity, age, design }) => severity === cell.severity && age === primary?.age && design === primary.design,
    );
    return found === undefined ? null : read(found.gap);
  };
};

const onChain = (read: (cell: ChainCell) => number | null | undefined): Metric["value"] => {
  return (results, cell) => {
    const found = results.onChain.find(
      ({ model, preset, severity }) => model === cell.model && preset === cell.preset && severity === cell.severity,
    );
    return found === undefined ? null : (read(found) ?? null);
  };
};

const shareOf = (part: number, whole: number) => (whole === 0 ? null : part / whole);

const meanOf = (read: (seed: SeedResult) => number | null): Metric["value"] =>
  onChain(({ perSeed }) => {
    const values = perSeed.map(read).filter((value) => value !== null);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  });

const seedsBroken = (predicate: PredicateName): Metric => ({
  name: `breaks.${predicate}`,
  unit: "share",
  better: "lower",
  description: `Share of seeds in which \`${predicate}\` broke in excess of the control`,
  value: onChain(({ breaks, perSeed }) =>
    shareOf(
      new Set(breaks.filter((found) => found.excess && found.predicate === predicate).map(({ seed }) => seed)).size,
      perSeed.length,
    ),
  ),
});

/** Error that a step between model and contract adds, or its ends. */
const errorStep = (step: keyof ChainCell["errorVp"], description: string): Metric => ({
  name: `error.${step}`,
  unit: "vol points",
  better: "lower",
  description,
  value: onChain(({ errorVp }) => errorVp[step]),
  ...(step === "effective" ? { bySeed: (seed: SeedResult) => seed.effectiveErrorVp } : {}),
});

/** The one list of metrics. */
export const metrics: readonly Metric[] = [
  {
    name: "error.fit",
    unit: "vol points",
    better: "lower",
    description: "Median error on the quotes that the model was fitted on",
    value: offChain(({ fit }) => fit.median),
  },
  {
    name: "error.calm",
    unit: "vol points",
    better: "lower",
    description: "Median error on a fresh calm path",
    value: offChain(({ calm }) => calm.median),
  },
  {
    name: "error.optimism",
    unit: "vol points",
    better: "lower",
    description: "Median of fresh-calm error less error of fit: overfitting",
    value: offChain(({ optimism }) => optimism.median),
  },
  {
    name: "gap.median",
    unit: "vol points",
    better: "lower",
    description: "Median shift gap: stress error beyond a fresh calm path, listed quotes at the primary age",
    value: gap(({ median }) => median),
  },
  {
    name: "gap.lower95",
    unit: "vol points",
    better: "lower",
    description: "Lower 95 % bound of the median shift gap",
    value: gap(({ low }) => low),
  },
  {
    name: "gap.upper95",
    unit: "vol points",
    better: "lower",
    description: "Upper 95 % bound of the median shift gap",
    value: gap(({ high }) => high),
  },
  {
    name: "gap.q90",
    unit: "vol points",
    better: "lower",
    description: "90 % quantile of the shift gap over replicates",
    value: gap(({ q90 }) => q90),
  },
  {
    name: "gap.excess",
    unit: "vol points",
    better: "lower",
    description: "Median shift gap less the attainable control's, at the primary severity and age",
    value: offChain(({ versusAttainable }) => versusAttainable?.d.median ?? null),
  },
  {
    name: "gap.excessLower",
    unit: "vol points",
    better: "lower",
    description: "Holm-adjusted lower bound of the shift gap less the attainable control's",
    value: offChain(({ versusAttainable }) => versusAttainable?.adjustedLower ?? null),
  },
  {
    name: "breakingPoint.median",
    unit: "severity",
    better: "higher",
    description: "Median severity at which the shift gap passes its threshold; no value when censored",
    value: offChain(({ breakingPoint }) => breakingPoint?.median ?? null),
  },
  {
    name: "domain.shareOut",
    unit: "share",
    better: "lower",
    description: "Share of raw outputs outside the declared domain under stress",
    value: offChain(({ domainShareOut }) => domainShareOut),
  },
  {
    name: "forecast.failure",
    unit: "QLIKE",
    better: "lower",
    description: "History: stress QLIKE less calm QLIKE",
    value: (results, { model }) => results.history?.models.find(({ name }) => name === model)?.forecastFailure ?? null,
  },
  {
    name: "quotes.gap",
    unit: "vol points",
    better: "lower",
    description: "History: error on real stress quotes less error on held-out calm quotes",
    value: (results, { model }) => results.history?.models.find(({ name }) => name === model)?.quotes?.gapVp ?? null,
  },
  {
    name: "loss.mean",
    unit: "share of NAV",
    better: "lower",
    description: "Mean cost of model error: loss less perfect pricing's on the same seed",
    value: onChain(({ excessCost }) => excessCost?.mean),
    bySeed: ({ excessCost }) => excessCost,
  },
  {
    name: "loss.lower95",
    unit: "share of NAV",
    better: "lower",
    description: "Lower 95 % bound of the mean cost of model error",
    value: onChain(({ excessCost }) => excessCost?.low),
  },
  {
    name: "loss.upper95",
    unit: "share of NAV",
    better: "lower",
    description: "Upper 95 % bound of the mean cost of model error",
    value: onChain(({ excessCost }) => excessCost?.high),
  },
  {
    name: "loss.absolute",
    unit: "share of NAV",
    better: "lower",
    description: "Mean loss of the vault, whatever the cause",
    value: onChain(({ loss }) => loss.mean),
    bySeed: ({ loss }) => loss,
  },
  {
    name: "amplification.loss",
    unit: "share of NAV",
    better: "lower",
    description: "Mean loss that feedback adds: with trades moving the outside price, less without (--feedback both)",
    value: ({ amplification }, { model, preset, severity }) =>
      amplification.find((row) => row.model === model && row.preset === preset && row.severity === severity)?.loss
        .mean ?? null,
  },
  {
    name: "error.beyondPerfect",
    unit: "vol points",
    better: "lower",
    description: "Error of the contract's quotes beyond that of perfect pricing on the last rung that ran (--rungs)",
    value: ({ ladder }, { model, preset, severity }) =>
      ladder
        .find((row) => row.preset === preset && row.severity === severity)
        ?.models.find((row) => row.model === model)?.beyondVp.mean ?? null,
  },
  {
    name: "drawdown.mean",
    unit: "share of NAV",
    better: "lower",
    description: "Mean over seeds of the deepest fall of NAV per share from its peak",
    value: meanOf(({ drawdown }) => drawdown),
    bySeed: ({ drawdown }) => drawdown,
  },
  errorStep("intended", "Error of the model's own output along the runs, root mean square"),
  errorStep("projection", "What the posted form adds to the model's error"),
  errorStep("latency", "What the keeper's delay adds"),
  errorStep("guards", "What clamps, refusals and fallbacks add; negative when they help"),
  errorStep("effective", "Error of the contract's quotes, spread and fees at zero"),
  {
    name: "posts.refused",
    unit: "share",
    better: "neither",
    description: "Share of posted smiles that the contract refused",
    value: onChain(({ posts }) => shareOf(posts.refused, posts.offered)),
  },
  {
    name: "posts.clamped",
    unit: "share",
    better: "neither",
    description: "Share of posted smiles that were clamped to the domain",
    value: onChain(({ posts }) => shareOf(posts.clamped, posts.offered)),
  },
  {
    name: "grid.outside",
    unit: "share",
    better: "neither",
    description: "Share of quotes beyond the outermost nodes of the posted grid, where the vol goes on flat",
    value: onChain(({ outsideGrid }) => outsideGrid),
  },
  {
    name: "surface.staleHours",
    unit: "hours",
    better: "lower",
    description: "Mean hours without a fresh surface on chain",
    value: onChain(({ hoursWithoutFreshSurface }) => hoursWithoutFreshSurface),
  },
  {
    name: "trades.refused",
    unit: "share",
    better: "lower",
    description: "Share of attempted trades that the contract refused",
    value: onChain(({ tradesRefused, tradesAttempted }) => shareOf(tradesRefused, tradesAttempted)),
  },
  {
    name: "hedging.error",
    unit: "USD",
    better: "lower",
    description: "Standard deviation of daily hedged P&L less that of the minimum-variance hedge",
    value: onChain(({ hedging }) => hedging.error.mean),
  },
  {
    name: "selection.edge",
    unit: "USD",
    better: "lower",
    description: "Edge at trade that informed roles took from the vault, all seeds",
    value: onChain(({ adverseSelection }) =>
      adverseSelection
        .filter(({ role }) => role === "vol-arbitrageur" || role === "stale-price-sniper")
        .reduce((sum, { edge }) => sum + edge, 0),
    ),
  },
  {
    name: "liquidations.count",
    unit: "count",
    better: "neither",
    description: "Liquidations over all seeds",
    value: onChain(({ liquidations }) => liquidations.count),
    bySeed: ({ liquidations }) => liquidations,
  },
  {
    name: "liquidations.wrongful",
    unit: "count",
    better: "lower",
    description: "Liquidations of accounts that were healthy at the true price, over all seeds",
    value: onChain(({ liquidations }) => liquidations.wrongful),
  },
  {
    name: "badDebt.total",
    unit: "USD",
    better: "lower",
    description: "Bad debt over all seeds",
    value: onChain(({ liquidations }) => liquidations.badDebt),
    bySeed: ({ badDebt }) => badDebt,
  },
  {
    name: "insurance.used",
    unit: "USD",
    better: "lower",
    description: "Insurance fund spent over all seeds",
    value: onChain(({ liquidations }) => liquidations.insuranceUsed),
    bySeed: ({ insuranceUsed }) => insuranceUsed,
  },
  seedsBroken("pricing"),
  seedsBroken("economic"),
  seedsBroken("solvency"),
  seedsBroken("liveness"),
];

/** The metric of that name; undefined when there is none. */
export function metricNamed(name: string): Metric | undefined {
  return metrics.find((metric) => metric.name === name);
}

/** Every cell in which a model, never a control, can be judged: on chain, then off-chain severities, then history. */
export function judgedCells(results: Results): MetricCell[] {
  const chain = results.onChain
    .filter(({ kind }) => kind === "model")
    .map(({ model, preset, severity }) => ({ model, preset, severity }));
  const scored = (results.generalisation?.models ?? [])
    .filter(({ kind }) => kind === "model")
    .flatMap(({ name, gaps }) =>
      [...new Set(gaps.map(({ severity }) => severity))].map((severity) => ({ model: name, preset: null, severity })),
    );
  const history = (results.history?.models ?? [])
    .filter(({ kind }) => kind === "model")
    .map(({ name }) => ({ model: name, preset: null, severity: null }));
  return [...chain, ...scored, ...history];
}
