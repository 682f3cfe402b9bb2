import { didYouMean } from "../../src/errors/closest-name.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { axes } from "./on-chain/axes.ts";
import { assumptions } from "./vault/assumptions.ts";
import { breakingPoints } from "./shift/breaking-points.ts";
import { breakingPointsChain } from "./on-chain/breaking-points-chain.ts";
import { complexity } from "./training/complexity.ts";
import { crossedDraws } from "./training/crossed-draws.ts";
import { defencesChain } from "./on-chain/defences-chain.ts";
import { diagnosis } from "./shift/diagnosis.ts";
import { driversStudy } from "./training/drivers.ts";
import { greeks } from "./shift/greeks.ts";
import { hedging } from "./vault/hedging.ts";
import { keeperAlarm } from "./on-chain/keeper-alarm.ts";
import { inputs } from "./shift/inputs.ts";
import { jumps } from "./shift/jumps.ts";
import { learningCurve } from "./training/learning-curve.ts";
import { ownLogs } from "./on-chain/own-logs.ts";
import { operatingModes } from "./shift/modes.ts";
import { monitoring } from "./warning/monitoring.ts";
import { recalibratingKeeper } from "./on-chain/recalibrating-keeper.ts";
import { regimeMatrix } from "./shift/regime-matrix.ts";
import { poisoning } from "./training/poisoning.ts";
import { policySearch } from "./vault/policies.ts";
import { riskForecast } from "./warning/risk-forecast.ts";
import { resampled } from "./shift/resampled.ts";
import { selection } from "./training/selection.ts";
import { skillDecay } from "./shift/skill-decay.ts";
import type { Study } from "./study.ts";
import { switching } from "./shift/switching.ts";
import { support } from "./shift/support.ts";
import { tenors } from "./shift/tenors.ts";
import { trainers } from "./training/trainers.ts";
import { transfer } from "./shift/transfer.ts";
import { transferChain } from "./on-chain/transfer-chain.ts";
import { truthAxes } from "./shift/truth-axes.ts";
import { uncertaintyOnChain } from "./on-chain/uncertainty-on-chain.ts";
import { uncertainty } from "./warning/uncertainty.ts";

/**
 * Folders go by what a study asks of: `training` of what a fit depends on, `shift` of where and when errors appear,
 * `warning` of what can be known of them in time, `vault` of what they cost off chain, `on-chain` of what they cost
 * there. `shared` holds what several folders use; a folder named like a study holds its parts.
 */
const studies: readonly Study[] = [
  learningCurve,
  skillDecay,
  complexity,
  regimeMatrix,
  switching,
  greeks,
  diagnosis,
  uncertainty,
  selection,
  monitoring,
  keeperAlarm,
  recalibratingKeeper,
  riskForecast,
  uncertaintyOnChain,
  ownLogs,
  operatingModes,
  resampled,
  support,
  tenors,
  crossedDraws,
  hedging,
  assumptions,
  breakingPoints,
  breakingPointsChain,
  defencesChain,
  transfer,
  trainers,
  poisoning,
  inputs,
  policySearch,
  driversStudy,
  jumps,
  truthAxes,
  transferChain,
  axes,
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
