import type { Generalisation, ModelResult } from "../../sim/results/generalisation.ts";
import type { HistoryResult } from "../../sim/results/history.ts";
import type { BreakResult, ChainCell, SeedResult, Story } from "../../sim/results/on-chain.ts";
import type { Estimate, Sample } from "../../sim/results/parts.ts";
import type { Results } from "../../sim/results/results.ts";

/** Shape of an invented model: nothing here was ever measured. */
interface Sketch {
  readonly name: string;
  readonly summary: string;
  readonly kind: "model" | "control";
  readonly information: ModelResult["information"];
  readonly complexity: number;
  /** Vol points. */
  readonly fit: number;
  readonly calm: number;
  readonly gapAtOne: number;
  /** Excess cost at severity 1 with guards off, share of NAV. */
  readonly cost: number;
}

const sketches: readonly Sketch[] = [
  sketch("constant", "One vol for everything", "model", "prices", 1, 6.1, 7.9, 31, 0.09),
  sketch("realised", "Current realised vol", "model", "prices", 1, 3.4, 3.9, 14, 0.04),
  sketch("smile-level", "Quadratic smile times current level", "model", "prices", 3, 2.1, 2.6, 11, 0.03),
  sketch("polynomial", "Degree-5 polynomial of stated features", "model", "prices", 252, 1.2, 23.4, 480, 0.27),
  sketch("ridge", "The same, ridge-penalised", "model", "prices", 61, 1.8, 3.3, 19, 0.06),
  sketch("attainable", "True parameters, filtered state", "control", "prices", 0, 1.1, 1.2, 4.1, 0),
];

/** A study with every kind of chart, invented like the rest. */
const studies: Results["studies"] = [
  {
    name: "invented",
    title: "Invented study",
    question: "Does the report draw every kind of chart?",
    answer: "It does, with 3 kinds.",
    charts: [
      {
        kind: "lines",
        title: "Lines with intervals",
        note: "One has a gap.",
        x: { label: "training days", scale: "log" },
        y: { label: "error, vol points", scale: "linear" },
        series: [
          {
            name: "ridge",
            points: [
              { x: 15, y: 4, low: 3, high: 5 },
              { x: 30, y: null, low: null, high: null },
              { x: 60, y: 2, low: null, high: null },
            ],
          },
        ],
      },
      {
        kind: "heat",
        title: "Trained on, tested on",
        note: "One cell is unknown.",
        columns: { label: "tested on", names: ["calm", "stress"] },
        rows: { label: "trained on", names: ["calm", "stress"] },
        unit: "vol points",
        values: [
          [1, 9],
          [4, null],
        ],
      },
      {
        kind: "bars",
        title: "Costs",
        note: "One has no interval.",
        unit: "% of NAV",
        bars: [
          { name: "jumps", value: 3, low: 1, high: 5 },
          { name: "fees", value: -1, low: null, high: null },
        ],
      },
    ],
    tables: [
      {
        caption: "Invented",
        head: ["model", "error, vp"],
        rows: [
          ["ridge", 2.25],
          ["constant", null],
        ],
        digits: [0, 2],
      },
    ],
    notes: ["Nothing was measured."],
  },
];

const severities = [0, 0.25, 0.5, 0.75, 1];
const ages = [3600, 86400];
const start = 1_767_225_600;
const onset = start + 12 * 3600;

