// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Reads the price feeds defensively: yields price, confidence and a state for the action table
/// instead of a bare revert, which would stop liquidations just when they are needed.
interface IOracleGuard {
    enum State {
        GOOD,
        LOW_CONFIDENCE,
        DISPUTED,
        SEQUENCER_GRACE,
        BLIND
    }

    /// @dev Rows of the action table.
    enum Operation {
        OPEN,
        CLOSE,
        ADD_COLLATERAL,
        WITHDRAW_COLLATERAL,
        START_AUCTION,
        BID,
        PROCESS_QUEUE,
        SETTLE
    }

    /// @param price USD per unit of underlying, WAD; last good price when BLIND.
    /// @param confidence WAD in [0, 1].
    struct Reading {
        uint256 price;
        uint256 confidence;
        State state;
    }

    /// @param feed Chainlink-compatible feed.
    /// @param pair Uniswap v2 pair of underlying and quote, for the time-weighted pool price; may be zero.
    /// @param token ERC-20 of the underlying.
    /// @param tokenDecimals Decimals of the underlying's token.
    /// @param feedDecimals Decimals pinned at configuration.
    /// @param heartbeat Seconds.
    /// @param deviation Posting threshold of the feed, WAD.
    struct Market {
        address feed;
        address pair;
        address token;
        uint8 tokenDecimals;
        uint8 feedDecimals;
        uint32 heartbeat;
        uint64 deviation;
    }

    error OracleUnknownUnderlying(uint16 underlying);
    error OracleInvalidAnswer(uint16 underlying, int256 answer, uint256 updatedAt);
    error OracleStalePrice(uint16 underlying, uint256 updatedAt, uint256 maxAge);
    error OracleBoundClamped(uint16 underlying, int256 answer);
    error OracleJump(uint16 underlying, uint256 price, uint256 previous);
    error OraclePoolDeviation(uint16 underlying, uint256 price, uint256 poolPrice);
    error OracleDecimalsChanged(uint16 underlying, uint8 pinned, uint8 live);
    error OracleOperationRefused(uint16 underlying, Operation operation, State state);

    event PoolObserved(uint16 indexed underlying, uint256 cumulative, uint256 timestamp);

    /// @notice Price of an underlying with the confidence that the checks which are on leave it.
    /// @dev With `actionTable` off any defect reverts, naming itself.
    function read(uint16 underlying) external view returns (Reading memory);

    /// @notice Reading, after the action table has allowed `operation`; reverts `OracleOperationRefused` otherwise.
    function readFor(uint16 underlying, Operation operation) external view returns (Reading memory);

    /// @notice What units of each underlying's token, in the order of the indices, are worth at the guarded prices.
    /// @return total USD WAD, each rounded down. An underlying of which there are none is not read.
    function valueOf(uint256[] calldata units) external view returns (uint256 total);

    function market(uint16 underlying) external view returns (Market memory);

    /// @notice Number of underlyings; indices are 0 … count − 1.
    function underlyingCount() external view returns (uint16);

    /// @notice Adds an underlying at the next index. Owner only.
    function addMarket(Market calldata newMarket) external returns (uint16 underlying);

    /// @notice Changes a feed's heartbeat, in seconds, as a change of the feed's configuration would. Owner only.
    function setHeartbeat(uint16 underlying, uint32 heartbeat) external;

    /// @notice Records the pool's cumulative price; anybody may call, useful about once in ten minutes.
    function observePool(uint16 underlying) external;

    /// @notice Time-weighted mean price of the pool over about thirty minutes, WAD; zero when not yet known.
    function poolMean(uint16 underlying) external view returns (uint256);
}
