// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInspectable} from "./interfaces/IInspectable.sol";

/// @notice See `IInspectable`.
abstract contract Inspectable is IInspectable {
    /// @inheritdoc IInspectable
    function nonzeroSlots(bytes32[] calldata slots) external view returns (uint256[] memory found) {
        // Written out because most slots are zero and there are many: a few operations each.
        assembly ("memory-safe") {
            found := mload(0x40)
            let start := add(found, 0x20)
            let free := start
            let offset := slots.offset
            for {
                let i := 0
            } lt(i, slots.length) {
                i := add(i, 1)
            } {
                let content := sload(calldataload(add(offset, shl(5, i))))
                if content {
                    mstore(free, i)
                    mstore(add(free, 0x20), content)
                    free := add(free, 0x40)
                }
            }
            mstore(found, shr(5, sub(free, start)))
            mstore(0x40, free)
        }
    }
}