/** A whole, plausible and entirely invented result: six models, two presets, eight seeds. */
export function resultsFixture({ seeds = 8, replicates = 200 } = {}): Results {
  const onChain = sketches
    .filter(({ name }) => name !== "attainable" && name !== "constant")
    .flatMap((model) =>
      [
        ["OPEN", 1],
        ["FULL", 0.5],
        ["FULL", 1],
      ].map(([preset, severity]) => chainCell(model, preset as string, severity as number, seeds)),
    );
  const control = ["OPEN", "FULL"].map((preset) => controlCell(preset, seeds));
  return {
    version: 2,
    meta: {
      version: "0.1.0",
      node: "v24.1.0",
      v8: "13.6",
      hardhat: "3.17.0",
      edr: "0.20.0",
      scenario: "vol-shock",
      scenarioSummary: "Volatility doubles within hours",
      scenarioLabel: "synthetic",
      scenarioHash: `0x${"ab".repeat(32)}`,
      masterSeed: 1,
      command: "npx hardhat sim --scenario vol-shock --seed 1",
      presets: ["OPEN", "FULL"],
      chainSeeds: seeds,
      chainRuns: 14 * seeds,
      chainBlocks: 14 * seeds * 96,
      genesisNav: 1_000_000,
    },
    scenario: { version: 1, name: "vol-shock", asset: "ETH", spot: 2000 },
    generalisation: generalisation(replicates),
    history: null,
    onChain: [...control, ...onChain],
    besides: [],
    ladder: [],
    amplification: [],
    ledgerCheck: { runs: 14 * seeds, blocks: 14 * seeds * 96, largestResidual: "0", holds: true },
    stories: sketches.filter(({ kind }) => kind === "model").map(story),
    whoPaidWhom: sketches
      .filter(({ kind }) => kind === "model")
      .flatMap((model) => ["OPEN", "FULL"].map((preset) => ledgerCell(model, preset))),
    bundles: sketches
      .filter(({ kind }) => kind === "model")
      .map(({ name }) => ({ file: `${name}-1-3.json`, model: name, preset: "OPEN", severity: 1, seed: 3 })),
    rolesWithoutFill: [{ role: "stale-price-sniper", cells: ["ridge FULL 0.5"] }],
    power: {
      replicateSd: sketches.map(({ name, gapAtOne }) => ({ model: name, sdVp: gapAtOne / 3, n: replicates })),
      chain: onChain.map(({ model, preset }) => ({ model, preset, sd: 0.02, smallestCost: 0.024, n: seeds })),
    },
    studies,
    sources: [
      { parameter: "calm.v0", source: "ours: an ETH-like calm of 50 %" },
      { parameter: "oracle.heartbeat", source: "Chainlink ETH/USD on Ethereum mainnet" },
    ],
    limits: ["Truth prices are myopic: they take the parameters in force as lasting.", "One asset on chain."],
    timings: { compile: 0, train: 1.2, score: 6.4, chain: 31.8, total: 41.1 },
  };
}

/** The same with what runs on request: the rungs of perfect pricing, and both arms of feedback. */
export function fixtureWithBesides({ seeds = 8 } = {}): Results {
  const base = resultsFixture({ seeds });
  const off = base.onChain.map((cell) => ({ ...cell, feedback: false }));
  const steps = { P0: 0.004, P1: 0.3, P2: 1.8, P3: 3.3 };
  return {
    ...base,
    besides: [...off, ...(["P1", "P2", "P3"] as const).map((rung) => ({ ...base.onChain[0], rung }))],
    ladder: [
      {
        preset: "FULL",
        severity: 1,
        rungs: (["P0", "P1", "P2", "P3"] as const).map((rung) => ({
          rung,
          preset: rung === "P1" || rung === "P2" ? "OPEN" : "FULL",
          errorVp: estimate(steps[rung], seeds, 0.2),
          stepVp: rung === "P0" ? null : estimate(steps[rung] / 2, seeds, 0.1),
          excessCost: rung === "P0" ? null : estimate(0.01, seeds, 0.005),
        })),
        models: [{ model: "ridge", errorVp: estimate(19, seeds, 2), beyondVp: estimate(15.7, seeds, 2) }],
      },
    ],
    amplification: base.onChain.map(({ model, preset, severity, kind }) => ({
      ...{ model, preset, severity },
      loss: estimate(0.02, seeds, 0.01),
      excessCost: kind === "control" ? null : estimate(-0.003, seeds, 0.01),
      lossWithout: estimate(0.05, seeds, 0.01),
      excessCostWithout: kind === "control" ? null : estimate(0.04, seeds, 0.01),
      errorWithoutVp: estimate(12, seeds, 1),
    })),
  };
}

/** The same cast with real prices in the place of the synthetic world. */
export function historyFixture(): Results {
  const base = resultsFixture();
  return {
    ...base,
    meta: { ...base.meta, scenarioLabel: "history", scenario: "history" },
    generalisation: null,
    history: history(),
  };
}

function sketch(
  name: string,
  summary: string,
  kind: Sketch["kind"],
  information: Sketch["information"],
  complexity: number,
  fit: number,
  calm: number,
  gapAtOne: number,
  cost: number,
): Sketch {
  return { name, summary, kind, information, complexity, fit, calm, gapAtOne, cost };
}

/** A smooth wobble in [−1, 1] that stands in for chance. */
function wobble(index: number): number {
  return Math.sin(index * 12.9898 + 4.1);
}

