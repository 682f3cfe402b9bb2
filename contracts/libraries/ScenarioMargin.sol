// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {BlackScholes} from "./BlackScholes.sol";

/// @notice Losses of short options and of collateral in a fixed grid of shocks, in the manner of SPAN.
/// @dev Scenarios 0 … 13: seven spot shocks, each with the vol up and down. Scenarios 14 and 15: far tails with the
/// vol up, their losses damped. All money is USD WAD, losses are positive.
library ScenarioMargin {
    using FixedPointMathLib for uint256;

    uint256 internal constant SCENARIOS = 16;
    uint256 internal constant INNER_SCENARIOS = 14;
    uint256 private constant SPOT_SHOCKS = 9;
    uint256 private constant INNER_SHOCKS = 7;

    uint256 private constant WAD = 1e18;

    // Vol shocks: up × (1 + 0.6 u), down × max(0.1, 1 − 0.3 u), u = (30 d / max(T, 1 d))^0.3, power 0.13 beyond 30 d.
    uint256 private constant VOL_UP = 0.6e18;
    uint256 private constant VOL_DOWN = 0.3e18;
    uint256 private constant VOL_DOWN_FLOOR = 0.1e18;
    int256 private constant POWER_SHORT = 0.3e18;
    int256 private constant POWER_LONG = 0.13e18;
    uint256 private constant REFERENCE_TENOR = 30 days;
    uint256 private constant MIN_TENOR = 1 days;

    /// @param factor Spot after the shock over spot, WAD. @param log Its logarithm, WAD.
    /// @param damp Share of the loss that counts, WAD.
    struct Shock {
        uint256 factor;
        int256 log;
        uint256 damp;
    }

    /// @param size Contracts short, WAD. @param logStrike ln of the strike in USD, WAD. @param vol Annualised, WAD.
    struct Short {
        bool isCall;
        uint256 strike;
        int256 logStrike;
        uint256 size;
        uint256 vol;
        uint256 secondsToExpiry;
    }

    /// @notice The shocks of spot: seven inner ones, then the two far tails.
    function shocks() internal pure returns (Shock[SPOT_SHOCKS] memory s) {
        s[0] = Shock(0.7e18, -356674943938732379, WAD);
        s[1] = Shock(0.8e18, -223143551314209756, WAD);
        s[2] = Shock(0.9e18, -105360515657826301, WAD);
        s[3] = Shock(1e18, 0, WAD);
        s[4] = Shock(1.1e18, 95310179804324860, WAD);
        s[5] = Shock(1.2e18, 182321556793954626, WAD);
        s[6] = Shock(1.3e18, 262364264467491052, WAD);
        s[7] = Shock(0.4e18, -916290731874155065, 0.35e18);
        s[8] = Shock(2e18, 693147180559945309, 0.2e18);
    }

    /// @notice Multipliers of the vol for a tenor, WAD.
    function volShocks(uint256 secondsToExpiry) internal pure returns (uint256 up, uint256 down) {
        uint256 tenor = secondsToExpiry.max(MIN_TENOR);
        int256 power = tenor > REFERENCE_TENOR ? POWER_LONG : POWER_SHORT;
        uint256 u = uint256(FixedPointMathLib.powWad(int256((REFERENCE_TENOR * WAD) / tenor), power));
        up = WAD + (VOL_UP * u) / WAD;
        down = WAD.zeroFloorSub((VOL_DOWN * u) / WAD).max(VOL_DOWN_FLOOR);
    }

    /// @notice Adds the losses of a short option to the vector.
    /// @dev Sizes have 128 bits and prices of the domain of `BlackScholes` 101: nothing overflows.
    /// @param logSpot ln of spot in USD, WAD. @param tails Far tails count.
    /// @return mark Value of one contract before any shock.
    /// @return absDelta |dV/dS|, WAD.
    /// @return vega dV/dvol per 1.00 of vol.
    function addShort(
        int256[SCENARIOS] memory losses,
        Short memory short,
        uint256 spot,
        int256 logSpot,
        Shock[SPOT_SHOCKS] memory table,
        bool tails
    ) internal pure returns (uint256 mark, uint256 absDelta, uint256 vega) {
        uint256 rootYears = BlackScholes.sqrtYears(short.secondsToExpiry);
        uint256 up;
        uint256 down;
        {
            uint256 total = BlackScholes.totalVol(short.vol, rootYears);
            (mark, absDelta, vega) = _value(short, spot, logSpot, total, rootYears);
            (up, down) = volShocks(short.secondsToExpiry);
            (up, down) = ((total * up) / WAD, (total * down) / WAD);
        }
        unchecked {
            for (uint256 i = 0; i < INNER_SHOCKS; ++i) {
                Shock memory shock = _at(table, i);
                _add(losses, 2 * i, _loss(short, spot, logSpot, shock, up, mark));
                _add(losses, 2 * i + 1, _loss(short, spot, logSpot, shock, down, mark));
            }
            if (!tails) return (mark, absDelta, vega);
            for (uint256 i = INNER_SHOCKS; i < SPOT_SHOCKS; ++i) {
                _add(losses, INNER_SHOCKS + i, _loss(short, spot, logSpot, _at(table, i), up, mark));
            }
        }
    }

    /// @notice Adds the losses of `units` (WAD) of the underlying held as collateral to the vector.
    function addCollateral(
        int256[SCENARIOS] memory losses,
        uint256 units,
        uint256 spot,
        Shock[SPOT_SHOCKS] memory table,
        bool tails
    ) internal pure {
        int256 value = int256(uint256(SafeCast.toUint128(units.mulWad(spot))));
        unchecked {
            for (uint256 i = 0; i < INNER_SHOCKS; ++i) {
                int256 loss = (value * (int256(WAD) - int256(_at(table, i).factor))) / int256(WAD);
                _add(losses, 2 * i, loss);
                _add(losses, 2 * i + 1, loss);
            }
            if (!tails) return;
            for (uint256 i = INNER_SHOCKS; i < SPOT_SHOCKS; ++i) {
                Shock memory shock = _at(table, i);
                int256 loss = (value * (int256(WAD) - int256(shock.factor))) / int256(WAD);
                _add(losses, INNER_SHOCKS + i, (loss * int256(shock.damp)) / int256(WAD));
            }
        }
    }

    /// @notice Adds the losses of one vector to another.
    function addTo(int256[SCENARIOS] memory sums, int256[SCENARIOS] memory losses) internal pure {
        unchecked {
            for (uint256 i = 0; i < SCENARIOS; ++i) _add(sums, i, losses[i]);
        }
    }

    /// @notice The largest loss, at least zero.
    function worst(int256[SCENARIOS] memory losses) internal pure returns (uint256 loss) {
        assembly ("memory-safe") {
            let end := add(losses, shl(5, SCENARIOS))
            for {} lt(losses, end) {
                losses := add(losses, 0x20)
            } {
                if sgt(mload(losses), loss) {
                    loss := mload(losses)
                }
            }
        }
    }

    /// @dev Without the check of an index that is a constant's loop.
    function _add(int256[SCENARIOS] memory losses, uint256 index, int256 loss) private pure {
        assembly ("memory-safe") {
            let place := add(losses, shl(5, index))
            mstore(place, add(mload(place), loss))
        }
    }

    /// @dev Likewise.
    function _at(Shock[SPOT_SHOCKS] memory table, uint256 index) private pure returns (Shock memory shock) {
        assembly ("memory-safe") {
            shock := mload(add(table, shl(5, index)))
        }
    }

    function _value(
        Short memory short,
        uint256 spot,
        int256 logSpot,
        uint256 total,
        uint256 rootYears
    ) private pure returns (uint256 mark, uint256 absDelta, uint256 vega) {
        BlackScholes.Valuation memory v = BlackScholes.valueFrom(
            spot,
            short.strike,
            logSpot - short.logStrike,
            total,
            rootYears
        );
        return short.isCall ? (v.call, v.callDelta, v.vega) : (v.put, WAD - v.callDelta, v.vega);
    }

    /// @dev Rounded up: a loss counts in full.
    function _loss(
        Short memory short,
        uint256 spot,
        int256 logSpot,
        Shock memory shock,
        uint256 total,
        uint256 mark
    ) private pure returns (int256) {
        unchecked {
            uint256 shocked = (spot * shock.factor) / WAD;
            int256 log = logSpot - short.logStrike + shock.log;
            uint256 price = BlackScholes.priceFrom(short.isCall, shocked, short.strike, log, total);
            int256 loss = (int256(price - mark) * int256(short.size)) / int256(WAD);
            return shock.damp == WAD ? loss + 1 : (loss * int256(shock.damp)) / int256(WAD) + 1;
        }
    }
}
