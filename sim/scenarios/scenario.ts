import { z } from "zod/v4";

import { repairRules } from "../../src/processes/data-faults.ts";

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };
const durationMessage = 'expected seconds, or a duration such as "90s", "20m", "12h30m" or "2d"';

/** Seconds, or a text such as "90s", "20m", "12h30m", "2d". */
const duration = z
  .union([z.number().nonnegative(), z.string().regex(/^(\d+(\.\d+)?[smhd])+$/)], { error: durationMessage })
  .transform((value) => {
    if (typeof value === "number") return value;
    const parts = value.match(/\d+(\.\d+)?[smhd]/g)!;
    return parts.reduce((sum, part) => sum + Number(part.slice(0, -1)) * secondsOf[part.slice(-1)], 0);
  });

/** A positive number, called by its unit when it is something else. */
function positiveNumber(of: string) {
  const message = `expected a positive number${of}`;
  return z.number({ error: message }).positive({ error: message });
}

const positive = positiveNumber("");
const usd = positiveNumber(" of USD");
const shareMessage = "expected a share from 0 to 1";
const share = z.number({ error: shareMessage }).min(0, { error: shareMessage }).max(1, { error: shareMessage });

const regime = z.strictObject({
  /** Starting variance, annualised. */
  v0: positive,
  kappa: positive,
  theta: positive,
  volOfVol: z.number().nonnegative(),
  rho: z.number().min(-1).max(1),
  /** Jumps a year; mean and sd of the log jump. */
  jumpIntensity: z.number().nonnegative(),
  jumpMean: z.number(),
  jumpSd: z.number().nonnegative(),
});

const fault = z.discriminatedUnion(
  "kind",
  [
    /** Nothing is posted while the market moves. */
    z.strictObject({ kind: z.literal("stale"), from: duration, for: duration }),
    /** The last answer is posted again with fresh timestamps. */
    z.strictObject({ kind: z.literal("frozen-fresh"), from: duration, for: duration }),
    /** Rounds land late, carrying their old observation. */
    z.strictObject({ kind: z.literal("delayed"), from: duration, for: duration, delay: duration }),
    /** Rounds that are off by a factor, then back. */
    z.strictObject({ kind: z.literal("spike"), from: duration, rounds: z.number().int().positive(), factor: positive }),
    /** Answers are clamped to the aggregator's bounds in USD. */
    z.strictObject({ kind: z.literal("clamp"), from: duration, for: duration, min: positive, max: positive }),
  ],
  { error: "expected one of stale, frozen-fresh, delayed, spike, clamp" },
);

export const roles = [
  "noise-trader",
  "hedger",
  "liquidity-provider",
  "surface-keeper",
  "oracle-reporter",
  "spot-arbitrageur",
  "liquidator",
  "leveraged-short",
  "vol-arbitrageur",
  "stale-price-sniper",
] as const;
export type Role = (typeof roles)[number];

/** The rungs below P0: perfect pricing through the posted grid; posted by the keeper; under the preset's guards. */
export const rungs = ["P1", "P2", "P3"] as const;
export type Rung = (typeof rungs)[number];

export const feedbackArms = ["on", "off", "both"] as const;

/** An adversary's part of the training quotes. */
const poison = z.strictObject({
  /** Share of the quotes that are its own. */
  share,
  /** Added to each of them, vol: −0.3 = thirty vol points too low. */
  shift: z.number(),
  /** Which quotes it takes first. */
  on: z.enum(["wings", "downside", "upside"], { error: "expected one of wings, downside, upside" }).default("wings"),
});

const agent = z.strictObject({
  role: z.enum(roles),
  count: z.number().int().positive().default(1),
  /** USD of quote at genesis. */
  capital: usd,
  /** Seconds between the truth and this agent's sight of it. */
  latency: duration.default(0),
  /** Role-specific numbers; unknown names are refused by the role. */
  parameters: z.record(z.string(), z.number()).default({}),
});

const windowText = z.string().regex(/^\S+\.\.\S+$/, { error: 'expected a window "FROM..TO" in UTC' });

