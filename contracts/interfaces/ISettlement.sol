// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Settlement prices from contiguous feed rounds, so that nobody can choose the round.
interface ISettlement {
    error SettlementTooEarly(uint64 expiry, uint256 nowIs);
    error SettlementDone(uint16 underlying, uint64 expiry);
    error SettlementRoundsNotContiguous(uint80 roundId, uint80 expected);
    error SettlementWindowNotCovered(uint256 first, uint256 start);
    error SettlementRoundAfterExpiry(uint80 roundId, uint256 updatedAt);
    error SettlementLaterRoundExists(uint80 roundId, uint256 updatedAt);
    error SettlementNoRounds();

    event Settled(uint16 indexed underlying, uint64 indexed expiry, uint256 price, uint80 firstRound, uint80 lastRound);

    /// @notice Fixes the settlement price from the rounds that cover the window before `expiry`. Anybody may call.
    /// @param roundIds All rounds of [expiry − window, expiry] and the one in force at the window's start, in order.
    function settle(uint16 underlying, uint64 expiry, uint80[] calldata roundIds) external returns (uint256 price);

    /// @return price USD WAD. @return done False before settlement.
    function priceOf(uint16 underlying, uint64 expiry) external view returns (uint256 price, bool done);

    /// @notice Seconds of the settlement window.
    function window() external view returns (uint64);
}
