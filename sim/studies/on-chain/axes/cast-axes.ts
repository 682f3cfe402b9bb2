import type { FeatureInput } from "../../../../src/models/pricing-model.ts";
import { roleDefaults } from "../../../agents/role-parameters.ts";
import type { AgentSpec, Role, Scenario } from "../../../scenarios/scenario.ts";
import type { Axis, AxisLevel, MakeLevel } from "./axis.ts";
import { dollars } from "./labels.ts";

const FLOW: readonly FeatureInput[] = ["orderFlow", "utilisation"];

/** Axes of who trades; a role that the scenario has not is no axis. */
export function castAxes(scenario: Scenario, level: MakeLevel): Axis[] {
  const { agents } = scenario;
  const withRole = (role: Role, change: (agent: AgentSpec) => AgentSpec[]) => ({
    agents: agents.flatMap((agent) => (agent.role === role ? change(agent) : [agent])),
  });
  const scaled = (agent: AgentSpec, name: string, factor: number): AgentSpec => {
    const defaults: Readonly<Record<string, number>> = roleDefaults[agent.role];
    const value = (agent.parameters[name] ?? defaults[name]) * factor;
    return { ...agent, parameters: { ...agent.parameters, [name]: value } };
  };
  const countOf = (role: Role) =>
    agents.filter((agent) => agent.role === role).reduce((sum, { count }) => sum + count, 0);
  const capitalOf = (role: Role) =>
    dollars(agents.filter((agent) => agent.role === role).reduce((sum, { capital }) => sum + capital, 0));
  const counts = (role: Role): AxisLevel[] => [
    level(
      "0",
      withRole(role, () => []),
    ),
    level(
      `${2 * countOf(role)}`,
      withRole(role, (agent) => [{ ...agent, count: 2 * agent.count }]),
    ),
  ];
  const capitals = (role: Role, factors: readonly number[]): AxisLevel[] =>
    factors.map((factor) => {
      const changed = withRole(role, (agent) => [{ ...agent, capital: agent.capital * factor }]);
      return level(`× ${factor}`, changed);
    });
  const ordersADay = (agent: AgentSpec) => agent.parameters.ordersPerDay ?? roleDefaults["noise-trader"].ordersPerDay;
  const noise = agents.find(({ role }) => role === "noise-trader");
  const axes: (readonly [Role, Axis])[] = [
    ["vol-arbitrageur", axisOfCast("informed traders", `${countOf("vol-arbitrageur")}`, counts("vol-arbitrageur"))],
    [
      "vol-arbitrageur",
      axisOfCast("informed capital", capitalOf("vol-arbitrageur"), capitals("vol-arbitrageur", [0.2, 5])),
    ],
    [
      "noise-trader",
      axisOfCast(
        "noise intensity",
        noise === undefined ? "" : `${ordersADay(noise)} orders a day each`,
        [1 / 3, 3].map((factor) =>
          level(
            noise === undefined ? "" : `${ordersADay(noise) * factor}`,
            withRole("noise-trader", (agent) => [scaled(agent, "ordersPerDay", factor)]),
          ),
        ),
      ),
    ],
    ["stale-price-sniper", axisOfCast("snipers", `${countOf("stale-price-sniper")}`, counts("stale-price-sniper"))],
  ];
  return axes.filter(([role]) => countOf(role) > 0).map(([, axis]) => axis);
}

function axisOfCast(name: string, base: string, levels: readonly AxisLevel[]): Axis {
  return { name, base, levels, features: FLOW, posts: false };
}
