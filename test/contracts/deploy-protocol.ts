import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { Contract, ContractFactory } from "ethers";
import hre from "hardhat";
import type { Address } from "viem";

import regimebreak from "../../deployments/modules/regimebreak.ts";
import { DEFAULT_TERMS } from "../../deployments/parameters.ts";
import { PRESETS } from "../../deployments/presets.ts";
import { resolveDeployment } from "../../deployments/resolve.ts";
import { uniswapV2 } from "../../deployments/uniswap-v2.ts";

export const WAD = 10n ** 18n;
export const USD = 10n ** 6n;
export const HOUR = 3600;
export const DAY = 24 * HOUR;
export const MAX = 2n ** 256n - 1n;

/** Artifact of each contract by its name in the module's results. */
const CONTRACT_NAMES = {
  quote: "TestToken",
  eth: "TestToken",
  btc: "TestToken",
  ethFeed: "OracleMock",
  btcFeed: "OracleMock",
  vault: "OptionVault",
  token: "OptionToken",
  defences: "Defences",
  guard: "OracleGuard",
  risk: "MarginRisk",
  margin: "MarginEngine",
  auction: "Auction",
  hedger: "Hedger",
  settlement: "Settlement",
  lens: "Lens",
  grid: "PostedGrid",
  trailing: "TrailingVol",
  constant: "ConstantVol",
  truth: "TruthVol",
} as const;

type ContractName = keyof typeof CONTRACT_NAMES | "ethPair" | "btcPair";

/** @returns WAD of a number with up to nine decimal places */
export function wad(value: number): bigint {
  return BigInt(Math.round(value * 1e9)) * 10n ** 9n;
}

/** @returns quote units of a sum of USD */
export function usd(value: number): bigint {
  return BigInt(Math.round(value * 1e6));
}

/** @returns id of an option series; strike in USD */
export function seriesId(underlying: number, expiry: number, strike: number, type: "call" | "put"): bigint {
  const side = type === "call" ? 1n : 0n;
  return (BigInt(underlying) << 200n) | (BigInt(expiry) << 136n) | (wad(strike) << 8n) | side;
}

/**
 * The whole protocol on a fresh chain: ETH at 2,000 and BTC at 40,000 USD, a constant vol of 80 %, pools of 2 million
 * on each side, options of any delta, a vault with 1 million from `lp`, a fund of 20,000, and funded users.
 */
export class TestProtocol {
  readonly c: Record<ContractName, Contract>;
  readonly ethers;
  readonly networkHelpers;
  readonly connection;
  readonly owner: HardhatEthersSigner;
  readonly lp: HardhatEthersSigner;
  readonly users: HardhatEthersSigner[];
  /** Unix seconds; seven days after genesis. */
  readonly expiry: number;

  private constructor(
    connection: Awaited<ReturnType<typeof hre.network.create>>,
    contracts: Record<ContractName, Contract>,
    signers: HardhatEthersSigner[],
    expiry: number,
  ) {
    this.connection = connection;
    this.ethers = connection.ethers;
    this.networkHelpers = connection.networkHelpers;
    this.c = contracts;
    [this.owner, this.lp, ...this.users] = signers;
    this.expiry = expiry;
  }

