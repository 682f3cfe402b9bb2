import hre from "hardhat";
import { encodeAbiParameters, getContractAddress, parseAbi, type Address, type Hex } from "viem";
import { BundleRecorder, type BundleDescription, type RunRecording } from "../../src/chain/bundle-recorder.ts";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import type { Chain, StatedTransaction } from "../../src/chain/chain.ts";
import type { CreationArtifact } from "../../src/chain/creation-artifact.ts";
import { deriveAddress } from "../../src/chain/derive-address.ts";
import { openChain } from "../../src/chain/open-chain.ts";
import {
  blockOf,
  DEPLOYER,
  deployToken,
  GENESIS,
  TOKEN,
  TOKEN_ABI,
  transaction,
  transfer,
  uniswapInitcode,
} from "../chain/token-block.ts";

export const ALICE = deriveAddress("alice", "main");
export const BOB = deriveAddress("bob", "main");
export const LENS = getContractAddress({ from: DEPLOYER, nonce: 1n });
export const TOKEN_ARTIFACT: CreationArtifact = {
  name: "contracts/Token.sol:Token",
  bytecode: uniswapInitcode("ERC20"),
  linkReferences: {},
};

const word = (value: bigint | Hex) => BigInt(value).toString(16).padStart(64, "0");
const push32 = (value: bigint | Hex) => `7f${word(value)}`;
const push2 = (value: number) => `61${value.toString(16).padStart(4, "0")}`;
/** `balanceOf(address)` at the left end of a word. */
const BALANCE_OF = 0x70a08231n << 224n;

/**
 * Initcode of a contract that answers every call with `(address owner, uint256 balance)[]` of the given owners.
 * Written out in opcodes, so that the tests need no compiler.
 */
function lensInitcode(token: Address, owners: readonly Address[]): Hex {
  const store = (value: bigint | Hex, at: number) => `${push32(value)}${push2(at)}52`;
  const end = 0x40 + 64 * owners.length;
  const parts = owners.map((owner, index) => {
    const at = 0x40 + 64 * index;
    const call = `${push2(32)}${push2(at + 32)}${push2(0x24)}${push2(end)}${push32(token)}5afa50`;
    return `${store(owner, at)}${store(BALANCE_OF, end)}${store(owner, end + 4)}${call}`;
  });
  const runtime = `${store(0x20n, 0)}${store(BigInt(owners.length), 0x20)}${parts.join("")}${push2(end)}${push2(0)}f3`;
  const length = push2(runtime.length / 2);
  const copy = `${length}${push2(15)}5f39${length}5ff3`;
  return `0x${copy.padEnd(30, "0")}${runtime}`;
}

function deployLens(): StatedTransaction {
  return transaction(DEPLOYER, 1, { to: null, data: lensInitcode(TOKEN, [ALICE, BOB]), gas: 1_000_000n });
}

export const DESCRIPTION: BundleDescription = {
  run: { scenario: "transfers", seed: 1 },
  hashes: { sources: `0x${"22".repeat(32)}`, scenario: `0x${"11".repeat(32)}` },
  accounts: [
    { name: "alice", address: ALICE, sender: ALICE },
    { name: "bob", address: BOB, sender: BOB },
  ],
  contracts: [
    { name: "Token", addresses: [TOKEN], abi: TOKEN_ABI },
    { name: "Lens", addresses: [LENS], abi: parseAbi(["function all() view returns ((address,uint256)[])"]) },
  ],
  outcomeEvent: null,
  read: {
    // The array's offset and length, then owner and balance of each.
    accounts: [ALICE, BOB].map((address, index) => {
      return { address, words: [[2 + 2 * index, 2]], balances: { token: 3 + 2 * index } };
    }),
    balances: [{ label: "token", decimals: 18 }],
    figures: {},
  },
  artifacts: [TOKEN_ARTIFACT],
  story: [{ block: 4n, text: "bob pays alice back", vault: "1,000", insurance: null }],
  money: { unit: "USD", decimals: 6 },
  whoPaidWhom: [
    { from: "vault", to: "alice", amount: 203_100_000_000n },
    { from: "vault", to: "fees", amount: 12_400_500_000n },
  ],
  breaks: [{ name: "pricing", broken: false, block: null, text: "gap 1 vp <= 5 vp", rule: null }],
};

const READ = { to: LENS, data: "0x00000000" as const };

/** Mines `transactions` in a block and hands it to `add` with the read after it. */
async function step(chain: Chain, number: number, transactions: StatedTransaction[], add: RunRecording["add"]) {
  const statement = blockOf(number, transactions);
  const mined = await chain.mine(statement);
  const notIncluded = number === 3 ? [{ agent: "bob", submission: "bob-9", why: "outbid" }] : [];
  add({ statement, mined, notIncluded, read: { ...READ, returned: await chain.call(READ.to, READ.data) } });
}

/** Three blocks of transfers between Alice and Bob after a set-up block; one of them reverts. */
async function runBlocks(chain: Chain, recording: RunRecording): Promise<void> {
  const add = (block: Parameters<RunRecording["add"]>[0]) => recording.add(block);
  await step(chain, 2, [transfer(ALICE, 0, BOB, 10n ** 18n), transfer(BOB, 0, ALICE, 10n ** 17n)], add);
  await step(chain, 3, [transfer(BOB, 1, ALICE, 10n ** 24n)], add);
  await step(chain, 4, [transfer(BOB, 2, ALICE, 5n)], add);
}

/** @returns two bundles of the same run, recorded one after the other from one snapshot */
export async function recordTwice(description: BundleDescription = DESCRIPTION): Promise<[Bundle, Bundle]> {
  const chain = await openChain(hre.network, { initialDate: GENESIS });
  for (const account of [DEPLOYER, ALICE, BOB]) await chain.fund(account, 10n ** 19n);
  const recorder = new BundleRecorder(chain);
  const setup = [deployToken(), deployLens(), transfer(DEPLOYER, 2, ALICE, 100n * 10n ** 18n)];
  await recorder.recordingSetup(chain).mine(blockOf(1, setup));
  recorder.addReadAfterSetup({ ...READ, returned: await chain.call(READ.to, READ.data) });
  const start = await chain.snapshot();
  const bundles: Bundle[] = [];
  for (const again of [true, false]) {
    const recording = recorder.startRun();
    await runBlocks(chain, recording);
    bundles.push(recording.bundle(description));
    if (again) await chain.revert(start);
  }
  await chain.close();
  return [bundles[0], bundles[1]];
}

/** Constructor arguments of the token. */
export const TOKEN_ARGUMENTS = encodeAbiParameters([{ type: "uint256" }], [10n ** 24n]);
