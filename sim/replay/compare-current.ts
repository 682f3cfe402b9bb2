import type { NetworkManager } from "hardhat/types/network";
import type { Address, Hex } from "viem";
import { accountParts, ReadTooShortError, type AccountPart } from "../../src/chain/account-parts.ts";
import { BlockDisorderError } from "../../src/chain/block-disorder-error.ts";
import type { Bundle, Creation } from "../../src/chain/bundle-schema.ts";
import { linkedBytecode, type CreationArtifact } from "../../src/chain/creation-artifact.ts";
import { BreakWatch } from "./break-watch.ts";
import { callOutcomes, type CallOutcome } from "./call-outcome.ts";
import { AS_RECORDED, executeBundle, openRecordedChain, type Departure } from "./execute-bundle.ts";

/** A balance of this label pays for gas, of which other code uses other amounts: it is not compared. */
export const GAS_LABEL = "ETH for gas";

/** Other code may need more gas than agents bid for; a fix must not fail for that alone. */
const GAS_FACTOR = 2n;

export interface OutcomeChange {
  readonly block: bigint;
  readonly phase: "set-up" | "run";
  readonly agent: string;
  readonly submission: string;
  readonly recorded: CallOutcome;
  readonly current: CallOutcome;
}

export interface BalanceChange {
  readonly account: string;
  readonly label: string;
  readonly decimals: number;
  readonly recorded: bigint;
  readonly current: bigint;
}

export interface BreakChange {
  readonly name: string;
  /** First block in which it breaks; null: it does not. */
  readonly recorded: bigint | null;
  /** The same with the current contracts; undefined: needs the truth of the world, which no chain holds. */
  readonly current: bigint | null | undefined;
}

/** What the working tree's contracts make of a recorded run. */
export interface Comparison {
  /** Artifacts whose code differs from the recorded one. */
  readonly replaced: readonly string[];
  /** Artifacts with the recorded code. */
  readonly unchanged: readonly string[];
  /** Recorded contracts of this project that the working tree no longer has: their recorded code was kept. */
  readonly missing: readonly string[];
  readonly outcomes: readonly OutcomeChange[];
  /** Balances after the last block that both executions reached. */
  readonly balances: readonly BalanceChange[];
  readonly breaks: readonly BreakChange[];
  /** Why the comparison ends early, with the block; null: it reached the end. */
  readonly ended: string | null;
}

interface Execution {
  readonly outcomes: Map<bigint, CallOutcome[]>;
  readonly balances: Map<bigint, readonly AccountPart[]>;
  readonly breaks: readonly (BreakWatch | null)[];
  readonly ended: string | null;
}

/**
 * Runs a bundle with its recorded contracts and again with those of the working tree at the same addresses, from the
 * same creation transactions, and compares.
 */
export async function compareCurrent(
  network: Pick<NetworkManager, "create">,
  bundle: Bundle,
  artifacts: readonly CreationArtifact[],
): Promise<Comparison> {
  const current = currentCode(bundle, artifacts);
  const recorded = await execute(network, bundle, AS_RECORDED);
  const initcodeOf = (creation: Creation) => current.code.get(creation) ?? creation.code;
  const changed = await execute(network, bundle, { initcodeOf, gasFactor: GAS_FACTOR });
  return {
    ...current.names,
    outcomes: outcomeChanges(bundle, recorded, changed),
    balances: balanceChanges(bundle, recorded, changed),
    breaks: bundle.breaks.map(({ name, block }, index) => ({
      name,
      recorded: block === null ? null : BigInt(block),
      current: changed.breaks[index] === null ? undefined : changed.breaks[index].brokenAt,
    })),
    ended: changed.ended,
  };
}

