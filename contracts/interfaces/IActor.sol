// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice The account contract through which an agent acts: runs steps atomically and emits the outcome with its
/// return data, because receipts carry no revert data.
interface IActor {
    struct Step {
        address target;
        uint256 value;
        bytes data;
    }

    error ActorNotOwner(address caller);
    error ActorStepFailed(uint256 index, bytes reason);

    /// @param tag Submission that this executes. @param done All steps succeeded. @param index Step that failed.
    /// @param returnData Return data of the last step, or revert data of the failed one.
    event Outcome(bytes32 indexed tag, bool done, uint256 index, bytes returnData);

    /// @notice Runs the steps, all or none; never reverts for a failing step. Owner only.
    function execute(bytes32 tag, Step[] calldata steps) external payable;
}
