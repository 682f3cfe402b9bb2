// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInspectable} from "./interfaces/IInspectable.sol";

/// @notice See `IInspectable`.
abstract contract Inspectable is IInspectable {
    /// @inheritdoc IInspectable
    function nonzeroSlots(bytes32[] calldata slots) external view returns (uint256[] memory found) {
        // Written out because most slots are zero and there are many: eight are looked at together, and one by one only
        // when they are not all zero or fewer are left.
        assembly ("memory-safe") {
            found := mload(0x40)
            let start := add(found, 0x20)
            let free := start
            let first := slots.offset
            let end := add(first, shl(5, slots.length))
            for {
                let place := first
            } lt(place, end) {
                place := add(place, 0x100)
            } {
                let any := sload(calldataload(place))
                if lt(add(place, 0xe0), end) {
                    any := or(any, sload(calldataload(add(place, 0x20))))
                    any := or(any, sload(calldataload(add(place, 0x40))))
                    any := or(any, sload(calldataload(add(place, 0x60))))
                    any := or(any, sload(calldataload(add(place, 0x80))))
                    any := or(any, sload(calldataload(add(place, 0xa0))))
                    any := or(any, sload(calldataload(add(place, 0xc0))))
                    any := or(any, sload(calldataload(add(place, 0xe0))))
                    if iszero(any) {
                        continue
                    }
                }
                let limit := add(place, 0x100)
                if gt(limit, end) {
                    limit := end
                }
                for {
                    let one := place
                } lt(one, limit) {
                    one := add(one, 0x20)
                } {
                    let content := sload(calldataload(one))
                    if content {
                        mstore(free, shr(5, sub(one, first)))
                        mstore(add(free, 0x20), content)
                        free := add(free, 0x40)
                    }
                }
            }
            mstore(found, shr(5, sub(free, start)))
            mstore(0x40, free)
        }
    }
}
