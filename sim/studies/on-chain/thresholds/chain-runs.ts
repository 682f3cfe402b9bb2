import { groupRuns } from "../../../experiment/run-group.ts";
import { runPlaced } from "../../../experiment/run-placed.ts";
import type { StudyContext } from "../../study.ts";
import { RunBook } from "./run-book.ts";

/**
 * A book whose runs are made as the experiment's own chain runs are: the same worlds, fits and chains. A batch is spread
 * over as many processes as there are jobs.
 */
export function chainRuns({ scenario, masterSeed, jobs, ownModels, hardhat, signal, advance }: StudyContext): RunBook {
  const shared = { scenario: scenario.name, masterSeed, feedback: scenario.onChain.feedback !== "off" };
  const request = { scenario, masterSeed, jobs, history: undefined, ownModels, command: "" };
  let done = 0;
  return new RunBook(shared, async (specs) => {
    const total = done + specs.length;
    const groups = groupRuns(specs).map((group) => ({ setting: 0, group }));
    const onRun = () => advance(++done, total);
    return (await runPlaced([{ request, bundles: false }], groups, { jobs, hardhat, signal, onRun })).flat();
  });
}
