import { serializeBundle } from "../../src/chain/parse-bundle.ts";
import type { CreationArtifact } from "../../src/chain/creation-artifact.ts";
import { digestOf } from "../../src/json/canonical-json.ts";
import type { RunRecord } from "../engine/run-record.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import type { WorstRun } from "./worst-runs.ts";

const UNITS = 1_000_000n;

/** File name of a run's bundle: model, preset, severity and seed. */
export function bundleName({ run }: WorstRun): string {
  const { model, preset, severity, seed } = run.summary.spec;
  return `${model}-${preset.toLowerCase()}-${severity}-${seed}.json`;
}

/** The bundle of a run, as a file's text: everything that replay needs, and what happened in words. */
export function runBundle(
  { run, material }: WorstRun,
  scenario: Scenario,
  artifacts: readonly CreationArtifact[],
): string {
  const { record, protocol, recording, narrative, spec } = material;
  const firstBlock = record.blocks[0].number;
  const breaks = [...run.summary.breaks, ...run.excessBreaks];
  const vaultGain = new Map<bigint, number>();
  for (const line of narrative) if (line.vault !== undefined) vaultGain.set(line.number, line.vault);
  const bundle = recording.bundle({
    run: {
      scenario: spec.scenario,
      model: spec.model,
      severity: spec.severity,
      seed: spec.seed,
      masterSeed: spec.masterSeed,
      preset: spec.preset,
      feedback: spec.feedback,
    },
    hashes: {
      scenario: digestOf(scenario),
      sources: digestOf(artifacts.map(({ name, bytecode }) => [name, bytecode])),
    },
    ...protocol.bundleFacts,
    artifacts,
    story: [
      ...narrative.map((line) => ({
        block: line.number,
        text: line.text,
        vault: line.vault === undefined ? "" : signed(line.vault),
        insurance: Math.round(line.insurance).toLocaleString("en-US"),
      })),
      ...breaks.map((broken) => ({
        block: firstBlock + BigInt(broken.block),
        text: `BREAK ${broken.predicate}${broken.excess ? " (beyond the control)" : ""}: ${broken.text}`,
        vault: "",
        insurance: null,
      })),
    ].sort((a, b) => Number(a.block - b.block)),
    whoPaidWhom: whoPaidWhom(material.gains),
    breaks: [
      ...breaks.map((broken) => ({
        name: `${broken.predicate}${broken.excess ? " (excess)" : ""}`,
        broken: true,
        block: firstBlock + BigInt(broken.block),
        text: broken.text,
        rule: null,
      })),
      navDrawdown(record, scenario.breaks.drawdown, firstBlock),
      fundEmpty(record, firstBlock),
    ],
  });
  return serializeBundle(bundle);
}

type ChainBreak = Parameters<WorstRun["material"]["recording"]["bundle"]>[0]["breaks"][number];

/** Fall of the vault's own NAV per share: what a chain can tell without the world's truth, so replay can check it. */
function navDrawdown(record: RunRecord, limit: number, firstBlock: bigint): ChainBreak {
  let peak = 0;
  let at: number | undefined;
  record.blocks.forEach(({ view }, i) => {
    const perShare = view.vault.navLow / Number(view.vault.shares);
    if (!Number.isFinite(perShare)) return;
    peak = Math.max(peak, perShare);
    if (at === undefined && (peak - perShare) / peak > limit) at = i;
  });
  const percent = `${100 * limit} %`;
  return {
    name: "drawdown of the vault's own NAV per share",
    broken: at !== undefined,
    block: at === undefined ? null : firstBlock + BigInt(at),
    text: at === undefined ? `stays within ${percent}` : `falls by more than ${percent}`,
    rule: {
      kind: "drawdown",
      figure: "navLow",
      per: "shares",
      limit: Math.round(limit * 1e6),
    },
  };
}

function fundEmpty(record: RunRecord, firstBlock: bigint): ChainBreak {
  const at = record.blocks.findIndex(({ view }) => view.fundUnits === 0n);
  return {
    name: "insurance fund empty",
    broken: at >= 0,
    block: at < 0 ? null : firstBlock + BigInt(at),
    text: at < 0 ? "never" : "nothing is left in it",
    rule: { kind: "falls-below", figure: "fund", limit: "1" },
  };
}

/** Losers pay winners in proportion to what each won; whole dollars, in units of the quote token. */
function whoPaidWhom(gains: ReadonlyMap<string, number>): { from: string; to: string; amount: bigint }[] {
  const winners = [...gains].filter(([, gain]) => gain > 0);
  const losers = [...gains].filter(([, gain]) => gain < 0);
  const won = winners.reduce((sum, [, gain]) => sum + gain, 0);
  return losers.flatMap(([from, loss]) =>
    winners
      .map(([to, gain]) => ({ from, to, amount: BigInt(Math.round((-loss * gain) / won)) * UNITS }))
      .filter(({ amount }) => amount > 0n),
  );
}

function signed(usd: number): string {
  const whole = Math.round(usd);
  return `${whole > 0 ? "+" : whole < 0 ? "−" : ""}${Math.abs(whole).toLocaleString("en-US")}`;
}
