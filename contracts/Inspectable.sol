// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IInspectable} from "./interfaces/IInspectable.sol";

/// @notice See `IInspectable`.
abstract contract Inspectable is IInspectable {
    /// @inheritdoc IInspectable
    /// @dev Costs five steps a slot: 32 slots at a time are copied into a window at a fixed place of memory, where each
    /// is replaced by what it holds, and from there to the answer. Nothing else uses memory, so the window lies free.
    function contentsOf(bytes32[] calldata slots) external view returns (bytes32[] memory) {
        assembly ("memory-safe") {
            mstore(0x800, 0x20)
            mstore(0x820, slots.length)
            let size := shl(5, slots.length)
            let end := add(slots.offset, size)
            let free := 0x840
            for {
                let place := slots.offset
            } lt(place, end) {
                place := add(place, 0x400)
            } {
                calldatacopy(0x400, place, 0x400)
                mstore(0x400, sload(mload(0x400)))
                mstore(0x420, sload(mload(0x420)))
                mstore(0x440, sload(mload(0x440)))
                mstore(0x460, sload(mload(0x460)))
                mstore(0x480, sload(mload(0x480)))
                mstore(0x4a0, sload(mload(0x4a0)))
                mstore(0x4c0, sload(mload(0x4c0)))
                mstore(0x4e0, sload(mload(0x4e0)))
                mstore(0x500, sload(mload(0x500)))
                mstore(0x520, sload(mload(0x520)))
                mstore(0x540, sload(mload(0x540)))
                mstore(0x560, sload(mload(0x560)))
                mstore(0x580, sload(mload(0x580)))
                mstore(0x5a0, sload(mload(0x5a0)))
                mstore(0x5c0, sload(mload(0x5c0)))
                mstore(0x5e0, sload(mload(0x5e0)))
                mstore(0x600, sload(mload(0x600)))
                mstore(0x620, sload(mload(0x620)))
                mstore(0x640, sload(mload(0x640)))
                mstore(0x660, sload(mload(0x660)))
                mstore(0x680, sload(mload(0x680)))
                mstore(0x6a0, sload(mload(0x6a0)))
                mstore(0x6c0, sload(mload(0x6c0)))
                mstore(0x6e0, sload(mload(0x6e0)))
                mstore(0x700, sload(mload(0x700)))
                mstore(0x720, sload(mload(0x720)))
                mstore(0x740, sload(mload(0x740)))
                mstore(0x760, sload(mload(0x760)))
                mstore(0x780, sload(mload(0x780)))
                mstore(0x7a0, sload(mload(0x7a0)))
                mstore(0x7c0, sload(mload(0x7c0)))
                mstore(0x7e0, sload(mload(0x7e0)))
                mcopy(free, 0x400, 0x400)
                free := add(free, 0x400)
            }
            return(0x800, add(size, 0x40))
        }
    }
}
