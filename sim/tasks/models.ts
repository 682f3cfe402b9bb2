import { listModels } from "../../src/models/models.ts";
import { table } from "../report/terminal.ts";
import { exitCodes, withFailures } from "./failure.ts";

/** `npx hardhat models`: a line each. */
export default async function models(): Promise<void> {
  await withFailures(async () => {
    const rows = listModels().map(({ name, information, summary }) => [name, information, summary]);
    process.stdout.write(`${table(["model", "sees", "what it is"], rows, [])}\n`);
    return exitCodes.held;
  });
}
