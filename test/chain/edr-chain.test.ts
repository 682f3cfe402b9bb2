import { expect } from "chai";
import hre from "hardhat";
import { decodeFunctionResult, encodeFunctionData, type Address } from "viem";
import { BlockDisorderError } from "../../src/chain/block-disorder-error.ts";
import { CallRevertedError } from "../../src/chain/call-reverted-error.ts";
import type { Chain, MinedBlock, StatedTransaction } from "../../src/chain/chain.ts";
import { deriveAddress } from "../../src/chain/derive-address.ts";
import { openChain } from "../../src/chain/open-chain.ts";
import {
  blockOf,
  DEPLOYER,
  deployToken,
  GENESIS,
  SUPPLY,
  TOKEN,
  TOKEN_ABI,
  transaction,
  transfer,
} from "./token-block.ts";

const ETHER = 10n ** 18n;
const TRADERS = Array.from({ length: 20 }, (_, index) => deriveAddress("trader", `${index}`));

async function fundedChain(): Promise<Chain> {
  const chain = await openChain(hre.network, { initialDate: GENESIS });
  for (const account of [DEPLOYER, ...TRADERS]) await chain.fund(account, 10n * ETHER);
  return chain;
}

async function withToken(): Promise<Chain> {
  const chain = await fundedChain();
  await chain.mine(blockOf(1, [deployToken()]));
  return chain;
}

async function balanceOf(chain: Chain, owner: Address): Promise<bigint> {
  const data = encodeFunctionData({ abi: TOKEN_ABI, functionName: "balanceOf", args: [owner] });
  const result = await chain.call(TOKEN, data);
  return decodeFunctionResult({ abi: TOKEN_ABI, functionName: "balanceOf", data: result });
}

/** Every trader once and the deployer in between, with interleaved nonces, in an order that turns each block. */
function mixedBlock(number: number, nonces: Map<Address, number>): StatedTransaction[] {
  return TRADERS.flatMap((_, index) => {
    const trader = TRADERS[(index * 7 + number) % TRADERS.length];
    return [DEPLOYER, trader].map((from) => {
      const nonce = nonces.get(from) ?? 0;
      nonces.set(from, nonce + 1);
      return transfer(from, nonce, from === DEPLOYER ? trader : DEPLOYER, from === DEPLOYER ? 3n : 1n);
    });
  });
}

