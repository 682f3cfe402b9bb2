import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import { checkCommandLine } from "../../sim/tasks/command-line.ts";

const options = [
  { name: "seeds", isFlag: false },
  { name: "dryRun", isFlag: true },
];
const bundle = { name: "bundle", description: "Path of the bundle", isRequired: true };
const commands = new Map([
  ["sim", { options, positionals: [] }],
  ["replay", { options: [], positionals: [bundle] }],
]);
const globals = [
  { name: "config", isFlag: false },
  { name: "showStackTraces", isFlag: true },
];
const check = (line: string) => checkCommandLine(line.split(" ").filter(Boolean), commands, globals);

describe("command line", () => {
  for (const line of [
    "sim",
    "sim --seeds 8 --dry-run",
    "sim --seeds=8",
    "sim --dryRun",
    "--config other.ts sim --show-stack-traces",
    "sim --seeds --strange",
    "sim -vvv",
    "replay bundle.json",
    "replay -- --strangely-named.json",
    "sim --nonsense --help",
    "build --nonsense of somebody else",
    "",
  ])
    it(`passes "${line}"`, () => check(line));

  const slips: [string, RegExp][] = [
    ["sim --sedes 8", /^--sedes: sim has no such option\. Did you mean "--seeds"\?$/],
    ["sim --dryrun", /^--dryrun: sim has no such option. Did you mean "--dry-run"/],
    ["sim --dryRun --dry-run", /^--dry-run: is given twice$/],
    ["sim --show-stacktraces", /Did you mean "--show-stack-traces"\?$/],
    ["--config other.ts sim --quick", /^--quick: sim has no such option$/],
    ["sim -x", /^-x: sim has no such option/],
    ["sim --seeds", /^--seeds: needs a value$/],
    ["sim --seeds 1 --seeds 2", /^--seeds: is given twice$/],
    ["sim vol-shock", /^sim: does not know what to do with "vol-shock"; expected options only$/],
    ["replay", /^replay: needs a bundle; expected path of the bundle$/],
    ["replay a.json b.json", /^replay: does not know what to do with "b\.json"/],
  ];
  for (const [line, message] of slips)
    it(`refuses "${line}" in one clear line`, () => expect(() => check(line)).to.throw(UserError, message));
});
