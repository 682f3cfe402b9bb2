import { mean } from "../../../src/statistics/moments.ts";
import type { Generalisation } from "../../results/generalisation.ts";
import type { GeneralisationConfig } from "./config.ts";
import { designNames } from "./quotes.ts";
import type { Cell, ReplicateErrors } from "./replicate.ts";
import { isScored } from "./paired-model.ts";

/**
 * How many of the generated quotes have no implied vol, by severity and design. The true price is the same for all
 * models, so that any one that was scored in a replicate tells; where none was, the replicate is not counted.
 */
export function quoteControl(
  { severities }: GeneralisationConfig,
  replicates: readonly ReplicateErrors[],
): Generalisation["quoteControl"] {
  const scored = replicates.flatMap(({ models }) => Object.values(models).find(isScored) ?? []);
  return severities.flatMap((severity, at) =>
    designNames.map((design) => {
      const cells: readonly Cell[] = scored.flatMap(({ stress }) => [...stress[at]]);
      const failed = cells.map((cell) => cell[design].failed);
      return { severity, design, failed: cells.length === 0 ? null : mean(failed), stretches: cells.length };
    }),
  );
}
