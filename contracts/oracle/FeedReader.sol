// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IOracleMock} from "../interfaces/IOracleMock.sol";

/// @notice A round of a price feed, or what stands for it.
/// @param answer As the feed gives it. @param price USD WAD; zero when the answer is unusable.
/// @param startedAt Unix seconds of the observation. @param updatedAt Unix seconds of the transmission.
struct FeedRound {
    uint80 id;
    int256 answer;
    uint256 startedAt;
    uint256 updatedAt;
    uint256 price;
}

/// @notice Reads Chainlink-compatible feeds.
/// @dev Calls are laid out by hand: a reading of the oracle makes five of them, and is made in almost every transaction.
/// A feed that reverts or answers too little makes them revert `FeedUnreadable`.
library FeedReader {
    error FeedUnreadable(address feed);

    int256 internal constant MAX_ANSWER = 2 ** 96;
    /// @dev An answer of at most 2^96 with more decimals than these is less than one WAD unit.
    uint256 private constant MAX_DECIMALS = 46;

    function decimals(address feed) internal view returns (uint8) {
        (bool ok, uint256 word) = _tryWord(feed, IAggregatorV3.decimals.selector);
        if (!ok || word > type(uint8).max) revert FeedUnreadable(feed);
        return uint8(word);
    }

    /// @notice Bounds within which the feed's aggregator keeps its answers; a feed that publishes none has none.
    function bounds(address feed) internal view returns (int128 min, int128 max) {
        (bool hasMin, uint256 low) = _tryWord(feed, IOracleMock.minAnswer.selector);
        (bool hasMax, uint256 high) = _tryWord(feed, IOracleMock.maxAnswer.selector);
        min = hasMin ? int128(int256(low)) : type(int128).min;
        max = hasMin && hasMax ? int128(int256(high)) : type(int128).max;
    }

    /// @notice The latest round, read with `scale` decimals.
    function latest(address feed, uint256 scale) internal view returns (FeedRound memory round) {
        _read(round, feed, IAggregatorV3.latestRoundData.selector, 0, 4, scale);
    }

    /// @notice The round before `id` in the same phase; a round of zeros when there is none.
    function previous(address feed, uint80 id, uint256 scale) internal view returns (FeedRound memory round) {
        if (uint64(id) <= 1) return round;
        _read(round, feed, IAggregatorV3.getRoundData.selector, id - 1, 0x24, scale);
    }

    /// @dev The price stays zero when the answer is out of range, the round incomplete or from the future.
    function _read(
        FeedRound memory round,
        address feed,
        bytes4 selector,
        uint256 id,
        uint256 size,
        uint256 scale
    ) private view {
        bool ok;
        assembly ("memory-safe") {
            mstore(0, selector)
            mstore(4, id)
            // Id, answer and both times fall into the round; what was in its fifth word is put back to zero.
            ok := and(gt(returndatasize(), 0x9f), staticcall(gas(), feed, 0, size, round, 0xa0))
            mstore(add(round, 0x80), 0)
        }
        if (!ok) revert FeedUnreadable(feed);
        unchecked {
            uint256 answer = uint256(round.answer);
            if (answer - 1 >= uint256(MAX_ANSWER) || round.updatedAt == 0) return;
            if (round.updatedAt > block.timestamp || round.startedAt > block.timestamp) return;
            if (scale <= 18) round.price = answer * 10 ** (18 - scale);
            else if (scale <= MAX_DECIMALS) round.price = answer / 10 ** (scale - 18);
        }
    }

    /// @return ok False when the call fails or gives no word.
    function _tryWord(address target, bytes4 selector) private view returns (bool ok, uint256 word) {
        assembly ("memory-safe") {
            mstore(0, selector)
            ok := and(gt(returndatasize(), 0x1f), staticcall(gas(), target, 0, 4, 0, 0x20))
            word := mload(0)
        }
    }
}
