// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A vol source that shows its storage, so that its arithmetic can be repeated off the chain.
interface IVolWords {
    /// @notice What the source holds for these expiries, in words whose meaning the source documents.
    /// @param expiryKeys `underlying << 64 | expiry`, as in `SeriesId`.
    function wordsOf(uint256[] calldata expiryKeys) external view returns (uint256[] memory);
}
