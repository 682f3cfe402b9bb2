import { protocolDurations } from "../../../scenarios/protocol-durations.ts";
import type { AgentSpec, Role, Scenario } from "../../../scenarios/scenario.ts";
import { roleDefaults } from "../../../agents/role-parameters.ts";
import type { Market } from "../market-runs.ts";

/** A market on chain to train or to run in: the scenario with one factor changed. */
export interface ChainCondition extends Market {
  readonly name: string;
  /** What is changed, with its numbers. */
  readonly change: string;
}

/** Sizes of the changes; ours. */
const MANY = 3;
/** First version of the fee: one half-spread, whatever the book and the trade. */
const FLAT_FEE = { halfSpread: 0.02, convexity: 0, lagSpread: 0, vegaFee: 0 };
/** Blocks for one of the scenario's, evenly spread. */
const FASTER = 2;
/** The protocol before it had defences. */
const BEFORE_UPGRADE = "NAIVE";

/** The scenario's market first, then one factor changed at a time. */
export function chainConditions({ scenario, preset }: Market): ChainCondition[] {
  const { agents, clock, protocol } = scenario;
  const arm = (name: string, change: string, changed: Partial<Scenario>): ChainCondition => ({
    name,
    change,
    scenario: { ...scenario, ...changed },
    preset,
  });
  const blocks = FASTER * clock.blocks;
  const all = [
    arm("home", "the scenario's market", {}),
    arm("informed mix", `${MANY} times the informed traders and snipers, noise traders' orders ÷ ${MANY}`, {
      agents: agents.flatMap((agent) =>
        isInformed(agent.role) ? [{ ...agent, count: MANY * agent.count }] : [withOrders(agent, 1 / MANY)],
      ),
    }),
    arm("noise mix", `no informed trader and no sniper, noise traders' orders × ${MANY}`, {
      agents: agents.flatMap((agent) => (isInformed(agent.role) ? [] : [withOrders(agent, MANY)])),
    }),
    arm("fee version", "a flat half-spread of 2 vol points; no convexity, lag spread or vega fee", {
      protocol: { ...protocol, terms: { ...protocol.terms, ...FLAT_FEE } },
    }),
    arm("block time", `${blocks} blocks, ${clock.horizon / blocks / 60} min apart, in the place of ${clock.blocks}`, {
      clock: { ...clock, blocks, dense: [], coarse: Object.keys(protocolDurations) },
    }),
    {
      ...arm("protocol upgrade", `preset ${BEFORE_UPGRADE} in the place of ${preset}`, {}),
      preset: BEFORE_UPGRADE,
    },
  ];
  return preset === BEFORE_UPGRADE ? all.slice(0, -1) : all;
}

function isInformed(role: Role): boolean {
  return role === "vol-arbitrageur" || role === "stale-price-sniper";
}

function withOrders(agent: AgentSpec, factor: number): AgentSpec {
  if (agent.role !== "noise-trader") return agent;
  const ordersPerDay = agent.parameters.ordersPerDay ?? roleDefaults["noise-trader"].ordersPerDay;
  return { ...agent, parameters: { ...agent.parameters, ordersPerDay: factor * ordersPerDay } };
}
