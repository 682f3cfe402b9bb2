import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { UserError } from "../../src/errors/user-error.ts";
import type { FittedModel, QuoteSet } from "../../src/models/pricing-model.ts";
import { listModels } from "../../src/models/models.ts";
import { tradePrices } from "../../src/models/traded-vol.ts";
import type { FailedReplicate } from "../experiment/generalisation/replicate.ts";
import { fitModels, pricersOf, replicateRandom, trainingQuotes } from "../experiment/generalisation/replicate.ts";
import { configOf } from "../experiment/generalisation/run-generalisation.ts";
import { conditionText } from "../report/format.ts";
import { listing, table } from "../report/terminal.ts";
import { loadScenario } from "../scenarios/load-scenario.ts";
import { errorOf } from "../studies/shared/fitting.ts";
import { exitCodes, withFailures } from "./failure.ts";
import { fitFromRun } from "./fit-from-run.ts";
import { logFitsText } from "./log-fits-text.ts";
import { knownName, knownNames } from "./option-values.ts";

/** Options of `npx hardhat models`. */
export interface ModelsArguments {
  readonly fit?: boolean;
  /** A bundle or a run's directory: fit on what was traded there. */
  readonly fromRun?: string;
  /** Names, separated by commas. */
  readonly models?: string;
  /** What of a premium the vol is taken from: mid or paid. */
  readonly price?: string;
  readonly json?: boolean;
}

/** What a model is, and with `--fit` how far its fit on one calm draw can be trusted. */
interface Listed {
  readonly name: string;
  readonly information: string;
  readonly summary: string;
  readonly fit?: Fit;
}

interface Fit {
  /** Root mean square error on the quotes it was fitted on, vol points. */
  readonly rmse: number | null;
  readonly degreesOfFreedom: number | null;
  /** Null where nothing was solved, or where it is singular. */
  readonly conditionNumber: number | null;
  readonly boundsActive: readonly string[];
  /** Why it could not be fitted. */
  readonly failure: string | null;
}

/** `npx hardhat models`: a line each. */
export default async function models(given: ModelsArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const { fit, json } = given;
  await withFailures(async () => {
    if (given.fromRun !== undefined) return fitLogs(given, given.fromRun, hre);
    for (const option of ["models", "price"] as const) {
      if (given[option] === undefined) continue;
      throw new UserError({ where: `--${option}`, what: "goes with --from-run", expected: "--fit --from-run RUN" });
    }
    const fits = fit === true ? fitAll() : undefined;
    const listed = listModels().map(({ name, information, summary }, i): Listed => {
      return { name, information, summary, ...(fits === undefined ? {} : { fit: fits[i] }) };
    });
    process.stdout.write(json === true ? `${JSON.stringify(listed, null, 1)}\n` : textOf(listed));
    return exitCodes.held;
  });
}

/** Fits on a run's own logs. */
async function fitLogs(given: ModelsArguments, path: string, { network }: HardhatRuntimeEnvironment): Promise<number> {
  if (given.fit !== true) throw new UserError({ where: "--from-run", what: "goes with --fit" });
  const all = listModels().map(({ name }) => name);
  const names = given.models === undefined ? all : knownNames("--models", given.models, "model", all);
  const price = knownName("--price", given.price ?? "mid", "price", tradePrices);
  const fits = await fitFromRun(path, names, price, network);
  process.stdout.write(given.json === true ? `${JSON.stringify(fits, null, 1)}\n` : logFitsText(fits, price));
  return exitCodes.held;
}

function textOf(listed: readonly Listed[]): string {
  const columns = ["model", "sees", "what it is"];
  if (listed.every(({ fit }) => fit === undefined)) {
    const rows = listed.map(({ name, information, summary }) => [name, information, summary]);
    return `${listing(columns, rows)}\n`;
  }
  const rows = listed.map(({ name, information, fit }) => {
    const { rmse, degreesOfFreedom, conditionNumber, boundsActive, failure } = fit!;
    if (rmse === null || degreesOfFreedom === null) return [name, information, "–", "–", "–", failure ?? ""];
    const dof = String(Math.round(10 * degreesOfFreedom) / 10);
    return [name, information, rmse.toFixed(2), dof, conditionText(conditionNumber), boundsActive.join(", ")];
  });
  return `${table(["model", "sees", "RMSE, vol points", "degrees of freedom", "condition number", "bounds active"], rows, [2, 3, 4])}\n`;
}

/** Fits on the training quotes of the default scenario's first replicate. */
function fitAll(): Fit[] {
  const names = listModels().map(({ name }) => name);
  const config = configOf({ scenario: loadScenario("vol-shock"), models: names, masterSeed: 1 });
  const pricers = pricersOf(config);
  const training = trainingQuotes(config, pricers, replicateRandom(config, 0));
  return fitModels(config, pricers, 0).map((fitted) => fitOf(fitted, training));
}

function fitOf(fitted: FittedModel | FailedReplicate, training: QuoteSet): Fit {
  if ("failure" in fitted) {
    return { rmse: null, degreesOfFreedom: null, conditionNumber: null, boundsActive: [], failure: fitted.failure };
  }
  const { degreesOfFreedom, conditionNumber, boundsActive } = fitted.diagnostics;
  const isFinite = conditionNumber !== null && Number.isFinite(conditionNumber);
  return {
    rmse: errorOf(fitted, training, training.target),
    degreesOfFreedom,
    conditionNumber: isFinite ? conditionNumber : null,
    boundsActive,
    failure: null,
  };
}
