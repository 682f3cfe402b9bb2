// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ILens} from "./interfaces/ILens.sol";

/// @notice See `ILens`.
/// @dev In assembly because it runs after every block and a simulated chain takes time by the step, whatever its gas.
contract Lens is ILens {
    /// @inheritdoc ILens
    function read(address[] calldata wallets, Question[] calldata questions) external view returns (bytes32[] memory) {
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, 0x20)
            mstore(add(start, 0x40), timestamp())
            mstore(add(start, 0x60), number())
            let free := add(start, 0xa0)
            {
                let place := wallets.offset
                for {
                    let end := add(place, shl(5, wallets.length))
                } lt(place, end) {
                    place := add(place, 0x20)
                } {
                    mstore(free, balance(calldataload(place)))
                    free := add(free, 0x20)
                }
            }
            let reverted := 0
            for {
                let i := 0
            } lt(i, questions.length) {
                i := add(i, 1)
            } {
                let question := add(questions.offset, calldataload(add(questions.offset, shl(5, i))))
                let size := shl(5, calldataload(add(question, 0x20)))
                let data := add(question, calldataload(add(question, 0x40)))
                let length := calldataload(data)
                calldatacopy(free, add(data, 0x20), length)
                switch staticcall(gas(), calldataload(question), free, length, 0, 0)
                case 0 {
                    // Beyond the end of the calldata there are zeros.
                    calldatacopy(free, calldatasize(), size)
                    reverted := or(reverted, shl(i, 1))
                }
                default {
                    // Reverts when the answer is shorter.
                    returndatacopy(free, 0, size)
                }
                free := add(free, size)
            }
            mstore(add(start, 0x80), reverted)
            mstore(add(start, 0x20), shr(5, sub(sub(free, start), 0x40)))
            return(start, sub(free, start))
        }
    }
}