  static async deploy(defences: bigint = PRESETS.FULL): Promise<TestProtocol> {
    const connection = await hre.network.create();
    const signers = await connection.ethers.getSigners();
    const [owner] = signers;
    const plan = await resolveDeployment(regimebreak, {
      deployer: owner.address as Address,
      artifacts: hre.artifacts,
      parameters: { defences, terms: { ...DEFAULT_TERMS, minAbsDelta: 0n } },
    });
    for (const { to, data } of plan.transactions) await owner.sendTransaction({ to, data });
    const contracts = Object.fromEntries(
      await Promise.all(
        Object.entries(CONTRACT_NAMES).map(async ([name, artifact]) => [
          name,
          await connection.ethers.getContractAt(artifact, plan.addresses[name], owner),
        ]),
      ),
    ) as Record<ContractName, Contract>;
    for (const name of ["ethPair", "btcPair"] as const) {
      contracts[name] = new Contract(plan.addresses[name], uniswapV2("UniswapV2Pair").abi as never, owner);
    }
    const now = await connection.networkHelpers.time.latest();
    const protocol = new TestProtocol(connection, contracts, signers.slice(0, 8), now + 7 * DAY);
    await protocol.#fund();
    return protocol;
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  now(): Promise<number> {
    return this.networkHelpers.time.latest();
  }

  /** Posts a round observed now. USD. */
  async post(feed: "ethFeed" | "btcFeed", price: number): Promise<void> {
    const now = (await this.now()) + 1;
    await this.networkHelpers.time.setNextBlockTimestamp(now);
    await this.c[feed].report([[BigInt(Math.round(price * 1e8)), now, now]]);
  }

  /** Lets time pass, and refreshes both feeds at their last answers. */
  async pass(seconds: number): Promise<void> {
    await this.networkHelpers.time.increase(seconds);
    await this.refresh();
  }

  async refresh(): Promise<void> {
    for (const feed of ["ethFeed", "btcFeed"] as const) {
      const [, answer] = await this.c[feed].latestRoundData();
      await this.post(feed, Number(answer) / 1e8);
    }
  }

  /** Moves the ETH feed in steps that no jump check objects to, and the pool with it. USD. */
  async moveEth(price: number): Promise<void> {
    await this.post("ethFeed", price);
    await this.post("ethFeed", price);
    await this.movePool(price);
  }

  /** Puts the ETH pool at a price without a trade's fee, by minting and syncing. USD. */
  async movePool(price: number): Promise<void> {
    const { quote, ethPair } = this.c;
    const base = (await this.c.eth.balanceOf(ethPair)) as bigint;
    const wanted = (base * usd(price)) / WAD;
    const held = (await quote.balanceOf(ethPair)) as bigint;
    const pair = await ethPair.getAddress();
    if (wanted > held) await quote.mint(pair, wanted - held);
    else {
      await this.networkHelpers.impersonateAccount(pair);
      await this.networkHelpers.setBalance(pair, WAD);
      const signer = await this.ethers.getSigner(pair);
      await (quote.connect(signer) as Contract).transfer(this.owner, held - wanted);
    }
    await ethPair.sync();
  }

  /**
   * The laws that hold after every transaction: each part holds exactly the quote that it books, and for each series
   * longs and the vault's net add up to the shorts.
   */
  async checkLaws(ids: readonly bigint[]): Promise<void> {
    const { quote, vault, margin, auction, token } = this.c;
    expect(await quote.balanceOf(vault), "cash of the vault").to.equal(await vault.cash());
    expect(await quote.balanceOf(margin), "cash of the accounts").to.equal(await margin.totalCash());
    expect(await quote.balanceOf(auction), "insurance fund").to.equal(await auction.fund());
    for (const id of ids) {
      const [supply, net, short] = [await token.totalSupply(id), await vault.net(id), await margin.totalShort(id)];
      expect(supply + net, `law of series ${id}`).to.equal(short);
    }
  }

  /** A contract seen by another sender. */
  as(user: HardhatEthersSigner, name: ContractName): Contract {
    return this.c[name].connect(user) as Contract;
  }

  /** Opens a short of `user` with USD of margin deposited before. */
  async openShort(user: HardhatEthersSigner, id: bigint, size: number, margin: number): Promise<void> {
    await this.as(user, "margin").deposit(usd(margin));
    await this.as(user, "margin").openShort(id, wad(size), 0);
  }

  async #fund(): Promise<void> {
    const { quote, eth, btc, vault, margin, auction, hedger, guard, constant } = this.c;
    await this.post("ethFeed", 2000);
    await this.post("btcFeed", 40_000);
    for (const [token, pair, units] of [
      [eth, this.c.ethPair, 1000n * WAD],
      [btc, this.c.btcPair, 50n * 10n ** 8n],
    ] as const) {
      await token.mint(pair, units);
      await quote.mint(pair, 2_000_000n * USD);
      await pair.mint(this.owner);
    }
    for (const user of [this.owner, this.lp, ...this.users]) {
      await quote.mint(user, 10_000_000n * USD);
      await eth.mint(user, 10_000n * WAD);
      await btc.mint(user, 1_000n * 10n ** 8n);
      for (const spender of [vault, margin, auction]) await this.as(user, "quote").approve(spender, MAX);
      for (const token of ["eth", "btc"] as const) await this.as(user, token).approve(margin, MAX);
    }
    await eth.approve(hedger, MAX);
    await btc.approve(hedger, MAX);
    await constant.setVol(0, wad(0.8), wad(0.02));
    await constant.setVol(1, wad(0.8), wad(0.02));
    await vault.setVolSource(constant);
    await vault.list(0, this.expiry, [1400, 1600, 1800, 1900, 2000, 2100, 2200, 2400, 2600].map(wad));
    await vault.list(1, this.expiry, [30_000, 40_000, 50_000].map(wad));
    await this.as(this.lp, "vault").deposit(1_000_000n * USD, this.lp);
    await auction.seed(20_000n * USD);
    await hedger.seedInventory(0, 150_000n * USD);
    await hedger.seedInventory(1, 150_000n * USD);
    await guard.observePool(0);
    await guard.observePool(1);
    await this.refresh();
  }
}

/** @returns an account contract owned by `owner` */
export async function deployActor(owner: HardhatEthersSigner): Promise<Contract> {
  const { abi, bytecode } = await hre.artifacts.readArtifact("Actor");
  const actor = await new ContractFactory(abi as never, bytecode, owner).deploy(owner.address);
  return actor as Contract;
}
