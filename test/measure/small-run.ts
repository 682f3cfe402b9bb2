import { FeaturePipeline } from "../../src/models/feature-pipeline.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import type { ProtocolView, SeriesView } from "../../src/protocol/view.ts";
import type { BlockRecord, RunRecord } from "../../sim/engine/run-record.ts";

const START = Date.UTC(2026, 0, 5) / 1000;
const HOUR = 3600;

/** What a test says about one hourly block; everything else is quiet. */
export interface BlockSketch {
  readonly spot?: number;
  readonly cash?: number;
  readonly inventory?: number;
  /** Vault's position in the one series: a call struck at 2,000 that expires in a week. */
  readonly net?: number;
  readonly price?: number;
  readonly trueVol?: number;
  readonly quotedVol?: number;
  readonly modelVol?: number;
  readonly projectedVol?: number;
  readonly offeredVol?: number;
  readonly fund?: number;
  readonly totalVega?: number;
  readonly events?: readonly EventSketch[];
  readonly outcomes?: BlockRecord["outcomes"];
  readonly posts?: BlockRecord["posts"];
  /** Vol of a flat posted smile; absent: the source is a constant. */
  readonly gridVol?: number;
}

type WithoutPlace<T> = T extends unknown ? Omit<T, "block" | "transaction" | "logIndex"> : never;
export type EventSketch = WithoutPlace<ProtocolEvent>;

export const SERIES_ID = 7n;
export const EXPIRY = START + 7 * 24 * HOUR;

/** A run of hourly blocks; each sketch inherits what it leaves out from the one before, events apart. */
export function smallRun(
  sketches: readonly BlockSketch[],
  options: { severity?: number; onset?: number; plateauFrom?: number; agents?: RunRecord["agents"] } = {},
): RunRecord {
  let state: BlockSketch = { spot: 2000, cash: 1000, inventory: 0, net: 0, price: 100, trueVol: 0.5, fund: 50 };
  const records = sketches.map((sketch, index) => {
    state = { ...state, events: [], outcomes: [], posts: undefined, ...sketch };
    return record(state, index - 1);
  });
  const [genesis, ...blocks] = records;
  return {
    spec: {
      scenario: "test",
      model: "test",
      severity: options.severity ?? 0,
      seed: 0,
      masterSeed: 1,
      preset: "FULL",
      feedback: true,
    },
    agents: options.agents ?? [],
    genesis,
    blocks,
    faults: [],
    onset: START + HOUR * (options.onset ?? 0),
    plateauFrom: START + HOUR * (options.plateauFrom ?? 0),
    plateauTo: START + HOUR * 1000,
    stateRoots: [],
    log: {
      past: [],
      start: { time: START, baseFee: 0, totalVega: 0, vegaLimit: 0 },
      blocks: [],
      terms: { lagSpread: 0, askFloor: 0 },
    },
  };
}

function record(state: BlockSketch, index: number): BlockRecord {
  const time = START + HOUR * (index + 1);
  const trueVol = state.trueVol!;
  const quoted = state.quotedVol ?? trueVol;
  const place = { block: BigInt(index), transaction: 0, logIndex: 0 };
  return {
    index,
    number: BigInt(index),
    time,
    truth: {
      time,
      spot: state.spot!,
      variance: trueVol ** 2,
      parameters: {
        kappa: 1,
        theta: trueVol ** 2,
        volOfVol: 0,
        rho: 0,
        jumpIntensity: 0,
        jumpMean: 0,
        jumpSd: 0,
      },
      severity: 0,
      jumped: false,
    },
    truePrices: Float64Array.of(state.price!),
    trueVols: Float64Array.of(trueVol),
    features: new FeaturePipeline().now(),
    modelVols: Float64Array.of(state.modelVol ?? quoted),
    projectedVols: Float64Array.of(state.projectedVol ?? state.modelVol ?? quoted),
    offeredVols: Float64Array.of(state.offeredVol ?? state.projectedVol ?? state.modelVol ?? quoted),
    quotedVols: Float64Array.of(quoted),
    posts: state.posts ?? { offered: 0, clamped: 0, refused: [] },
    view: view(state, time, index),
    outcomes: state.outcomes ?? [],
    events: (state.events ?? []).map((event) => ({ ...event, ...place }) as ProtocolEvent),
    baseFee: 0n,
    gasUsed: 0n,
    gasByRole: {},
    burntWei: 0n,
    tipsWei: 0n,
  };
}

function view(state: BlockSketch, time: number, index: number): ProtocolView {
  const series: SeriesView = {
    id: SERIES_ID,
    underlying: 0,
    expiry: EXPIRY,
    strike: 2000,
    isCall: true,
    net: state.net!,
    netUnits: BigInt(state.net! * 1e6) * 10n ** 12n,
    supplyUnits: 0n,
    shortUnits: 0n,
    supply: Math.max(0, -state.net!),
    short: 0,
  };
  return {
    time,
    blockNumber: BigInt(index),
    markets: [
      {
        underlying: 0,
        readable: true,
        price: state.spot!,
        confidence: 1,
        oracle: "good",
        feed: { roundId: 1n, answer: state.spot!, observedAt: time, updatedAt: time },
        poolQuote: 2e6,
        poolUnderlying: 1000,
        poolMean: state.spot!,
        inventory: state.inventory!,
        netDelta: 0,
        lastHedgeAt: 0,
      },
    ],
    expiries: [
      {
        underlying: 0,
        expiry: EXPIRY,
        mark: 0,
        delta: 0,
        vega: 0,
        markedAt: time,
        markedSpot: state.spot!,
        settled: false,
        settlementPrice: 0,
        closed: false,
        payoutRatio: 1,
      },
    ],
    series: [series],
    vault: {
      cash: state.cash!,
      cashUnits: BigInt(Math.round(state.cash! * 1e6)),
      claims: 0,
      receivable: 0,
      limitNav: state.cash!,
      shares: 1n,
      navLow: state.cash!,
      navHigh: state.cash!,
      totalVega: state.totalVega ?? 0,
      queueHead: 0n,
      queueTail: 0n,
      epochEndsAt: START + 8 * HOUR,
    },
    fund: state.fund!,
    fundUnits: BigInt(Math.round(state.fund! * 1e6)),
    insolventMaintenance: 0,
    marginCashUnits: 0n,
    accounts: new Map(),
    holdings: [],
    vols: volsOf(state, time),
  };
}

function volsOf({ gridVol, trueVol }: BlockSketch, time: number): ProtocolView["vols"] {
  if (gridVol === undefined) return { source: "constant", vol: trueVol!, sd: 0 };
  const nodes = new Float64Array(16).fill(gridVol);
  return {
    source: "grid",
    byExpiry: [{ referenceVol: gridVol, sd: 0, secondsToExpiry: EXPIRY - time, postedAt: time, nodes }],
  };
}