function sample(median: number, n = 200, spread = 0.08): Sample {
  const width = Math.abs(median) * spread + 0.1;
  const [mean, q90] = [median * 1.15, median * 1.7];
  return { median, low: median - width, high: median + width, mean, q90, q90Low: q90 - width, q90High: q90 + width, n };
}

function estimate(mean: number, n: number, width: number): Estimate {
  return n < 6 ? { mean, low: null, high: null, n } : { mean, low: mean - width, high: mean + width, n };
}

function generalisation(replicates: number): Generalisation {
  const tenors = [1, 7, 30];
  const x = [-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3];
  return {
    replicates,
    trainingDraws: replicates,
    severities,
    ages,
    designs: ["listed", "standardised"],
    primary: { severity: 1, age: 3600, design: "listed" },
    training: { days: 60, quotes: 2700, levelRange: [0.41, 0.63], moneynessRange: [-2.2, 2.1], poison: null },
    models: sketches.map((model) => modelResult(model, replicates)),
    distances: severities.flatMap((severity) =>
      ages.flatMap((age) =>
        (["listed", "standardised"] as const).map((design) => ({
          severity,
          age,
          design,
          quotesOutside: sample(Math.min(1, 0.6 + severity), replicates),
          featuresOutside: sample(0.3 + 0.4 * severity, replicates),
          energy: sample(2 + 6 * severity, replicates),
        })),
      ),
    ),
    quoteControl: severities.flatMap((severity) =>
      (["listed", "standardised"] as const).map((design) => ({
        severity,
        design,
        failed: design === "listed" ? 0.002 * severity : 0,
        stretches: replicates * ages.length,
      })),
    ),
    comparisons: [
      { model: "constant", other: "ridge", difference: sample(12, replicates), pValue: 0.0002, adjustedPValue: 0.001 },
      { model: "ridge", other: "polynomial", difference: sample(-3, replicates), pValue: 0.4, adjustedPValue: 0.4 },
    ],
    controls: {
      oracle: { maxErrorVp: 0.0031, quotes: 135, limitVp: 0.01, verdict: "passed" },
      placebo: {
        low: -0.9,
        high: 0.8,
        byModel: sketches.map(({ name }) => ({ model: name, low: -0.9, high: 0.8, n: replicates })),
        falsePositives: { rate: 0.055, low: 0.028, high: 0.096, replications: 200, level: 0.05 },
        verdict: "too-few",
      },
      permutation: { withinDays: 0.01, acrossDays: 0.02, limit: 0.05, verdict: "passed" },
      leak: {
        model: "polynomial",
        points: [
          { share: 0, medianGapVp: 21 },
          { share: 0.1, medianGapVp: 9 },
          { share: 0.5, medianGapVp: 3 },
        ],
        verdict: "passed",
      },
      knownBreak: { factor: 1.2, maxDeviation: 2e-13, verdict: "passed" },
      smallestGapVp: 0.9,
      p0: { maxErrorVp: 0.004, quotes: 36_864, limitVp: 0.01, verdict: "passed" },
      varianceRatios: [{ metric: "loss.mean", ratio: 0.12 }],
    },
    smiles: severities.flatMap((severity) =>
      tenors.map((tenorDays) => {
        const truth = x.map((at) => trueSmile(at, severity, tenorDays));
        return {
          severity,
          tenorDays,
          x,
          truth,
          models: sketches.map((model) => ({
            model: model.name,
            vol: truth.map(
              (vol, index) => vol - (model.calm * 0.2 + gap(model, severity)) * 0.008 * (1 + x[index]! / 9),
            ),
          })),
        };
      }),
    ),
    heatMaps: sketches.map((model) => ({
      model: model.name,
      severity: 1,
      x,
      tenorDays: tenors,
      errorVp: tenors.map((tenor) =>
        x.map((at) => (tenor === 1 && at === 3 ? null : model.calm + (model.gapAtOne * (1 + at * at)) / 12)),
      ),
    })),
  };
}

function trueSmile(x: number, severity: number, tenorDays: number): number {
  return (
    Math.sqrt(0.25 + 0.75 * severity) * (1 + 0.03 * x * x - (0.02 + 0.05 * severity) * x - 0.002 * tenorDays * severity)
  );
}

function gap(model: Sketch, severity: number): number {
  return model.gapAtOne * severity ** 1.3;
}

