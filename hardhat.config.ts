import { createRequire } from "node:module";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatIgnition from "@nomicfoundation/hardhat-ignition";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import { defineConfig } from "hardhat/config";

import regimebreak from "./sim/plugin.ts";

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [
    hardhatEthers,
    hardhatEthersChaiMatchers,
    hardhatIgnition,
    hardhatMocha,
    hardhatNetworkHelpers,
    regimebreak,
  ],
  solidity: {
    compilers: [
      {
        version: "0.8.37",
        // The compiler from npm, so that nothing is downloaded after the install.
        path: require.resolve("solc/soljson.js"),
        settings: { viaIR: true, evmVersion: "prague", optimizer: { enabled: true, runs: 1000 } },
      },
    ],
  },
  networks: {
    default: {
      type: "edr-simulated",
      chainType: "l1",
      hardfork: "prague",
      // The genesis block's time would be today's otherwise, and nothing would replay.
      initialDate: "2026-01-01T00:00:00Z",
    },
  },
  paths: { sources: "./contracts", tests: "./test", ignition: "./deployments" },
  test: {
    mocha: {
      rootHooks: { beforeAll: async () => (await import("./test/float-close-to.ts")).keepFloatCloseTo() },
    },
  },
});
