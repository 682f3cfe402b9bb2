import { z } from "zod/v4";

import { generalisationSchema } from "./generalisation.ts";
import { historySchema } from "./history.ts";
import {
  amplificationSchema,
  chainCellSchema,
  ladderSchema,
  ledgerCellSchema,
  ledgerCheckSchema,
  storySchema,
} from "./on-chain.ts";
import { optionalNumber } from "./parts.ts";
import { studySchema } from "./study.ts";

const metaSchema = z.strictObject({
  /** Version of the package. */
  version: z.string(),
  node: z.string(),
  v8: z.string(),
  hardhat: z.string(),
  edr: z.string(),
  scenario: z.string(),
  scenarioSummary: z.string(),
  scenarioLabel: z.enum(["synthetic", "stylised", "history"]),
  scenarioHash: z.string(),
  masterSeed: z.number().int().nonnegative(),
  /** The exact command without `--out`. */
  command: z.string(),
  presets: z.array(z.string()),
  chainSeeds: z.number().int().nonnegative(),
  chainRuns: z.number().int().nonnegative(),
  chainBlocks: z.number().int().nonnegative(),
  /** Genesis NAV in USD: what shares of NAV are shares of. */
  genesisNav: z.number().positive(),
});

const powerSchema = z.strictObject({
  /** Standard deviation between replicates of the gap beyond attainable at the primary severity, vol points. */
  replicateSd: z.array(z.strictObject({ model: z.string(), sdVp: optionalNumber, n: z.number().int() })),
  /** Standard deviation between seeds of excess cost, and the smallest cost that 80 % power can tell; shares of NAV. */
  chain: z.array(
    z.strictObject({
      model: z.string(),
      preset: z.string(),
      sd: optionalNumber,
      smallestCost: optionalNumber,
      n: z.number().int(),
    }),
  ),
});

/**
 * Everything that an experiment found; the report and the terminal read nothing else. Errors in vol points (1 vol
 * point is 1 % of annualised vol), vols annualised with 1 = 100 %, shares of one, money in USD, times in Unix seconds.
 * A value that does not exist is null, never NaN.
 */
export const resultsSchema = z.strictObject({
  version: z.literal(2),
  meta: metaSchema,
  /** The scenario with every default resolved. */
  scenario: z.record(z.string(), z.unknown()),
  /** Null when real history took the place of the synthetic world. */
  generalisation: generalisationSchema.nullable(),
  /** Null without `--history`. */
  history: historySchema.nullable(),
  /** Perfect pricing and every model, by preset and severity. */
  onChain: z.array(chainCellSchema),
  /** What ran besides on request: rungs P1 to P3, and the arm without feedback. */
  besides: z.array(chainCellSchema),
  /** By preset and severity; empty without rungs. */
  ladder: z.array(ladderSchema),
  /** Empty unless both arms of feedback ran. */
  amplification: z.array(amplificationSchema),
  ledgerCheck: ledgerCheckSchema.nullable(),
  /** The worst run of each model. */
  stories: z.array(storySchema),
  whoPaidWhom: z.array(ledgerCellSchema),
  bundles: z.array(
    z.strictObject({
      file: z.string(),
      model: z.string(),
      preset: z.string(),
      severity: z.number(),
      seed: z.number().int().nonnegative(),
    }),
  ),
  /** Roles of the cast that never got a fill, with the cells where that was so. */
  rolesWithoutFill: z.array(z.strictObject({ role: z.string(), cells: z.array(z.string()) })),
  power: powerSchema,
  /** Answers to the further questions that were asked, in their order. */
  studies: z.array(studySchema),
  /** Where each figure of the scenario comes from. */
  sources: z.array(z.strictObject({ parameter: z.string(), source: z.string() })),
  /** What this run cannot say, one sentence each. */
  limits: z.array(z.string()),
  /** Wall-clock seconds by phase; all that may differ between two equal runs. */
  timings: z.record(z.string(), z.number().nonnegative()),
});

export type Results = z.output<typeof resultsSchema>;
export type Meta = z.output<typeof metaSchema>;
export type Power = z.output<typeof powerSchema>;

/** JSON Schema of `results.json`, as shipped beside this file. */
export function resultsJsonSchema(): object {
  return z.toJSONSchema(resultsSchema, { target: "draft-2020-12", reused: "ref" });
}