function currentCode(bundle: Bundle, artifacts: readonly CreationArtifact[]) {
  const byName = new Map(artifacts.map((artifact) => [artifact.name, artifact]));
  const code = new Map<Creation, Hex>();
  const names = { replaced: new Set<string>(), unchanged: new Set<string>(), missing: new Set<string>() };
  for (const creation of Object.values(bundle.initcode)) {
    if (creation.artifact === null) continue;
    const artifact = byName.get(creation.artifact);
    const linked = artifact === undefined ? "0x" : linkedBytecode(artifact, creation.libraries);
    if (linked === "0x") {
      names.missing.add(creation.artifact);
    } else {
      names[linked === creation.code ? "unchanged" : "replaced"].add(creation.artifact);
      code.set(creation, linked);
    }
  }
  const list = (set: ReadonlySet<string>) => [...set].sort();
  return {
    code,
    names: { replaced: list(names.replaced), unchanged: list(names.unchanged), missing: list(names.missing) },
  };
}

async function execute(
  network: Pick<NetworkManager, "create">,
  bundle: Bundle,
  departure: Departure,
): Promise<Execution> {
  const addresses = bundle.accounts.map(({ address }) => address);
  const outcomes = new Map<bigint, CallOutcome[]>();
  const balances = new Map<bigint, readonly AccountPart[]>();
  const breaks = bundle.breaks.map(({ rule }) => (rule === null ? null : new BreakWatch(rule, bundle.read)));
  const chain = await openRecordedChain(network, bundle, departure);
  const result = (ended: string | null) => ({ outcomes, balances, breaks, ended });
  try {
    for await (const { recorded, mined, returned } of executeBundle(chain, bundle, departure)) {
      outcomes.set(mined.number, callOutcomes(bundle, mined.receipts));
      if (returned === null && recorded.expected.read !== null) {
        return result(`after block ${mined.number}: the aggregated read reverts, its interface changed`);
      }
      if (returned === null) continue;
      try {
        balances.set(mined.number, accountParts(bundle.read, returned, addresses));
        for (const watch of breaks) watch?.see(mined.number, returned);
      } catch (error) {
        if (!(error instanceof ReadTooShortError)) throw error;
        return result(`after block ${mined.number}: ${error.message}`);
      }
    }
    return result(null);
  } catch (error) {
    if (!(error instanceof BlockDisorderError)) throw error;
    return result(`at block ${error.statement.number}: ${error.differences.join("; ")}`);
  } finally {
    await chain.close();
  }
}

function outcomeChanges(bundle: Bundle, recorded: Execution, current: Execution): OutcomeChange[] {
  const changesIn = (phase: "set-up" | "run", block: Bundle["blocks"][number]): OutcomeChange[] => {
    const number = BigInt(block.number);
    const [before, after] = [recorded.outcomes.get(number), current.outcomes.get(number)];
    if (before === undefined || after === undefined) return [];
    return block.calls
      .map(({ agent, submission }, index) => {
        return { block: number, phase, agent, submission, recorded: before[index], current: after[index] };
      })
      .filter((change) => !sameOutcome(change.recorded, change.current));
  };
  return [
    ...bundle.setup.flatMap((block) => changesIn("set-up", block)),
    ...bundle.blocks.flatMap((block) => changesIn("run", block)),
  ];
}

function sameOutcome(one: CallOutcome, other: CallOutcome): boolean {
  return one.status === other.status && one.error === other.error;
}

function balanceChanges(bundle: Bundle, recorded: Execution, current: Execution): BalanceChange[] {
  const last = [...current.balances.keys()].at(-1);
  if (last === undefined) return [];
  const units = bundle.read.balances.filter(({ label }) => label !== GAS_LABEL);
  const after = new Map(current.balances.get(last)!.map((part) => [part.address, part]));
  const names = new Map<Address, string>(bundle.accounts.map(({ address, name }) => [address, name]));
  return (recorded.balances.get(last) ?? []).flatMap(({ address, balances }) =>
    units
      .filter(({ label }) => label in balances)
      .map(({ label, decimals }) => ({
        account: names.get(address) ?? address,
        label,
        decimals,
        recorded: balances[label],
        current: after.get(address)?.balances[label] ?? 0n,
      }))
      .filter((change) => change.recorded !== change.current),
  );
}
