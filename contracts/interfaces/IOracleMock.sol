// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IAggregatorV3} from "./IAggregatorV3.sol";

/// @notice A price feed whose rounds the simulator posts, faults included.
/// @dev Round ids are `phase << 64 | aggregatorRound`, as on Chainlink proxies.
interface IOracleMock is IAggregatorV3 {
    /// @param answer USD per unit with the feed's decimals; may be wrong, zero or negative: that is the point.
    /// @param startedAt Unix seconds of the observation.
    /// @param updatedAt Unix seconds of the transmission; 0 makes an incomplete round.
    struct Round {
        int128 answer;
        uint64 startedAt;
        uint64 updatedAt;
    }

    error OracleNotReporter(address caller);

    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    /// @notice Posts consecutive rounds, oldest first. Reporter only.
    function report(Round[] calldata rounds) external;

    /// @notice Begins the next phase; the aggregator's round counter restarts at 1. Owner only.
    function bumpPhase() external;

    /// @notice Changes the decimals of the feed, as an upgrade by mistake would. Owner only.
    function setDecimals(uint8 newDecimals) external;

    /// @notice Aggregator's answer bounds, with the feed's decimals; an answer outside is clamped to them.
    function setBounds(int128 minAnswer, int128 maxAnswer) external;

    function minAnswer() external view returns (int128);

    function maxAnswer() external view returns (int128);

    function reporter() external view returns (address);

    function setReporter(address newReporter) external;
}