/**
 * Real history in the place of the synthetic world. Files: a path from where the command runs; `package:NAME/path`, a
 * file of an installed npm package; or `data:path`, a file in the folder that REGIMEBREAK_DATA names.
 */
const history = z.strictObject({
  /** CSV files of one price series, in ascending time. */
  prices: z.array(z.string().min(1)).min(1),
  /** Titles of the price columns, where they are none of the usual ones. */
  columns: z
    .strictObject({ time: z.string(), open: z.string(), high: z.string(), low: z.string(), close: z.string() })
    .partial()
    .default({}),
  /** CSV files of option quotes. */
  quotes: z.array(z.string().min(1)).default([]),
  /** Go on with the spot index beside the quotes where the price files end. */
  quotedIndexAfterPrices: z.boolean().default(false),
  /** An index of implied vol in the place of quotes: one option at the money, `tenorDays` long. */
  volatilityIndex: z
    .strictObject({
      file: z.string().min(1),
      column: z.string(),
      unit: z.enum(["percent", "fraction"]),
      tenorDays: positive,
    })
    .optional(),
  /** Rules that repair bad rows, one or several; absent: refuse them. */
  repair: z.union([z.enum(repairRules), z.array(z.enum(repairRules)).min(1)]).optional(),
  /** Longest hole in the prices of a window; absent: 6 h, or five bars where that is longer. */
  longestGap: duration.optional(),
  /** Training window of every test that states none of its own. */
  calm: windowText,
  /** Tests, fixed before any result was seen but for what `adjusted` says. */
  stress: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
        window: windowText,
        calm: windowText.optional(),
        /** Why this window, with its source. */
        why: z.string().min(1),
      }),
    )
    .min(1),
  /** Name of the test that also runs on chain; absent: the first. */
  onChain: z.string().optional(),
  /** What of the windows was changed after a look at results, and why; absent: nothing. */
  adjusted: z.string().min(1).optional(),
});

