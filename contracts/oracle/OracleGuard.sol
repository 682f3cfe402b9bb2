// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {IDefences} from "../interfaces/IDefences.sol";
import {IOracleGuard} from "../interfaces/IOracleGuard.sol";
import {IUniswapV2Pair} from "../interfaces/IUniswapV2Pair.sol";
import {DefenceBits} from "../libraries/DefenceBits.sol";
import {FeedReader, FeedRound} from "./FeedReader.sol";
import {PoolMean} from "./PoolMean.sol";

/// @notice See `IOracleGuard`.
/// @dev Confidence is the product of the factors of the checks that fail. All checks are views of the feed's latest
/// rounds and of the pool: nothing has to be poked for a reading to be right.
contract OracleGuard is IOracleGuard, Ownable {
    using DefenceBits for uint64;

    /// @dev A market in as few slots as a reading can do with: the first without the pool, the second with it.
    /// @param isToken0 The underlying is the pair's first token.
    struct Listing {
        address feed;
        uint8 tokenDecimals;
        uint8 feedDecimals;
        uint32 heartbeat;
        address pair;
        bool isToken0;
        uint64 deviation;
        address token;
    }

    uint256 private constant WAD = 1e18;

    /// @notice Below this confidence the state is LOW_CONFIDENCE.
    uint256 public constant CONFIDENCE_THRESHOLD = 0.55e18;
    /// @notice Seconds that an observation may be older than the heartbeat at full confidence.
    uint256 public constant STALENESS_SLACK = 300;
    uint256 public constant STALE_CONFIDENCE = 0.5e18;
    /// @notice Share of the feed's bounds within which an answer counts as clamped.
    uint256 public constant BOUND_MARGIN = 0.02e18;
    uint256 public constant JUMP_CAP = 0.12e18;
    uint256 public constant JUMP_CONFIRMATION = 0.02e18;
    uint256 public constant JUMP_LATCH = 10 minutes;
    uint256 public constant JUMP_CONFIDENCE = 0.4e18;
    uint256 public constant POOL_SOFT_DEVIATION = 0.03e18;
    uint256 public constant POOL_HARD_DEVIATION = 0.08e18;
    uint256 public constant POOL_CONFIDENCE = 0.5e18;
    /// @notice Rounds that are walked back for the last good price.
    uint256 public constant MAX_LOOKBACK = 16;

    // The action table: for every operation the states that allow it, one bit a state in the order of `State`.
    uint256 private constant NORMAL_ONLY = 1 << uint8(State.GOOD);
    uint256 private constant USABLE = NORMAL_ONLY | (1 << uint8(State.LOW_CONFIDENCE));
    uint256 private constant CONTESTED = USABLE | (1 << uint8(State.DISPUTED));
    uint256 private constant PRICED = CONTESTED | (1 << uint8(State.SEQUENCER_GRACE));
    uint256 private constant ALWAYS = PRICED | (1 << uint8(State.BLIND));

    IDefences public immutable defences;

    /// @inheritdoc IOracleGuard
    uint16 public underlyingCount;
    mapping(uint16 underlying => Listing) private _listings;
    mapping(uint16 underlying => PoolMean.Observation) private _older;
    mapping(uint16 underlying => PoolMean.Observation) private _newer;

    event MarketAdded(uint16 indexed underlying, Market market);
    event HeartbeatSet(uint16 indexed underlying, uint32 heartbeat);

    constructor(address owner, IDefences defences_) Ownable(owner) {
        defences = defences_;
    }

    // ── owner ──────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOracleGuard
    function addMarket(Market calldata newMarket) external onlyOwner returns (uint16 underlying) {
        underlying = underlyingCount++;
        Listing storage listing = _listings[underlying];
        (listing.feed, listing.pair, listing.token) = (newMarket.feed, newMarket.pair, newMarket.token);
        (listing.tokenDecimals, listing.feedDecimals) = (newMarket.tokenDecimals, newMarket.feedDecimals);
        (listing.heartbeat, listing.deviation) = (newMarket.heartbeat, newMarket.deviation);
        listing.isToken0 = newMarket.pair != address(0) && IUniswapV2Pair(newMarket.pair).token0() == newMarket.token;
        emit MarketAdded(underlying, newMarket);
    }

    /// @inheritdoc IOracleGuard
    function setHeartbeat(uint16 underlying, uint32 heartbeat) external onlyOwner {
        _listingOf(underlying).heartbeat = heartbeat;
        emit HeartbeatSet(underlying, heartbeat);
    }

    // ── pool ───────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOracleGuard
    function observePool(uint16 underlying) external {
        Listing storage m = _listingOf(underlying);
        PoolMean.Observation memory newer = _newer[underlying];
        if (m.pair == address(0) || block.timestamp - newer.timestamp < PoolMean.SPACING) return;
        uint256 cumulative = PoolMean.cumulativeNow(m.pair, m.isToken0);
        _older[underlying] = newer;
        _newer[underlying] = PoolMean.observation(cumulative);
        emit PoolObserved(underlying, cumulative, block.timestamp);
    }

    /// @inheritdoc IOracleGuard
    function poolMean(uint16 underlying) external view returns (uint256) {
        return _poolMean(underlying, _listingOf(underlying));
    }

    // ── reading ────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOracleGuard
    function read(uint16 underlying) external view returns (Reading memory) {
        return _read(underlying, DefenceBits.bitsOf(address(defences)));
    }

    /// @inheritdoc IOracleGuard
    function readFor(uint16 underlying, Operation operation) external view returns (Reading memory reading) {
        uint64 bits = DefenceBits.bitsOf(address(defences));
        reading = _read(underlying, bits);
        if (bits.has(DefenceBits.ACTION_TABLE) && (_allowed(operation) >> uint8(reading.state)) & 1 == 0) {
            revert OracleOperationRefused(underlying, operation, reading.state);
        }
    }

    /// @inheritdoc IOracleGuard
    function valueOf(uint256[] calldata units) external view returns (uint256 total) {
        uint64 bits = DefenceBits.bitsOf(address(defences));
        for (uint16 u = 0; u < units.length; ++u) {
            if (units[u] == 0) continue;
            total += (units[u] * _read(u, bits).price) / _unit(_listings[u].tokenDecimals);
        }
    }

    /// @inheritdoc IOracleGuard
    function market(uint16 underlying) external view returns (Market memory) {
        Listing memory m = _listingOf(underlying);
        return Market(m.feed, m.pair, m.token, m.tokenDecimals, m.feedDecimals, m.heartbeat, m.deviation);
    }

    /// @dev States in which an operation may go on.
    function _allowed(Operation operation) private pure returns (uint256) {
        if (operation == Operation.ADD_COLLATERAL) return ALWAYS;
        if (operation == Operation.CLOSE) return PRICED;
        if (operation == Operation.START_AUCTION || operation == Operation.BID) return CONTESTED;
        if (operation == Operation.PROCESS_QUEUE) return NORMAL_ONLY;
        return USABLE; // OPEN, WITHDRAW_COLLATERAL, SETTLE
    }

    function _read(uint16 underlying, uint64 bits) private view returns (Reading memory reading) {
        Listing storage m = _listingOf(underlying);
        bool strict = !bits.has(DefenceBits.ACTION_TABLE);
        address feed = m.feed;
        // Decimals by which answers are read: the live ones, wrong or not; pinning turns a change into a defect.
        uint8 scale = FeedReader.decimals(feed);
        bool misread = bits.has(DefenceBits.PINNED_DECIMALS) && scale != m.feedDecimals;
        if (misread && strict) revert OracleDecimalsChanged(underlying, m.feedDecimals, scale);
        FeedRound memory latest = FeedReader.latest(feed, scale);

        uint256 confidence = _validity(underlying, feed, m.heartbeat, latest, bits, strict);
        if (misread || confidence == 0) {
            return Reading(_lastGoodPrice(underlying, m, bits), 0, State.BLIND);
        }
        reading.price = latest.price;
        if (bits.has(DefenceBits.JUMP_CAP) && _hasYoungJump(underlying, feed, latest, scale, strict)) {
            confidence = (confidence * JUMP_CONFIDENCE) / WAD;
        }
        if (bits.has(DefenceBits.POOL_DEVIATION)) {
            (uint256 factor, bool disputed) = _poolFactor(underlying, m, reading.price, strict);
            if (factor != WAD) confidence = (confidence * factor) / WAD;
            if (disputed) reading.state = State.DISPUTED;
        }
        reading.confidence = confidence;
        if (reading.state == State.GOOD && confidence < CONFIDENCE_THRESHOLD) reading.state = State.LOW_CONFIDENCE;
    }

    // ── checks ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Confidence that answer, bounds and age leave: zero for an invalid round.
    function _validity(
        uint16 underlying,
        address feed,
        uint256 heartbeat,
        FeedRound memory round,
        uint64 bits,
        bool strict
    ) private view returns (uint256) {
        if (round.price == 0) {
            if (strict) revert OracleInvalidAnswer(underlying, round.answer, round.updatedAt);
            return 0;
        }
        if (bits.has(DefenceBits.BOUND_CLAMP_CHECK) && _isClamped(feed, round.answer)) {
            if (strict) revert OracleBoundClamped(underlying, round.answer);
            return 0;
        }
        if (!bits.has(DefenceBits.STALENESS_CHECK)) return WAD;
        unchecked {
            // Age counts from the observation: a transmission that took an hour is an hour old when it lands. A round
            // from the future has no price.
            uint256 maxAge = heartbeat + STALENESS_SLACK;
            uint256 age = block.timestamp - round.startedAt;
            if (age <= maxAge) return WAD;
            if (strict) revert OracleStalePrice(underlying, round.startedAt, maxAge);
            return age <= 2 * maxAge ? STALE_CONFIDENCE : 0;
        }
    }

    function _isClamped(address feed, int256 answer) private view returns (bool) {
        (int256 min, int256 max) = FeedReader.bounds(feed);
        unchecked {
            // Bounds have 128 bits: nothing overflows.
            if (min > 0 && answer <= min + (min * int256(BOUND_MARGIN)) / int256(WAD)) return true;
            return answer >= max - (max * int256(BOUND_MARGIN)) / int256(WAD);
        }
    }

    /// @dev A jump is young until a later round confirms it or ten minutes pass. The latest round may be the jump,
    /// or may have failed to confirm the jump of the round before it.
    function _hasYoungJump(
        uint16 underlying,
        address feed,
        FeedRound memory latest,
        uint8 scale,
        bool strict
    ) private view returns (bool) {
        FeedRound memory previous = FeedReader.previous(feed, latest.id, scale);
        if (previous.price == 0 || _distance(latest.price, previous.price) <= JUMP_CONFIRMATION) return false;
        FeedRound memory jumped = latest;
        if (_distance(latest.price, previous.price) <= JUMP_CAP) {
            jumped = previous;
            previous = FeedReader.previous(feed, jumped.id, scale);
            if (previous.price == 0 || _distance(jumped.price, previous.price) <= JUMP_CAP) return false;
        }
        if (block.timestamp - jumped.updatedAt >= JUMP_LATCH) return false;
        if (strict) revert OracleJump(underlying, jumped.price, previous.price);
        return true;
    }

    /// @return factor Of confidence. @return disputed Pool and feed are too far apart to say who is right.
    function _poolFactor(
        uint16 underlying,
        Listing storage m,
        uint256 price,
        bool strict
    ) private view returns (uint256 factor, bool disputed) {
        uint256 pool = _poolMean(underlying, m);
        if (pool == 0) return (WAD, false);
        uint256 deviation = _distance(price, pool);
        if (deviation <= POOL_SOFT_DEVIATION) return (WAD, false);
        if (strict) revert OraclePoolDeviation(underlying, price, pool);
        return (POOL_CONFIDENCE, deviation > POOL_HARD_DEVIATION);
    }

    function _poolMean(uint16 underlying, Listing storage m) private view returns (uint256) {
        address pair = m.pair;
        if (pair == address(0)) return 0;
        PoolMean.Observation memory from = _newer[underlying];
        if (block.timestamp - from.timestamp < PoolMean.SPACING) from = _older[underlying];
        return PoolMean.since(from, pair, m.isToken0, m.tokenDecimals);
    }

    // ── rounds ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev The newest round that is sound by itself, the latest one included if it is only old. Read with the
    /// pinned decimals. Zero when there is none within reach.
    function _lastGoodPrice(uint16 underlying, Listing storage m, uint64 bits) private view returns (uint256) {
        address feed = m.feed;
        uint8 scale = bits.has(DefenceBits.PINNED_DECIMALS) ? m.feedDecimals : FeedReader.decimals(feed);
        uint64 unaged = bits & ~uint64(1 << DefenceBits.STALENESS_CHECK);
        FeedRound memory round = FeedReader.latest(feed, scale);
        for (uint256 i = 0; i < MAX_LOOKBACK; ++i) {
            if (_validity(underlying, feed, m.heartbeat, round, unaged, false) != 0) return round.price;
            round = FeedReader.previous(feed, round.id, scale);
        }
        return 0;
    }

    /// @dev Share by which `a` is away from `b`, WAD; both are prices of rounds or of the pool's mean.
    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return (FixedPointMathLib.dist(a, b) * WAD) / b;
    }

    function _unit(uint8 decimals) private pure returns (uint256) {
        unchecked {
            return 10 ** uint256(decimals);
        }
    }

    function _listingOf(uint16 underlying) private view returns (Listing storage listing) {
        listing = _listings[underlying];
        if (listing.feed == address(0)) revert OracleUnknownUnderlying(underlying);
    }
}
