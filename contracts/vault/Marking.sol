// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IHedger} from "../interfaces/IHedger.sol";
import {IOptionVault} from "../interfaces/IOptionVault.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {BlackScholes} from "../libraries/BlackScholes.sol";
import {VolReading} from "../libraries/VolReading.sol";
import {BookState, Exposure, Line, Marked, Totals} from "./BookState.sol";
import {Positions} from "./Positions.sol";

/// @notice Sets a book's marks right: at the source's vols before expiry, at intrinsic value after it.
library Marking {
    using SafeCast for int256;
    using SafeCast for uint256;

    int256 private constant SWAD = 1e18;
    /// @dev USD WAD of one quote unit.
    uint256 private constant UNIT = 1e12;
    /// @dev A line's word: strike in the low bits, calls and puts above it.
    uint256 private constant STRIKE_BITS = 96;
    uint256 private constant STRIKE_MASK = (1 << STRIKE_BITS) - 1;

    /// @notice Re-marks an expiry and moves `totals`, which the caller saves. When the source fails, the book keeps its
    /// marks and their age, so that it ages until it stops deposits and withdrawals.
    /// @param spot USD WAD.
    function mark(
        BookState storage self,
        address settlement,
        uint16 underlying,
        uint64 expiry,
        uint256 key,
        uint256 spot,
        Totals memory totals
    ) internal {
        uint256[] memory held = _held(self.lines[key]);
        Marked memory marked;
        if (block.timestamp >= expiry) {
            marked.mark = _intrinsic(held, settlement, underlying, expiry, spot);
        } else if (held.length != 0 && !_revalue(self.volSource, held, underlying, expiry, spot, marked)) {
            emit IOptionVault.BookNotMarked(underlying, expiry);
            return;
        }
        marked.spot = uint96(spot);
        marked.markedAt = uint64(block.timestamp);
        Positions.replace(self, underlying, key, self.books[key], marked, totals);
        emit IOptionVault.BookMarked(underlying, expiry, marked.mark, marked.delta, marked.vega, spot);
    }

    /// @notice Values the hedges of an underlying at `spot` and moves `totals`, which the caller saves.
    function markHedges(
        BookState storage self,
        address hedger,
        uint16 underlying,
        uint256 spot,
        Totals memory totals
    ) internal {
        Exposure storage exposure = self.exposures[underlying];
        uint64 old = exposure.hedges;
        uint256 value = FixedPointMathLib.mulDiv(IHedger(hedger).inventory(underlying), spot, UNIT);
        uint64 hedges = (value / 10 ** exposure.tokenDecimals).toUint64();
        if (hedges == old) return;
        exposure.hedges = hedges;
        totals.hedges = totals.hedges - old + hedges;
    }

    /// @dev Words of the lines with a position.
    function _held(Line[] storage lines) private view returns (uint256[] memory held) {
        uint256 length = lines.length;
        assembly ("memory-safe") {
            held := mload(0x40)
            mstore(0, lines.slot)
            let slot := keccak256(0, 0x20)
            let free := add(held, 0x20)
            for {
                let end := add(slot, length)
            } lt(slot, end) {
                slot := add(slot, 1)
            } {
                let word := sload(slot)
                if shr(STRIKE_BITS, word) {
                    mstore(free, word)
                    free := add(free, 0x20)
                }
            }
            mstore(held, shr(5, sub(free, add(held, 0x20))))
            mstore(0x40, free)
        }
    }

    /// @dev Marks lines at the source's vols: one outside call, one valuation a strike.
    /// @return ok False when the source gave no vols.
    function _revalue(
        address volSource,
        uint256[] memory held,
        uint16 underlying,
        uint64 expiry,
        uint256 spot,
        Marked memory marked
    ) private view returns (bool ok) {
        uint256 count = held.length;
        uint256[] memory strikes = new uint256[](count);
        uint256[] memory vols;
        uint256 sd;
        unchecked {
            for (uint256 i = 0; i < count; ++i) strikes[i] = held[i] & STRIKE_MASK;
            (ok, vols, sd) = VolReading.volsOf(volSource, underlying, expiry, strikes, spot);
            if (!ok) return false;
            marked.sd = uint64(sd);
            uint256 rootT = BlackScholes.sqrtYears(expiry - block.timestamp);
            // Sizes have 80 bits, prices of the domain 97: nothing overflows.
            (int256 value, int256 delta, int256 vega) = (0, 0, 0);
            uint256 highest;
            for (uint256 i = 0; i < count; ++i) {
                uint256 vol = vols[i];
                if (vol > highest) highest = vol;
                BlackScholes.Valuation memory v = BlackScholes.valueFrom(
                    spot,
                    strikes[i],
                    BlackScholes.logMoneyness(spot, strikes[i]),
                    BlackScholes.totalVol(vol, rootT),
                    rootT
                );
                (int256 calls, int256 puts) = _sizes(held[i]);
                value += calls * int256(v.call) + puts * int256(v.put);
                delta += calls * int256(v.callDelta) + puts * (int256(v.callDelta) - SWAD);
                vega += (calls + puts) * int256(v.vega);
            }
            marked.highestVol = uint64(highest);
            marked.mark = (value / SWAD).toInt128();
            marked.delta = (delta / SWAD).toInt128();
            marked.vega = (vega / SWAD).toInt96();
        }
    }

    /// @dev Value of an expired book: at the settlement price, or at the spot until there is one.
    function _intrinsic(
        uint256[] memory held,
        address settlement,
        uint16 underlying,
        uint64 expiry,
        uint256 spot
    ) private view returns (int128) {
        (uint256 settled, bool done) = ISettlement(settlement).priceOf(underlying, expiry);
        if (done) spot = settled;
        int256 sum;
        for (uint256 i = 0; i < held.length; ++i) {
            uint256 strike = held[i] & STRIKE_MASK;
            (int256 calls, int256 puts) = _sizes(held[i]);
            sum += (spot > strike ? calls : puts) * int256(FixedPointMathLib.dist(spot, strike));
        }
        return (sum / SWAD).toInt128();
    }

    function _sizes(uint256 line) private pure returns (int256 calls, int256 puts) {
        calls = int80(uint80(line >> STRIKE_BITS));
        puts = int256(line) >> (STRIKE_BITS + 80);
    }
}
