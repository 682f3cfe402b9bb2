// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {Inspectable} from "../Inspectable.sol";
import {IAggregatorV3} from "../interfaces/IAggregatorV3.sol";
import {IOracleGuard} from "../interfaces/IOracleGuard.sol";
import {IVolSource} from "../interfaces/IVolSource.sol";
import {BlackScholes} from "../libraries/BlackScholes.sol";

/// @notice Realised volatility of the feed's rounds, exponentially weighted in time, flat across strikes, as Siren and
/// Ribbon derive theirs.
/// @dev After a round with log return r over Δt seconds: V ← w·V + (1 − w)·r²·(year/Δt), w = 2^(−Δt/halfLife).
contract TrailingVol is IVolSource, Inspectable {
    /// @param round Last round that was read. @param updatedAt Its time. @param logPrice ln of its answer, WAD.
    /// @param variance Annualised, WAD.
    struct Track {
        uint80 round;
        uint64 updatedAt;
        int96 logPrice;
        uint128 variance;
    }

    event VarianceUpdated(uint16 indexed underlying, uint80 round, uint256 variance);

    uint256 private constant WAD = 1e18;
    int256 private constant LN_2 = 693147180559945309;

    IOracleGuard public immutable guard;
    /// @notice Seconds.
    uint64 public immutable halfLife;
    /// @notice Annualised vol below which the estimate is not used, WAD.
    uint256 public immutable floorVol;
    /// @notice Annualised variance before the first return, WAD.
    uint128 public immutable initialVariance;

    mapping(uint16 underlying => Track) public tracks;

    constructor(IOracleGuard guard_, uint64 halfLife_, uint256 floorVol_, uint256 initialVol) {
        guard = guard_;
        halfLife = halfLife_;
        floorVol = floorVol_;
        initialVariance = uint128((initialVol * initialVol) / WAD);
    }

    /// @notice Reads up to `maxRounds` rounds that came since the last call. Anybody may call.
    /// @dev The first call starts at the latest round. Rounds without a positive answer or a time are passed over; a
    /// new phase of the feed is entered at its first round.
    function update(uint16 underlying, uint256 maxRounds) external {
        IAggregatorV3 feed = IAggregatorV3(guard.market(underlying).feed);
        Track memory track = tracks[underlying];
        (uint80 latest, , , , ) = feed.latestRoundData();
        if (track.round == 0) {
            track.variance = initialVariance;
            track.round = latest - 1;
        }
        uint80 round = track.round;
        for (uint256 i = 0; i < maxRounds && round < latest; ++i) {
            round = _next(round, latest, feed);
            _read(track, round, feed);
        }
        track.round = round;
        tracks[underlying] = track;
        emit VarianceUpdated(underlying, round, track.variance);
    }

    /// @inheritdoc IVolSource
    function volOf(
        uint16 underlying,
        uint64 expiry,
        uint256,
        uint256
    ) external view returns (uint256 vol, uint256 sd, uint256 confidence) {
        return (_vol(underlying, expiry), 0, WAD);
    }

    /// @inheritdoc IVolSource
    function volsOf(
        uint16 underlying,
        uint64 expiry,
        uint256[] calldata strikes,
        uint256
    ) external view returns (uint256[] memory vols, uint256 sd, uint256 confidence) {
        vols = new uint256[](strikes.length);
        uint256 vol = _vol(underlying, expiry);
        for (uint256 i = 0; i < vols.length; ++i) vols[i] = vol;
        return (vols, 0, WAD);
    }

    function _vol(uint16 underlying, uint64 expiry) private view returns (uint256) {
        Track memory track = tracks[underlying];
        if (track.round == 0) revert VolUnavailable(underlying, expiry);
        return FixedPointMathLib.max(FixedPointMathLib.sqrt(uint256(track.variance) * WAD), floorVol);
    }

    function _next(uint80 round, uint80 latest, IAggregatorV3 feed) private view returns (uint80) {
        uint80 next = round + 1;
        if (next >> 64 == latest >> 64) return next;
        // The old phase has no further round when the feed does not know the next one.
        try feed.getRoundData(next) returns (uint80, int256, uint256, uint256 updatedAt, uint80) {
            if (updatedAt != 0) return next;
        } catch {}
        return (((round >> 64) + 1) << 64) | 1;
    }

    function _read(Track memory track, uint80 round, IAggregatorV3 feed) private view {
        (, int256 answer, , uint256 updatedAt, ) = feed.getRoundData(round);
        if (answer <= 0 || updatedAt == 0) return;
        int256 logPrice = FixedPointMathLib.lnWad(answer);
        if (track.updatedAt != 0) {
            if (updatedAt <= track.updatedAt) return;
            uint256 elapsed = updatedAt - track.updatedAt;
            uint256 weight = uint256(FixedPointMathLib.expWad((-LN_2 * int256(elapsed)) / int256(uint256(halfLife))));
            int256 move = logPrice - track.logPrice;
            uint256 sample = (uint256(move * move) * BlackScholes.YEAR) / elapsed / WAD;
            track.variance = uint128((track.variance * weight + sample * (WAD - weight)) / WAD);
        }
        track.updatedAt = uint64(updatedAt);
        track.logPrice = int96(logPrice);
    }
}
