import type { Agent } from "./agent.ts";
import { soleAccount, submission, type AgentSetting } from "./submitting.ts";

export const oracleReporterDefaults = {
  /** Gwei. */
  tip: 3,
};

/** Posts the rounds that the feed's heartbeat and deviation call for, in the first place of the next block. */
export function oracleReporter(setting: AgentSetting<typeof oracleReporterDefaults>): Agent<null> {
  const { id, capital, parameters } = setting;
  return {
    id,
    role: "oracle-reporter",
    accounts: soleAccount(capital),
    truthLatency: undefined,
    start: () => null,
    decide(seen, memory) {
      if (seen.dueRounds.length === 0) return { submit: [], cancel: [], memory };
      const underlying = seen.protocol.underlying;
      const last = seen.dueRounds.at(-1)!;
      const words = `reports ${seen.dueRounds.length} rounds, the last ${last.answer.toFixed(2)}`;
      const urgency = { tip: parameters.tip, patience: 0 };
      const report = submission(seen, id, 0, [{ kind: "report", underlying, rounds: seen.dueRounds }], urgency, words);
      return { submit: [report], cancel: [], memory };
    },
  };
}
