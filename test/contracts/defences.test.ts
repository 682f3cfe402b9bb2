import { expect } from "chai";
import type { Contract } from "ethers";
import hre from "hardhat";

import { DEFENCE_BITS, defenceBits, IMPLEMENTED_DEFENCES } from "../../deployments/presets.ts";

const GENESIS = ["epochQueue", "virtualShares"] as const;

describe("Defences", function () {
  this.timeout(60_000);
  let connection: Awaited<ReturnType<typeof hre.network.create>>;
  let defences: Contract;

  beforeEach(async () => {
    connection = await hre.network.create();
    const [owner, vault] = await connection.ethers.getSigners();
    defences = (await connection.ethers.deployContract("Defences", [owner, vault, 0n])) as unknown as Contract;
  });
  afterEach(() => connection.close());

  it("implements the bits that the deployment names", async () => {
    expect(await defences.implemented()).to.equal(defenceBits(IMPLEMENTED_DEFENCES));
  });

  it("refuses every bit that is not implemented, by its number", async () => {
    const implemented = new Set(IMPLEMENTED_DEFENCES.map((name) => DEFENCE_BITS[name]));
    for (let bit = 0; bit < 64; bit++) {
      const set = defences.set(1n << BigInt(bit));
      if (implemented.has(bit as never)) await set;
      else await expect(set).to.be.revertedWithCustomError(defences, "DefenceUnknown").withArgs(bit);
    }
  });

  it("changes genesis bits until the vault closes genesis, and the others after it", async () => {
    const [, vault] = await connection.ethers.getSigners();
    await defences.set(defenceBits(GENESIS));
    await (defences.connect(vault) as Contract).closeGenesis();
    for (const name of GENESIS) {
      await expect(defences.set(defenceBits(GENESIS) & ~defenceBits([name])))
        .to.be.revertedWithCustomError(defences, "DefenceGenesisOnly")
        .withArgs(DEFENCE_BITS[name]);
    }
    await defences.set(defenceBits([...GENESIS, "vegaFee"]));
    expect(await defences.bits()).to.equal(defenceBits([...GENESIS, "vegaFee"]));
  });

  it("obeys its owner and, for genesis, the vault only", async () => {
    const [, , stranger] = await connection.ethers.getSigners();
    const other = defences.connect(stranger) as Contract;
    await expect(other.set(0n)).to.be.revertedWithCustomError(defences, "OwnableUnauthorizedAccount");
    await expect(other.closeGenesis()).to.be.revertedWithCustomError(defences, "DefencesNotVault");
  });
});
