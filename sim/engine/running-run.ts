import type { BlockStatement, MinedBlock } from "../../src/chain/chain.ts";
import type { Action, FeedRound } from "../../src/protocol/actions.ts";
import type { DeployedAccount } from "../../src/protocol/adapter.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import { createRandom, type Random } from "../../src/random/random.ts";
import type { Agent, AgentId, Outcome, Submission, SubmissionId } from "../agents/agent.ts";
import { castOf } from "../agents/cast.ts";
import type { BlockContext, BlockOrder, PendingTransaction } from "../mempool/builder.ts";
import { feePriority } from "../mempool/fee-priority.ts";
import { cancel, emptyPool, expire, remove, submit, type Dropped, type Pool } from "../mempool/pool.ts";
import { buildClock, type Clock } from "../scenarios/clock.ts";
import type { Role, Scenario } from "../scenarios/scenario.ts";
import { advanceGas, type GasConditions } from "../world/gas-market.ts";
import { quotedVol } from "../world/market-quotes.ts";
import type { Truth } from "../world/truth.ts";
import { NonceBook, planSetting, planSubmission, stateBlock, type PlannedTransaction } from "./block-plan.ts";
import { anticipatedView } from "./anticipated-view.ts";
import { gasOf } from "./block-record.ts";
import { CastRunner, type Decision } from "./cast-runner.ts";
import { FeatureFeed } from "./feature-feed.ts";
import { poolPush } from "./market-impact.ts";
import { OracleFeed } from "./oracle-feed.ts";
import { droppedOutcomes, notIncluded, outcomesOf } from "./outcomes.ts";
import type { RunInputs } from "./run.ts";
import type { BlockRecord, RunRecord } from "./run-record.ts";
import { seriesTruth, type SeriesTruth } from "./series-truth.ts";
import { vegaBought } from "./vega-flow.ts";
import { smilesOf, telescope, truthPosts, volPlan, type LastPost, type VolPlan } from "./vol-plan.ts";

const GWEI = 1_000_000_000;
const GAS_LIMIT = 30_000_000n;
const GAS_TARGET = 15_000_000;
const WEEK = 7 * 86_400;

/** What a block meets. */
export interface Moment {
  readonly index: number;
  /** Unix seconds. */
  readonly time: number;
  readonly truth: Truth;
  readonly context: BlockContext;
  /** Rounds that the feed must carry. */
  readonly due: readonly FeedRound[];
}

/** A block as it will be mined, and what stays behind. */
export interface BlockBuild {
  readonly planned: readonly PlannedTransaction[];
  readonly left: BlockOrder["left"];
  readonly dropped: readonly Dropped[];
}

/** What came out of a block. */
export interface FinishedBlock {
  readonly moment: Moment;
  readonly order: BlockBuild;
  readonly statement: BlockStatement;
  readonly mined: MinedBlock;
  readonly view: ProtocolView;
  readonly events: readonly ProtocolEvent[];
  readonly outcomes: readonly (Outcome | undefined)[];
}

/** The state of a run between two blocks: everything but the chain itself. */
export class RunningRun {
  readonly clock: Clock;
  /** What submissions meant, in words, by their id. */
  readonly intents = new Map<SubmissionId, string>();
  /** As of the last block. */
  view: ProtocolView;

  readonly #inputs: RunInputs;
  readonly #plan: VolPlan;
  readonly #cast: CastRunner;
  readonly #roles: ReadonlyMap<AgentId, Role>;
  readonly #accounts: ReadonlyMap<string, DeployedAccount>;
  readonly #random: Random;
  readonly #oracle: OracleFeed;
  readonly #current: FeatureFeed;
  readonly #delayed: FeatureFeed;
  readonly #nonces: NonceBook;
  readonly #genesis: BlockRecord;
  readonly #blocks: BlockRecord[] = [];
  readonly #stateRoots: string[] = [];
  #pool: Pool = emptyPool;
  #gas: GasConditions;
  #agentGas = 0;
  #lastPost: LastPost | undefined;

