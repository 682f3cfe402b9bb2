// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IOracleMock} from "../interfaces/IOracleMock.sol";

/// @notice See `IOracleMock`.
/// @dev A round is one slot. A round that was never posted reads as zeros, as from Chainlink's off-chain aggregator;
/// an incomplete one has an observation time but no `updatedAt`.
contract OracleMock is IOracleMock, Ownable {
    uint256 private constant PHASE_SHIFT = 64;

    mapping(uint80 roundId => Round) private _rounds;

    uint80 private _latest = uint80(1) << uint80(PHASE_SHIFT);
    uint8 private _decimals;
    address public reporter;

    int128 public minAnswer = type(int128).min;
    int128 public maxAnswer = type(int128).max;

    string public description;

    event ReporterSet(address reporter);
    event DecimalsSet(uint8 decimals);
    event BoundsSet(int128 minAnswer, int128 maxAnswer);
    event PhaseBumped(uint16 phase);

    constructor(string memory name, uint8 initialDecimals, address owner, address initialReporter) Ownable(owner) {
        description = name;
        _decimals = initialDecimals;
        reporter = initialReporter;
    }

    // ── reporting ──────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOracleMock
    function report(Round[] calldata rounds) external {
        if (msg.sender != reporter) revert OracleNotReporter(msg.sender);
        uint80 id = _latest;
        for (uint256 i = 0; i < rounds.length; ++i) {
            Round memory round = rounds[i];
            round.answer = _clamp(round.answer);
            _rounds[++id] = round;
            emit AnswerUpdated(round.answer, id, round.updatedAt);
        }
        _latest = id;
    }

    // ── faults of the feed's configuration ─────────────────────────────────────────────────────────────

    /// @inheritdoc IOracleMock
    function bumpPhase() external onlyOwner {
        uint80 phase = (_latest >> uint80(PHASE_SHIFT)) + 1;
        _latest = phase << uint80(PHASE_SHIFT);
        emit PhaseBumped(uint16(phase));
    }

    /// @inheritdoc IOracleMock
    function setDecimals(uint8 newDecimals) external onlyOwner {
        _decimals = newDecimals;
        emit DecimalsSet(newDecimals);
    }

    /// @inheritdoc IOracleMock
    function setBounds(int128 newMin, int128 newMax) external onlyOwner {
        (minAnswer, maxAnswer) = (newMin, newMax);
        emit BoundsSet(newMin, newMax);
    }

    /// @inheritdoc IOracleMock
    function setReporter(address newReporter) external onlyOwner {
        reporter = newReporter;
        emit ReporterSet(newReporter);
    }

    // ── AggregatorV3 ───────────────────────────────────────────────────────────────────────────────────

    function decimals() external view returns (uint8) {
        return _decimals;
    }

    function version() external pure returns (uint256) {
        return 1;
    }

    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        return _read(roundId);
    }

    /// @dev Right after a phase bump there is no round yet: the id ends in 64 zero bits and the rest is zero.
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return _read(_latest);
    }

    function _read(uint80 roundId) private view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = _rounds[roundId];
        return (roundId, round.answer, round.startedAt, round.updatedAt, roundId);
    }

    function _clamp(int128 answer) private view returns (int128) {
        if (answer < minAnswer) return minAnswer;
        return answer > maxAnswer ? maxAnswer : answer;
    }
}