function bandAround(centre: number) {
  return { low: 0.8 * centre, high: 1.3 * centre, meanLow: 0.9 * centre, meanHigh: 1.5 * centre };
}

function modelResult(model: Sketch, n: number): ModelResult {
  const wild = model.name === "polynomial";
  const d = model.name === "realised" ? 1.2 : model.name === "smile-level" ? 4.1 : gap(model, 1) - 4.1;
  const threshold = Math.max(5, 2 * model.calm);
  return {
    name: model.name,
    summary: model.summary,
    kind: model.kind,
    information: model.information,
    complexity: model.complexity,
    frozenHash: `0x${(model.complexity + 17).toString(16).padStart(64, "0")}`,
    domain: [0.05, 5],
    domainShareOut: wild ? 0.37 : 0,
    fit: sample(model.fit, n),
    fitClean: sample(model.fit * 0.9, n),
    calm: sample(model.calm, n),
    optimism: sample(model.calm - model.fit, n),
    optimismTest:
      model.kind === "control"
        ? null
        : {
            pValue: 0.01,
            adjustedPValue: 0.04,
            band: { low: model.calm - model.fit - 1, high: model.calm - model.fit + 1 },
          },
    rawCalm: sample(wild ? 5000 : model.calm, n),
    gaps: severities
      .filter((severity) => severity > 0)
      .flatMap((severity) =>
        ages.flatMap((age) =>
          (["listed", "standardised"] as const).map((design) => ({
            severity,
            age,
            design,
            gap: sample(gap(model, severity) * (age === 3600 ? 1 : 0.6) * (design === "listed" ? 1 : 0.8), n),
            rawGap: null,
            logGap: sample(gap(model, severity) / 100, n),
            band: bandAround(gap(model, severity)),
            beyond:
              model.kind === "control"
                ? null
                : { d: sample(gap(model, severity) - 4.1, n), pValue: 0.0001, adjustedPValue: 0.002 / severity },
          })),
        ),
      ),
    versusAttainable:
      model.kind === "control"
        ? null
        : {
            severity: 1,
            age: 3600,
            design: "listed",
            d: sample(d, n),
            adjustedLower: d - 2,
            upper: d + 2,
            pValue: 0.0004,
            adjustedPValue: 0.002,
            threshold,
            verdict: d > threshold ? "broke" : d + 2 < threshold ? "held" : "not shown",
          },
    breakingPoint: wild
      ? {
          median: null,
          low: null,
          high: null,
          censored: "at-or-below-0",
          seeds: n,
          reentries: 3,
          falseBreakRate: 0.9,
          falseBreakLow: 0,
          falseBreakHigh: 0.95,
        }
      : model.gapAtOne > 15
        ? {
            median: 0.62,
            low: 0.55,
            high: 0.71,
            censored: "none",
            seeds: n,
            reentries: 0,
            falseBreakRate: 0.01,
            falseBreakLow: 0,
            falseBreakHigh: 0.95,
          }
        : {
            median: null,
            low: null,
            high: null,
            censored: "above-1",
            seeds: n,
            reentries: 0,
            falseBreakRate: 0,
            falseBreakLow: 0,
            falseBreakHigh: 0.95,
          },
    exploitable: severities.map((severity) => ({
      severity,
      soldTooCheap: gap(model, severity) * 0.4,
      boughtTooDear: gap(model, severity) * 0.05,
      missedSales: 0.02 * severity,
      missedPurchases: 0.2 * severity,
      priceErrorBp: sample(2 * gap(model, severity), n),
    })),
    foretold: model.kind === "control" ? null : { rho: 0.4, low: 0.27, high: 0.52, n },
    arbitrage:
      model.kind === "control"
        ? []
        : [0, 1].map((severity) => ({
            severity,
            surfaces: 20,
            freeShare: wild ? 0 : 1,
            bounds: { rate: 0, worstBp: 0 },
            vertical: { rate: wild ? 0.1 : 0, worstBp: wild ? 340 : 0 },
            butterfly: { rate: wild ? 0.2 : 0, worstBp: wild ? 80 : 0 },
            calendar: { rate: 0.01, worstBp: 1.5 },
          })),
  };
}

