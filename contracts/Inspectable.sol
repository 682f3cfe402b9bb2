// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInspectable} from "./interfaces/IInspectable.sol";

/// @notice See `IInspectable`.
abstract contract Inspectable is IInspectable {
    /// @inheritdoc IInspectable
    /// @dev Costs eight steps a slot: eight slots at a time are copied into a window at a fixed place of memory, where each
    /// is replaced by what it holds, and from there to the answer. Nothing else uses memory, so the window lies free.
    function contentsOf(bytes32[] calldata slots) external view returns (bytes32[] memory) {
        assembly ("memory-safe") {
            mstore(0x500, 0x20)
            mstore(0x520, slots.length)
            let size := shl(5, slots.length)
            let end := add(slots.offset, size)
            let free := 0x540
            for {
                let place := slots.offset
            } lt(place, end) {
                place := add(place, 0x100)
            } {
                calldatacopy(0x400, place, 0x100)
                mstore(0x400, sload(mload(0x400)))
                mstore(0x420, sload(mload(0x420)))
                mstore(0x440, sload(mload(0x440)))
                mstore(0x460, sload(mload(0x460)))
                mstore(0x480, sload(mload(0x480)))
                mstore(0x4a0, sload(mload(0x4a0)))
                mstore(0x4c0, sload(mload(0x4c0)))
                mstore(0x4e0, sload(mload(0x4e0)))
                mcopy(free, 0x400, 0x100)
                free := add(free, 0x100)
            }
            return(0x500, add(size, 0x40))
        }
    }
}
