import { listing } from "../report/terminal.ts";
import { listStudies } from "../studies/studies.ts";
import { exitCodes, withFailures } from "./failure.ts";

/** `npx hardhat studies`: a line each. */
export default async function studies(): Promise<void> {
  await withFailures(async () => {
    const rows = listStudies().map(({ name, on, recorded, summary }) => [
      name,
      on === "history" || recorded === undefined ? on : `${on}, history`,
      summary,
    ]);
    process.stdout.write(`${listing(["study", "on", "what it answers"], rows)}\n`);
    return exitCodes.held;
  });
}
