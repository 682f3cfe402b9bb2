// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IOptionVault} from "../interfaces/IOptionVault.sol";
import {SeriesId} from "../libraries/SeriesId.sol";
import {BookState, Line, Marked, Totals} from "./BookState.sol";

/// @notice What the vault holds of each series, and the marks that move with it.
/// @dev Words are packed by hand where a book is written: the compiler stores field by field.
library Positions {
    using FixedPointMathLib for int256;
    using SafeCast for int256;
    using SafeCast for uint256;

    uint256 private constant WAD = 1e18;
    int256 private constant SWAD = 1e18;

    /// @notice Place of a series' line; a closed expiry has none.
    function lineOf(BookState storage self, uint256 id) internal view returns (Line storage) {
        uint256 plusOne = self.linePlusOne[id & ~uint256(1)];
        Line[] storage lines = self.lines[SeriesId.expiryKey(id)];
        if (plusOne == 0 || plusOne > lines.length) revert IOptionVault.VaultSeriesNotListed(id);
        return lines[plusOne - 1];
    }

    /// @notice Moves the net of a series by `change` (vault long > 0) at the mark and Greeks of a trade.
    /// @param sd Model's standard deviation of vol, WAD.
    function change(
        BookState storage self,
        uint256 id,
        int256 change_,
        IOptionVault.Quote memory quote,
        uint256 spot,
        uint256 sd
    ) internal {
        Line storage line = lineOf(self, id);
        if (id & 1 == 1) line.calls = (line.calls + change_).toInt80();
        else line.puts = (line.puts + change_).toInt80();

        uint256 key = SeriesId.expiryKey(id);
        Marked memory old = self.books[key];
        Marked memory marked = self.books[key];
        // A change has 80 bits, a price at most 127: no product overflows, and no sum does unseen.
        unchecked {
            marked.mark = (marked.mark + (change_ * int256(quote.mark)) / SWAD).toInt128();
            marked.delta = (marked.delta + (change_ * quote.delta) / SWAD).toInt128();
            marked.vega = (marked.vega + (change_ * int256(quote.vega)) / SWAD).toInt96();
        }
        marked.sd = uint64(sd);
        if (quote.markVol > marked.highestVol) marked.highestVol = uint64(quote.markVol);
        if (marked.markedAt == 0) {
            marked.markedAt = uint64(block.timestamp);
            marked.spot = uint96(spot);
        }
        Totals memory totals = self.totals;
        replace(self, uint16(id >> 200), key, old, marked, totals);
        save(self.totals, totals);
    }

    /// @notice Replaces a book and moves `totals`, which the caller saves, by the difference.
    function replace(
        BookState storage self,
        uint16 underlying,
        uint256 key,
        Marked memory old,
        Marked memory marked,
        Totals memory totals
    ) internal {
        uint256 spread = uint256(self.terms.halfSpread) + marked.sd;
        marked.uncertainty = ((int256(marked.vega).abs() * spread) / WAD).toUint128();
        totals.mark += marked.mark - old.mark;
        totals.vega += marked.vega - old.vega;
        totals.uncertainty = totals.uncertainty - old.uncertainty + marked.uncertainty;
        if (marked.delta != old.delta) self.exposures[underlying].delta += marked.delta - old.delta;
        Marked storage book = self.books[key];
        uint256 value = _pair(marked.mark, marked.delta);
        uint256 state = uint96(marked.vega) | (uint256(marked.spot) << 96) | (uint256(marked.markedAt) << 192);
        uint256 doubt = uint256(marked.uncertainty) | (uint256(marked.sd) << 128) | (uint256(marked.highestVol) << 192);
        assembly ("memory-safe") {
            sstore(book.slot, value)
            sstore(add(book.slot, 1), state)
            sstore(add(book.slot, 2), doubt)
        }
    }

    function save(Totals storage place, Totals memory totals) internal {
        uint256 value = _pair(totals.mark, totals.vega);
        uint256 sums =
            uint256(totals.uncertainty) | (uint256(totals.limitNav) << 128) | (uint256(totals.hedges) << 192);
        assembly ("memory-safe") {
            sstore(place.slot, value)
            sstore(add(place.slot, 1), sums)
        }
    }

    function _pair(int128 low, int128 high) private pure returns (uint256) {
        return uint256(uint128(low)) | (uint256(uint128(high)) << 128);
    }
}
