import type { VariantMaker } from "../../../experiment/model-variants.ts";
import { alarmedKeeper, conservative, reactions } from "./alarmed-keeper.ts";
import type { ChartSetting } from "./calibration.ts";
import { chartNames, type ChartName } from "./charts.ts";

/** What the study hands to every process: each chart with its limit. */
export type AlarmSettings = Readonly<Record<ChartName, ChartSetting>>;

const ALWAYS = "always conservative";
const pairs = chartNames.flatMap((chart) => reactions.map((reaction) => ({ chart, reaction })));

/** The plain model's name, the one that is always conservative, then every reaction to every chart. */
export function alarmArms(model: string): string[] {
  return [model, `${model}, ${ALWAYS}`, ...pairs.map(({ chart, reaction }) => `${model}, ${reaction} on ${chart}`)];
}

/** A model whose keeper reacts to an alarm; counts its moments, false alarms, first true alarm and fits. */
export const alarmVariants: VariantMaker = ({ model, settings }, { scenario }) => {
  const arms = alarmArms(model);
  const { clock, profile, keeper } = scenario;
  const onset = Date.parse(clock.start) / 1000 + profile.onset;
  return (spec, base) => {
    const arm = arms.indexOf(spec.model);
    if (arm === 0) return { model: base() };
    if (arm === 1) return { model: conservative(base()) };
    const { chart, reaction } = pairs[arm - 2];
    const own = (settings as AlarmSettings)[chart];
    return alarmedKeeper(base(), { ...own, name: chart, cycle: keeper.cycle, onset }, reaction);
  };
};
