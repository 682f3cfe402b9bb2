import type { AgentSpec, Role, Scenario } from "../scenarios/scenario.ts";
import type { Agent } from "./agent.ts";
import { hedger } from "./hedger.ts";
import { leveragedShort } from "./leveraged-short.ts";
import { liquidator } from "./liquidator.ts";
import { liquidityProvider } from "./liquidity-provider.ts";
import { noiseTrader } from "./noise-trader.ts";
import { oracleReporter } from "./oracle-reporter.ts";
import { resolveParameters, type RoleParameters } from "./role-parameters.ts";
import { spotArbitrageur } from "./spot-arbitrageur.ts";
import { stalePriceSniper } from "./stale-price-sniper.ts";
import type { AgentSetting } from "./submitting.ts";
import { surfaceKeeper, type SurfaceWriter } from "./surface-keeper.ts";
import { volArbitrageur } from "./vol-arbitrageur.ts";

/**
 * The agents of a scenario in its order, named `role` or `role-2` when there are several of one.
 * @param write - what the surface keeper posts; undefined: nothing
 */
export function castOf(scenario: Scenario, write: SurfaceWriter | undefined): readonly Agent<unknown>[] {
  const counts = new Map<Role, number>();
  return scenario.agents.flatMap((spec, index) =>
    Array.from({ length: spec.count }, () => {
      const number = (counts.get(spec.role) ?? 0) + 1;
      counts.set(spec.role, number);
      const id = number === 1 ? spec.role : `${spec.role}-${number}`;
      return agentOf(id, spec, scenario, write, `${scenario.name}: agents[${index}]`);
    }),
  );
}

function agentOf(
  id: string,
  spec: AgentSpec,
  scenario: Scenario,
  write: SurfaceWriter | undefined,
  where: string,
): Agent<unknown> {
  const setting = <R extends Role>(role: R): AgentSetting<RoleParameters<R>> => ({
    id,
    capital: spec.capital,
    latency: spec.latency,
    spot: scenario.spot,
    parameters: resolveParameters(role, spec.parameters, where),
  });
  switch (spec.role) {
    case "noise-trader":
      return noiseTrader(setting(spec.role));
    case "hedger":
      return erased(hedger(setting(spec.role)));
    case "liquidity-provider":
      return erased(liquidityProvider(setting(spec.role)));
    case "surface-keeper":
      return erased(surfaceKeeper(setting(spec.role), scenario.keeper, write));
    case "oracle-reporter":
      return oracleReporter(setting(spec.role));
    case "spot-arbitrageur":
      return spotArbitrageur(setting(spec.role));
    case "liquidator":
      return liquidator(setting(spec.role));
    case "leveraged-short":
      return erased(leveragedShort(setting(spec.role)));
    case "vol-arbitrageur":
      return volArbitrageur(setting(spec.role));
    case "stale-price-sniper":
      return stalePriceSniper(setting(spec.role));
  }
}

/** The engine carries memories without looking into them. */
function erased<M>(agent: Agent<M>): Agent<unknown> {
  return agent as Agent<unknown>;
}
