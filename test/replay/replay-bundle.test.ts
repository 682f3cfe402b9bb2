import { expect } from "chai";
import hre from "hardhat";
import { keccak256, type Hex } from "viem";
import { blockDigest, bundleDigest } from "../../src/chain/bundle-digest.ts";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import { parseBundle, serializeBundle } from "../../src/chain/parse-bundle.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { replayBundle, type ReplayRequest } from "../../sim/replay/replay-bundle.ts";
import { verifyBundle } from "../../sim/replay/verify-bundle.ts";
import { uniswapInitcode } from "../chain/token-block.ts";
import { ALICE, DESCRIPTION, recordTwice, TOKEN_ARGUMENTS, TOKEN_ARTIFACT } from "./recorded-run.ts";

/** A changed copy whose digests are made to match again, as a forger would. */
function forged(bundle: Bundle, change: (copy: Bundle) => void): Bundle {
  const copy = structuredClone(bundle);
  change(copy);
  for (const block of [...copy.setup, ...copy.blocks]) block.digest = blockDigest(block);
  copy.digest = bundleDigest(copy);
  return copy;
}

async function replayed(bundle: Bundle, request: ReplayRequest = {}): Promise<{ same: boolean; text: string }> {
  const lines: string[] = [];
  const same = await replayBundle(hre.network, bundle, request, (line) => lines.push(line));
  return { same, text: lines.join("\n") };
}

describe("replay", () => {
  let bundle: Bundle;
  let again: Bundle;
  before(async () => {
    [bundle, again] = await recordTwice();
  });

  it("records the same bytes for the same run", () => {
    expect(serializeBundle(again)).to.equal(serializeBundle(bundle));
  });

  it("reads back what was written", () => {
    expect(parseBundle(serializeBundle(bundle), "run.json")).to.deep.equal(bundle);
  });

  it("names a creation by its artifact and keeps its arguments apart", () => {
    const { initcode, data } = bundle.setup[0].calls[0];
    expect(bundle.initcode[initcode!].artifact).to.equal(TOKEN_ARTIFACT.name);
    expect(bundle.initcode[initcode!].code).to.equal(TOKEN_ARTIFACT.bytecode);
    expect(data).to.equal(TOKEN_ARGUMENTS);
  });

  it("records each account's balances and nonce, and what was left out", () => {
    const [alice, bob] = bundle.blocks[0].expected.accounts;
    expect([alice.address, alice.nonce, alice.balances]).to.deep.equal([ALICE, 1, { token: "99100000000000000000" }]);
    expect([bob.nonce, bob.balances]).to.deep.equal([1, { token: "900000000000000000" }]);
    expect(bundle.blocks[1].calls[0].status).to.equal("reverted");
    expect(bundle.blocks[1].notIncluded).to.deep.equal([{ agent: "bob", submission: "bob-9", why: "outbid" }]);
  });

  it("verifies every block down to the state root on the engine that recorded it", async () => {
    const verification = await verifyBundle(hre.network, parseBundle(serializeBundle(bundle), "run.json"));
    expect(verification).to.deep.include({ level: "state", blocks: 3, calls: 4, difference: null });
  });

  it("verifies receipts, gas and reads of a bundle from another engine version, and says so", async () => {
    const older = forged(bundle, (copy) => {
      copy.engine.version = "0.1.0";
      for (const block of [...copy.setup, ...copy.blocks]) block.expected.stateRoot = keccak256("0x01");
    });
    const { same, text } = await replayed(older);
    expect(same).to.equal(true);
    expect(text).to.match(/every receipts root, gas and read matches; .*recorded on EDR 0\.1\.0, replayed on EDR \d/);
  });

  const forgeries: [string, (copy: Bundle) => void, RegExp][] = [
    [
      "an amount in a call",
      (copy) => {
        copy.blocks[2].calls[0].data = copy.blocks[2].calls[0].data.replace(/5$/, "6") as Hex;
      },
      /block 4 differs first[^]*receipts root[^]*first account that differs: alice/,
    ],
    [
      "a balance's hash",
      (copy) => {
        copy.blocks[1].expected.accounts[1].hash = keccak256("0x");
        copy.blocks[1].expected.read!.hash = keccak256("0x");
      },
      /block 3 differs first[^]*aggregated read[^]*first account that differs: bob/,
    ],
    [
      "a state root",
      (copy) => {
        copy.blocks[0].expected.stateRoot = keccak256("0x02");
      },
      /block 2 differs first[^]*state root[^]*no account's part/,
    ],
    [
      "a block hash",
      (copy) => {
        copy.blocks[0].expected.blockHash = keccak256("0x02");
      },
      /block 2 differs first[^]*block hash/,
    ],
    [
      "the gas used",
      (copy) => {
        copy.blocks[0].expected.gasUsed = "1";
      },
      /block 2 differs first[^]*gas used: recorded 1/,
    ],
    [
      "a nonce",
      (copy) => {
        copy.blocks[1].calls[0].nonce = 7;
      },
      /block 3 differs first[^]*the block itself/,
    ],
    [
      "the code of a contract",
      (copy) => {
        copy.setup[0].calls[0].data = `0x${"00".repeat(32)}`;
      },
      /set-up block 1 differs first/,
    ],
    [
      "a genesis balance",
      (copy) => {
        copy.genesis[1].balance = "10000000000000000001";
      },
      /set-up block 1 differs first[^]*state root/,
    ],
  ];
  for (const [what, change, message] of forgeries) {
    it(`names the first block, and the account, when a forger changed ${what}`, async () => {
      const { same, text } = await replayed(forged(bundle, change));
      expect(same).to.equal(false);
      expect(text).to.match(message);
    });
  }

  it("tells the story, the verdicts and who paid whom", async () => {
    const { text } = await replayed(bundle);
    expect(text).to.match(/3 blocks, 4 calls: every state root and block hash matches/);
    expect(text).to.match(/block +what happened +vault +insurance\n +4 +bob pays alice back +1,000/);
    expect(text).to.include("held  pricing: gap 1 vp <= 5 vp");
    expect(text).to.include("vault −215,500.5 → alice +203,100 · fees +12,400.5");
  });

  it("describes one block with decoded calls and the balances that it moved", async () => {
    const { text } = await replayed(bundle, { block: 2n });
    expect(text).to.include("Token.transfer(to: bob, value: 1000000000000000000)");
    expect(text)
      .to.match(/alice +token +100 +99\.1/)
      .and.match(/bob +token +0 +0\.9/);
    expect(text).to.not.include("who paid whom");
    const reverted = await replayed(bundle, { block: 3n });
    expect(reverted.text)
      .to.match(/reverted/)
      .and.match(/not included: bob {2}bob-9 {2}outbid/)
      .and.match(/none changed/);
    expect((await replayed(bundle, { block: 1n })).text).to.include(`creates ${TOKEN_ARTIFACT.name}`);
  });

  it("says which blocks there are when the wanted one is not among them", async () => {
    const error = await replayed(bundle, { block: 9n }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UserError);
    expect((error as Error).message).to.equal("--block: the bundle has no block 9; expected a block from 1 to 4");
  });

  describe("--against current", () => {
    it("finds no difference when the contracts are the same", async () => {
      const { same, text } = await replayed(bundle, { current: [TOKEN_ARTIFACT] });
      expect(same).to.equal(true);
      expect(text).to.include("no contract of the working tree differs");
      expect(text).to.include("0 calls end differently").and.include("0 differ at the end");
    });

    it("says which outcomes, balances and predicates a changed contract changes", async () => {
      const [recorded] = await recordTwice({
        ...DESCRIPTION,
        breaks: [{ name: "economic", broken: true, block: 2n, text: "20.3 % > 20 %", rule: null }],
      });
      const changed = { ...TOKEN_ARTIFACT, bytecode: uniswapInitcode("UniswapV2Factory") };
      const { text } = await replayed(recorded, { current: [changed] });
      expect(text).to.include("Token replaced");
      expect(text).to.match(/set-up block 1 {2}tester .*: done → reverted/);
      expect(text).to.match(/ block 2 {2}tester .*: done → reverted/);
      expect(text).to.include("alice  token: 99.1 → 0");
      expect(text).to.include("economic: broke at block 2; needs the world's truth");
    });

    it("keeps the recorded code of a contract that the working tree no longer has", async () => {
      const { text } = await replayed(bundle, { current: [] });
      expect(text).to.include(`no longer in the working tree, kept as recorded: ${TOKEN_ARTIFACT.name}`);
    });
  });
});

