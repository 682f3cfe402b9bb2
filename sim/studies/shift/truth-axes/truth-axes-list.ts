import { regimeAt } from "../../../world/regime.ts";
import type { Regime, Scenario } from "../../../scenarios/scenario.ts";

/** One thing about the true regime that goes from calm to crash alone. */
export interface TruthAxis {
  readonly name: string;
  /** "0.8 → 2", calm and crash. */
  readonly change: string;
  readonly scenario: Scenario;
}

const parameters: readonly (readonly [name: string, fields: readonly (keyof Regime)[]])[] = [
  ["variance level", ["v0", "theta"]],
  ["mean reversion", ["kappa"]],
  ["vol of vol", ["volOfVol"]],
  ["correlation", ["rho"]],
  ["jump intensity", ["jumpIntensity"]],
  ["jump mean", ["jumpMean"]],
  ["jump sd", ["jumpSd"]],
];

/** Axes along which the scenario's calm and crash differ, one at a time; last, all of them as the scenario has them. */
export function truthAxes(scenario: Scenario): readonly TruthAxis[] {
  const { process, graft } = scenario;
  // What the process has not does not differ in it.
  const [calm, crash] = [0, 1].map((severity) => regimeAt(scenario.calm, scenario.crash, severity, process));
  const still: Scenario = { ...scenario, crash: calm, graft: [] };
  const alone = parameters.flatMap(([name, fields]): TruthAxis[] => {
    const moved = fields.filter((field) => calm[field] !== crash[field]);
    if (moved.length === 0) return [];
    const changed = Object.fromEntries(moved.map((field) => [field, crash[field]]));
    const change = moved.map((field) => `${field} ${calm[field]} → ${crash[field]}`.replaceAll("-", "−")).join(", ");
    return [{ name, change, scenario: { ...still, calm, crash: { ...calm, ...changed } } }];
  });
  const total = graft.reduce((sum, { logReturn }) => sum + logReturn, 0);
  const grafted: TruthAxis[] =
    graft.length === 0
      ? []
      : [
          {
            name: "grafted move",
            change: `a log return of ${total} on the calm path`.replace("-", "−"),
            scenario: { ...still, calm, graft },
          },
        ];
  return [...alone, ...grafted, { name: "all together", change: "as the scenario has them", scenario }];
}
