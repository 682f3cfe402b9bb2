import { z } from "zod/v4";

import { estimateSchema, optionalNumber, predicateName, share } from "./parts.ts";

const count = z.number().int().nonnegative();

/** What one seed gave: the unit of every interval and of pairing with a baseline. Costs as shares of genesis NAV. */
export const seedResultSchema = z.strictObject({
  seed: count,
  /** L(model) − L(P0) on the same preset and seed; null for P0 itself. */
  excessCost: optionalNumber,
  /** Fall of NAV net of deposits and withdrawals; negative is a gain. */
  loss: optionalNumber,
  controlLoss: optionalNumber,
  /** Deepest fall of NAV per share from its peak. */
  drawdown: optionalNumber,
  /** Vega-weighted root mean square error of the contract's quotes, vol points. */
  effectiveErrorVp: optionalNumber,
  /** USD. */
  badDebt: optionalNumber,
  insuranceUsed: optionalNumber,
  liquidations: count,
});

/** A break predicate that came true in a run. */
export const breakSchema = z.strictObject({
  predicate: predicateName,
  /** True: in excess of the control; false: absolute. */
  excess: z.boolean(),
  seed: count,
  /** Index of the block in the run. */
  block: count,
  /** Unix seconds. */
  time: z.number(),
  /** What happened, in one line. */
  text: z.string(),
});

/** Seeds in which something happened, with the exact 95 % interval of its chance (Clopper & Pearson); null below six. */
const eventShare = z.strictObject({ seeds: count, of: count, low: optionalNumber, high: optionalNumber });

/** How often a predicate fell, over seeds. */
const breakShare = z.strictObject({
  predicate: predicateName,
  absolute: eventShare,
  /** Of perfect pricing on the same preset and seeds; null for perfect pricing itself. */
  control: eventShare.nullable(),
  /** In excess of perfect pricing; null for perfect pricing itself. */
  excess: eventShare.nullable(),
  /** Seeds in which just the one of the two broke, absolutely. */
  onlyModel: count,
  onlyControl: count,
  /** Exact binomial test that such a seed is as likely the one as the other (McNemar); null without such a seed. */
  pValue: optionalNumber,
});

/**
 * The vault's profit by cause in USD, mean over seeds; the parts sum to `total`. A loss is negative.
 * The residual is bounded, never hidden.
 */
const profitSplit = z.strictObject({
  total: optionalNumber,
  edge: optionalNumber,
  revaluationAtOnset: optionalNumber,
  carryAndGamma: optionalNumber,
  hedging: optionalNumber,
  /** The move of the inventory that is held unhedged by choice. */
  neutralInventory: optionalNumber,
  fees: optionalNumber,
  liquidations: optionalNumber,
  residual: optionalNumber,
});

/**
 * Error from model to contract, vol points: root mean square of the model's own output, then what each step adds.
 * `effective` = `intended` + `projection` + `latency` + `guards`.
 */
const telescope = z.strictObject({
  intended: optionalNumber,
  projection: optionalNumber,
  latency: optionalNumber,
  guards: optionalNumber,
  effective: optionalNumber,
});

const posts = z.strictObject({
  offered: count,
  clamped: count,
  refused: count,
  refusedByRule: z.array(z.strictObject({ rule: z.string(), count })),
});

/** Against the true model's: delta in units, vega relative to the root mean square true one, vanna in units per 1.00 of vol; per contract. */
const greeks = z.strictObject({
  deltaRmse: optionalNumber,
  vegaRmse: optionalNumber,
  vannaRmse: optionalNumber,
  /** Share of quotes whose vanna has the wrong sign. */
  signFlips: optionalNumber,
});

/** Standard deviation of the hedged book's P&L in USD a day, model's hedge and minimum-variance hedge, paired. */
const hedging = z.strictObject({
  modelSd: optionalNumber,
  floorSd: optionalNumber,
  /** Model's less floor, mean over seeds. */
  error: estimateSchema,
  /** Hedged P&L in USD by seed, for the distribution. */
  profits: z.array(z.number()),
});

const selectionByRole = z.strictObject({
  role: z.string(),
  /** Edge at trade in USD that the role took from the vault at the truth; negative: the vault earned. */
  edge: z.number(),
  /** Premium traded in USD. */
  volume: z.number().nonnegative(),
  trades: count,
});

const activity = z.strictObject({
  role: z.string(),
  submitted: count,
  included: count,
  filled: count,
  /** USD traded: premium for options, quote for spot. */
  volume: z.number().nonnegative(),
});

const liquidations = z.strictObject({
  count,
  /** Started while the account was healthy at the true price. */
  wrongful: count,
  /** USD over all seeds. */
  badDebt: z.number(),
  insuranceUsed: z.number(),
});

/** That a run was exercised, not idle. Totals over seeds but for the shares. */
const exercised = z.strictObject({
  /** Peak open vega as a share of the limit: the smallest over seeds. */
  peakVegaShare: optionalNumber,
  heartbeats: count,
  hedges: count,
  settlements: count,
  withdrawals: count,
  liquidations: count,
});