describe("parseBundle", () => {
  let text: string;
  before(async () => {
    text = serializeBundle((await recordTwice())[0]);
  });

  function mistake(broken: string): string {
    try {
      parseBundle(broken, "run.json");
    } catch (error) {
      expect(error).to.be.instanceOf(UserError);
      return (error as Error).message;
    }
    throw new Error("was accepted");
  }

  it("refuses a truncated file wherever it is cut", () => {
    for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
      expect(mistake(text.slice(0, Math.floor(text.length * share)))).to.match(
        /^run\.json: is cut short or is not JSON/,
      );
    }
  });

  it("names the block in which a byte was changed", () => {
    const place = text.lastIndexOf('"nonce": 2');
    expect(mistake(`${text.slice(0, place)}"nonce": 3${text.slice(place + 10)}`)).to.match(
      /^run\.json: block 4 was changed after it was recorded; expected/,
    );
  });

  it("sees a change outside the blocks", () => {
    expect(mistake(text.replace("bob pays alice back", "bob robs alice"))).to.match(/changed .* outside its blocks/);
  });

  it("refuses another version and another kind of file", () => {
    expect(mistake(text.replace('"version": 2', '"version": 1'))).to.match(/has bundle version 1; expected version 2/);
    expect(mistake("{}")).to.match(/is not a replay bundle/);
    expect(mistake("[1, 2]")).to.match(/is not a replay bundle/);
  });

  it("names the field that is wrong", () => {
    expect(mistake(text.replace(/"gasLimit": "30000000"/, '"gasLimit": "lots"'))).to.match(
      /run\.json: setup\[0\]\.gasLimit: /,
    );
    expect(mistake(text.replace('"money"', '"monney"'))).to.match(/money: expected object, received undefined/);
  });
});
