import type { FittedModel } from "../../src/models/pricing-model.ts";
import { listModels } from "../../src/models/models.ts";
import type { FailedReplicate } from "../experiment/generalisation/replicate.ts";
import { fitModels, pricersOf } from "../experiment/generalisation/replicate.ts";
import { configOf } from "../experiment/generalisation/run-generalisation.ts";
import { conditionText } from "../report/format.ts";
import { listing, table } from "../report/terminal.ts";
import { loadScenario } from "../scenarios/load-scenario.ts";
import { exitCodes, withFailures } from "./failure.ts";

/** Options of `npx hardhat models`. */
export interface ModelsArguments {
  readonly fit?: boolean;
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
  readonly degreesOfFreedom: number | null;
  /** Null where nothing was solved, or where it is singular. */
  readonly conditionNumber: number | null;
  readonly boundsActive: readonly string[];
  /** Why it could not be fitted. */
  readonly failure: string | null;
}

/** `npx hardhat models`: a line each. */
export default async function models({ fit, json }: ModelsArguments): Promise<void> {
  await withFailures(async () => {
    const fits = fit === true ? fitAll() : undefined;
    const listed = listModels().map(({ name, information, summary }, i): Listed => {
      return { name, information, summary, ...(fits === undefined ? {} : { fit: fits[i] }) };
    });
    process.stdout.write(json === true ? `${JSON.stringify(listed, null, 1)}\n` : textOf(listed));
    return exitCodes.held;
  });
}

function textOf(listed: readonly Listed[]): string {
  const columns = ["model", "sees", "what it is"];
  if (listed.every(({ fit }) => fit === undefined)) {
    const rows = listed.map(({ name, information, summary }) => [name, information, summary]);
    return `${listing(columns, rows)}\n`;
  }
  const rows = listed.map(({ name, information, fit }) => {
    const { degreesOfFreedom, conditionNumber, boundsActive, failure } = fit!;
    if (degreesOfFreedom === null) return [name, information, "–", "–", failure ?? ""];
    const dof = String(Math.round(10 * degreesOfFreedom) / 10);
    return [name, information, dof, conditionText(conditionNumber), boundsActive.join(", ")];
  });
  return `${table(["model", "sees", "degrees of freedom", "condition number", "bounds active"], rows, [2, 3])}\n`;
}

/** Fits on the training quotes of the default scenario's first replicate. */
function fitAll(): Fit[] {
  const names = listModels().map(({ name }) => name);
  const config = configOf({ scenario: loadScenario("vol-shock"), models: names, masterSeed: 1 });
  return fitModels(config, pricersOf(config), 0).map(fitOf);
}

function fitOf(fitted: FittedModel | FailedReplicate): Fit {
  if ("failure" in fitted) {
    return { degreesOfFreedom: null, conditionNumber: null, boundsActive: [], failure: fitted.failure };
  }
  const { degreesOfFreedom, conditionNumber, boundsActive } = fitted.diagnostics;
  const isFinite = conditionNumber !== null && Number.isFinite(conditionNumber);
  return { degreesOfFreedom, conditionNumber: isFinite ? conditionNumber : null, boundsActive, failure: null };
}
