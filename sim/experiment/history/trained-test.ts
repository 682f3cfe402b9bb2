import type { FittedModel } from "../../../src/models/pricing-model.ts";
import type { HistoryTest } from "../request.ts";
import { bestConstant, har, type Benchmark } from "./benchmarks.ts";
import { forecastHorizon, originsWithin, realisedAt, type RecordedMarket } from "./recorded-market.ts";

/** A test with the models that were frozen on its calm window, by name. */
export interface TrainedTest {
  readonly test: HistoryTest;
  readonly fitted: ReadonlyMap<string, FittedModel>;
}

/** Best constant and HAR of a test's calm window; HAR is left out where the file is too short for it. */
export function benchmarksOf(market: RecordedMarket, { calm }: Pick<HistoryTest, "calm">): Benchmark[] {
  const lives = originsWithin(market, calm).filter((time) => time + forecastHorizon(market) <= calm.to);
  return [bestConstant(realisedAt(market, lives)), har(market.bars, calm)].filter((found) => found !== undefined);
}

/** Tests by calm window, in their order: they share their frozen models. */
export function byCalm(tests: readonly TrainedTest[]): TrainedTest[][] {
  const groups = new Map<string, TrainedTest[]>();
  for (const trained of tests) {
    const { from, to } = trained.test.calm;
    const key = `${from}..${to}`;
    groups.set(key, [...(groups.get(key) ?? []), trained]);
  }
  return [...groups.values()];
}
