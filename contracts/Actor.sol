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
        if (steps.length == 1) _executeOne(tag, steps[0]);
        else _executeAll(tag, steps.length);
    }

    /// @notice Runs the steps in order and reverts `ActorStepFailed` at the first that fails. This contract only.
    /// @dev Takes what `execute` takes, so that the calldata passes on as it came.
    /// @return data Return data of the last step.
    function run(bytes32, Step[] calldata steps) external returns (bytes memory data) {
        if (msg.sender != address(this)) revert ActorNotOwner(msg.sender);
        for (uint256 i = 0; i < steps.length; ++i) {
            Step calldata step = steps[i];
            (address target, uint256 value, bytes calldata input) = (step.target, step.value, step.data);
            bool done;
            assembly ("memory-safe") {
                // Beyond the free memory pointer, which stays: nothing is kept of a step but the last one's data.
                let free := mload(0x40)
                calldatacopy(free, input.offset, input.length)
                done := call(gas(), target, value, free, input.length, 0, 0)
            }
            if (!done) revert ActorStepFailed(i, _returned());
        }
        if (steps.length > 0) data = _returned();
    }

    /// @dev Emits `Outcome` from memory that is laid out by hand: every transaction of a run pays for this path.
    function _executeOne(bytes32 tag, Step calldata step) private {
        (address target, uint256 value, bytes calldata input) = (step.target, step.value, step.data);
        uint256 stepGas = _stepGas();
        bytes32 topic = Outcome.selector;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, input.offset, input.length)
            let done := call(stepGas, target, value, free, input.length, 0, 0)
            let size := returndatasize()
            mstore(free, done)
            mstore(add(free, 0x20), 0)
            mstore(add(free, 0x40), 0x60)
            mstore(add(free, 0x60), size)
            returndatacopy(add(free, 0x80), 0, size)
            // The padding of the last word.
            mstore(add(add(free, 0x80), size), 0)
            log2(free, add(0x80, and(add(size, 0x1f), not(0x1f))), topic, tag)
        }
    }

    /// @dev Calls `run` with the calldata of `execute`, and turns its return or revert data into the outcome.
    function _executeAll(bytes32 tag, uint256 count) private {
        bytes4 selector = this.run.selector;
        uint256 stepGas = _stepGas();
        bool done;
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, 0, calldatasize())
            mstore(free, or(selector, shr(32, shl(32, mload(free)))))
            done := call(stepGas, address(), 0, free, calldatasize(), 0, 0)
        }
        bytes memory result = _returned();
        if (done) {
            emit Outcome(tag, true, count, abi.decode(result, (bytes)));
        } else {
            (uint256 index, bytes memory reason) = _decodeFailure(result);
            emit Outcome(tag, false, index, reason);
        }
    }

    function _returned() private pure returns (bytes memory data) {
        assembly ("memory-safe") {
            data := mload(0x40)
            let size := returndatasize()
            mstore(data, size)
            returndatacopy(add(data, 0x20), 0, size)
            mstore(0x40, add(add(data, 0x20), and(add(size, 0x1f), not(0x1f))))
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
