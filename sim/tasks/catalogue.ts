import { PRESETS } from "../../deployments/presets.ts";
import { listModels } from "../../src/models/models.ts";
import { listStudies } from "../studies/studies.ts";

/** Names that a user may give, for validation before anything runs. */
export interface Catalogue {
  readonly models: readonly string[];
  readonly presets: readonly string[];
  readonly studies: readonly string[];
  /** Of them, those that recorded prices can answer, and those that nothing else can. */
  readonly recordedStudies: readonly string[];
  readonly historyStudies: readonly string[];
}

/** What ships. */
export function shippedCatalogue(): Catalogue {
  return {
    models: listModels().map(({ name }) => name),
    presets: Object.keys(PRESETS),
    studies: listStudies().map(({ name }) => name),
    recordedStudies: listStudies()
      .filter(({ recorded }) => recorded !== undefined)
      .map(({ name }) => name),
    historyStudies: listStudies()
      .filter(({ on }) => on === "history")
      .map(({ name }) => name),
  };
}
