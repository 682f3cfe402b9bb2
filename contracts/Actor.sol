// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IActor} from "./interfaces/IActor.sol";

/// @notice See `IActor`.
contract Actor is IActor {
    /// @dev Gas kept for the outcome, when the steps burn all of theirs.
    uint256 private constant OUTCOME_GAS = 15_000;

    address public immutable owner;

    constructor(address owner_) payable {
        owner = owner_;
    }

    receive() external payable {}

    /// @inheritdoc IActor
    function execute(bytes32 tag, Step[] calldata steps) external payable {
        if (msg.sender != owner) revert ActorNotOwner(msg.sender);
        // One step is atomic by itself; more run in a frame of their own, so that a failing one undoes the others.
        if (steps.length == 1) {
            (bool done, bytes memory data) = steps[0].target.call{value: steps[0].value, gas: _stepGas()}(
                steps[0].data
            );
            emit Outcome(tag, done, 0, data);
            return;
        }
        bytes memory request = abi.encodeCall(this.run, (steps));
        (bool all, bytes memory result) = address(this).call{gas: _stepGas()}(request);
        if (all) {
            emit Outcome(tag, true, steps.length, abi.decode(result, (bytes)));
        } else {
            (uint256 index, bytes memory reason) = _decodeFailure(result);
            emit Outcome(tag, false, index, reason);
        }
    }

    /// @notice Runs the steps in order and reverts `ActorStepFailed` at the first that fails. This contract only.
    /// @return data Return data of the last step.
    function run(Step[] calldata steps) external returns (bytes memory data) {
        if (msg.sender != address(this)) revert ActorNotOwner(msg.sender);
        for (uint256 i = 0; i < steps.length; ++i) {
            bool done;
            (done, data) = steps[i].target.call{value: steps[i].value}(steps[i].data);
            if (!done) revert ActorStepFailed(i, data);
        }
    }

    function _stepGas() private view returns (uint256) {
        uint256 left = gasleft();
        return left > OUTCOME_GAS ? left - OUTCOME_GAS : left;
    }

    /// @dev A frame that ran out of gas carries no data: it counts as a failure of the first step.
    function _decodeFailure(bytes memory failure) private pure returns (uint256 index, bytes memory reason) {
        if (failure.length < 4 || bytes4(failure) != ActorStepFailed.selector) return (0, failure);
        assembly ("memory-safe") {
            // Drop the selector: the length word moves over it.
            mstore(add(failure, 4), sub(mload(failure), 4))
            failure := add(failure, 4)
        }
        return abi.decode(failure, (uint256, bytes));
    }
}
