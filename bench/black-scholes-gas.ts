/** Gas of the on-chain Black–Scholes price over a grid of options: `npx hardhat run bench/black-scholes-gas.ts`. */
import hre from "hardhat";

const { ethers } = await hre.network.create();
const harness = await ethers.deployContract("BlackScholesHarness");
const WAD = 10n ** 18n;
const used: number[] = [];
for (const strike of [1200n, 1600n, 2000n, 2400n, 3200n]) {
  for (const seconds of [3600n, 86_400n, 604_800n, 2_592_000n]) {
    for (const vol of [3n, 5n, 10n, 20n]) {
      const option = [true, 2000n * WAD, strike * WAD, seconds, (vol * WAD) / 10n];
      const { gasUsed } = await harness.price(option);
      used.push(Number(gasUsed));
    }
  }
}
used.sort((a, b) => a - b);
console.log(
  `${used.length} options: gas of a price, least ${used[0]}, median ${used[used.length >> 1]}, most ${used.at(-1)}`,
);
