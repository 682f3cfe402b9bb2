import { ownAccount } from "./account-state.ts";
import type { Action } from "../../src/protocol/actions.ts";
import type { Agent, Observation } from "./agent.ts";
import { freshMarks } from "./keeper-chores.ts";
import { wholeUsd } from "./trading.ts";
import { soleAccount, submission, type AgentSetting } from "./submitting.ts";

export const liquidityProviderDefaults = {
  /** Share of its shares that it asks back before the first epoch closes. */
  withdrawn: 0.25,
  /** Hours before the close at which it asks. */
  notice: 4,
  /** Gwei. */
  tip: 1,
};

export interface LiquidityProviderMemory {
  readonly stage: "new" | "provided" | "waiting" | "settled";
  /** Of the submission that the stage waits for. */
  readonly pending: string | undefined;
  /** USD left right after the request: more than that means that the withdrawal has arrived. */
  readonly quoteAtRequest: number;
}

/** Earns the vault's premium: deposits, takes a part out at the first epoch's close, and puts it back in. */
export function liquidityProvider(
  setting: AgentSetting<typeof liquidityProviderDefaults>,
): Agent<LiquidityProviderMemory> {
  const { id, capital, parameters } = setting;
  const urgency = { tip: parameters.tip, patience: 900 };
  return {
    id,
    role: "liquidity-provider",
    accounts: soleAccount(capital),
    truthLatency: undefined,
    start: () => ({ stage: "new", pending: undefined, quoteAtRequest: 0 }),
    decide(seen, before) {
      const memory = advance(before, seen.outcomes);
      const account = ownAccount(seen);
      const idle = { submit: [], cancel: [], memory };
      if (account === undefined || memory.pending !== undefined) return idle;
      const { stage } = memory;
      if (stage === "new" || (stage === "waiting" && account.quote > memory.quoteAtRequest + 1)) {
        const amount = Math.floor(account.quote);
        const words = `${stage === "new" ? "deposits" : "deposits again"} ${wholeUsd(amount)} USD`;
        const deposit = submission(seen, id, 0, markedFirst(seen, amount), urgency, words);
        return { submit: [deposit], cancel: [], memory: { ...memory, pending: deposit.id } };
      }
      const closesSoon = seen.view.vault.epochEndsAt - seen.now < parameters.notice * 3600;
      if (stage !== "provided" || !closesSoon) return idle;
      const shares = (account.view.shares * BigInt(Math.round(parameters.withdrawn * 1e6))) / 1_000_000n;
      if (shares === 0n) return idle;
      const words = `asks ${Math.round(parameters.withdrawn * 100)} % of its shares back`;
      const request = submission(seen, id, 0, [{ kind: "request-withdrawal", shares }], urgency, words);
      const waiting = { ...memory, pending: request.id, quoteAtRequest: account.quote };
      return { submit: [request], cancel: [], memory: waiting };
    },
  };
}

/** Liquidity enters at fresh marks only, which whoever wants to enter makes. */
function markedFirst(seen: Observation, amount: number): readonly [Action, ...Action[]] {
  return [freshMarks(seen), { kind: "deposit-liquidity", amount }];
}

/** Moves to the next stage once the submission that this one waits for is done; a failed one is tried again. */
function advance(
  memory: LiquidityProviderMemory,
  outcomes: readonly { readonly id: string; readonly kind: string }[],
): LiquidityProviderMemory {
  const outcome = outcomes.find(({ id }) => id === memory.pending);
  if (outcome === undefined) return memory;
  if (outcome.kind !== "done") return { ...memory, pending: undefined };
  const next = { new: "provided", provided: "waiting", waiting: "settled", settled: "settled" };
  return { ...memory, stage: next[memory.stage] as LiquidityProviderMemory["stage"], pending: undefined };
}