function chainCell(model: Sketch, preset: string, severity: number, seeds: number): ChainCell {
  const guarded = preset === "FULL" ? 0.25 : 1;
  const mean = model.cost * guarded * severity;
  const perSeed = Array.from({ length: seeds }, (_, seed) => seedResult(seed, mean, wobble(seed + model.complexity)));
  const breaks: BreakResult[] =
    mean > 0.1
      ? [3, 5].map((seed) => ({
          predicate: "economic",
          excess: true,
          seed,
          block: 68 + seed,
          time: onset + 9000,
          text: "40 contracts of the 7-day 1,800 put sold at 61 % vol; the market was at 97 %",
        }))
      : [];
  return {
    model: model.name,
    kind: "model",
    rung: null,
    preset,
    severity,
    feedback: true,
    blocksPerRun: 96,
    perSeed,
    excessCost: estimate(mean, seeds, 0.3 * mean + 0.004),
    excessTest: seeds < 6 ? null : { skewness: 1.9, scale: "signed root", p: 0.012 },
    loss: estimate(mean + 0.05, seeds, 0.02),
    controlLoss: estimate(0.05, seeds, 0.015),
    profit: {
      total: -(mean + 0.05) * 1e6,
      edge: -mean * 0.7e6,
      revaluationAtOnset: -31_000,
      carryAndGamma: -18_000,
      neutralInventory: 0,
      hedging: -9_500,
      fees: 8_500,
      liquidations: -mean * 0.3e6,
      residual: 0,
    },
    posts: {
      offered: 720,
      clamped: model.name === "polynomial" ? 80 : 3,
      refused: model.name === "polynomial" && preset === "FULL" ? 655 : 4,
      refusedByRule: [{ rule: "SurfaceJump", count: model.name === "polynomial" && preset === "FULL" ? 655 : 4 }],
    },
    hoursWithoutFreshSurface: model.name === "polynomial" && preset === "FULL" ? 41.5 : 0.4,
    tradesRefused: 12,
    tradesAttempted: 410,
    outsideGrid: 0.013,
    errorVp: {
      intended: model.calm + gap(model, severity),
      projection: 0.3,
      latency: 1.9,
      guards: guarded < 1 ? -0.6 * gap(model, severity) : 0,
      effective: model.calm + gap(model, severity) * (guarded < 1 ? 0.4 : 1) + 2.2,
    },
    greeks: { deltaRmse: 0.07, vegaRmse: 1.3, vannaRmse: 0.4, signFlips: 0.02 },
    hedging: {
      modelSd: 5200,
      floorSd: 3900,
      error: estimate(1300, seeds, 500),
      profits: perSeed.map(({ seed }) => -4000 * model.cost + 6000 * wobble(seed)),
    },
    adverseSelection: [
      { role: "vol-arbitrageur", edge: mean * 0.6e6, volume: 410_000, trades: 88 },
      { role: "noise-trader", edge: -9_000, volume: 230_000, trades: 190 },
    ],
    liquidations: { count: 9, wrongful: 2, badDebt: 1_250.5, insuranceUsed: 1_250.5 },
    activity: [
      { role: "noise-trader", submitted: 240, included: 231, filled: 190, volume: 230_000 },
      { role: "vol-arbitrageur", submitted: 120, included: 119, filled: 88, volume: 410_000 },
      { role: "stale-price-sniper", submitted: 3, included: 3, filled: severity < 1 ? 0 : 2, volume: 900 },
    ],
    exercised: {
      peakVegaShare: 0.61,
      heartbeats: 800,
      hedges: 210,
      settlements: seeds,
      withdrawals: seeds,
      liquidations: severity === 1 ? 9 : 0,
    },
    breaks,
    breakShares: (["economic", "solvency", "liveness"] as const).map((predicate) => ({
      predicate,
      absolute: { seeds: predicate === "economic" ? Math.min(2, seeds) : 0, of: seeds, low: null, high: null },
      control: { seeds: 0, of: seeds, low: null, high: null },
      excess: { seeds: 0, of: seeds, low: null, high: null },
      onlyModel: predicate === "economic" ? Math.min(2, seeds) : 0,
      onlyControl: 0,
      pValue: predicate === "economic" ? 0.5 : null,
    })),
    firstBreak: breaks[0] ?? null,
  };
}

function controlCell(preset: string, seeds: number): ChainCell {
  const cell = chainCell(sketches[5]!, preset, 1, seeds);
  return {
    ...cell,
    model: "perfect",
    kind: "control",
    rung: "P0",
    excessCost: null,
    excessTest: null,
    controlLoss: null,
  };
}

