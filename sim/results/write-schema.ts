// Writes results.schema.json beside this file: `node sim/results/write-schema.ts`.
import { writeFileSync } from "node:fs";

import { resultsJsonSchema } from "./results.ts";

writeFileSync(new URL("results.schema.json", import.meta.url), `${JSON.stringify(resultsJsonSchema(), null, 2)}\n`);
