// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IAggregatorV3} from "./interfaces/IAggregatorV3.sol";
import {IDefences} from "./interfaces/IDefences.sol";
import {IOracleGuard} from "./interfaces/IOracleGuard.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {DefenceBits} from "./libraries/DefenceBits.sol";
import {Inspectable} from "./Inspectable.sol";

/// @notice See `ISettlement`.
/// @dev The price is the mean of the feed's answers over the window, weighted by the time that each was in force, or
/// their time-weighted median with `medianSettlement`. Incomplete rounds and answers that are not positive have no
/// weight, but may not be left out of the list. One change of phase inside the window is allowed. While the guard
/// doubts the feed, settlement waits, six hours at most.
contract Settlement is ISettlement, Inspectable {
    using DefenceBits for uint64;

    /// @dev An answer and the seconds that it was in force.
    struct Interval {
        uint256 price;
        uint256 weight;
    }

    /// @dev A round as the feed has it.
    struct FeedRound {
        uint80 id;
        int256 answer;
        uint256 updatedAt;
        bool exists;
    }

    struct Price {
        uint192 price;
        bool done;
    }

    /// @inheritdoc ISettlement
    uint64 public constant window = 30 minutes;
    /// @notice Longest that doubts about the feed delay a settlement.
    uint64 public constant MAX_DELAY = 6 hours;

    int256 private constant MAX_ANSWER = 2 ** 96;

    IOracleGuard public immutable guard;
    IDefences public immutable defences;

    mapping(uint16 underlying => mapping(uint64 expiry => Price)) private _prices;

    constructor(IOracleGuard guard_, IDefences defences_) {
        guard = guard_;
        defences = defences_;
    }

    /// @inheritdoc ISettlement
    function settle(uint16 underlying, uint64 expiry, uint80[] calldata roundIds) external returns (uint256 price) {
        if (block.timestamp < expiry) revert SettlementTooEarly(expiry, block.timestamp);
        if (_prices[underlying][expiry].done) revert SettlementDone(underlying, expiry);
        if (roundIds.length == 0) revert SettlementNoRounds();
        if (block.timestamp < expiry + MAX_DELAY) guard.readFor(underlying, IOracleGuard.Operation.SETTLE);

        IAggregatorV3 feed = IAggregatorV3(guard.market(underlying).feed);
        (Interval[] memory intervals, uint256 total) = _intervals(feed, expiry, roundIds);
        if (total == 0) revert SettlementNoRounds();
        uint64 bits = defences.bits();
        price = bits.has(DefenceBits.MEDIAN_SETTLEMENT) ? _median(intervals, total) : _mean(intervals, total);
        price = _toWad(price, _decimals(underlying, feed, bits));
        _prices[underlying][expiry] = Price(uint192(price), true);
        emit Settled(underlying, expiry, price, roundIds[0], roundIds[roundIds.length - 1]);
    }

    /// @inheritdoc ISettlement
    function priceOf(uint16 underlying, uint64 expiry) external view returns (uint256 price, bool done) {
        Price memory p = _prices[underlying][expiry];
        return (p.price, p.done);
    }

    // ── rounds ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Checks that nothing was chosen: rounds follow each other, the first was in force when the window began,
    /// the last when it ended.
    function _intervals(
        IAggregatorV3 feed,
        uint64 expiry,
        uint80[] calldata roundIds
    ) private view returns (Interval[] memory intervals, uint256 total) {
        uint256 start = expiry - window;
        intervals = new Interval[](roundIds.length);
        FeedRound memory round = _round(feed, roundIds[0]);
        if (!round.exists || round.updatedAt > start) revert SettlementWindowNotCovered(round.updatedAt, start);
        uint256 from = start;
        bool bumped;
        for (uint256 i = 0; i < roundIds.length; ++i) {
            FeedRound memory next;
            if (i + 1 < roundIds.length) {
                next = _successor(feed, round.id, bumped);
                if (!next.exists || next.id != roundIds[i + 1]) {
                    revert SettlementRoundsNotContiguous(roundIds[i + 1], next.id);
                }
                bumped = bumped || next.id >> 64 != round.id >> 64;
                if (next.updatedAt > expiry) revert SettlementRoundAfterExpiry(next.id, next.updatedAt);
            }
            // A later round that was reported before its turn or is incomplete takes no time from this one.
            uint256 until =
                next.exists && next.updatedAt != 0
                    ? next.updatedAt
                    : next.exists
                        ? from
                        : expiry;
            if (until < from) until = from;
            if (_usable(round)) intervals[i] = Interval(uint256(round.answer), until - from);
            total += intervals[i].weight;
            from = until;
            if (next.exists) round = next;
        }
        FeedRound memory later = _successor(feed, round.id, bumped);
        if (later.exists && later.updatedAt != 0 && later.updatedAt <= expiry) {
            revert SettlementLaterRoundExists(later.id, later.updatedAt);
        }
    }

    /// @dev The next round of the phase, or the first of the next phase if there is none and no change came before.
    function _successor(IAggregatorV3 feed, uint80 id, bool bumped) private view returns (FeedRound memory next) {
        next = _round(feed, id + 1);
        if (next.exists || bumped) return next;
        FeedRound memory first = _round(feed, (((id >> 64) + 1) << 64) | 1);
        return first.exists ? first : next;
    }

    /// @dev A feed may answer with zeros or revert for a round that it does not have.
    function _round(IAggregatorV3 feed, uint80 id) private view returns (FeedRound memory round) {
        round.id = id;
        try feed.getRoundData(id) returns (uint80, int256 answer, uint256 startedAt, uint256 updatedAt, uint80) {
            round.answer = answer;
            round.updatedAt = updatedAt;
            round.exists = startedAt != 0 || updatedAt != 0;
        } catch {
            return round;
        }
    }

    function _usable(FeedRound memory round) private pure returns (bool) {
        return round.answer > 0 && round.answer <= MAX_ANSWER && round.updatedAt != 0;
    }

    // ── price ──────────────────────────────────────────────────────────────────────────────────────────

    function _mean(Interval[] memory intervals, uint256 total) private pure returns (uint256) {
        uint256 sum;
        for (uint256 i = 0; i < intervals.length; ++i) sum += intervals[i].price * intervals[i].weight;
        return sum / total;
    }

    /// @dev The answer at which half of the time has passed, when answers are sorted.
    function _median(Interval[] memory intervals, uint256 total) private pure returns (uint256) {
        for (uint256 i = 1; i < intervals.length; ++i) {
            Interval memory moving = intervals[i];
            uint256 j = i;
            for (; j > 0 && intervals[j - 1].price > moving.price; --j) intervals[j] = intervals[j - 1];
            intervals[j] = moving;
        }
        uint256 passed;
        uint256 middle;
        for (; 2 * (passed + intervals[middle].weight) < total; ++middle) passed += intervals[middle].weight;
        return intervals[middle].price;
    }

    function _decimals(uint16 underlying, IAggregatorV3 feed, uint64 bits) private view returns (uint8) {
        return bits.has(DefenceBits.PINNED_DECIMALS) ? guard.market(underlying).feedDecimals : feed.decimals();
    }

    function _toWad(uint256 answer, uint8 decimals) private pure returns (uint256) {
        return decimals <= 18 ? answer * 10 ** (18 - decimals) : answer / 10 ** (decimals - 18);
    }
}
