import { digestOf } from "../../src/json/canonical-json.ts";
import { standardDeviation } from "../../src/statistics/moments.ts";
import { smallestDetectable } from "../../src/statistics/power.ts";
import type { Generalisation } from "../results/generalisation.ts";
import type { HistoryResult } from "../results/history.ts";
import type { LedgerCell } from "../results/on-chain.ts";
import { finiteOrNull } from "../results/parts.ts";
import type { Power, Results } from "../results/results.ts";
import type { StudyResult } from "../results/study.ts";

import { amplificationOf } from "./amplification.ts";
import { estimate } from "./estimate.ts";
import type { ChainOutcome } from "./experiment.ts";
import type { JudgedRun } from "./finished-run.ts";
import type { GeneralisationOutcome } from "./generalisation/run-generalisation.ts";
import { ladderOf } from "./ladder.ts";
import { limitsOf } from "./limits.ts";
import { p0Control } from "./p0-control.ts";
import { PERFECT } from "./plan.ts";
import type { ExperimentRequest } from "./request.ts";
import { runsByCell } from "./runs-by-cell.ts";
import { versions } from "./versions.ts";

/** Fewest seeds for an interval. */
const FEWEST_FOR_INTERVAL = 6;

/** What was scored off chain: a synthetic world over replicates, or recorded prices. */
export interface Scores {
  readonly generalisation: Generalisation | null;
  readonly replicateSd: GeneralisationOutcome["replicateSd"];
  readonly history: HistoryResult | null;
  readonly studies: readonly StudyResult[];
}

/** Puts an experiment's parts together as `results.json` shows them. */
export function assembleResults(
  request: ExperimentRequest,
  { generalisation, replicateSd, history, studies }: Scores,
  chain: ChainOutcome,
  timings: Record<string, number>,
): Results {
  const { scenario } = request;
  return {
    version: 2,
    meta: metaOf(request, chain),
    scenario: JSON.parse(JSON.stringify(scenario)) as Results["scenario"],
    generalisation: generalisation === null ? null : withChainControls(generalisation, chain),
    history,
    onChain: [...chain.cells],
    besides: [...chain.besides],
    ladder: ladderOf(chain.runs, scenario),
    amplification: amplificationOf(chain.runs),
    ledgerCheck: {
      runs: chain.runs.length,
      blocks: chain.runs.reduce((sum, { times }) => sum + times.length, 0),
      // A run whose ledger does not sum to zero in a block stops there.
      largestResidual: "0",
      holds: true,
    },
    stories: chain.worst.map(({ run, file }) => ({ ...run.story, bundle: file })),
    whoPaidWhom: ledgerCells(chain.compared),
    bundles: chain.worst.map(({ run, file }) => {
      const { model, preset, severity, seed } = run.summary.spec;
      return { file, model, preset, severity, seed };
    }),
    rolesWithoutFill: rolesWithoutFill(chain),
    power: { replicateSd: replicateSd.map((row) => ({ ...row })), chain: chainPower(chain) },
    studies: [...studies],
    sources: scenario.sources.map((source) => ({ ...source })),
    limits: limitsOf(scenario, history, request.history?.fixedIn),
    timings,
  };
}

function metaOf({ scenario, masterSeed, command }: ExperimentRequest, chain: ChainOutcome): Results["meta"] {
  return {
    ...versions(),
    scenario: scenario.name,
    scenarioSummary: scenario.summary,
    scenarioLabel: scenario.label,
    scenarioHash: digestOf(scenario),
    masterSeed,
    command,
    presets: [...scenario.onChain.presets],
    chainSeeds: scenario.onChain.seeds,
    chainRuns: chain.runs.length,
    chainBlocks: chain.runs.reduce((sum, { times }) => sum + times.length, 0),
    genesisNav: scenario.protocol.nav,
  };
}

/** Adds what only the chain can tell: P0 at noise, what pairing saves. */
function withChainControls(generalisation: Generalisation, { compared }: ChainOutcome): Generalisation {
  const perfect = compared.filter(({ summary }) => summary.spec.model === PERFECT);
  return {
    ...generalisation,
    controls: {
      ...generalisation.controls,
      p0: p0Control(perfect.map(({ summary }) => summary)),
      varianceRatios: varianceRatios(compared),
    },
  };
}

/** Variance of the paired difference of losses over that of an unpaired one, by cell. */
function varianceRatios(runs: readonly JudgedRun[]): Generalisation["controls"]["varianceRatios"] {
  return runsByCell(runs).flatMap((cell) => {
    const paired = cell.filter(({ control }) => control !== undefined);
    if (paired.length < FEWEST_FOR_INTERVAL) return [];
    const variance = (values: number[]) => standardDeviation(values) ** 2;
    const difference = variance(paired.map(({ excessCost }) => excessCost!));
    const apart =
      variance(paired.map(({ summary }) => summary.loss)) +
      variance(paired.map(({ control }) => control!.summary.loss));
    const { model, preset, severity } = paired[0].summary.spec;
    return [{ metric: `loss of ${model}, ${preset}, severity ${severity}`, ratio: finiteOrNull(difference / apart) }];
  });
}

function chainPower({ compared }: ChainOutcome): Power["chain"] {
  return runsByCell(compared).flatMap((cell): Power["chain"] => {
    const costs = cell.flatMap(({ excessCost }) => excessCost ?? []);
    const { model, preset, severity } = cell[0].summary.spec;
    if (model === PERFECT || severity !== 1) return [];
    if (costs.length < 2) return [{ model, preset, sd: null, smallestCost: null, n: costs.length }];
    const sd = standardDeviation(costs);
    return [{ model, preset, sd, smallestCost: smallestDetectable(sd, costs.length), n: costs.length }];
  });
}

/** Gains of every party at each preset's severity 1, mean over seeds. */
function ledgerCells(runs: readonly JudgedRun[]): LedgerCell[] {
  return runsByCell(runs)
    .filter(([{ summary }]) => summary.spec.severity === 1)
    .map((cell) => {
      const { model, preset, severity } = cell[0].summary.spec;
      const parties = [...new Set(cell.flatMap(({ gains }) => [...gains.keys()]))];
      return {
        model,
        preset,
        severity,
        parties: parties.map((party) => {
          const { mean, low, high } = estimate(cell.map(({ gains }) => gains.get(party) ?? 0));
          return { party, gain: mean ?? 0, low, high };
        }),
      };
    });
}

function rolesWithoutFill({ cells }: ChainOutcome): Results["rolesWithoutFill"] {
  const missing = new Map<string, string[]>();
  for (const { model, preset, severity, activity } of cells) {
    for (const { role, filled } of activity) {
      if (filled > 0) continue;
      missing.set(role, [...(missing.get(role) ?? []), `${model}, ${preset}, severity ${severity}`]);
    }
  }
  return [...missing].map(([role, where]) => ({ role, cells: where }));
}
