// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice The id of an option series says everything about it:
/// `underlying(u16) << 200 | expiry(u64) << 136 | strike WAD(u128) << 8 | isCall(u8)`.
library SeriesId {
    /// @param expiry Unix seconds. @param strike USD, WAD.
    function encode(uint16 underlying, uint64 expiry, uint128 strike, bool isCall) internal pure returns (uint256) {
        return (uint256(underlying) << 200) | (uint256(expiry) << 136) | (uint256(strike) << 8) | (isCall ? 1 : 0);
    }

    /// @return underlying Index. @return expiry Unix seconds. @return strike USD, WAD. @return isCall Call or put.
    function decode(uint256 id) internal pure returns (uint16 underlying, uint64 expiry, uint256 strike, bool isCall) {
        return (uint16(id >> 200), uint64(id >> 136), uint128(id >> 8), id & 1 == 1);
    }
}
