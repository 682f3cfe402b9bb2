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
            let first := slots.offset
            let end := add(first, shl(5, slots.length))
            for {
                let place := first
            } lt(place, end) {
                place := add(place, 0x20)
            } {
                let content := sload(calldataload(place))
                if content {
                    mstore(free, shr(5, sub(place, first)))
                    mstore(add(free, 0x20), content)
                    free := add(free, 0x40)
                }
            }
            mstore(found, shr(5, sub(free, start)))
            mstore(0x40, free)
        }
    }
}
