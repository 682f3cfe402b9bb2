import type { MomentFeatures } from "../../../src/models/feature-pipeline.ts";
import { FeaturePipeline } from "../../../src/models/feature-pipeline.ts";
import type { DesignedJump } from "../../../src/processes/jump-design.ts";
import type { Random } from "../../../src/random/random.ts";
import { ReportingRule } from "../../oracle/reporting-rule.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { quotedVol } from "../../world/market-quotes.ts";
import type { SeverityProfile } from "../../world/severity-profile.ts";
import { constantSeverity, trapezoidSeverity } from "../../world/severity-profile.ts";
import type { PricedState, TruthPricers } from "../../world/truth-pricers.ts";
import type { WorldPath } from "../../world/world.ts";
import { simulatePath, simulatePaths } from "../../world/world.ts";

/** The market at one time of a path: the truth, and the features that the feed's rounds gave by then. */
export interface Moment {
  /** Seconds since the path's start. */
  readonly time: number;
  /** True spot, USD. */
  readonly spot: number;
  /** True annualised variance, and severity in force. */
  readonly variance: number;
  readonly severity: number;
  /** Intensity of jumps above the regime's, a year; absent where jumps do not cluster. */
  readonly excitation?: number;
  readonly features: MomentFeatures;
}

/** Days of calm before anything is quoted, twice the memory of the slowest feature. */
export const WARMUP_DAYS = 14;

const DAY = 86_400;
/** When stress begins on a test path, seconds since its start. */
const ONSET = WARMUP_DAYS * DAY;
/** Step of the paths that are scored off chain, seconds; the feed's rule sees the price this often. */
const STEP = 900;
/** Tenor whose at-the-money vol is the market's level, years. */
const LEVEL_YEARS = 7 / 365;

/**
 * Training: one moment a day, each at another time of the day so that no hour is privileged.
 * @param severity - of the whole path; models of the experiment are trained in calm, at 0
 */
export function trainingMoments(scenario: Scenario, pricers: TruthPricers, random: Random, severity = 0): Moment[] {
  const { days } = scenario.training;
  const times = Array.from({ length: days }, (_, day) => {
    const hour = Math.floor(24 * random.uniform(day, 0));
    return (WARMUP_DAYS + day) * DAY + hour * 3600;
  });
  return momentsOf(scenario, pricers, random.fork("path"), constantSeverity(severity), times);
}

/** Moments of one simulated path at `times` (seconds since its start, any order). */
export function momentsOf(
  scenario: Scenario,
  pricers: TruthPricers,
  random: Random,
  severityAt: SeverityProfile,
  times: readonly number[],
): Moment[] {
  const path = simulatePath({ ...pathSpec(scenario, pricers, random, times), severityAt });
  return readMoments(scenario, pricers, random.fork("quotes"), path, times);
}

/**
 * A test path: calm warm-up, then the onset of `severity` with the scenario's ramp; the plateau lasts at least to the
 * last age. Paths with the same `random` share their numbers.
 * @returns a moment for each of the scenario's ages, in their order
 */
export function testMoments(scenario: Scenario, pricers: TruthPricers, random: Random, severity: number): Moment[] {
  return testMomentsOf(scenario, pricers, random, [severity])[0];
}

/** The moments of several severities on the same random numbers, whose warm-up is simulated once. */
export function testMomentsOf(
  scenario: Scenario,
  pricers: TruthPricers,
  random: Random,
  severities: readonly number[],
): Moment[][] {
  const times = testTimes(scenario);
  const profiles = severities.map((severity) => testProfile(scenario, severity));
  const paths = simulatePaths(pathSpec(scenario, pricers, random, times), profiles, Math.floor(ONSET / STEP));
  return paths.map((path) => readMoments(scenario, pricers, random.fork("quotes"), path, times));
}

/**
 * The same of one severity, by design with a jump between the first age and the last in a share of paths.
 * @returns the moments, whether there is such a jump, and what the path counts for in an unconditional mean
 * @throws {JumpDesignError} for a share outside (0, 1), or a severity without jumps
 */
export function testMomentsByDesign(
  scenario: Scenario,
  pricers: TruthPricers,
  random: Random,
  severity: number,
  share: number,
): { readonly moments: Moment[]; readonly jump: DesignedJump } {
  const times = testTimes(scenario);
  const path = simulatePath({
    ...pathSpec(scenario, pricers, random, times),
    severityAt: testProfile(scenario, severity),
    jumpDesign: {
      fromStep: Math.floor(Math.min(...times) / STEP),
      toStep: Math.floor(Math.max(...times) / STEP),
      share,
    },
  });
  return { moments: readMoments(scenario, pricers, random.fork("quotes"), path, times), jump: path.designedJump! };
}

function testTimes({ scoring }: Scenario): number[] {
  return scoring.ages.map((age) => ONSET + age);
}

function testProfile({ profile, scoring }: Scenario, severity: number): SeverityProfile {
  if (severity === 0) return constantSeverity(0);
  const { ramp, plateau, relief } = profile;
  const longest = Math.max(...scoring.ages);
  return trapezoidSeverity({ onset: ONSET, ramp, plateau: Math.max(plateau, longest + STEP), relief }, severity);
}

/** A path that is long enough for moments at `times`, seconds since its start. */
function pathSpec(scenario: Scenario, { clustering }: TruthPricers, random: Random, times: readonly number[]) {
  return {
    regimeCalm: scenario.calm,
    regimeCrash: scenario.crash,
    spot0: scenario.spot,
    variance0: "stationary" as const,
    startTime: 0,
    steps: Math.ceil(Math.max(...times) / STEP),
    stepSeconds: STEP,
    random,
    process: scenario.process,
    ...(clustering && { clustering }),
    grafts: scenario.graft.map((graft) => ({ ...graft, at: graft.at - scenario.profile.onset + WARMUP_DAYS * DAY })),
  };
}

function stateOf({ severities, excitations }: WorldPath, at: number): PricedState {
  const severity = severities[at];
  return excitations === undefined ? { severity } : { severity, excitation: excitations[at] };
}

/** Runs the feed and the feature pipeline over a path and stops at each of `times`. */
function readMoments(
  scenario: Scenario,
  pricers: TruthPricers,
  random: Random,
  path: WorldPath,
  times: readonly number[],
): Moment[] {
  const rule = new ReportingRule(scenario.oracle);
  const pipeline = new FeaturePipeline();
  pipeline.chain({ time: 0, vegaBought: 0, utilisation: 0, rateDifferential: 0, baseFee: scenario.market.baseFee });
  const rounds = rule.due(path.times, path.spots);
  const moments = new Array<Moment>(times.length);
  let next = 0;
  for (const index of times.map((_, i) => i).sort((a, b) => times[a] - times[b])) {
    const time = times[index];
    for (; next < rounds.length && rounds[next].updatedAt <= time; next++) pipeline.round(rounds[next]);
    const lagged = Math.max(0, Math.floor((time - scenario.keeper.cycle) / STEP));
    const level = pricers
      .forLife(stateOf(path, lagged), LEVEL_YEARS)
      .impliedVolOrNaN(path.variances[lagged], LEVEL_YEARS, 0);
    pipeline.surface(quotedVol(level, scenario.quoteNoise, random, lagged, 0));
    const at = Math.floor(time / STEP);
    moments[index] = {
      time,
      spot: path.spots[at],
      variance: path.variances[at],
      ...stateOf(path, at),
      features: pipeline.now(),
    };
  }
  return moments;
}