function seedResult(seed: number, mean: number, chance: number): SeedResult {
  return {
    seed,
    excessCost: mean * (1 + 0.5 * chance) + 0.004 * chance,
    loss: mean + 0.05 + 0.01 * chance,
    controlLoss: 0.05 + 0.01 * chance,
    drawdown: mean + 0.07,
    effectiveErrorVp: 12 + chance,
    badDebt: 156.3,
    insuranceUsed: 156.3,
    liquidations: 1,
  };
}

function story(model: Sketch): Story {
  const times = Array.from({ length: 96 }, (_, block) => start + block * 1800);
  const stress = (time: number) => Math.min(1, Math.max(0, (time - onset) / 7200));
  return {
    model: model.name,
    preset: "OPEN",
    severity: 1,
    seed: 3,
    bundle: `${model.name}-1-3.json`,
    times,
    onset,
    spot: times.map((time, index) => 2000 * (1 - 0.25 * stress(time)) + 15 * wobble(index)),
    feed: times.map((time, index) => 2000 * (1 - 0.25 * stress(time - 1800)) + 10 * wobble(index - 1)),
    pool: times.map((time, index) => 2000 * (1 - 0.26 * stress(time)) + 18 * wobble(index)),
    quotedVol: times.map((time) => (time > start + 40 * 3600 ? null : 0.5 + 0.3 * stress(time - 14400))),
    trueVol: times.map((time) => 0.5 + 0.5 * stress(time)),
    nav: times.map((time) => 1e6 * (1 - (model.cost + 0.05) * stress(time))),
    insurance: times.map((time) => 20_000 - 1250 * stress(time)),
    mode: times.map((time) => (time < onset ? "NORMAL" : time < onset + 21600 ? "CAUTIOUS" : "REDUCE_ONLY")),
    faults: [{ name: "frozen-fresh", from: onset, to: onset + 7200 }],
    marks: [
      {
        time: onset + 3600,
        block: 26,
        kind: "attack",
        who: "vol-arbitrageur",
        text: "buys 12 × 7-day 1,800 put at 61 %, worth 97 %",
        amount: 3120,
      },
      {
        time: onset + 9000,
        block: 29,
        kind: "liquidation",
        who: "liquidator",
        text: "takes 40 % of leveraged-short-1",
        amount: 420,
      },
      {
        time: onset + 12600,
        block: 31,
        kind: "break",
        who: "",
        text: "economic: excess cost 20.3 % > 10 %",
        amount: null,
      },
      {
        time: start + 32 * 3600,
        block: 64,
        kind: "settlement",
        who: "",
        text: "expiry 1 settles at 1,502.20",
        amount: null,
      },
    ],
  };
}

function ledgerCell(model: Sketch, preset: string): Results["whoPaidWhom"][number] {
  const loss = Math.round(1e6 * (model.cost * (preset === "FULL" ? 0.25 : 1) + 0.05));
  const parts: [string, number][] = [
    ["vault", -loss],
    ["vol-arbitrageur", 0.6 * loss],
    ["stale-price-sniper", 0.15 * loss],
    ["noise-trader", 0.1 * loss],
    ["outside market", 0.1 * loss],
    ["fees and gas", 0.05 * loss],
  ];
  return {
    model: model.name,
    preset,
    severity: 1,
    parties: parts.map(([party, gain]) => ({ party, gain, low: gain - 2000, high: gain + 2000 })),
  };
}

