import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";

import { UserError } from "../../src/errors/user-error.ts";
import { ModelFitError } from "../../src/models/model-fit-error.ts";
import { modelByName } from "../../src/models/models.ts";
import type { FitDiagnostics, FittedModel, QuoteSet } from "../../src/models/pricing-model.ts";
import {
  defaultLogQuoteSettings,
  quotesFromLogs,
  TradeLogError,
  type LogReading,
} from "../../src/models/quotes-from-log.ts";
import type { TradeLog } from "../../src/models/trade-log.ts";
import type { TradePrice } from "../../src/models/traded-vol.ts";
import { weightedMean } from "../../src/models/validation.ts";
import { createRandom } from "../../src/random/random.ts";
import { readBundle } from "../replay/read-bundle.ts";
import { readBundleLog } from "../replay/bundle-log.ts";

const OPTION = "--from-run";

/** A model's fit on the quotes of a run's own logs, or why there is none. */
export interface LogFit {
  readonly name: string;
  readonly information: string;
  /** Root mean square of model less traded vol over the quotes, by their weights, vol points; null without a fit. */
  readonly errorVp: number | null;
  readonly diagnostics: FitDiagnostics | null;
  readonly failure: string | null;
}

/** What `models --fit --from-run` found. */
export interface LogFits {
  readonly bundles: readonly string[];
  readonly reading: LogReading;
  readonly fits: readonly LogFit[];
}

/**
 * Reads the logs of a bundle, or of all bundles of a run's directory one after the other, and fits models on what was
 * traded.
 * @param path - a bundle, a run's directory or a directory of bundles
 * @throws {UserError} when nothing there can be read or fitted
 */
export async function fitFromRun(
  path: string,
  names: readonly string[],
  price: TradePrice,
  network: HardhatRuntimeEnvironment["network"],
): Promise<LogFits> {
  const bundles = bundlesOf(path);
  const logs: TradeLog[] = [];
  for (const file of bundles) logs.push(await readBundleLog(network, await readBundle(file), file));
  const { quotes, reading } = quotesOf(path, logs, price);
  const fits = names.map((name) => fitOf(name, quotes));
  if (fits.every(({ failure }) => failure !== null)) {
    const { trades, span } = reading;
    const what = `no model can be fitted on ${trades} trades of ${(span / 86_400).toFixed(1)} days: ${fits[0].failure}`;
    throw new UserError({ where: OPTION, what, expected: "longer runs, or a directory of several" });
  }
  return { bundles, reading, fits };
}

function bundlesOf(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new UserError({ where: OPTION, what: `${path} does not exist`, expected: "a bundle or a run's directory" });
  }
  if (!stats.isDirectory()) return [path];
  const below = join(path, "bundles");
  const directory = statSync(below, { throwIfNoEntry: false })?.isDirectory() === true ? below : path;
  const files = readdirSync(directory).filter((file) => file.endsWith(".json"));
  if (files.length > 0) return files.sort().map((file) => join(directory, file));
  throw new UserError({
    where: OPTION,
    what: `${directory} holds no bundle`,
    expected: "runs/NAME with bundles in it",
  });
}

function quotesOf(path: string, logs: readonly TradeLog[], price: TradePrice) {
  try {
    return quotesFromLogs(logs, { ...defaultLogQuoteSettings, price });
  } catch (error) {
    if (!(error instanceof TradeLogError)) throw error;
    throw new UserError({ where: path, what: error.message, expected: "runs in which the vault traded" }, error);
  }
}

function fitOf(name: string, quotes: QuoteSet): LogFit {
  const { fit, information } = modelByName(name);
  try {
    const fitted = fit(quotes, createRandom(1, "fit-from-run", name));
    return { name, information, errorVp: errorOf(fitted, quotes), diagnostics: fitted.diagnostics, failure: null };
  } catch (error) {
    if (!(error instanceof ModelFitError)) throw error;
    return { name, information, errorVp: null, diagnostics: null, failure: error.message };
  }
}

function errorOf(fitted: FittedModel, { features, target, weight }: QuoteSet): number {
  const { vol } = fitted.predictMany(features);
  return (
    100 *
    Math.sqrt(
      weightedMean(
        vol.map((each, row) => (each - target[row]) ** 2),
        weight,
      ),
    )
  );
}