export const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  summary: z.string(),
  /** "stylised" scenarios are shaped to sourced figures, not replayed. */
  label: z.enum(["synthetic", "stylised", "history"]),
  asset: z.enum(["ETH", "BTC"]).default("ETH"),
  /** USD. */
  spot: usd,
  process: z.enum(["gbm", "merton", "bates"]).default("bates"),
  calm: regime,
  crash: regime,
  /** Standard deviation of market quotes in vol, the same in every regime. */
  quoteNoise: z.number().nonnegative(),
  /** Severity is a trapezoid in time, seconds since the run's start. */
  profile: z.strictObject({ onset: duration, ramp: duration, plateau: duration, relief: duration }),
  /** A deterministic move grafted on the path within the plateau, scaled by severity: log return over a span. */
  graft: z.array(z.strictObject({ at: duration, for: duration, logReturn: z.number() })).default([]),
  clock: z.strictObject({
    /** ISO 8601 UTC; expiries and epochs are at 08:00 and 00:00 UTC. */
    start: z.iso.datetime(),
    horizon: duration,
    blocks: z.number().int().min(96),
    /** Dense spans: blocks every `step` seconds. */
    dense: z.array(z.strictObject({ from: duration, for: duration, step: duration })),
    /** Durations of the protocol that may span fewer than three blocks here, by name. */
    coarse: z.array(z.string()).default([]),
    /** Grid of the world's path, seconds. */
    fineStep: duration.default(300),
  }),
  training: z.strictObject({
    days: z.number().int().min(10),
    /** Tenors in days, and strikes in x = k/(σ_atm √τ). */
    tenors: z.array(positive).min(1),
    moneyness: z.array(z.number()).min(3),
    /** Absent: all quotes are the market's. */
    poison: poison.optional(),
  }),
  scoring: z.strictObject({
    replicates: z.number().int().min(6),
    severities: z.array(share).min(1),
    /** Seconds since onset at which errors are scored; the first is primary. */
    ages: z.array(duration).min(1),
    primarySeverity: share,
    /** Strikes and tenors that the vault lists, fixed in calm: multiples of spot, days. */
    listed: z.strictObject({ tenors: z.array(positive).min(1), strikes: z.array(positive).min(3) }),
  }),
  listing: z.strictObject({
    /** Expiries, seconds since the run's start; the first settles within the run. */
    expiries: z.array(duration).min(1),
    /** Multiples of the initial spot. */
    strikes: z.array(positive).min(3),
    /** Stated calm inventory sold to or bought from the genesis holders, contracts; negative: the vault is short. */
    genesisBook: z.array(
      z.strictObject({
        expiry: z.number().int().nonnegative(),
        strike: z.number().int().nonnegative(),
        type: z.enum(["call", "put"]),
        contracts: z.number(),
      }),
    ),
  }),
  oracle: z.strictObject({
    heartbeat: duration,
    deviation: positive,
    delay: duration,
    faults: z.array(fault).default([]),
  }),
  keeper: z.strictObject({ cycle: duration, latency: duration, moveTrigger: positive }),
  market: z.strictObject({
    /** USD of quote in the spot pool at genesis; the underlying side has the same value. */
    poolQuote: usd,
    /** Share of the pool impact of trades that persists in the outside price. */
    persistentImpact: share,
    /** Gwei. */
    baseFee: positiveNumber(" of gwei"),
    /** Background demand as a share of the gas target, calm and at severity 1. */
    demandCalm: positive,
    demandCrash: positive,
  }),
  protocol: z.strictObject({
    /** USD of liquidity deposited at genesis. */
    nav: usd,
    /** Share of NAV held in the underlying at genesis. */
    inventory: share,
    /** Share of NAV in the insurance fund at genesis. */
    insurance: share,
    epoch: duration,
    /** Overrides of the trading terms by name, in their natural units (shares, vols, seconds). */
    terms: z.record(z.string(), z.number()).default({}),
  }),
  agents: z.array(agent).min(1),
  /** Runs on chain by default. */
  onChain: z.strictObject({
    models: z.array(z.string()).min(1),
    /** Presets at severity 1. */
    presets: z.array(z.string()).min(1),
    /** Other severities, under the last preset only. */
    otherSeverities: z.array(share),
    seeds: z.number().int().min(1),
    /** Seeds of studies on chain, where other than `seeds`. */
    studySeeds: z.number().int().min(1).optional(),
    /** Whether trades and liquidations move the outside price; `both` runs everything twice, for the amplification. */
    feedback: z.enum(feedbackArms, { error: `expected one of ${feedbackArms.join(", ")}` }).default("on"),
    /** Rungs between perfect pricing and a model that run besides: what grid, latency and guards cost the truth itself. */
    rungs: z
      .array(z.enum(rungs, { error: `expected one of ${rungs.join(", ")}` }))
      .refine((names) => new Set(names).size === names.length, { error: "a rung is given twice" })
      .default([]),
  }),
  models: z.array(z.string()).min(1),
  /** Names of the studies that answer further questions. */
  studies: z.array(z.string()).default([]),
  breaks: z
    .strictObject({
      /** Shift gap beyond attainable: max of vol points and multiples of E_calm. */
      pricingVolPoints: positive.default(5),
      pricingMultiple: positive.default(2),
      drawdown: share.default(0.2),
      excessCost: share.default(0.1),
      lateness: duration.default(21600),
    })
    .prefault({}),
  history: history.optional(),
  /** Where each figure comes from; "ours" is said as plainly. */
  sources: z.array(z.strictObject({ parameter: z.string(), source: z.string() })),
});

/** A validated scenario, durations in seconds, defaults resolved. */
export type Scenario = z.output<typeof scenarioSchema>;
/** A scenario as written in a file. */
export type ScenarioFile = z.input<typeof scenarioSchema>;
export type FaultSpec = Scenario["oracle"]["faults"][number];
export type Poison = NonNullable<Scenario["training"]["poison"]>;
export type AgentSpec = Scenario["agents"][number];
export type Regime = Scenario["calm"];
export type HistorySection = NonNullable<Scenario["history"]>;