async function mineMixed(chain: Chain, blocks: number): Promise<MinedBlock[]> {
  const nonces = new Map<Address, number>([[DEPLOYER, 1]]);
  const mined: MinedBlock[] = [];
  for (let number = 2; number < 2 + blocks; number++) {
    mined.push(await chain.mine(blockOf(number, mixedBlock(number, nonces))));
  }
  return mined;
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("EdrChain", () => {
  it("mines fifty blocks of interleaved senders in the stated order", async () => {
    const chain = await withToken();
    const mined = await mineMixed(chain, 50);
    expect(mined.flatMap(({ receipts }) => receipts).every(({ status }) => status === "success")).to.equal(true);
    // Each trader receives 3 and returns 1 a block; a trader that acted before it received would have reverted at first.
    expect(await balanceOf(chain, TRADERS[4])).to.equal(100n);
    expect(await balanceOf(chain, DEPLOYER)).to.equal(SUPPLY - 100n * BigInt(TRADERS.length));
    await chain.close();
  });

  it("gives the same roots on two chains that run at once", async () => {
    const chains = await Promise.all([withToken(), withToken()]);
    const [one, other] = await Promise.all(chains.map((chain) => mineMixed(chain, 5)));
    expect(one).to.deep.equal(other);
    await Promise.all(chains.map((chain) => chain.close()));
  });

  it("repeats the same blocks with the same roots after a revert", async () => {
    const chain = await withToken();
    const start = await chain.snapshot();
    const first = await mineMixed(chain, 5);
    await chain.revert(start);
    expect(await balanceOf(chain, TRADERS[0])).to.equal(0n);
    expect(await mineMixed(chain, 5)).to.deep.equal(first);
    await chain.close();
  });

  it("refuses a snapshot that was reverted before", async () => {
    const chain = await withToken();
    const start = await chain.snapshot();
    await chain.revert(start);
    expect(await rejection(chain.revert(start))).to.match(/does not exist or was reverted before/);
    await chain.close();
  });

  it("keeps a reverted transaction in the block and pays its gas", async () => {
    const chain = await withToken();
    const { receipts } = await chain.mine(blockOf(2, [transfer(TRADERS[0], 0, DEPLOYER, 1n)]));
    expect(receipts[0].status).to.equal("reverted");
    expect(receipts[0].gasUsed > 21_000n).to.equal(true);
    expect(receipts[0].effectiveGasPrice).to.equal(2_000_000_002n);
    await chain.close();
  });

  it("reports the address of a created contract, and logs", async () => {
    const chain = await fundedChain();
    const { receipts } = await chain.mine(blockOf(1, [deployToken(), transfer(DEPLOYER, 1, TRADERS[0], 5n)]));
    expect(receipts[0].contractAddress).to.equal(TOKEN.toLowerCase());
    expect(receipts[1].logs.map(({ address }) => address)).to.deep.equal([TOKEN.toLowerCase()]);
    await chain.close();
  });

  it("makes every context value a part of the block", async () => {
    const stated = blockOf(1, [transaction(TRADERS[0], 0, { to: TRADERS[1], value: 1n, gas: 21_000n })]);
    const variants = [
      stated,
      { ...stated, timestamp: stated.timestamp + 1n },
      { ...stated, baseFeePerGas: stated.baseFeePerGas + 1n },
      { ...stated, gasLimit: stated.gasLimit + 1n },
      { ...stated, coinbase: TRADERS[3] },
      { ...stated, prevRandao: `0x${"11".repeat(32)}` as const },
    ];
    const hashes = new Set<string>();
    for (const variant of variants) {
      const chain = await fundedChain();
      hashes.add((await chain.mine(variant)).hash);
      await chain.close();
    }
    expect(hashes.size).to.equal(variants.length);
  });

  const disorders: [string, StatedTransaction[], RegExp][] = [
    [
      "cannot pay for its gas",
      [transaction(deriveAddress("nobody", "poor"), 0)],
      /transaction 0 \(tester, .*\) refused/,
    ],
    [
      "bids below the base fee",
      [transaction(TRADERS[0], 0, { maxFeePerGas: 5n, maxPriorityFeePerGas: 1n })],
      /0 transactions mined, 1 stated/,
    ],
    ["leaves a nonce gap", [transaction(TRADERS[0], 0), transaction(TRADERS[1], 1)], /1 transactions mined, 2 stated/],
    [
      "repeats a nonce",
      [transaction(TRADERS[0], 0), transaction(TRADERS[0], 0, { value: 1n })],
      /refused|not at its place/,
    ],
    ["wants more gas than the block has", [transaction(TRADERS[0], 0, { gas: 31_000_000n })], /refused/],
    ["is out of order with its sender", [transaction(TRADERS[0], 1), transaction(TRADERS[0], 0)], /not at its place/],
  ];
  for (const [mistake, transactions, message] of disorders) {
    it(`stops with what reproduces it when a transaction ${mistake}`, async () => {
      const chain = await withToken();
      const block = blockOf(2, transactions);
      const error = await rejection(chain.mine(block));
      expect(error).to.be.instanceOf(BlockDisorderError);
      expect((error as BlockDisorderError).message)
        .to.match(message)
        .and.match(/our own bug.*block 2/);
      expect((error as BlockDisorderError).statement).to.equal(block);
      expect(await rejection(chain.mine(blockOf(2, [])))).to.equal(error);
      await chain.close();
    });
  }

  it("stops when a block's number or time is not possible", async () => {
    for (const block of [
      { ...blockOf(2, []), number: 3n },
      { ...blockOf(2, []), timestamp: BigInt(GENESIS) },
    ]) {
      const chain = await withToken();
      expect(await rejection(chain.mine(block))).to.be.instanceOf(BlockDisorderError);
      await chain.close();
    }
  });

  it("sees a transaction that someone else put into the chain's pool", async () => {
    let intrude: (() => Promise<unknown>) | undefined;
    const chain = await openChain(
      {
        create: async (parameters: never) => {
          const opened = await hre.network.create(parameters);
          intrude = async () => {
            await opened.provider.request({ method: "hardhat_impersonateAccount", params: [TRADERS[5]] });
            return await opened.provider.request({
              method: "eth_sendTransaction",
              params: [
                {
                  from: TRADERS[5],
                  to: DEPLOYER,
                  gas: "0x5208",
                  maxFeePerGas: "0x77359400",
                  maxPriorityFeePerGas: "0x0",
                },
              ],
            });
          };
          return opened as never;
        },
      },
      { initialDate: GENESIS },
    );
    for (const account of [DEPLOYER, TRADERS[5]]) await chain.fund(account, ETHER);
    await intrude!();
    expect(await rejection(chain.mine(blockOf(1, [deployToken()])))).to.match(/2 transactions mined, 1 stated/);
    await chain.close();
  });

  it("says which read reverted, with its data", async () => {
    const chain = await withToken();
    const error = await rejection(chain.call(TOKEN, "0x12345678"));
    expect(error).to.be.instanceOf(CallRevertedError);
    expect((error as Error).message).to.include(`read of ${TOKEN} with 0x12345678 reverted`);
    await chain.close();
  });

  it("funds accounts at genesis only", async () => {
    const chain = await withToken();
    expect(await rejection(chain.fund(TRADERS[0], 1n))).to.match(/funded after the first block/);
    expect(chain.genesisAccounts[0]).to.deep.equal({ address: DEPLOYER, balance: 10n * ETHER });
    await chain.close();
  });
});
