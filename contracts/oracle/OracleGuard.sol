// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {IDefences} from "../interfaces/IDefences.sol";
import {IOracleGuard} from "../interfaces/IOracleGuard.sol";
import {IOracleMock} from "../interfaces/IOracleMock.sol";
import {DefenceBits} from "../libraries/DefenceBits.sol";
import {PoolMean} from "./PoolMean.sol";

/// @notice See `IOracleGuard`.
/// @dev Confidence is the product of the factors of the checks that fail. All checks are views of the feed's latest
/// rounds and of the pool: nothing has to be poked for a reading to be right.
contract OracleGuard is IOracleGuard, Ownable {
    using DefenceBits for uint64;

    /// @dev A round of the feed, or what stands for it. @param price USD WAD; zero when the answer is unusable.
    struct FeedRound {
        uint80 id;
        int256 answer;
        uint256 startedAt;
        uint256 updatedAt;
        uint256 price;
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

    int256 private constant MAX_ANSWER = 2 ** 96;

    // The action table: for every operation the states that allow it, one bit a state in the order of `State`.
    uint256 private constant NORMAL_ONLY = 1 << uint8(State.GOOD);
    uint256 private constant USABLE = NORMAL_ONLY | (1 << uint8(State.LOW_CONFIDENCE));
    uint256 private constant CONTESTED = USABLE | (1 << uint8(State.DISPUTED));
    uint256 private constant PRICED = CONTESTED | (1 << uint8(State.SEQUENCER_GRACE));
    uint256 private constant ALWAYS = PRICED | (1 << uint8(State.BLIND));

    IDefences public immutable defences;

    Market[] private _markets;
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
        underlying = uint16(_markets.length);
        _markets.push(newMarket);
        emit MarketAdded(underlying, newMarket);
    }

    /// @inheritdoc IOracleGuard
    function setHeartbeat(uint16 underlying, uint32 heartbeat) external onlyOwner {
        _marketAt(underlying).heartbeat = heartbeat;
        emit HeartbeatSet(underlying, heartbeat);
    }

    // ── pool ───────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOracleGuard
    function observePool(uint16 underlying) external {
        Market storage m = _marketAt(underlying);
        PoolMean.Observation memory newer = _newer[underlying];
        if (m.pair == address(0) || block.timestamp - newer.timestamp < PoolMean.SPACING) return;
        uint256 cumulative = PoolMean.cumulativeNow(m.pair, m.token);
        _older[underlying] = newer;
        _newer[underlying] = PoolMean.Observation(cumulative, uint64(block.timestamp));
        emit PoolObserved(underlying, cumulative, block.timestamp);
    }

    /// @inheritdoc IOracleGuard
    function poolMean(uint16 underlying) public view returns (uint256) {
        Market storage m = _marketAt(underlying);
        if (m.pair == address(0)) return 0;
        PoolMean.Observation memory from = _newer[underlying];
        if (block.timestamp - from.timestamp < PoolMean.SPACING) from = _older[underlying];
        return PoolMean.since(from, m.pair, m.token, m.tokenDecimals);
    }

    // ── reading ────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOracleGuard
    function read(uint16 underlying) external view returns (Reading memory) {
        return _read(underlying, defences.bits());
    }

    /// @inheritdoc IOracleGuard
    function readFor(uint16 underlying, Operation operation) external view returns (Reading memory reading) {
        uint64 bits = defences.bits();
        reading = _read(underlying, bits);
        if (bits.has(DefenceBits.ACTION_TABLE) && (_allowed(operation) >> uint8(reading.state)) & 1 == 0) {
            revert OracleOperationRefused(underlying, operation, reading.state);
        }
    }

    /// @inheritdoc IOracleGuard
    function market(uint16 underlying) external view returns (Market memory) {
        return _marketAt(underlying);
    }

    /// @inheritdoc IOracleGuard
    function underlyingCount() external view returns (uint16) {
        return uint16(_markets.length);
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
        Market memory m = _marketAt(underlying);
        bool strict = !bits.has(DefenceBits.ACTION_TABLE);
        uint8 scale = _scale(underlying, m, bits, strict);
        FeedRound memory latest = _latest(m.feed, scale);

        reading.confidence = _validity(underlying, m, latest, bits, strict);
        if (scale != m.feedDecimals && bits.has(DefenceBits.PINNED_DECIMALS)) reading.confidence = 0;
        if (reading.confidence == 0) {
            return Reading(_lastGoodPrice(underlying, m, latest, bits), 0, State.BLIND);
        }

        reading.price = latest.price;
        if (bits.has(DefenceBits.JUMP_CAP)) {
            uint256 factor = _jumpFactor(underlying, m.feed, latest, scale, strict);
            reading.confidence = (reading.confidence * factor) / WAD;
        }
        bool disputed;
        if (bits.has(DefenceBits.POOL_DEVIATION)) {
            uint256 factor;
            (factor, disputed) = _poolFactor(underlying, reading.price, strict);
            reading.confidence = (reading.confidence * factor) / WAD;
        }
        if (disputed) reading.state = State.DISPUTED;
        else if (reading.confidence < CONFIDENCE_THRESHOLD) reading.state = State.LOW_CONFIDENCE;
    }

    /// @dev Decimals by which answers are read: the live ones, wrong or not; pinning turns a change into a defect.
    function _scale(uint16 underlying, Market memory m, uint64 bits, bool strict) private view returns (uint8 live) {
        live = IOracleMock(m.feed).decimals();
        if (live != m.feedDecimals && strict && bits.has(DefenceBits.PINNED_DECIMALS)) {
            revert OracleDecimalsChanged(underlying, m.feedDecimals, live);
        }
    }

    // ── checks ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Confidence that answer, bounds and age leave: zero for an invalid round.
    function _validity(
        uint16 underlying,
        Market memory m,
        FeedRound memory round,
        uint64 bits,
        bool strict
    ) private view returns (uint256) {
        if (round.price == 0) {
            if (strict) revert OracleInvalidAnswer(underlying, round.answer, round.updatedAt);
            return 0;
        }
        if (bits.has(DefenceBits.BOUND_CLAMP_CHECK) && _isClamped(m.feed, round.answer)) {
            if (strict) revert OracleBoundClamped(underlying, round.answer);
            return 0;
        }
        if (!bits.has(DefenceBits.STALENESS_CHECK)) return WAD;
        // Age counts from the observation: a transmission that took an hour is an hour old when it lands.
        uint256 maxAge = m.heartbeat + STALENESS_SLACK;
        uint256 age = block.timestamp - round.startedAt;
        if (age <= maxAge) return WAD;
        if (strict) revert OracleStalePrice(underlying, round.startedAt, maxAge);
        return age <= 2 * maxAge ? STALE_CONFIDENCE : 0;
    }

    /// @dev A feed without published bounds is not clamped.
    function _isClamped(address feed, int256 answer) private view returns (bool) {
        try IOracleMock(feed).minAnswer() returns (int128 min) {
            if (min > 0 && answer <= int256(min) + (int256(min) * int256(BOUND_MARGIN)) / int256(WAD)) return true;
        } catch {
            return false;
        }
        try IOracleMock(feed).maxAnswer() returns (int128 max) {
            return answer >= int256(max) - (int256(max) * int256(BOUND_MARGIN)) / int256(WAD);
        } catch {
            return false;
        }
    }

    /// @dev A jump is young until a later round confirms it or ten minutes pass. The latest round may be the jump,
    /// or may have failed to confirm the jump of the round before it.
    function _jumpFactor(
        uint16 underlying,
        address feed,
        FeedRound memory latest,
        uint8 scale,
        bool strict
    ) private view returns (uint256) {
        FeedRound memory previous = _previous(feed, latest.id, scale);
        if (previous.price == 0 || _distance(latest.price, previous.price) <= JUMP_CONFIRMATION) return WAD;
        FeedRound memory jumped = latest;
        if (_distance(latest.price, previous.price) <= JUMP_CAP) {
            jumped = previous;
            previous = _previous(feed, jumped.id, scale);
            if (previous.price == 0 || _distance(jumped.price, previous.price) <= JUMP_CAP) return WAD;
        }
        if (block.timestamp - jumped.updatedAt >= JUMP_LATCH) return WAD;
        if (strict) revert OracleJump(underlying, jumped.price, previous.price);
        return JUMP_CONFIDENCE;
    }

    /// @return factor Of confidence. @return disputed Pool and feed are too far apart to say who is right.
    function _poolFactor(
        uint16 underlying,
        uint256 price,
        bool strict
    ) private view returns (uint256 factor, bool disputed) {
        uint256 pool = poolMean(underlying);
        if (pool == 0) return (WAD, false);
        uint256 deviation = _distance(price, pool);
        if (deviation <= POOL_SOFT_DEVIATION) return (WAD, false);
        if (strict) revert OraclePoolDeviation(underlying, price, pool);
        return (POOL_CONFIDENCE, deviation > POOL_HARD_DEVIATION);
    }

    // ── rounds ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev The newest round that is sound by itself, the latest one included if it is only old. Read with the
    /// pinned decimals. Zero when there is none within reach.
    function _lastGoodPrice(
        uint16 underlying,
        Market memory m,
        FeedRound memory round,
        uint64 bits
    ) private view returns (uint256) {
        uint8 scale = bits.has(DefenceBits.PINNED_DECIMALS) ? m.feedDecimals : IOracleMock(m.feed).decimals();
        uint64 unaged = bits & ~uint64(1 << DefenceBits.STALENESS_CHECK);
        round = _latest(m.feed, scale);
        for (uint256 i = 0; i < MAX_LOOKBACK; ++i) {
            if (_validity(underlying, m, round, unaged, false) != 0) return round.price;
            round = _previous(m.feed, round.id, scale);
        }
        return 0;
    }

    function _latest(address feed, uint8 scale) private view returns (FeedRound memory round) {
        (round.id, round.answer, round.startedAt, round.updatedAt, ) = IOracleMock(feed).latestRoundData();
        _usePrice(round, scale);
    }

    /// @dev The round before in the same phase; a round of zeros when there is none.
    function _previous(address feed, uint80 id, uint8 scale) private view returns (FeedRound memory round) {
        if (uint64(id) <= 1) return round;
        (round.id, round.answer, round.startedAt, round.updatedAt, ) = IOracleMock(feed).getRoundData(id - 1);
        _usePrice(round, scale);
    }

    /// @dev Leaves the price zero when the answer is out of range, the round incomplete or from the future.
    function _usePrice(FeedRound memory round, uint8 scale) private view {
        if (round.answer <= 0 || round.answer > MAX_ANSWER || round.updatedAt == 0) return;
        if (round.updatedAt > block.timestamp || round.startedAt > block.timestamp) return;
        round.price =
            scale <= 18 ? uint256(round.answer) * 10 ** (18 - scale) : uint256(round.answer) / 10 ** (scale - 18);
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return (FixedPointMathLib.dist(a, b) * WAD) / b;
    }

    function _marketAt(uint16 underlying) private view returns (Market storage) {
        if (underlying >= _markets.length) revert OracleUnknownUnderlying(underlying);
        return _markets[underlying];
    }
}
