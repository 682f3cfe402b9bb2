import { didYouMean } from "../../src/errors/closest-name.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { assumptions } from "./assumptions.ts";
import { breakingPoints } from "./breaking-points.ts";
import { complexity } from "./complexity.ts";
import { crossedDraws } from "./crossed-draws.ts";
import { cusumKeeper } from "./cusum-keeper.ts";
import { diagnosis } from "./diagnosis.ts";
import { driversStudy } from "./drivers.ts";
import { greeks } from "./greeks.ts";
import { hedging } from "./hedging.ts";
import { keeperAlarm } from "./keeper-alarm.ts";
import { inputs } from "./inputs.ts";
import { jumps } from "./jumps.ts";
import { learningCurve } from "./learning-curve.ts";
import { operatingModes } from "./modes.ts";
import { monitoring } from "./monitoring.ts";
import { regimeMatrix } from "./regime-matrix.ts";
import { poisoning } from "./poisoning.ts";
import { policySearch } from "./policies.ts";
import { riskForecast } from "./risk-forecast.ts";
import { selection } from "./selection.ts";
import { skillDecay } from "./skill-decay.ts";
import type { Study } from "./study.ts";
import { support } from "./support.ts";
import { tenors } from "./tenors.ts";
import { trainers } from "./trainers.ts";
import { transfer } from "./transfer.ts";
import { uncertaintyOnChain } from "./uncertainty-on-chain.ts";
import { uncertainty } from "./uncertainty.ts";

const studies: readonly Study[] = [
  learningCurve,
  skillDecay,
  complexity,
  regimeMatrix,
  greeks,
  diagnosis,
  uncertainty,
  selection,
  monitoring,
  keeperAlarm,
  cusumKeeper,
  riskForecast,
  uncertaintyOnChain,
  operatingModes,
  support,
  tenors,
  crossedDraws,
  hedging,
  assumptions,
  breakingPoints,
  transfer,
  trainers,
  poisoning,
  inputs,
  policySearch,
  driversStudy,
  jumps,
];

/** All studies, in the order of the report. */
export function listStudies(): readonly Study[] {
  return studies;
}

/**
 * The study of that name.
 * @throws {UserError} with the nearest name and the whole list
 */
export function studyByName(name: string, where = "--studies"): Study {
  const study = studies.find((candidate) => candidate.name === name);
  if (study !== undefined) return study;
  const names = studies.map((candidate) => candidate.name);
  throw new UserError({ where, what: `unknown study "${name}"${didYouMean(name, names)}`, expected: names.join(", ") });
}
