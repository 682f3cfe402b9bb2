import type { ProtocolEvent } from "../../src/protocol/events.ts";
import type { Outcome, SubmissionId } from "../agents/agent.ts";
import type { Role } from "../scenarios/scenario.ts";
import type { BlockRecord, RunRecord } from "./run-record.ts";

export type NarrativeKind =
  "fault" | "trade" | "hedge" | "liquidation" | "bad-debt" | "settlement" | "withdrawal" | "refused";

/** One thing that happened, in words. */
export interface NarrativeLine {
  /** Index of the block in the run. */
  readonly index: number;
  readonly number: bigint;
  /** Unix seconds. */
  readonly time: number;
  readonly kind: NarrativeKind;
  /** Role that acted; empty for the protocol and the oracle. */
  readonly who: Role | "";
  readonly text: string;
  /** What it was worth to the vault at the truth, USD; undefined where it is nothing in itself. */
  readonly vault: number | undefined;
  /** Insurance fund afterwards, USD. */
  readonly insurance: number;
}

/** Trades whose edge over the vault is smaller are not worth a line, USD. */
const NOTABLE_EDGE = 250;
const INFORMED: readonly Role[] = ["vol-arbitrageur", "stale-price-sniper"];

/** The story of a run: faults, trades that cost the vault, hedges, liquidations, settlements, withdrawals. */
export function narrate(run: RunRecord, intents: ReadonlyMap<SubmissionId, string>): NarrativeLine[] {
  const roles = new Map(run.agents.map(({ id, role }) => [id, role]));
  const lines: NarrativeLine[] = [];
  for (const [index, block] of run.blocks.entries()) {
    const before = index === 0 ? run.genesis.time : run.blocks[index - 1].time;
    const say = (kind: NarrativeKind, who: Role | "", text: string, vault?: number): void => {
      const { number, time, view } = block;
      lines.push({ index, number, time, kind, who, text, vault, insurance: view.fund });
    };
    sayFaults(run, block, before, say);
    for (const outcome of block.outcomes) sayOutcome(block, outcome, roles.get(outcome.agent), intents, say);
    for (const event of block.events) sayEvent(event, say);
  }
  return lines;
}

type Say = (kind: NarrativeKind, who: Role | "", text: string, vault?: number) => void;

function sayFaults(run: RunRecord, block: BlockRecord, before: number, say: Say): void {
  for (const { name, from, to } of run.faults) {
    if (from > before && from <= block.time) {
      const blocks = run.blocks.filter(({ time }) => time >= from && time < to).length;
      const { answer } = block.view.markets[run.genesis.view.series[0].underlying].feed;
      say(
        "fault",
        "",
        `oracle: ${name} begins at ${usd(answer, 2)}, for ${blocks} ${blocks === 1 ? "block" : "blocks"}`,
      );
    }
    if (to > before && to <= block.time) say("fault", "", `oracle: ${name} is over`);
  }
}

function sayOutcome(
  block: BlockRecord,
  outcome: Outcome,
  role: Role | undefined,
  intents: ReadonlyMap<SubmissionId, string>,
  say: Say,
): void {
  if (role === undefined || (outcome.kind !== "done" && outcome.kind !== "reverted")) return;
  const intent = intents.get(outcome.id) ?? "";
  if (outcome.kind === "reverted") {
    if (INFORMED.includes(role)) say("refused", role, `${name(role)} ${intent}: refused, ${outcome.error?.name}`);
    return;
  }
  const edge = edgeOf(block, outcome.events);
  if (edge === undefined || Math.abs(edge) < NOTABLE_EDGE || !INFORMED.includes(role)) return;
  say("trade", role, `${name(role)} ${intent}`, -edge);
}

/** USD that the trader of a transaction gained at true prices; undefined when it traded nothing. */
function edgeOf(block: BlockRecord, events: readonly ProtocolEvent[]): number | undefined {
  let edge: number | undefined;
  for (const event of events) {
    if (event.kind !== "traded") continue;
    const index = block.view.series.findIndex(({ id }) => id === event.id);
    const paid = event.size > 0 ? event.premium + event.fee : -(event.premium - event.fee);
    edge = (edge ?? 0) + event.size * block.truePrices[index] - paid;
  }
  return edge;
}

function sayEvent(event: ProtocolEvent, say: Say): void {
  switch (event.kind) {
    case "hedged":
      if (event.traded === 0) return;
      return say(
        "hedge",
        "",
        `vault hedges: ${event.traded > 0 ? "buys" : "sells"} ${Math.abs(event.traded).toFixed(1)} at ${usd(Math.abs(event.quotePaid / event.traded), 2)}, delta was ${event.netDelta.toFixed(1)}`,
      );
    case "auction-started":
      return say(
        "liquidation",
        "",
        `sale of an account begins: equity ${usd(event.equity)}, maintenance ${usd(event.maintenance)}`,
      );
    case "auction-bid":
      return say(
        "liquidation",
        "liquidator",
        `liquidator takes ${Math.round(event.share * 100)} % of the account for ${usd(event.paid)}${event.fundPaid > 0 ? `, paid ${usd(event.fundPaid)} by the fund` : ""}`,
      );
    case "bad-debt":
      return say(
        "bad-debt",
        "",
        `bad debt of ${usd(event.shortfall)}: the fund pays ${usd(event.fromFund)}, liquidity providers ${usd(event.socialised)}`,
        -event.socialised,
      );
    case "settled":
      return say("settlement", "", `an expiry settles at ${usd(event.price, 2)}`);
    case "expiry-closed":
      return say(
        "settlement",
        "",
        `the expiry closes: the vault ${event.vaultPayoff < 0 ? "owes" : "receives"} ${usd(Math.abs(event.vaultPayoff))}, payout ratio ${event.payoutRatio.toFixed(3)}`,
      );
    case "withdrawal-processed":
      return say("withdrawal", "liquidity-provider", `a withdrawal of ${usd(event.assets)} is paid`);
    default:
      return;
  }
}

const formats = {
  0: new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 }),
  2: new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
};

function name(role: Role): string {
  return role.replaceAll("-", " ");
}

function usd(amount: number, decimals: 0 | 2 = 0): string {
  return `${formats[decimals].format(amount)} USD`;
}
