import { expect } from "chai";
import type { Contract } from "ethers";
import hre from "hardhat";

describe("TestToken", () => {
  it("has the decimals that it was given, and mints for its owner alone", async () => {
    const { ethers, close } = await hre.network.create();
    const [owner, stranger] = await ethers.getSigners();
    const token = await ethers.deployContract("TestToken", ["Test bitcoin", "tBTC", 8, owner]);
    expect(await token.decimals()).to.equal(8n);
    await token.mint(stranger, 5n);
    expect(await token.balanceOf(stranger)).to.equal(5n);
    await expect((token.connect(stranger) as Contract).mint(stranger, 1n))
      .to.be.revertedWithCustomError(token, "OwnableUnauthorizedAccount")
      .withArgs(stranger);
    await close();
  });
});