  constructor(inputs: RunInputs, view: ProtocolView) {
    const { scenario, spec, protocol, world, model } = inputs;
    this.#inputs = inputs;
    this.clock = buildClock(scenario, scenario.name);
    this.view = view;
    this.#random = createRandom(spec.masterSeed, "chain", spec.seed);
    this.#plan = volPlan(spec, model, world, scenario.keeper.latency);
    this.#cast = new CastRunner(castOf(scenario, this.#plan.write), protocol.accounts, this.#random);
    this.#roles = new Map(this.#cast.agents.map(({ id, role }) => [id, role]));
    this.#accounts = new Map(protocol.accounts.map((account) => [`${account.agent}/${account.name}`, account]));
    this.#oracle = new OracleFeed(scenario, world, this.clock.start, spec.severity, this.#random);
    this.#oracle.before(this.#market.feed);
    this.#current = new FeatureFeed(world.before, scenario.oracle);
    this.#delayed = new FeatureFeed(world.before, scenario.oracle);
    this.#tellFeatures(0, view, this.clock.start, BigInt(Math.round(scenario.market.baseFee * GWEI)));
    this.#nonces = new NonceBook(protocol.nonces);
    this.#gas = {
      baseFee: BigInt(Math.round(scenario.market.baseFee * GWEI)),
      backgroundShare: scenario.market.demandCalm,
    };
    this.#genesis = this.#genesisRecord();
  }

  /** World, gas market and feed move on to the time of the block. */
  advanceWorld(index: number, time: number): Moment {
    const { scenario, world } = this.#inputs;
    const before = this.clock.times[index - 1] ?? this.clock.start;
    const truth = world.truth.truthAt(time, before);
    const { market } = scenario;
    const gasMarket = { ...market, referenceFee: BigInt(Math.round(market.baseFee * GWEI)) };
    const stream = this.#random.fork("gas");
    const share = this.#agentGas / GAS_TARGET;
    this.#gas = advanceGas(gasMarket, this.#gas, time - before, truth.severity, share, stream, index);
    const background = BigInt(Math.round(this.#gas.backgroundShare * GAS_TARGET));
    const context: BlockContext = {
      index,
      time,
      baseFee: this.#gas.baseFee,
      gasLimit: GAS_LIMIT,
      gasAvailable: background < GAS_LIMIT ? GAS_LIMIT - background : 0n,
    };
    return { index, time, truth, context, due: this.#oracle.due(time, truth) };
  }

  /** Asks the agents, each of whom sees the last block and the truth as late as its latency. Block 0 sets up markets. */
  decide(moment: Moment): readonly Decision[] {
    const { protocol, scenario } = this.#inputs;
    const { index, time, context, due } = moment;
    const lateTruths = new Map<number, SeriesTruth & { readonly truth: Truth }>();
    const shared = {
      now: time,
      block: index,
      since: this.clock.times[index - 1] ?? this.clock.start,
      view: anticipatedView(this.view, time, protocol.underlying, due, this.#harnessActions(time)),
      features: this.#delayed.at(time - scenario.keeper.latency),
      rounds: this.#oracle.with(due),
      tokenUnit: 10 ** (scenario.asset === "ETH" ? 18 : 8),
      protocol,
      baseFee: context.baseFee,
      pending: this.#pool.pending.map(({ submission }) => submission),
    };
    return this.#cast.decide(
      shared,
      ({ role, truthLatency }) => {
        const dueRounds = role === "oracle-reporter" ? due : [];
        if (truthLatency === undefined) {
          return { truth: undefined, truePrices: undefined, trueVols: undefined, dueRounds };
        }
        const seen = this.#truthAt(Math.max(this.clock.start, time - truthLatency), lateTruths);
        return { truth: seen.truth, truePrices: seen.prices, trueVols: seen.vols, dueRounds };
      },
      ({ role }) => index > 0 || role === "oracle-reporter" || role === "surface-keeper",
    );
  }

  /** Puts submissions into the pool and takes the block out of it: settings, oracle and truth first, then by tip. */
  buildBlock(moment: Moment, decisions: readonly Decision[]): BlockBuild {
    const first: PlannedTransaction[] = this.#settings(moment);
    const dropped: Dropped[] = [];
    for (const { agent, submit: wanted, cancel: unwanted } of decisions) {
      for (const submission of wanted) this.intents.set(submission.id, submission.intent ?? "");
      if (this.#roles.get(agent) === "oracle-reporter") {
        first.push(...wanted.map((submission) => this.#planned(agent, submission)));
        continue;
      }
      const cancelled = cancel(this.#pool, agent, unwanted);
      const added = submit(cancelled.pool, agent, wanted, moment.time);
      this.#pool = added.pool;
      dropped.push(...cancelled.dropped, ...added.dropped);
    }
    const expired = expire(this.#pool, moment.time);
    dropped.push(...expired.dropped);
    const input = { pool: expired.pool.pending, block: moment.context };
    const { order } = feePriority.build(input, feePriority.start, this.#random.fork("builder"));
    this.#pool = remove(expired.pool, order.included);
    const planned = [
      ...first,
      ...this.#harnessPosts(moment),
      ...order.included.map(({ agent, submission }: PendingTransaction) => this.#planned(agent, submission)),
    ];
    return { planned, left: order.left, dropped };
  }

  state({ context }: Moment, { planned }: BlockBuild): BlockStatement {
    const { protocol } = this.#inputs;
    const number = protocol.head.number + 1n + BigInt(context.index);
    return stateBlock(context, number, protocol.coinbase, planned, this.#nonces, this.#random.fork("randao"));
  }

  outcomes(
    { index }: Moment,
    { planned }: BlockBuild,
    mined: MinedBlock,
    events: readonly ProtocolEvent[],
  ): readonly (Outcome | undefined)[] {
    return outcomesOf(this.#inputs.spec, index, planned, mined, events);
  }

  /** What the bundle says of a block beside statement and read. */
  recorded(
    { left, dropped }: BlockBuild,
    outcomes: readonly (Outcome | undefined)[],
  ): {
    readonly outcomes: readonly { readonly status: "done" | "reverted"; readonly error: string | null }[];
    readonly notIncluded: readonly { readonly agent: string; readonly submission: string; readonly why: string }[];
  } {
    const gone = dropped.map(({ transaction: { agent, submission }, kind }) => ({
      agent,
      submission: submission.id,
      why: kind as string,
    }));
    return {
      outcomes: outcomes.map((outcome) =>
        outcome?.kind === "reverted"
          ? { status: "reverted", error: outcome.error?.name ?? null }
          : { status: "done", error: null },
      ),
      notIncluded: [...notIncluded(left), ...gone],
    };
  }

  /** Takes the mined block in: feedback, features, outcomes to their agents, and the record. */
  finishBlock({ moment, order, statement, mined, view, events, outcomes }: FinishedBlock): void {
    const { scenario, spec, world, protocol } = this.#inputs;
    const { time } = moment;
    const before = this.view;
    const fresh = this.#oracle.mined(events, moment.due);
    for (const feed of [this.#current, this.#delayed]) feed.posted(fresh);
    if (spec.feedback) {
      const isArbitrage = (place: number): boolean =>
        this.#roles.get(order.planned[place].agent) === "spot-arbitrageur";
      const push = poolPush(before, events, protocol.underlying, isArbitrage);
      // The block's own truth stands: what it did to the market counts from the next second on.
      world.truth.feel({ time: time + 1, persistentImpactLog: scenario.market.persistentImpact * push });
    }
    this.view = view;
    this.#tellFeatures(vegaBought(events, protocol.series, time), view, time, statement.baseFeePerGas);
    const own = outcomes.filter((outcome) => outcome !== undefined && this.#roles.has(outcome.agent)) as Outcome[];
    const all = [...own, ...droppedOutcomes(order.dropped, mined.number)];
    this.#cast.deliver(all);
    const posts = this.#posts(moment, order, events);
    const gas = gasOf(statement, mined, order.planned, this.#roles);
    this.#agentGas = Number(mined.gasUsed);
    this.#stateRoots.push(mined.stateRoot);
    const settled = (expiry: number): number | undefined => settlementOf(view, expiry);
    const { prices, vols } = seriesTruth(world, protocol.series, time, settled);
    this.#blocks.push({
      index: moment.index,
      number: mined.number,
      time,
      truth: moment.truth,
      truePrices: prices,
      trueVols: vols,
      ...telescope(this.#plan, view, protocol.quotedVols(view), this.#current.at(time), this.#lastPost),
      posts,
      view,
      outcomes: all,
      events,
      baseFee: statement.baseFeePerGas,
      ...gas,
    });
  }

  record(): RunRecord {
    const { spec, protocol } = this.#inputs;
    return {
      spec,
      agents: this.#cast.agents.map(({ id, role }) => ({
        id,
        role,
        addresses: protocol.accounts.filter(({ agent }) => agent === id).map(({ actor }) => actor),
      })),
      genesis: this.#genesis,
      blocks: this.#blocks,
      faults: this.#oracle.faults.faults.map(({ name, spell: [from, to] }) => ({ name, from, to })),
      onset: this.clock.onset,
      plateauFrom: this.clock.plateauFrom,
      plateauTo: this.clock.plateauTo,
      stateRoots: this.#stateRoots,
    };
  }

  get #market(): ProtocolView["markets"][number] {
    return this.view.markets.find(({ underlying }) => underlying === this.#inputs.protocol.underlying)!;
  }

  #truthAt(
    time: number,
    known: Map<number, SeriesTruth & { readonly truth: Truth }>,
  ): SeriesTruth & { readonly truth: Truth } {
    let seen = known.get(time);
    if (seen === undefined) {
      const { world, protocol } = this.#inputs;
      seen = { truth: world.truth.truthAt(time), ...seriesTruth(world, protocol.series, time) };
      known.set(time, seen);
    }
    return seen;
  }

  #planned(agent: AgentId, submission: Submission): PlannedTransaction {
    const account = this.#accounts.get(`${agent}/${submission.account}`)!;
    return planSubmission(this.#inputs.protocol, account, agent, submission);
  }

  /** The vol source of the run, put in force by the owner in its first block. */
  #settings({ index, time, context }: Moment): PlannedTransaction[] {
    if (index > 0) return [];
    const { protocol } = this.#inputs;
    const { source, constantVol } = this.#plan;
    const setting = planSetting(protocol.setVolSource(source), context.baseFee);
    if (constantVol === undefined) return [setting];
    const vol = constantVol(this.#current.at(this.clock.start), time);
    return [planSetting(protocol.setConstantVol(vol), context.baseFee), setting];
  }

  /** The truth, written first in each block for P0, and through the grid for P1. */
  #harnessActions(time: number): Action[] {
    const { world, protocol } = this.#inputs;
    if (this.#plan.source === "truth") return truthPosts(world, this.view, protocol.series, time);
    if (this.#plan.poster !== "harness") return [];
    const smile = this.#plan.smileAt(this.#current.at(this.view.time), time);
    return [{ kind: "post-smiles", smiles: smilesOf(this.view, smile, this.#market.price, time) }];
  }

  /** The same as transactions; the grid takes smiles from the keeper's account only. */
  #harnessPosts({ index, time, context }: Moment): PlannedTransaction[] {
    const { protocol } = this.#inputs;
    const [first, ...others] = this.#harnessActions(time);
    if (first === undefined) return [];
    const steps: Submission["steps"] = [first, ...others];
    const submission: Submission = {
      id: `harness:${index}`,
      account: "operator",
      steps,
      bid: { maxFee: context.baseFee, tip: 0n, gas: Number(protocol.gasLimitOf(steps)) },
      validUntil: time,
      lane: "private",
    };
    const keeper = this.#cast.agents.find(({ role }) => role === "surface-keeper");
    const isGrid = this.#plan.source === "grid" && keeper !== undefined;
    const account = isGrid ? this.#accounts.get(`${keeper.id}/main`)! : protocol.harness;
    return [planSubmission(protocol, account, "harness", submission)];
  }

  /** Counts the smiles of the block's posts, and remembers the last as the offer that stands. */
  #posts({ time }: Moment, { planned }: BlockBuild, events: readonly ProtocolEvent[]): BlockRecord["posts"] {
    const { scenario } = this.#inputs;
    const posts = planned.flatMap(({ submission }) =>
      (submission?.steps ?? []).flatMap((step) => (step.kind === "post-smiles" ? [step.smiles] : [])),
    );
    if (posts.length > 0) this.#lastPost = { smiles: posts.at(-1)!, at: time };
    const seen = { features: this.#delayed.at(time - scenario.keeper.latency), now: time };
    return {
      offered: posts.reduce((sum, smiles) => sum + smiles.length, 0),
      clamped: posts.reduce((sum, smiles) => sum + this.#plan.clamped(seen, smiles), 0),
      refused: events.filter((event) => event.kind === "smile-refused").map(({ reason }) => reason),
    };
  }

  #tellFeatures(bought: number, view: ProtocolView, time: number, baseFee: bigint): void {
    const { scenario, world, protocol } = this.#inputs;
    // A vault without NAV has a limit of nothing: one dollar keeps the shares finite.
    const limit = Math.max(1, protocol.terms.vault.vegaLimit * view.vault.limitNav * 100);
    const state = {
      time,
      vegaBought: bought / limit,
      utilisation: -view.vault.totalVega / limit,
      rateDifferential: 0,
      baseFee: Number(baseFee) / GWEI,
    };
    const lagged = Math.max(this.clock.start, time - scenario.keeper.cycle);
    const level = world.truth.truthVol(lagged + WEEK, world.truth.spotAt(lagged), true, lagged);
    const quoted = quotedVol(level, scenario.quoteNoise, this.#random.fork("market"), this.#blocks.length, 0);
    for (const feed of [this.#current, this.#delayed]) {
      feed.chain(state);
      feed.surface(quoted);
    }
  }

  #genesisRecord(): BlockRecord {
    const { world, protocol, scenario } = this.#inputs;
    const time = this.clock.start;
    const { prices, vols } = seriesTruth(world, protocol.series, time);
    const quoted = protocol.quotedVols(this.view);
    return {
      index: -1,
      number: protocol.head.number,
      time,
      truth: world.truth.truthAt(time),
      truePrices: prices,
      trueVols: vols,
      modelVols: quoted,
      projectedVols: quoted,
      offeredVols: quoted,
      quotedVols: quoted,
      posts: { offered: 0, clamped: 0, refused: [] },
      view: this.view,
      outcomes: [],
      events: [],
      baseFee: BigInt(Math.round(scenario.market.baseFee * GWEI)),
      gasUsed: 0n,
      gasByRole: {},
      burntWei: 0n,
      tipsWei: 0n,
    };
  }
}

function settlementOf(view: ProtocolView, expiry: number): number | undefined {
  const book = view.expiries.find((candidate) => candidate.expiry === expiry);
  return book?.settled === true ? book.settlementPrice : undefined;
}

/** An agent's accounts, as the protocol must fund them at genesis. */
export function genesisAgents(
  scenario: Scenario,
): { readonly id: string; readonly role: Role; readonly accounts: Agent<unknown>["accounts"] }[] {
  return castOf(scenario, undefined).map(({ id, role, accounts }) => ({ id, role, accounts }));
}
