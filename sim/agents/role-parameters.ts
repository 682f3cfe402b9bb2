import { didYouMean } from "../../src/errors/closest-name.ts";
import { UserError } from "../../src/errors/user-error.ts";
import type { Role } from "../scenarios/scenario.ts";
import { hedgerDefaults } from "./hedger.ts";
import { leveragedShortDefaults } from "./leveraged-short.ts";
import { liquidatorDefaults } from "./liquidator.ts";
import { liquidityProviderDefaults } from "./liquidity-provider.ts";
import { noiseTraderDefaults } from "./noise-trader.ts";
import { oracleReporterDefaults } from "./oracle-reporter.ts";
import { spotArbitrageurDefaults } from "./spot-arbitrageur.ts";
import { stalePriceSniperDefaults } from "./stale-price-sniper.ts";
import { surfaceKeeperDefaults } from "./surface-keeper.ts";
import { volArbitrageurDefaults } from "./vol-arbitrageur.ts";

/** Parameters of every role with their defaults; units are said where the role defines them. */
export const roleDefaults = {
  "noise-trader": noiseTraderDefaults,
  hedger: hedgerDefaults,
  "liquidity-provider": liquidityProviderDefaults,
  "surface-keeper": surfaceKeeperDefaults,
  "oracle-reporter": oracleReporterDefaults,
  "spot-arbitrageur": spotArbitrageurDefaults,
  liquidator: liquidatorDefaults,
  "leveraged-short": leveragedShortDefaults,
  "vol-arbitrageur": volArbitrageurDefaults,
  "stale-price-sniper": stalePriceSniperDefaults,
} as const satisfies Record<Role, Readonly<Record<string, number>>>;

export type RoleParameters<R extends Role> = (typeof roleDefaults)[R];

/**
 * A role's parameters, given ones over the defaults.
 * @param where - the agent in messages: `scenarios/mine.json: agents[2]`
 * @throws {UserError} for a parameter that the role has not, or that is not a finite number of at least zero
 */
export function resolveParameters<R extends Role>(
  role: R,
  given: Readonly<Record<string, number>>,
  where: string,
): RoleParameters<R> {
  const defaults: Readonly<Record<string, number>> = roleDefaults[role];
  for (const [name, value] of Object.entries(given)) {
    if (!(name in defaults)) {
      const known = Object.keys(defaults);
      throw new UserError({
        where: `${where}.parameters.${name}`,
        what: `a ${role} has no such parameter${didYouMean(name, known)}`,
        expected: `one of ${known.join(", ")}`,
      });
    }
    if (!(value >= 0 && Number.isFinite(value))) {
      throw new UserError({
        where: `${where}.parameters.${name}`,
        what: `expected a number of at least 0, got ${value}`,
      });
    }
  }
  return { ...defaults, ...given } as RoleParameters<R>;
}