function history(): HistoryResult {
  const times = Array.from({ length: 60 }, (_, day) => start + day * 86400);
  const score = (qlike: number) => ({ qlike, logError: qlike / 2, origins: 24 });
  const quoteScore = (rmseVp: number) => ({ rmseVp, medianAbsoluteVp: rmseVp * 0.7, quotes: 4200 });
  const windows = {
    calm: { from: times[0]!, to: times[30]!, bars: 720, realisedVol: 0.52 },
    stress: { from: times[40]!, to: times[50]!, bars: 240, realisedVol: 1.7 },
    nullWindows: 40,
  };
  const models = sketches
    .filter(({ kind }) => kind === "model")
    .map((model) => ({
      name: model.name,
      summary: model.summary,
      kind: model.name === "constant" ? ("benchmark" as const) : ("model" as const),
      frozenHash: `0x${"12".repeat(32)}`,
      calm: score(model.calm / 50),
      stress: score((model.calm + model.gapAtOne) / 50),
      forecastFailure: model.gapAtOne / 50,
      nullQuantile: 0.97,
      quotes: {
        fit: quoteScore(model.fit),
        calm: quoteScore(model.calm),
        stress: quoteScore(model.calm + model.gapAtOne),
        gapVp: model.gapAtOne,
      },
    }));
  return {
    prices: { file: "eth_usdt_1h.csv", sha256: "ab".repeat(32), rows: 70_000 },
    quotes: { file: "options.csv", sha256: "cd".repeat(32), rows: 120_000 },
    repairs: ["3 rows of prices repaired by drop: close is empty (column 5), first in line 17"],
    quality: [
      {
        role: "prices",
        file: "eth_usdt_1h.csv",
        sha256: "ab".repeat(32),
        rows: 70_003,
        from: times[0]!,
        to: times[59]!,
        spacing: 3600,
        gaps: { count: 2, missing: 7, longest: { from: times[3]!, to: times[3]! + 18_000 } },
        stillBars: 3,
        repairs: ["drop"],
        dropped: 3,
        filled: 0,
        faults: [{ what: "close is empty (column 5)", count: 3, lines: [17, 18, 40], repairedBy: "drop" }],
        checks: [],
      },
      {
        role: "quotes",
        file: "options.csv",
        sha256: "cd".repeat(32),
        rows: 120_000,
        from: times[0]!,
        to: times[59]!,
        spacing: null,
        gaps: { count: 0, missing: null, longest: null },
        stillBars: null,
        repairs: ["drop"],
        dropped: 0,
        filled: 0,
        faults: [],
        checks: ["60 snapshots", "mark against Black's price of its vol: 3e-6 coins in the median"],
      },
    ],
    ...windows,
    comparisons: comparisons(times),
    across: [
      {
        loss: "qlike",
        windows: ["first-crash", "second-crash"],
        nullWindows: 40,
        nullDays: 10,
        assignments: 1722,
        isComplete: true,
        rows: models.map(({ name }, i) => {
          const p = 0.002 * (i + 1);
          return { model: name, places: [0.97, 0.9], meanPlace: 0.935, p, adjusted: Math.min(1, p * models.length) };
        }),
      },
    ],
    target: "quoted implied vol",
    models,
    tests: [
      { name: "first-crash", why: "the largest fall", ...windows, outsideTraining: 0.41, models },
      { name: "second-crash", why: "the next one", ...windows, outsideTraining: null, models },
    ],
    path: {
      times,
      price: times.map((_, day) => 200 * (1 - 0.4 / (1 + Math.exp(-(day - 42))))),
      realisedVol: times.map((_, day) => 0.5 + 1.2 / (1 + Math.exp(-(day - 43)))),
    },
    smiles: (["calm", "stress"] as const).map((window) => ({
      window,
      time: window === "calm" ? times[20]! : times[45]!,
      tenorDays: 7,
      logMoneyness: [-0.2, -0.1, 0, 0.1, 0.2],
      quoted: [0.6, 0.55, 0.5, 0.52, 0.57].map((vol) => (window === "calm" ? vol : vol * 2)),
      models: sketches.slice(0, 3).map(({ name }) => ({ model: name, vol: [0.58, 0.54, 0.5, 0.5, 0.52] })),
    })),
    surrogate: "Black–Scholes at realised vol over the life",
    outsideTraining: 0.41,
    costAgainstConstant: [{ model: "smile-level", preset: "OPEN", cost: estimate(-0.02, 8, 0.03) }],
  };
}

function comparisons(times: readonly number[]): HistoryResult["comparisons"] {
  const row = (model: string, difference: number, p: number) => ({
    model,
    against: "constant",
    origins: 29,
    difference,
    statistic: difference / 2,
    p,
    adjusted: Math.min(1, 2 * p),
    pTruncated: p / 2,
    windows: [{ name: "first-crash", origins: 10, difference: 3 * difference }],
  });
  const all = {
    tests: ["first-crash", "second-crash"],
    loss: "squared-vol-error" as const,
    from: times[31]!,
    to: times[59]!,
    origins: 29,
    leftOut: 1,
    rows: [row("realised-vol", -4.2, 0.013), row("polynomial", 8.1, 0.0004)],
  };
  return [
    { ...all, span: "all" },
    { ...all, span: "outside-stress", origins: 19, rows: all.rows.map((own) => ({ ...own, windows: [] })) },
  ];
}
