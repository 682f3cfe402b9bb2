// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IVolSource} from "../interfaces/IVolSource.sol";

/// @notice Reads a vol source that may be wrong or hostile: what it gives is kept within bounds, and its failure is an
/// answer, not a revert, so that it cannot stop marks and liquidations.
library VolReading {
    /// @notice Largest vol and standard deviation that count, WAD; larger ones count as this.
    uint256 internal constant MAX_VOL = 18e18;
    /// @notice Without a source an expiry is priced at no less than this vol, WAD: the protocol's fallback.
    uint256 internal constant FALLBACK_VOL = 0.8e18;

    /// @dev A source that burns gas burns this at most. Who sends so little that an honest source runs out of it has less
    /// than a sixty-third of that left for everything else, and reverts.
    uint256 private constant SOURCE_GAS = 1_000_000;
    uint256 private constant WAD = 1e18;

    /// @notice `IVolSource.volsOf`. @return ok False when the source fails or its answer is malformed.
    function volsOf(
        address source,
        uint16 underlying,
        uint64 expiry,
        uint256[] memory strikes,
        uint256 spot
    ) internal view returns (bool ok, uint256[] memory vols, uint256 sd) {
        bytes4 selector = IVolSource.volsOf.selector;
        assembly ("memory-safe") {
            let free := mload(0x40)
            let count := mload(strikes)
            mstore(free, selector)
            mstore(add(free, 0x04), underlying)
            mstore(add(free, 0x24), expiry)
            mstore(add(free, 0x44), 0x80)
            mstore(add(free, 0x64), spot)
            mcopy(add(free, 0x84), strikes, add(0x20, shl(5, count)))
            // The answer has an offset, sd, confidence and the array.
            let expected := add(0x80, shl(5, count))
            ok := staticcall(SOURCE_GAS, source, free, add(0xa4, shl(5, count)), free, expected)
            vols := add(free, 0x60)
            ok := and(ok, lt(sub(expected, 1), returndatasize()))
            ok := and(ok, and(eq(mload(free), 0x60), eq(mload(vols), count)))
            sd := mload(add(free, 0x20))
            mstore(0x40, add(free, expected))
            mstore(vols, count)
            if gt(sd, MAX_VOL) {
                sd := MAX_VOL
            }
            let end := add(free, expected)
            for {
                let place := add(vols, 0x20)
            } lt(place, end) {
                place := add(place, 0x20)
            } {
                if gt(mload(place), MAX_VOL) {
                    mstore(place, MAX_VOL)
                }
            }
        }
    }

    /// @notice `IVolSource.volOf`. @return ok False when the source fails or its answer is malformed.
    function volOf(
        address source,
        uint16 underlying,
        uint64 expiry,
        uint256 strike,
        uint256 spot
    ) internal view returns (bool ok, uint256 vol, uint256 sd, uint256 confidence) {
        bytes4 selector = IVolSource.volOf.selector;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, selector)
            mstore(add(free, 0x04), underlying)
            mstore(add(free, 0x24), expiry)
            mstore(add(free, 0x44), strike)
            mstore(add(free, 0x64), spot)
            ok := and(gt(returndatasize(), 0x5f), staticcall(SOURCE_GAS, source, free, 0x84, free, 0x60))
            vol := mload(free)
            sd := mload(add(free, 0x20))
            confidence := mload(add(free, 0x40))
            if gt(vol, MAX_VOL) {
                vol := MAX_VOL
            }
            if gt(sd, MAX_VOL) {
                sd := MAX_VOL
            }
            if gt(confidence, WAD) {
                confidence := WAD
            }
        }
    }
}
