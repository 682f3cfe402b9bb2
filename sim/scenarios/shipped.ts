import { blackThursday } from "./library/black-thursday.ts";
import { calm } from "./library/calm.ts";
import { volShock } from "./library/vol-shock.ts";
import type { ScenarioFile } from "./scenario.ts";

/** The scenarios that ship, the default first. */
export const shippedScenarios: readonly ScenarioFile[] = [volShock, calm, blackThursday];