/** All seeds of one model under one preset at one severity. */
export const chainCellSchema = z.strictObject({
  /** Name of the model, or `perfect` for the control. */
  model: z.string(),
  kind: z.enum(["model", "control"]),
  rung: z.enum(["P0", "P1", "P2", "P3"]).nullable(),
  preset: z.string(),
  severity: share,
  feedback: z.boolean(),
  blocksPerRun: count,
  perSeed: z.array(seedResultSchema),
  /** Mean over seeds, shares of genesis NAV; null for P0. */
  excessCost: estimateSchema.nullable(),
  /** One-sided test that it is above zero, on the scale of signed roots where seeds are skewed; null below six. */
  excessTest: z
    .strictObject({ skewness: z.number(), scale: z.enum(["plain", "signed root"]), p: z.number().min(0).max(1) })
    .nullable(),
  loss: estimateSchema,
  controlLoss: estimateSchema.nullable(),
  profit: profitSplit,
  posts,
  /** Hours in which no surface younger than the keeper's cycle stood on chain, mean over seeds. */
  hoursWithoutFreshSurface: optionalNumber,
  tradesRefused: count,
  tradesAttempted: count,
  /** Share of quotes beyond the outermost nodes of the posted grid, mean over seeds; null where no grid was in force. */
  outsideGrid: optionalNumber,
  errorVp: telescope,
  greeks,
  hedging,
  adverseSelection: z.array(selectionByRole),
  liquidations,
  activity: z.array(activity),
  exercised,
  breaks: z.array(breakSchema),
  breakShares: z.array(breakShare),
  firstBreak: breakSchema.nullable(),
});

/**
 * From the truth to a model's quote at one preset and severity, paired by seed. Error of the quote is root mean square in
 * vol points. Perfect pricing's error plus every step is the last rung's; a model's error beyond it is the model's own.
 */
export const ladderSchema = z.strictObject({
  /** Preset of P0, of P3 and of the models; P1 and P2 run without guards. */
  preset: z.string(),
  severity: share,
  rungs: z.array(
    z.strictObject({
      rung: z.enum(["P0", "P1", "P2", "P3"]),
      /** Preset under which this rung ran. */
      preset: z.string(),
      errorVp: estimateSchema,
      /** Less the error of the rung before it; null for P0. */
      stepVp: estimateSchema.nullable(),
      /** Cost to the vault beyond P0 under the same preset, share of NAV; null where no P0 ran there. */
      excessCost: estimateSchema.nullable(),
    }),
  ),
  models: z.array(
    z.strictObject({
      model: z.string(),
      errorVp: estimateSchema,
      /** Less the error of the last rung. */
      beyondVp: estimateSchema,
    }),
  ),
});

/** What feedback adds, paired by seed: the same runs once with trades moving the outside price, once without. */
export const amplificationSchema = z.strictObject({
  model: z.string(),
  preset: z.string(),
  severity: share,
  /** Loss with feedback less loss without, share of NAV. */
  loss: estimateSchema,
  /** The same of the excess over perfect pricing in the same arm; null for perfect pricing. */
  excessCost: estimateSchema.nullable(),
  lossWithout: estimateSchema,
  excessCostWithout: estimateSchema.nullable(),
  /** Error of the contract's quotes where all models meet one exogenous path, vol points. */
  errorWithoutVp: estimateSchema,
});

/** Gains of every party, USD, mean over seeds; they sum to zero with fees, gas and the outside market. */
export const ledgerCellSchema = z.strictObject({
  model: z.string(),
  preset: z.string(),
  severity: share,
  parties: z.array(z.strictObject({ party: z.string(), gain: z.number(), low: optionalNumber, high: optionalNumber })),
});

/** The conservation check over every block of every run. */
export const ledgerCheckSchema = z.strictObject({
  runs: count,
  blocks: count,
  /** Largest absolute sum over all accounts in any block, in smallest units, as a decimal integer. */
  largestResidual: z.string().regex(/^\d+$/),
  holds: z.boolean(),
});

const series = z.array(optionalNumber);

/** One run on one time axis. All series have the length of `times`. */
export const storySchema = z.strictObject({
  model: z.string(),
  preset: z.string(),
  severity: share,
  seed: count,
  /** File name under `bundles/`; null when none was kept. */
  bundle: z.string().nullable(),
  /** Unix seconds of each block. */
  times: z.array(z.number()),
  onset: z.number(),
  /** USD. */
  spot: series,
  feed: series,
  pool: series,
  /** At-the-money vol of the nearest expiry at least a day away, annualised. */
  quotedVol: series,
  trueVol: series,
  /** USD. */
  nav: series,
  insurance: series,
  /** Name of the pricing mode in force by block. */
  mode: z.array(z.string()),
  faults: z.array(z.strictObject({ name: z.string(), from: z.number(), to: z.number() })),
  marks: z.array(
    z.strictObject({
      time: z.number(),
      block: count,
      kind: z.enum(["break", "liquidation", "bad-debt", "attack", "settlement", "withdrawal", "refused", "other"]),
      /** Role or agent that acted; empty for the protocol. */
      who: z.string(),
      text: z.string(),
      /** Gain of the actor in USD, where known. */
      amount: optionalNumber,
    }),
  ),
});

export type SeedResult = z.output<typeof seedResultSchema>;
export type BreakResult = z.output<typeof breakSchema>;
export type EventShare = z.output<typeof eventShare>;
export type BreakShare = z.output<typeof breakShare>;
export type ChainCell = z.output<typeof chainCellSchema>;
export type Ladder = z.output<typeof ladderSchema>;
export type Amplification = z.output<typeof amplificationSchema>;
export type LedgerCell = z.output<typeof ledgerCellSchema>;
export type LedgerCheck = z.output<typeof ledgerCheckSchema>;
export type Story = z.output<typeof storySchema>;
