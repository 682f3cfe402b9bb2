import type { BlockStatement, MinedBlock } from "../../src/chain/chain.ts";
import type { LoggedBlock, TradeLog } from "../../src/models/trade-log.ts";
import type { DeployedAccount } from "../../src/protocol/adapter.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import { loggedBlock, loggedState, loggedTerms } from "../../src/protocol/logged-block.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import { createRandom, type Random } from "../../src/random/random.ts";
import type { AgentId, Outcome, Submission, SubmissionId } from "../agents/agent.ts";
import { castOf } from "../agents/cast.ts";
import type { PendingTransaction } from "../mempool/builder.ts";
import { feePriority } from "../mempool/fee-priority.ts";
import { cancel, emptyPool, expire, remove, submit, type Dropped, type Pool } from "../mempool/pool.ts";
import { buildClock, type Clock } from "../scenarios/clock.ts";
import type { Role } from "../scenarios/scenario.ts";
import type { Truth } from "../world/truth.ts";
import { anticipatedView } from "./anticipated-view.ts";
import { NonceBook, planSubmission, stateBlock, type PlannedTransaction } from "./block-plan.ts";
import { gasOf } from "./block-record.ts";
import type { BlockBuild, FinishedBlock, Moment } from "./block-stages.ts";
import { CastRunner, type Decision } from "./cast-runner.ts";
import { Harness } from "./harness.ts";
import { MarketTape } from "./market-tape.ts";
import { poolPush } from "./market-impact.ts";
import { OracleFeed } from "./oracle-feed.ts";
import { droppedOutcomes, notIncluded, outcomesOf } from "./outcomes.ts";
import { RunFeatures, roundsBefore } from "./run-features.ts";
import { RunGas } from "./run-gas.ts";
import type { BlockRecord, RunRecord } from "./run-record.ts";
import type { RunInputs } from "./run.ts";
import { seriesTruth, type SeriesTruth } from "./series-truth.ts";
import { isTended } from "./tended-model.ts";
import { telescope, volPlan, type LastPost, type VolPlan } from "./vol-plan.ts";

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
  readonly #random: { readonly builder: Random; readonly randao: Random };
  readonly #oracle: OracleFeed;
  readonly #features: RunFeatures;
  readonly #gas: RunGas;
  readonly #harness: Harness;
  readonly #nonces: NonceBook;
  readonly #genesis: BlockRecord;
  readonly #blocks: BlockRecord[] = [];
  readonly #start: TradeLog["start"];
  readonly #log: LoggedBlock[] = [];
  readonly #stateRoots: string[] = [];
  #pool: Pool = emptyPool;
  #lastPost: LastPost | undefined;

  constructor(inputs: RunInputs, view: ProtocolView) {
    const { scenario, spec, protocol, world, model } = inputs;
    this.#inputs = inputs;
    this.clock = buildClock(scenario, scenario.name);
    this.view = view;
    const random = createRandom(spec.masterSeed, "chain", spec.seed);
    this.#random = { builder: random.fork("builder"), randao: random.fork("randao") };
    const desk = random.fork("keeper-desk");
    const tended = model !== undefined && isTended(model) ? model : undefined;
    const tape = tended && new MarketTape(scenario, world, this.clock.start, tended.tape, desk.fork("tape"));
    const { plateauFrom, plateauTo } = this.clock;
    const tending = tape && tended?.tend({ tape, random: desk, plateau: [plateauFrom, plateauTo] });
    this.#plan = volPlan(spec, model, world, scenario.keeper.latency, tending && ((now) => tending.modelAt(now)));
    this.#cast = new CastRunner(castOf(scenario, this.#plan.write), protocol.accounts, random);
    this.#roles = new Map(this.#cast.agents.map(({ id, role }) => [id, role]));
    this.#accounts = new Map(protocol.accounts.map((account) => [`${account.agent}/${account.name}`, account]));
    this.#oracle = new OracleFeed(scenario, world, this.clock.start, spec.severity, random);
    this.#oracle.before(view.markets.find(({ underlying }) => underlying === protocol.underlying)!.feed);
    this.#gas = new RunGas(scenario, random.fork("gas"));
    this.#features = new RunFeatures(inputs, this.clock.start, random.fork("market"), tape);
    this.#start = loggedState({
      state: { ...view.vault, time: this.clock.start },
      vegaLimit: protocol.terms.vault.vegaLimit,
      baseFee: this.#gas.baseFee,
    });
    this.#features.block(0, { ...this.#start, trades: [] });
    const keeper = this.#cast.agents.find(({ role }) => role === "surface-keeper");
    const keepersAccount = keeper && this.#accounts.get(`${keeper.id}/main`);
    this.#harness = new Harness(this.#plan, world, protocol, this.#features, keepersAccount);
    this.#nonces = new NonceBook(protocol.nonces);
    this.#genesis = this.#genesisRecord();
  }

  /** World, gas market and feed move on to the time of the block. */
  advanceWorld(index: number, time: number): Moment {
    const before = this.clock.times[index - 1] ?? this.clock.start;
    const truth = this.#inputs.world.truth.truthAt(time, before);
    const context = this.#gas.advance(index, time, before, truth.severity);
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
      view: anticipatedView(this.view, time, protocol.underlying, due, this.#harness.actions(time, this.view)),
      features: this.#features.seenByKeeper(time),
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
    const first: PlannedTransaction[] = this.#harness.settings(moment, this.view);
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
    const { order } = feePriority.build(input, feePriority.start, this.#random.builder);
    this.#pool = remove(expired.pool, order.included);
    const planned = [
      ...first,
      ...this.#harness.posts(moment, this.view),
      ...order.included.map(({ agent, submission }: PendingTransaction) => this.#planned(agent, submission)),
    ];
    return { planned, left: order.left, dropped };
  }

  state({ context }: Moment, { planned }: BlockBuild): BlockStatement {
    const { protocol } = this.#inputs;
    const number = protocol.head.number + 1n + BigInt(context.index);
    return stateBlock(context, number, protocol.coinbase, planned, this.#nonces, this.#random.randao);
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
    this.#features.posted(fresh);
    if (spec.feedback) {
      const isArbitrage = (place: number): boolean =>
        this.#roles.get(order.planned[place].agent) === "spot-arbitrageur";
      const push = poolPush(before, events, protocol.underlying, isArbitrage);
      // The block's own truth stands: what it did to the market counts from the next second on.
      world.truth.feel({ time: time + 1, persistentImpactLog: scenario.market.persistentImpact * push });
    }
    this.view = view;
    const logged = loggedBlock(
      {
        events,
        rounds: fresh,
        state: { ...view.vault, time },
        vegaLimit: protocol.terms.vault.vegaLimit,
        baseFee: statement.baseFeePerGas,
      },
      protocol.underlying,
    );
    this.#features.block(this.#blocks.length, logged);
    this.#log.push(logged);
    const own = outcomes.filter((outcome) => outcome !== undefined && this.#roles.has(outcome.agent)) as Outcome[];
    const all = [...own, ...droppedOutcomes(order.dropped, mined.number)];
    this.#cast.deliver(all);
    const posts = this.#posts(moment, order, events);
    const gas = gasOf(statement, mined, order.planned, this.#roles);
    this.#gas.used(mined.gasUsed);
    this.#stateRoots.push(mined.stateRoot);
    const settled = (expiry: number): number | undefined => settlementOf(view, expiry);
    const { prices, vols } = seriesTruth(world, protocol.series, time, settled);
    const features = this.#features.at(time);
    this.#blocks.push({
      index: moment.index,
      number: mined.number,
      time,
      truth: moment.truth,
      truePrices: prices,
      trueVols: vols,
      features,
      ...telescope(this.#plan, view, protocol.quotedVols(view), features, this.#lastPost),
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
      log: {
        past: roundsBefore(this.#inputs),
        start: this.#start,
        blocks: this.#log,
        terms: loggedTerms(protocol.terms.vault),
      },
    };
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

  /** Counts the smiles of the block's posts, and remembers the last as the offer that stands. */
  #posts({ time }: Moment, { planned }: BlockBuild, events: readonly ProtocolEvent[]): BlockRecord["posts"] {
    const posts = planned.flatMap(({ submission }) =>
      (submission?.steps ?? []).flatMap((step) => (step.kind === "post-smiles" ? [step.smiles] : [])),
    );
    if (posts.length > 0) this.#lastPost = { smiles: posts.at(-1)!, at: time };
    const seen = { features: this.#features.seenByKeeper(time), now: time };
    return {
      offered: posts.reduce((sum, smiles) => sum + smiles.length, 0),
      clamped: posts.reduce((sum, smiles) => sum + this.#plan.clamped(seen, smiles), 0),
      refused: events.filter((event) => event.kind === "smile-refused").map(({ reason }) => reason),
    };
  }

  #genesisRecord(): BlockRecord {
    const { world, protocol } = this.#inputs;
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
      features: this.#features.at(time),
      modelVols: quoted,
      projectedVols: quoted,
      offeredVols: quoted,
      quotedVols: quoted,
      posts: { offered: 0, clamped: 0, refused: [] },
      view: this.view,
      outcomes: [],
      events: [],
      baseFee: this.#gas.baseFee,
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
