/**
 * Our chain layer against an idiomatic viem script of the same actions: `npx hardhat run bench/throughput.ts`.
 * Both mine the same blocks of eight transactions on the same in-process engine; the script sends each with
 * `writeContract` and waits for its receipt, as tutorials do. Prints the ratio of times, measured in turns.
 */
import hre from "hardhat";
import { createPublicClient, createWalletClient, custom, encodeFunctionData, parseAbi, type Hex } from "viem";
import { hardhat } from "viem/chains";

import { deriveAddress } from "../src/chain/derive-address.ts";
import { openChain } from "../src/chain/open-chain.ts";

const ROUNDS = 5;
const BLOCKS = 60;
const PER_BLOCK = 8;
const SENDERS = 8;
const INTRINSIC = 21_500;
const ETHER = 10n ** 18n;
const abi = parseAbi(["function burn(uint256 gasToUse)"]);

async function ours(bytecode: Hex, gas: number): Promise<number> {
  const chain = await openChain(hre.network, { initialDate: 1_767_225_600 });
  const senders = Array.from({ length: SENDERS }, (_, i) => deriveAddress("bench", String(i)));
  for (const sender of senders) await chain.fund(sender, 1000n * ETHER);
  let number = 1n;
  const context = () => ({
    number,
    timestamp: 1_767_225_600n + number * 12n,
    baseFeePerGas: 10n ** 9n,
    gasLimit: 30_000_000n,
    coinbase: senders[0],
    prevRandao: `0x${number.toString(16).padStart(64, "0")}` as Hex,
  });
  const fees = { value: 0n, maxFeePerGas: 2n * 10n ** 9n, maxPriorityFeePerGas: 10n ** 8n };
  const tag = { agent: "bench", submission: "" };
  const deployed = await chain.mine({
    ...context(),
    transactions: [{ from: senders[0], nonce: 0, to: null, data: bytecode, gas: 1_000_000n, ...fees, tag }],
  });
  const to = deployed.receipts[0].contractAddress!;
  const data = encodeFunctionData({ abi, functionName: "burn", args: [BigInt(Math.max(0, gas - INTRINSIC))] });
  const nonces = senders.map((_, i) => (i === 0 ? 1 : 0));
  const from = performance.now();
  for (let block = 0; block < BLOCKS; block++) {
    number++;
    await chain.mine({
      ...context(),
      transactions: Array.from({ length: PER_BLOCK }, (_, i) => ({
        from: senders[i % SENDERS],
        nonce: nonces[i % SENDERS]++,
        to,
        data,
        gas: BigInt(gas) + 100_000n,
        ...fees,
        tag,
      })),
    });
  }
  const elapsed = performance.now() - from;
  await chain.close();
  return elapsed;
}

async function idiomatic(bytecode: Hex, gas: number): Promise<number> {
  const connection = await hre.network.create();
  const transport = custom({ request: ({ method, params }) => connection.provider.request({ method, params }) });
  const client = createPublicClient({ chain: hardhat, transport, pollingInterval: 1 });
  const addresses = (await connection.provider.request({ method: "eth_accounts" })) as Hex[];
  const wallets = addresses
    .slice(0, SENDERS)
    .map((account) => createWalletClient({ account, chain: hardhat, transport }));
  const hash = await wallets[0].deployContract({ abi, bytecode });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  const args = [BigInt(Math.max(0, gas - INTRINSIC))] as const;
  const from = performance.now();
  for (let block = 0; block < BLOCKS; block++) {
    for (let i = 0; i < PER_BLOCK; i++) {
      const sent = await wallets[i % SENDERS].writeContract({
        address: contractAddress!,
        abi,
        functionName: "burn",
        args,
      });
      await client.waitForTransactionReceipt({ hash: sent });
    }
  }
  const elapsed = performance.now() - from;
  await connection.close();
  return elapsed;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

const artifact = await hre.artifacts.readArtifact("GasBurner");
const bytecode = artifact.bytecode as Hex;
console.log(`${BLOCKS} blocks of ${PER_BLOCK} transactions, median of ${ROUNDS} rounds in turns`);
for (const gas of [20_000, 200_000]) {
  const times = { ours: [] as number[], idiomatic: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.ours.push(await ours(bytecode, gas));
    times.idiomatic.push(await idiomatic(bytecode, gas));
  }
  const rate = (ms: number) => `${Math.round((BLOCKS * PER_BLOCK * 1000) / ms)} tx/s`;
  const [mine, script] = [median(times.ours), median(times.idiomatic)];
  console.log(
    `${gas.toLocaleString("en")} gas a transaction: ours ${rate(mine)}, idiomatic viem ${rate(script)}, ` +
      `idiomatic / ours ${(script / mine).toFixed(2)}`,
  );
}
