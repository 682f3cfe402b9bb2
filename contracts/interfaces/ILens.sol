// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Asks many contracts at once, so that a simulation knows the state after a block by one call. It knows no
/// contract: whoever asks knows what an answer means.
interface ILens {
    /// @param to Who is asked.
    /// @param words Words of the answer that count; an answer of fewer bytes fails the whole read.
    /// @param data Calldata.
    struct Question {
        address to;
        uint256 words;
        bytes data;
    }

    /// @notice All answers, each at a place that follows from the questions alone.
    /// @param wallets Whose wei is wanted.
    /// @return answers Time; block number; bit i set when question i reverted; wei of each wallet; then the words of each
    /// question, zeros where it reverted.
    function read(
        address[] calldata wallets,
        Question[] calldata questions
    ) external view returns (bytes32[] memory answers);
}
