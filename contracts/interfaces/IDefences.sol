// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Which defences of the protocol are on, as one `uint64`.
interface IDefences {
    error DefenceUnknown(uint8 bit);
    error DefenceGenesisOnly(uint8 bit);
    error DefencesNotVault(address caller);

    event DefencesSet(uint64 bits);

    /// @notice Bits that are on.
    function bits() external view returns (uint64);

    /// @notice Bits that this code implements.
    function implemented() external view returns (uint64);

    /// @notice Sets all bits in one transaction. Owner only.
    /// @dev Reverts `DefenceUnknown` for a bit that is not implemented, `DefenceGenesisOnly` when a genesis bit
    /// changes after the first deposit.
    function set(uint64 newBits) external;

    /// @notice Fixes the genesis bits; called by the vault at its first deposit.
    function closeGenesis() external;
}
