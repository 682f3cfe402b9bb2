// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {IHedger} from "../interfaces/IHedger.sol";
import {IOptionToken} from "../interfaces/IOptionToken.sol";
import {IOptionVault} from "../interfaces/IOptionVault.sol";
import {IOracleGuard} from "../interfaces/IOracleGuard.sol";
import {ISettlement} from "../interfaces/ISettlement.sol";
import {IVolSource} from "../interfaces/IVolSource.sol";
import {BlackScholes} from "../libraries/BlackScholes.sol";
import {Quoting} from "../libraries/Quoting.sol";
import {SeriesId} from "../libraries/SeriesId.sol";

/// @notice The vault's positions with their mark and Greeks per (underlying, expiry), and prices against them. Trades
/// move marks by their own, `poke` sets them right; nothing else re-prices the book.
/// @dev A linked library on the vault's storage, because vault and pricing together exceed the size of a contract.
library OptionBook {
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

    /// @dev The vault's net of call and put at a strike, contracts WAD, in one slot.
    struct Line {
        uint96 strike;
        int80 calls;
        int80 puts;
    }

    /// @param uncertainty Value of half-spread and model uncertainty on the book's vega, USD WAD.
    /// @param sd Model's standard deviation of vol at the last mark or trade, WAD.
    struct Marked {
        int128 mark;
        int128 delta;
        int96 vega;
        uint96 spot;
        uint64 markedAt;
        uint128 uncertainty;
        uint64 sd;
    }

    /// @param limitNav NAV by the last marks, quote units: sizes the limits of trades without a reading of all prices.
    /// @param hedges Value of the hedges at the spots of the last marks, quote units.
    struct Totals {
        int128 mark;
        int128 vega;
        uint128 uncertainty;
        uint64 limitNav;
        uint64 hedges;
    }

    /// @param delta Sum of the deltas of the books of an underlying, units WAD.
    /// @param hedges Its part of `Totals.hedges`.
    struct Exposure {
        int128 delta;
        uint64 hedges;
        uint8 tokenDecimals;
    }

    struct State {
        IOptionVault.Terms terms;
        Totals totals;
        address volSource;
        mapping(uint16 underlying => uint64[]) expiries;
        mapping(uint256 expiryKey => Line[]) lines;
        mapping(uint256 expiryKey => Marked) books;
        mapping(uint16 underlying => Exposure) exposures;
        // One more than the index of a strike's line; the key is the id of the put.
        mapping(uint256 id => uint256) linePlusOne;
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

    uint256 private constant WAD = 1e18;
    int256 private constant SWAD = 1e18;
    /// @dev USD WAD of one quote unit.
    uint256 private constant UNIT = 1e12;
    /// @dev Quote units and a limit per vol point to USD WAD per 1.00 of vol.
    uint256 private constant LIMIT_SCALE = 1e14;

    // ── set-up ─────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Lists strikes of an expiry; those that are listed stay.
    function list(
        State storage self,
        IOracleGuard guard,
        uint16 underlying,
        uint64 expiry,
        uint256[] calldata strikes
    ) external {
        uint256 key = SeriesId.keyOf(underlying, expiry);
        if (expiry <= block.timestamp) revert IOptionVault.VaultSeriesExpired(key << 136, expiry);
        self.exposures[underlying].tokenDecimals = guard.market(underlying).tokenDecimals;
        Line[] storage lines = self.lines[key];
        if (lines.length == 0) self.expiries[underlying].push(expiry);
        for (uint256 i = 0; i < strikes.length; ++i) {
            uint256 put = SeriesId.encode(underlying, expiry, strikes[i].toUint96(), false);
            if (self.linePlusOne[put] != 0) continue;
            lines.push(Line(uint96(strikes[i]), 0, 0));
            self.linePlusOne[put] = lines.length;
        }
    }

    function setTerms(State storage self, IOptionVault.Terms memory terms) external {
        bool valid =
            terms.minVol > 0 &&
                terms.maxVol >= (uint256(terms.minVol) * 3) / 2 &&
                terms.minAbsDelta <= terms.maxAbsDelta &&
                terms.feeCap <= WAD;
        if (!valid) revert IOptionVault.VaultTermsInvalid();
        self.terms = terms;
    }

    // ── trades ─────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Prices a trade and moves the position by it. What the oracle's action table refuses reverts there; a
    /// trade that opens beyond the limits of the terms reverts with the limit, after expiry with `VaultSeriesExpired`, an unlisted series with `VaultSeriesNotListed`.
    /// @param size Contracts WAD; positive: the vault sells.
    /// @return premium Quote units.
    /// @return fee Quote units.
    function trade(
        State storage self,
        IOracleGuard guard,
        Kind kind,
        address trader,
        uint256 id,
        int256 size,
        uint64 defences
    ) external returns (uint256 premium, uint256 fee) {
        if (size == 0) revert IOptionVault.VaultZeroSize();
        Deal memory deal = _price(self, kind, id, size, _readingFor(guard, kind, id, size), defences);
        _changePosition(self, id, -size, deal);
        if (kind == Kind.TAKE_OVER) return (0, 0);
        IOptionVault.Quote memory q = deal.quote;
        emit IOptionVault.Traded(id, trader, size, q.premium, q.fee, q.tradeVol, q.markVol, deal.spot);
        return (q.premium, q.fee);
    }

    /// @notice Price of a trade without making it.
    function indicate(
        State storage self,
        IOracleGuard guard,
        Kind kind,
        uint256 id,
        int256 size,
        uint64 defences
    ) external view returns (IOptionVault.Quote memory) {
        return _price(self, kind, id, size, guard.read(uint16(id >> 200)), defences).quote;
    }

    // ── marks ──────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Re-marks an expiry and the hedges of its underlying; does nothing when it was marked in this block.
    /// @param money Quote units of the vault beside options and hedges.
    function poke(
        State storage self,
        IOracleGuard guard,
        ISettlement settlement,
        IHedger hedger,
        uint16 underlying,
        uint64 expiry,
        int256 money
    ) external {
        uint256 key = SeriesId.keyOf(underlying, expiry);
        if (self.lines[key].length == 0) revert IOptionVault.VaultSeriesNotListed(key << 136);
        if (self.books[key].markedAt == block.timestamp) return;
        uint256 spot = guard.read(underlying).price;
        Line[] memory held = _held(self, key);
        Marked memory marked;
        if (block.timestamp >= expiry) {
            marked.mark = _intrinsic(held, settlement, underlying, expiry, spot);
        } else if (held.length != 0) {
            _revalue(self.volSource, held, underlying, expiry, spot, marked);
        }
        marked.spot = spot.toUint96();
        marked.markedAt = uint64(block.timestamp);
        _store(self, underlying, key, marked);
        _markHedges(self, hedger, underlying, spot);
        Totals storage totals = self.totals;
        int256 nav = money + int256(uint256(totals.hedges));
        nav += (int256(totals.mark) - int256(uint256(totals.uncertainty))) / int256(UNIT);
        totals.limitNav = nav > 0 ? uint256(nav).toUint64() : 0;
        emit IOptionVault.BookMarked(underlying, expiry, marked.mark, marked.delta, marked.vega, spot);
    }

    /// @notice Takes a settled expiry out of the book; reverts `VaultNotSettled` for any other.
    /// @return owed Quote units to holders of longs, rounded up.
    /// @return due Quote units from shorts, rounded down.
    function remove(
        State storage self,
        IOptionToken token,
        ISettlement settlement,
        uint16 underlying,
        uint64 expiry
    ) external returns (uint256 owed, uint256 due) {
        uint256 settled = _settled(settlement, underlying, expiry);
        uint256 key = SeriesId.keyOf(underlying, expiry);
        Line[] memory lines = self.lines[key];
        if (lines.length == 0) revert IOptionVault.VaultSeriesNotListed(key << 136);
        for (uint256 i = 0; i < lines.length; ++i) {
            bool isCall = settled > lines[i].strike;
            uint256 intrinsic = FixedPointMathLib.dist(settled, lines[i].strike);
            uint256 longs = token.totalSupply(SeriesId.encode(underlying, expiry, lines[i].strike, isCall));
            int256 vaultNet = isCall ? lines[i].calls : lines[i].puts;
            owed += FixedPointMathLib.mulDivUp(longs, intrinsic, WAD * UNIT);
            // Shorts in accounts = longs outstanding + the vault's net.
            due += FixedPointMathLib.mulDiv(uint256(int256(longs) + vaultNet), intrinsic, WAD * UNIT);
        }
        Marked memory empty;
        _store(self, underlying, key, empty);
        delete self.books[key];
        delete self.lines[key];
        _removeExpiry(self.expiries[underlying], expiry);
    }

    // ── views ──────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Value of the options and of the hedges at the guarded price, USD WAD.
    /// @return low Options less their uncertainty.
    /// @return high Options plus their uncertainty.
    function value(
        State storage self,
        IOracleGuard guard,
        IHedger hedger
    ) external view returns (int256 low, int256 high) {
        Totals memory totals = self.totals;
        int256 middle = totals.mark;
        uint16 count = guard.underlyingCount();
        for (uint16 u = 0; u < count; ++u) {
            uint256 units = hedger.inventory(u);
            if (units == 0) continue;
            middle += int256((units * guard.read(u).price) / 10 ** guard.market(u).tokenDecimals);
        }
        int256 uncertainty = int256(uint256(totals.uncertainty));
        return (middle - uncertainty, middle + uncertainty);
    }

    /// @notice Reverts `VaultStaleBook` when a book that holds something was last marked more than `maxAge` seconds ago.
    function requireFresh(State storage self, IOracleGuard guard, uint256 maxAge) external view {
        uint16 count = guard.underlyingCount();
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

    /// @notice Intrinsic value of `size` contracts (WAD) at settlement, quote units rounded down.
    /// @dev The address is plain, because a contract type in a library's ABI is none that clients know.
    function payoff(address settlement, uint256 id, uint256 size) external view returns (uint256) {
        (uint16 underlying, uint64 expiry, uint256 strike, bool isCall) = SeriesId.decode(id);
        uint256 settled = _settled(ISettlement(settlement), underlying, expiry);
        uint256 intrinsic =
            isCall ? FixedPointMathLib.zeroFloorSub(settled, strike) : FixedPointMathLib.zeroFloorSub(strike, settled);
        return FixedPointMathLib.mulDiv(size, intrinsic, WAD * UNIT);
    }

    function net(State storage self, uint256 id) external view returns (int256) {
        uint256 plusOne = self.linePlusOne[id & ~uint256(1)];
        Line[] storage lines = self.lines[SeriesId.expiryKey(id)];
        if (plusOne == 0 || plusOne > lines.length) return 0;
        Line memory line = lines[plusOne - 1];
        return id & 1 == 1 ? line.calls : line.puts;
    }

    function strikesOf(
        State storage self,
        uint16 underlying,
        uint64 expiry
    ) external view returns (uint256[] memory strikes) {
        Line[] storage lines = self.lines[SeriesId.keyOf(underlying, expiry)];
        strikes = new uint256[](lines.length);
        for (uint256 i = 0; i < strikes.length; ++i) strikes[i] = lines[i].strike;
    }

    // ── private ────────────────────────────────────────────────────────────────────────────────────────

    function _settled(ISettlement settlement, uint16 underlying, uint64 expiry) private view returns (uint256) {
        (uint256 settled, bool done) = settlement.priceOf(underlying, expiry);
        if (!done) revert IOptionVault.VaultNotSettled(underlying, expiry);
        return settled;
    }

    /// @dev Price at a reading of the spot.
    function _price(
        State storage self,
        Kind kind,
        uint256 id,
        int256 size,
        IOracleGuard.Reading memory reading,
        uint64 defences
    ) private view returns (Deal memory deal) {
        _lineOf(self, id);
        (uint16 underlying, uint64 expiry, uint256 strike, bool isCall) = SeriesId.decode(id);
        Quoting.Inputs memory x;
        uint256 confidence;
        (x.vol, x.sd, confidence) = IVolSource(self.volSource).volOf(underlying, expiry, strike, reading.price);
        if (kind == Kind.OPEN && confidence == 0) revert IVolSource.VolUnavailable(underlying, expiry);
        bool low =
            kind != Kind.CLOSE && (reading.state == IOracleGuard.State.LOW_CONFIDENCE || confidence < MIN_CONFIDENCE);
        IOptionVault.Terms memory terms = self.terms;
        Totals memory totals = self.totals;
        x.isCall = isCall;
        x.size = size;
        x.spot = reading.price;
        x.strike = strike;
        x.secondsToExpiry = expiry > block.timestamp ? expiry - block.timestamp : 0;
        x.spreadMultiple = low ? SPREAD_MULTIPLE : 1;
        x.totalVega = totals.vega;
        x.vegaLimit = (uint256(totals.limitNav) * LIMIT_SCALE * terms.vegaLimit) / WAD;
        x.defences = defences;
        deal = Deal(Quoting.quote(x, terms), x.spot, x.sd);
        if (kind == Kind.OPEN) _checkOpening(id, expiry, x, deal.quote, terms, low);
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
        uint256 vega = (q.vega * x.size.abs()) / WAD;
        uint256 maxVega = (x.vegaLimit * terms.maxTrade) / WAD;
        if (low) maxVega /= SIZE_DIVISOR;
        if (vega > maxVega) revert IOptionVault.VaultTradeTooLarge(vega, maxVega);
        uint256 afterwards = (x.size > 0 ? x.totalVega - int256(vega) : x.totalVega + int256(vega)).abs();
        if (afterwards > x.vegaLimit && afterwards > x.totalVega.abs()) {
            revert IOptionVault.VaultVegaLimit(afterwards, x.vegaLimit);
        }
    }

    /// @dev Moves the net of a series by `change` (vault long > 0) at the mark and Greeks of a deal.
    function _changePosition(State storage self, uint256 id, int256 change, Deal memory deal) private {
        uint256 key = SeriesId.expiryKey(id);
        Line storage line = self.lines[key][_lineOf(self, id)];
        if (id & 1 == 1) line.calls = (line.calls + change).toInt80();
        else line.puts = (line.puts + change).toInt80();

        Marked memory marked = self.books[key];
        marked.mark += ((change * int256(deal.quote.mark)) / SWAD).toInt128();
        marked.delta += ((change * deal.quote.delta) / SWAD).toInt128();
        marked.vega += ((change * int256(deal.quote.vega)) / SWAD).toInt96();
        marked.sd = deal.sd.toUint64();
        if (marked.markedAt == 0) {
            marked.markedAt = uint64(block.timestamp);
            marked.spot = deal.spot.toUint96();
        }
        _store(self, uint16(id >> 200), key, marked);
    }

    /// @dev The price for a trade, after the action table has allowed it; under dispute, of feed and pool price the
    /// one that is worse for the trader.
    function _readingFor(
        IOracleGuard guard,
        Kind kind,
        uint256 id,
        int256 size
    ) private view returns (IOracleGuard.Reading memory reading) {
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
        reading.price =
            isCall == (size > 0)
                ? FixedPointMathLib.max(reading.price, pool)
                : FixedPointMathLib.min(reading.price, pool);
    }

    /// @dev Index of the line of a series; a closed expiry has none.
    function _lineOf(State storage self, uint256 id) private view returns (uint256) {
        uint256 plusOne = self.linePlusOne[id & ~uint256(1)];
        if (plusOne == 0 || plusOne > self.lines[SeriesId.expiryKey(id)].length) {
            revert IOptionVault.VaultSeriesNotListed(id);
        }
        return plusOne - 1;
    }

    /// @dev Replaces a book and moves the totals by the difference.
    function _store(State storage self, uint16 underlying, uint256 key, Marked memory marked) private {
        Marked memory old = self.books[key];
        uint256 spread = uint256(self.terms.halfSpread) + marked.sd;
        marked.uncertainty = ((int256(marked.vega).abs() * spread) / WAD).toUint128();
        Totals memory totals = self.totals;
        totals.mark += marked.mark - old.mark;
        totals.vega += marked.vega - old.vega;
        totals.uncertainty = totals.uncertainty - old.uncertainty + marked.uncertainty;
        self.totals = totals;
        if (marked.delta != old.delta) self.exposures[underlying].delta += marked.delta - old.delta;
        self.books[key] = marked;
    }

    function _markHedges(State storage self, IHedger hedger, uint16 underlying, uint256 spot) private {
        Exposure storage exposure = self.exposures[underlying];
        uint64 old = exposure.hedges;
        uint256 value_ = FixedPointMathLib.mulDiv(hedger.inventory(underlying), spot, UNIT);
        uint64 hedges = (value_ / 10 ** exposure.tokenDecimals).toUint64();
        if (hedges == old) return;
        exposure.hedges = hedges;
        self.totals.hedges = self.totals.hedges - old + hedges;
    }

    function _removeExpiry(uint64[] storage expiries, uint64 expiry) private {
        uint256 last = expiries.length - 1;
        for (uint256 i = 0; i < last; ++i) {
            if (expiries[i] == expiry) expiries[i] = expiries[last];
        }
        expiries.pop();
    }

    /// @dev Marks lines at the source's vols: one outside call, one valuation per strike.
    function _revalue(
        address volSource,
        Line[] memory held,
        uint16 underlying,
        uint64 expiry,
        uint256 spot,
        Marked memory marked
    ) private view {
        uint256[] memory strikes = new uint256[](held.length);
        for (uint256 i = 0; i < held.length; ++i) strikes[i] = held[i].strike;
        (uint256[] memory vols, uint256 sd, ) = IVolSource(volSource).volsOf(underlying, expiry, strikes, spot);
        marked.sd = sd.toUint64();
        uint256 rootT = BlackScholes.sqrtYears(expiry - block.timestamp);
        int256[3] memory sums;
        for (uint256 i = 0; i < held.length; ++i) _addLine(sums, held[i], spot, vols[i], rootT);
        marked.mark = (sums[0] / SWAD).toInt128();
        marked.delta = (sums[1] / SWAD).toInt128();
        marked.vega = (sums[2] / SWAD).toInt96();
    }

    /// @dev Adds mark, delta and vega of the calls and puts at a strike.
    function _addLine(int256[3] memory sums, Line memory line, uint256 spot, uint256 vol, uint256 rootT) private pure {
        BlackScholes.Valuation memory v = BlackScholes.valueFrom(
            spot,
            line.strike,
            BlackScholes.logMoneyness(spot, line.strike),
            BlackScholes.totalVol(vol, rootT),
            rootT
        );
        int256 calls = line.calls;
        int256 puts = line.puts;
        sums[0] += calls * int256(v.call) + puts * int256(v.put);
        sums[1] += calls * int256(v.callDelta) + puts * (int256(v.callDelta) - SWAD);
        sums[2] += (calls + puts) * int256(v.vega);
    }

    /// @dev Value of an expired book: at the settlement price, or at the spot until there is one.
    function _intrinsic(
        Line[] memory held,
        ISettlement settlement,
        uint16 underlying,
        uint64 expiry,
        uint256 spot
    ) private view returns (int128) {
        (uint256 settled, bool done) = settlement.priceOf(underlying, expiry);
        if (done) spot = settled;
        int256 sum;
        for (uint256 i = 0; i < held.length; ++i) {
            uint256 strike = held[i].strike;
            int256 size = spot > strike ? held[i].calls : held[i].puts;
            sum += size * int256(FixedPointMathLib.dist(spot, strike));
        }
        return (sum / SWAD).toInt128();
    }

    /// @dev Lines with a position.
    function _held(State storage self, uint256 key) private view returns (Line[] memory held) {
        held = self.lines[key];
        uint256 count;
        for (uint256 i = 0; i < held.length; ++i) {
            if (held[i].calls != 0 || held[i].puts != 0) held[count++] = held[i];
        }
        assembly ("memory-safe") {
            mstore(held, count)
        }
    }
}
