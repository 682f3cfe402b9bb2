import { blackThursday } from "./library/black-thursday.ts";
import { btcDvol } from "./library/btc-dvol.ts";
import { btcQuotes } from "./library/btc-quotes.ts";
import { calm } from "./library/calm.ts";
import { ethCrashes } from "./library/eth-crashes.ts";
import { poisonedTraining } from "./library/poisoned-training.ts";
import { sp500 } from "./library/sp500.ts";
import { volShock } from "./library/vol-shock.ts";
import type { ScenarioFile } from "./scenario.ts";

/** The scenarios that ship, the default first. */
export const shippedScenarios: readonly ScenarioFile[] = [
  volShock,
  calm,
  blackThursday,
  poisonedTraining,
  sp500,
  ethCrashes,
  btcQuotes,
  btcDvol,
];
