// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice The id of an option series says everything about it: `underlying(16) << 200 | expiry(64) << 136 | strike(128) << 8 | isCall(8)`.
library SeriesId {
    error SeriesMalformed(uint256 id);

    /// @param expiry Unix seconds.
    /// @param strike USD, WAD.
    function encode(uint16 underlying, uint64 expiry, uint128 strike, bool isCall) internal pure returns (uint256) {
        return
            (uint256(underlying) << 200) |
            (uint256(expiry) << 136) |
            (uint256(strike) << 8) |
            (isCall ? uint256(1) : uint256(0));
    }

    /// @dev Reverts `SeriesMalformed` when a bit outside the fields is set: one series has one id.
    function decode(
        uint256 id
    ) internal pure returns (uint16 underlying, uint64 expiry, uint256 strike, bool callOption) {
        if (id >> 216 != 0 || uint8(id) > 1) revert SeriesMalformed(id);
        underlying = uint16(id >> 200);
        expiry = uint64(id >> 136);
        strike = uint128(id >> 8);
        callOption = uint8(id) == 1;
    }

    /// @notice Key of the expiry that a series belongs to: `underlying << 64 | expiry`.
    function expiryKey(uint256 id) internal pure returns (uint256) {
        return id >> 136;
    }

    /// @notice Key of an expiry of an underlying, equal to `expiryKey` of its series.
    function keyOf(uint16 underlying, uint64 expiry) internal pure returns (uint256) {
        return (uint256(underlying) << 64) | expiry;
    }
}
