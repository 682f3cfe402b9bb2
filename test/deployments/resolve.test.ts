import { deploy, DeploymentResultType, FutureType } from "@nomicfoundation/ignition-core";
import type { Artifact, EIP1193Provider } from "@nomicfoundation/ignition-core";
import { expect } from "chai";
import hre from "hardhat";
import type { Address } from "viem";

import regimebreak from "../../deployments/modules/regimebreak.ts";
import { defenceBits, DEFENCE_BITS, IMPLEMENTED_DEFENCES, PRESETS } from "../../deployments/presets.ts";
import { resolveDeployment, UnresolvedModuleError } from "../../deployments/resolve.ts";

/** @returns contracts by their names in the module's results */
async function deployWithIgnition(
  provider: EIP1193Provider,
  sender: string,
): Promise<Record<string, { address: string }>> {
  const result = await deploy({
    artifactResolver: {
      loadArtifact: (name) => hre.artifacts.readArtifact(name) as Promise<Artifact>,
      getBuildInfo: () => Promise.resolve(undefined),
    },
    provider,
    ignitionModule: regimebreak,
    deploymentParameters: {},
    accounts: [sender],
    config: { blockPollingInterval: 1, requiredConfirmations: 1, retryInterval: 1 },
  });
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) throw new Error(JSON.stringify(result));
  return Object.fromEntries(Object.entries(regimebreak.results).map(([name, { id }]) => [name, result.contracts[id]]));
}

describe("the resolved deployment", function () {
  this.timeout(120_000);

  it("puts the same code at the same addresses as Ignition does", async () => {
    const byIgnition = await hre.network.create();
    const [deployer] = await byIgnition.ethers.getSigners();
    const deployed = await deployWithIgnition(byIgnition.provider, deployer.address);

    const raw = await hre.network.create();
    const plan = await resolveDeployment(regimebreak, {
      deployer: deployer.address as Address,
      artifacts: hre.artifacts,
    });
    const [sender] = await raw.ethers.getSigners();
    for (const { to, data } of plan.transactions) await sender.sendTransaction({ to, data });

    expect(Object.keys(plan.addresses)).to.deep.equal(Object.keys(deployed));
    for (const [name, contract] of Object.entries(deployed)) {
      const { address } = contract;
      expect(plan.addresses[name], name).to.equal(address);
      const code = await raw.ethers.provider.getCode(address);
      expect(code, name)
        .to.equal(await byIgnition.ethers.provider.getCode(address))
        .and.not.equal("0x");
    }
    await Promise.all([byIgnition.close(), raw.close()]);
  });

  it("takes parameters in place of the defaults", async () => {
    const deployer = "0x00000000000000000000000000000000000000aa";
    const options = { deployer, artifacts: hre.artifacts } as const;
    const usual = await resolveDeployment(regimebreak, options);
    const naive = await resolveDeployment(regimebreak, { ...options, parameters: { defences: PRESETS.NAIVE } });
    const changed = usual.transactions.filter(({ data }, index) => naive.transactions[index].data !== data);
    expect(changed.map(({ id }) => id)).to.deep.equal(["Regimebreak#Defences"]);
  });

  it("refuses a module that it cannot resolve", async () => {
    const { buildModule } = await import("@nomicfoundation/hardhat-ignition/modules");
    const reading = buildModule("Reading", (m) => {
      const token = m.contract("TestToken", ["a", "b", 6, m.getAccount(0)]);
      m.staticCall(token, "decimals");
      return { token };
    });
    const resolving = resolveDeployment(reading, {
      deployer: "0x00000000000000000000000000000000000000aa",
      artifacts: hre.artifacts,
    });
    const error = await resolving.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UnresolvedModuleError).with.property("message").that.includes("STATIC_CALL");
  });
});

describe("the presets", () => {
  it("turn on what the contracts implement and nothing else", async () => {
    const { ethers, close } = await hre.network.create();
    const [owner] = await ethers.getSigners();
    const defences = await ethers.deployContract("Defences", [owner, owner, PRESETS.FULL]);
    expect(await defences.implemented()).to.equal(defenceBits(IMPLEMENTED_DEFENCES));
    for (const bits of Object.values(PRESETS)) {
      await defences.set(bits);
      expect(await defences.bits()).to.equal(bits);
    }
    const unknown = defenceBits(["sequencerGrace"]);
    await expect(defences.set(unknown))
      .to.be.revertedWithCustomError(defences, "DefenceUnknown")
      .withArgs(DEFENCE_BITS.sequencerGrace);
    await close();
  });

  it("leave in OPEN every defence of FULL that does not judge the model", () => {
    const dropped = PRESETS.FULL & ~PRESETS.OPEN;
    expect(dropped).to.equal(
      defenceBits(["confidenceInMargin", "surfaceBounds", "surfaceRateLimit", "surfaceStaleness"]),
    );
  });
});

describe("the deployed contracts", () => {
  it("fit into the size limit of a contract, 24,576 bytes", async () => {
    for (const future of regimebreak.futures) {
      if (future.type !== FutureType.NAMED_ARTIFACT_CONTRACT_DEPLOYMENT) continue;
      const { deployedBytecode } = await hre.artifacts.readArtifact(future.contractName);
      expect(deployedBytecode.length / 2 - 1, future.contractName).to.be.within(1, 24_576);
    }
  });
});
