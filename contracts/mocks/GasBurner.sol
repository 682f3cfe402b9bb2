// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Uses about as much gas as it is told, by arithmetic: a load for benchmarks.
contract GasBurner {
    uint256 public runs;

    /// @param gasToUse Gas of the whole transaction, at least 30,000 beyond the intrinsic cost when it counts its run.
    function burn(uint256 gasToUse) external {
        uint256 floor = gasleft() > gasToUse ? gasleft() - gasToUse : 0;
        uint256 x = 1;
        while (gasleft() > floor) {
            unchecked {
                x = x * 6364136223846793005 + 1442695040888963407;
            }
        }
        if (x == 0) runs++;
    }
}
