// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Connected} from "../Connected.sol";
import {IHedger} from "../interfaces/IHedger.sol";
import {IMarginEngine} from "../interfaces/IMarginEngine.sol";
import {IOptionToken} from "../interfaces/IOptionToken.sol";
import {IOptionVault} from "../interfaces/IOptionVault.sol";
import {IOracleGuard} from "../interfaces/IOracleGuard.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {SeriesId} from "../libraries/SeriesId.sol";
import {BookState, Line, Marked, Totals} from "./BookState.sol";
import {Dealing} from "./Dealing.sol";
import {Marking} from "./Marking.sol";
import {Positions} from "./Positions.sol";

/// @notice The vault's positions with their mark and Greeks per (underlying, expiry). Trades (`TradingDesk`) move marks by
/// their own, `poke` sets them right; nothing else re-prices the book.
/// @dev A linked library on the vault's storage, because all of the vault exceeds the size of a contract.
library OptionBook {
    using SafeCast for uint256;

    uint256 private constant WAD = 1e18;
    /// @dev USD WAD of one quote unit.
    uint256 private constant UNIT = 1e12;

    // ── set-up ─────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Lists strikes of an expiry; those that are listed stay.
    function list(
        BookState storage self,
        Connected.Parts storage parts,
        uint16 underlying,
        uint64 expiry,
        uint256[] calldata strikes
    ) external {
        uint256 key = SeriesId.keyOf(underlying, expiry);
        if (expiry <= block.timestamp) revert IOptionVault.VaultSeriesExpired(key << 136, expiry);
        self.exposures[underlying].tokenDecimals = IOracleGuard(parts.guard).market(underlying).tokenDecimals;
        Line[] storage lines = self.lines[key];
        if (lines.length == 0) self.expiries[underlying].push(expiry);
        for (uint256 i = 0; i < strikes.length; ++i) {
            uint256 put = SeriesId.encode(underlying, expiry, strikes[i].toUint96(), false);
            if (self.linePlusOne[put] != 0) continue;
            lines.push(Line(uint96(strikes[i]), 0, 0));
            self.linePlusOne[put] = lines.length;
        }
    }

    // ── marks ──────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Re-marks expiries and the hedges of their underlying at one reading of its price. An expiry that was
    /// marked in this block is passed over.
    /// @param money Quote units of the vault beside options and hedges.
    function poke(
        BookState storage self,
        Connected.Parts storage parts,
        uint16 underlying,
        uint64[] calldata expiries,
        int256 money
    ) external {
        uint256 spot;
        Totals memory totals = self.totals;
        for (uint256 i = 0; i < expiries.length; ++i) {
            uint64 expiry = expiries[i];
            uint256 key = SeriesId.keyOf(underlying, expiry);
            if (self.lines[key].length == 0) revert IOptionVault.VaultSeriesNotListed(key << 136);
            if (self.books[key].markedAt == block.timestamp) continue;
            if (spot == 0) spot = IOracleGuard(parts.guard).read(underlying).price.toUint96();
            Marking.mark(self, parts.settlement, underlying, expiry, key, spot, totals);
        }
        if (spot == 0) return;
        Marking.markHedges(self, parts.hedger, underlying, spot, totals);
        int256 nav = money + int256(uint256(totals.hedges));
        nav += (int256(totals.mark) - int256(uint256(totals.uncertainty))) / int256(UNIT);
        totals.limitNav = nav > 0 ? uint256(nav).toUint64() : 0;
        Positions.save(self.totals, totals);
    }

    /// @notice Takes a settled expiry out of the book; reverts `VaultNotSettled` for any other.
    /// @return owed Quote units to holders of longs, rounded up.
    /// @return due Quote units from shorts, rounded down.
    /// @return held Quote units that the margin engine holds.
    function remove(
        BookState storage self,
        Connected.Parts storage parts,
        uint16 underlying,
        uint64 expiry
    ) external returns (uint256 owed, uint256 due, uint256 held) {
        uint256 settled = _settled(parts.settlement, underlying, expiry);
        uint256 key = SeriesId.keyOf(underlying, expiry);
        Line[] memory lines = self.lines[key];
        if (lines.length == 0) revert IOptionVault.VaultSeriesNotListed(key << 136);
        for (uint256 i = 0; i < lines.length; ++i) {
            bool isCall = settled > lines[i].strike;
            uint256 intrinsic = FixedPointMathLib.dist(settled, lines[i].strike);
            uint256 longs = IOptionToken(parts.token).totalSupply(
                SeriesId.encode(underlying, expiry, lines[i].strike, isCall)
            );
            int256 vaultNet = isCall ? lines[i].calls : lines[i].puts;
            owed += FixedPointMathLib.mulDivUp(longs, intrinsic, WAD * UNIT);
            // Shorts in accounts = longs outstanding + the vault's net.
            due += FixedPointMathLib.mulDiv(uint256(int256(longs) + vaultNet), intrinsic, WAD * UNIT);
        }
        Marked memory empty;
        Totals memory totals = self.totals;
        Positions.replace(self, underlying, key, self.books[key], empty, totals);
        Positions.save(self.totals, totals);
        delete self.books[key];
        delete self.lines[key];
        _removeExpiry(self.expiries[underlying], expiry);
        int256 cash = IMarginEngine(parts.margin).totalCash();
        held = cash > 0 ? uint256(cash) : 0;
    }

    /// @notice Burns what a holder has of a settled series; reverts `VaultZeroSize` when that is nothing.
    /// @return size Contracts WAD.
    /// @return value_ Their intrinsic value, quote units rounded down.
    function burn(
        Connected.Parts storage parts,
        uint256 id,
        address holder
    ) external returns (uint256 size, uint256 value_) {
        (uint16 underlying, uint64 expiry, uint256 strike, bool isCall) = SeriesId.decode(id);
        uint256 settled = _settled(parts.settlement, underlying, expiry);
        size = IERC6909(parts.token).balanceOf(holder, id);
        if (size == 0) revert IOptionVault.VaultZeroSize();
        uint256 intrinsic =
            isCall ? FixedPointMathLib.zeroFloorSub(settled, strike) : FixedPointMathLib.zeroFloorSub(strike, settled);
        value_ = FixedPointMathLib.mulDiv(size, intrinsic, WAD * UNIT);
        IOptionToken(parts.token).burn(holder, id, size);
    }

    // ── views ──────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Value of the options and of the hedges at the guarded price, USD WAD.
    /// @param known Underlying whose price the caller has read; none when `spot` is zero.
    /// @param spot Its price, USD WAD.
    /// @return low Options less their uncertainty.
    /// @return high Options plus their uncertainty.
    function value(
        BookState storage self,
        Connected.Parts storage parts,
        uint16 known,
        uint256 spot
    ) external view returns (int256 low, int256 high) {
        Totals memory totals = self.totals;
        int256 middle = totals.mark;
        uint256[] memory units = IHedger(parts.hedger).inventories();
        IOracleGuard guard = IOracleGuard(parts.guard);
        if (spot != 0 && known < units.length && units[known] != 0) {
            middle += int256((units[known] * spot) / 10 ** guard.market(known).tokenDecimals);
            units[known] = 0;
        }
        middle += int256(guard.valueOf(units));
        int256 uncertainty = int256(uint256(totals.uncertainty));
        return (middle - uncertainty, middle + uncertainty);
    }

    /// @notice Reverts `VaultStaleBook` when a book that holds something was last marked more than `maxAge` seconds ago.
    function requireFresh(BookState storage self, Connected.Parts storage parts, uint256 maxAge) external view {
        uint16 count = IOracleGuard(parts.guard).underlyingCount();
        for (uint16 u = 0; u < count; ++u) {
            uint64[] storage expiries = self.expiries[u];
            uint256 length = expiries.length;
            for (uint256 i = 0; i < length; ++i) {
                Marked memory marked = self.books[SeriesId.keyOf(u, expiries[i])];
                if (marked.markedAt + maxAge >= block.timestamp) continue;
                if (marked.mark == 0 && marked.delta == 0 && marked.vega == 0) continue;
                revert IOptionVault.VaultStaleBook(u, expiries[i], marked.markedAt);
            }
        }
    }

    /// @notice Vol at which an expiry is priced while the vol source fails, WAD.
    function fallbackVol(BookState storage self, uint256 key) external view returns (uint256) {
        return Dealing.fallbackVol(self, key);
    }

    function net(BookState storage self, uint256 id) external view returns (int256) {
        uint256 plusOne = self.linePlusOne[id & ~uint256(1)];
        Line[] storage lines = self.lines[SeriesId.expiryKey(id)];
        if (plusOne == 0 || plusOne > lines.length) return 0;
        Line memory line = lines[plusOne - 1];
        return id & 1 == 1 ? line.calls : line.puts;
    }

    function strikesOf(
        BookState storage self,
        uint16 underlying,
        uint64 expiry
    ) external view returns (uint256[] memory strikes) {
        Line[] storage lines = self.lines[SeriesId.keyOf(underlying, expiry)];
        strikes = new uint256[](lines.length);
        for (uint256 i = 0; i < strikes.length; ++i) strikes[i] = lines[i].strike;
    }

    // ── private ────────────────────────────────────────────────────────────────────────────────────────

    function _settled(address settlement, uint16 underlying, uint64 expiry) private view returns (uint256) {
        (uint256 settled, bool done) = ISettlement(settlement).priceOf(underlying, expiry);
        if (!done) revert IOptionVault.VaultNotSettled(underlying, expiry);
        return settled;
    }

    function _removeExpiry(uint64[] storage expiries, uint64 expiry) private {
        uint256 last = expiries.length - 1;
        for (uint256 i = 0; i < last; ++i) {
            if (expiries[i] == expiry) expiries[i] = expiries[last];
        }
        expiries.pop();
    }
}
