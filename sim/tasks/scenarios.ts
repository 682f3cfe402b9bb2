import { loadScenario } from "../scenarios/load-scenario.ts";
import { shippedScenarios } from "../scenarios/shipped.ts";
import { listing } from "../report/terminal.ts";
import { exitCodes, withFailures } from "./failure.ts";

/** `npx hardhat scenarios`: a line each. */
export default async function scenarios(): Promise<void> {
  await withFailures(async () => {
    const rows = shippedScenarios.map(({ name }) => {
      const { label, summary } = loadScenario(name);
      return [name, label, summary];
    });
    process.stdout.write(`${listing(["scenario", "label", "what happens"], rows)}\n`);
    return exitCodes.held;
  });
}
