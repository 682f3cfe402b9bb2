// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IOptionVault} from "../interfaces/IOptionVault.sol";
import {IOracleGuard} from "../interfaces/IOracleGuard.sol";
import {IVolSource} from "../interfaces/IVolSource.sol";
import {Quoting} from "../libraries/Quoting.sol";
import {SeriesId} from "../libraries/SeriesId.sol";
import {VolReading} from "../libraries/VolReading.sol";
import {DefenceBits} from "../libraries/DefenceBits.sol";
import {BookState} from "./BookState.sol";
import {Positions} from "./Positions.sol";

/// @notice Prices trades against the book: which spot and vol count, which limits hold.
library Dealing {
    using DefenceBits for uint64;
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;
    using SafeCast for int256;
    using SafeCast for uint256;

    /// @dev A take-over of a short pays no premium; an indication has the spread of an opening trade and no limits.
    enum Kind {
        OPEN,
        CLOSE,
        TAKE_OVER,
        INDICATION
    }

    /// @notice A priced trade.
    /// @param sd Model's standard deviation of vol, WAD.
    struct Deal {
        IOptionVault.Quote quote;
        uint256 spot;
        uint256 sd;
    }

    /// @notice Confidence in vols below which opening is dearer and smaller, WAD.
    uint256 internal constant MIN_CONFIDENCE = 0.55e18;
    /// @notice Under low confidence the spread is times this, and a trade at most `maxTrade` over `SIZE_DIVISOR`.
    uint256 internal constant SPREAD_MULTIPLE = 3;
    uint256 internal constant SIZE_DIVISOR = 4;
    /// @notice With `uncertaintySize` a model less sure of its vol than this, WAD, opens less: both the largest trade and
    /// the vega that opening may reach shrink by this over its deviation, so that an error of one deviation costs the
    /// vault no more than one of this size at full limits.
    uint256 internal constant TOLERATED_SD = 0.05e18;

    uint256 private constant WAD = 1e18;
    /// @dev Quote units and a limit per vol point to USD WAD per 1.00 of vol.
    uint256 private constant LIMIT_SCALE = 1e14;

    /// @notice The price for a trade, after the action table has allowed it; under dispute, of feed and pool price the
    /// one that is worse for the trader.
    function readingFor(
        IOracleGuard guard,
        Kind kind,
        uint256 id,
        int256 size
    ) internal view returns (IOracleGuard.Reading memory reading) {
        (uint16 underlying, uint64 expiry, , bool isCall) = SeriesId.decode(id);
        if (kind == Kind.TAKE_OVER) return guard.read(underlying);
        if (expiry <= block.timestamp) revert IOptionVault.VaultSeriesExpired(id, expiry);
        reading = guard.readFor(
            underlying,
            kind == Kind.OPEN ? IOracleGuard.Operation.OPEN : IOracleGuard.Operation.CLOSE
        );
        if (reading.state != IOracleGuard.State.DISPUTED) return reading;
        uint256 pool = guard.poolMean(underlying);
        if (pool == 0) return reading;
        reading.price = isCall == (size > 0) ? reading.price.max(pool) : reading.price.min(pool);
    }

    /// @notice Price of a trade at a reading of the spot.
    function price(
        BookState storage self,
        Kind kind,
        uint256 id,
        int256 size,
        IOracleGuard.Reading memory reading,
        uint64 defences
    ) internal view returns (Deal memory deal) {
        Positions.lineOf(self, id);
        Quoting.Inputs memory x;
        uint64 expiry;
        uint16 underlying;
        (underlying, expiry, x.strike, x.isCall) = SeriesId.decode(id);
        // Limits that keep every product of the pricing within 256 bits.
        x.size = size.toInt80();
        x.spot = reading.price.toUint96();
        IOptionVault.Terms memory terms = self.terms;
        uint256 confidence;
        (x.vol, x.sd, confidence) = _volOf(self, kind, underlying, expiry, x, terms.minVol);
        bool low =
            kind != Kind.CLOSE && (reading.state == IOracleGuard.State.LOW_CONFIDENCE || confidence < MIN_CONFIDENCE);
        x.secondsToExpiry = expiry > block.timestamp ? expiry - block.timestamp : 0;
        x.spreadMultiple = low ? SPREAD_MULTIPLE : 1;
        x.totalVega = self.totals.vega;
        unchecked {
            // 64, 47 and 64 bits.
            x.vegaLimit = (uint256(self.totals.limitNav) * LIMIT_SCALE * terms.vegaLimit) / WAD;
        }
        x.defences = defences;
        deal.spot = x.spot;
        deal.sd = x.sd;
        Quoting.quote(x, terms, deal.quote);
        if (kind == Kind.OPEN) _checkOpening(id, expiry, x, deal.quote, terms, low);
    }

    /// @notice Vol at which an expiry is priced while the source fails: the highest of its last marks, at least 80 %.
    function fallbackVol(BookState storage self, uint256 key) internal view returns (uint256) {
        return uint256(self.books[key].highestVol).max(VolReading.FALLBACK_VOL);
    }

    /// @dev Nothing is opened without the source. What closes goes on at the vol that is worse for the trader.
    function _volOf(
        BookState storage self,
        Kind kind,
        uint16 underlying,
        uint64 expiry,
        Quoting.Inputs memory x,
        uint256 minVol
    ) private view returns (uint256 vol, uint256 sd, uint256 confidence) {
        bool ok;
        (ok, vol, sd, confidence) = VolReading.volOf(self.volSource, underlying, expiry, x.strike, x.spot);
        if (kind == Kind.OPEN && confidence == 0) ok = false;
        if (ok) return (vol, sd, confidence);
        if (kind == Kind.OPEN || kind == Kind.INDICATION) revert IVolSource.VolUnavailable(underlying, expiry);
        uint256 key = SeriesId.keyOf(underlying, expiry);
        return (x.size > 0 ? fallbackVol(self, key) : minVol, self.books[key].sd, WAD);
    }

    function _checkOpening(
        uint256 id,
        uint64 expiry,
        Quoting.Inputs memory x,
        IOptionVault.Quote memory q,
        IOptionVault.Terms memory terms,
        bool low
    ) private view {
        if (block.timestamp + terms.noOpenWindow >= expiry) {
            revert IOptionVault.VaultOpenWindowClosed(id, expiry - terms.noOpenWindow);
        }
        uint256 absDelta = q.delta.abs();
        if (absDelta < terms.minAbsDelta || absDelta > terms.maxAbsDelta) {
            revert IOptionVault.VaultDeltaOutOfRange(q.delta, terms.minAbsDelta, terms.maxAbsDelta);
        }
        uint256 vega;
        uint256 maxVega;
        uint256 limit = x.vegaLimit;
        unchecked {
            // Rounded down, against the trader; a deviation above `TOLERATED_SD` is not zero.
            if (x.sd > TOLERATED_SD && x.defences.has(DefenceBits.UNCERTAINTY_SIZE))
                limit = (limit * TOLERATED_SD) / x.sd;
            // A size has 80 bits, a vega 127, the limit 115.
            vega = (q.vega * x.size.abs()) / WAD;
            maxVega = (limit * terms.maxTrade) / WAD;
        }
        if (low) maxVega /= SIZE_DIVISOR;
        if (vega > maxVega) revert IOptionVault.VaultTradeTooLarge(vega, maxVega);
        uint256 afterwards = (x.size > 0 ? x.totalVega - int256(vega) : x.totalVega + int256(vega)).abs();
        if (afterwards > limit && afterwards > x.totalVega.abs()) {
            revert IOptionVault.VaultVegaLimit(afterwards, limit);
        }
    }
}
