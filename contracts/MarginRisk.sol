// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {Connected} from "./Connected.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IMarginRisk} from "./interfaces/IMarginRisk.sol";
import {IOptionVault} from "./interfaces/IOptionVault.sol";
import {IOracleGuard} from "./interfaces/IOracleGuard.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {BlackScholes} from "./libraries/BlackScholes.sol";
import {DefenceBits} from "./libraries/DefenceBits.sol";
import {ScenarioMargin} from "./libraries/ScenarioMargin.sol";
import {SeriesId} from "./libraries/SeriesId.sol";
import {VolReading} from "./libraries/VolReading.sol";

/// @notice See `IMarginRisk`.
/// @dev Maintenance = charge + 2 % of spot per naked short + cost of closing, with charge = N − c·(N − P), where N is
/// the sum over underlyings of each one's worst loss and P the worst scenario of the summed losses; c = 0.5 with
/// `diversificationHaircut` on and 1 without. Initial = 1.25 × maintenance, plus (1 − confidence) × spot per contract
/// short while the confidence in the price is low. An account without shorts needs no margin. With `uncertaintyMargin` the
/// cost of closing counts the model's standard deviation of vol as it counts the half-spread: once its vega.
///
/// While feed and pool dispute a price, the account is valued at both, and the worse counts, surplus over maintenance
/// compared; only for the start of a sale the better, so that an account is sold when it is broken at both.
contract MarginRisk is IMarginRisk, Connected {
    using DefenceBits for uint64;
    using FixedPointMathLib for uint256;

    /// @dev What a valuation carries from one underlying to the next.
    struct Valuation {
        uint64 bits;
        int256 equity;
        uint256 sumOfWorst;
        int256[16] joint;
        uint256 floor;
        uint256 closing;
        uint256 doubt;
        address source;
        uint256 halfSpread;
        uint256 lagSpread;
        bool countsDeviation;
    }

    /// @dev What the source says of an underlying's legs, each in its place. @param sds Standard deviations, WAD.
    struct Vols {
        uint256[] vols;
        uint256[] sds;
    }

    /// @dev One underlying of an account. @param price USD WAD. @param units Collateral, WAD.
    struct Position {
        uint256 price;
        uint256 confidence;
        uint256 units;
        uint256 calls;
        uint256 puts;
    }

    uint256 private constant WAD = 1e18;
    uint256 private constant QUOTE_TO_WAD = 1e12;

    uint256 public constant INITIAL_OVER_MAINTENANCE = 1.25e18;
    uint256 public constant NAKED_FLOOR = 0.02e18;
    uint256 public constant CONFIDENCE_THRESHOLD = 0.55e18;
    /// @notice Weight of the credit between underlyings with `diversificationHaircut`.
    uint256 public constant DIVERSIFICATION_CREDIT = 0.5e18;
    /// @notice Gas of one liquidation, USD WAD: about 1.5 Mgas at 10 gwei and 2,000 USD.
    uint256 public constant LIQUIDATION_GAS = 30e18;
    /// @notice The vault takes legs over at the mark of a vol this much higher.
    uint256 public constant TAKE_OVER_VOL = 1.3e18;

    constructor(address owner) Connected(owner) {}

    // ── assessment ─────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarginRisk
    function assess(
        Account calldata account,
        PriceMode mode,
        IOracleGuard.Operation operation
    ) external view returns (IMarginEngine.Health memory h) {
        bool disputed;
        (h, disputed) = _assess(account, mode, operation);
        if (!disputed || mode == PriceMode.POOL_MEAN) return h;
        (IMarginEngine.Health memory other, ) = _assess(account, PriceMode.DISPUTED_AT_POOL, operation);
        bool otherIsWorse = other.equity - int256(other.maintenance) < h.equity - int256(h.maintenance);
        bool wantsBetter = mode == PriceMode.FOR_OPERATION && operation == IOracleGuard.Operation.START_AUCTION;
        return otherIsWorse == wantsBetter ? h : other;
    }

    /// @return h Equity and margins. @return disputed Feed and pool are too far apart on an underlying of the account.
    function _assess(
        Account calldata account,
        PriceMode mode,
        IOracleGuard.Operation operation
    ) private view returns (IMarginEngine.Health memory h, bool disputed) {
        Leg[] memory legs = account.legs;
        Valuation memory v;
        v.equity = account.cash * int256(QUOTE_TO_WAD);
        if (legs.length > 0) _prepare(v);
        ScenarioMargin.Shock[9] memory table = ScenarioMargin.shocks();
        for (uint16 u = 0; u < account.collateral.length; ++u) {
            Position memory p = _position(account.collateral[u], legs, u);
            if (p.units == 0 && p.calls == 0 && p.puts == 0) continue;
            bool contested;
            (p.price, p.confidence, contested) = _price(u, mode, operation);
            disputed = disputed || contested;
            v.equity += int256(p.units.mulWad(p.price));
            if (legs.length > 0) _addUnderlying(v, legs, u, p, table);
        }
        h.equity = v.equity;
        if (legs.length == 0) return (h, disputed);
        h.maintenance = _maintenance(v);
        h.initial = h.maintenance.mulWadUp(INITIAL_OVER_MAINTENANCE) + v.doubt;
    }

    /// @inheritdoc IMarginRisk
    function takeOverValue(Leg[] calldata legs) external view returns (uint256 owed) {
        address source = IOptionVault(_parts.vault).volSource();
        uint16 count = IOracleGuard(_parts.guard).underlyingCount();
        for (uint16 u = 0; u < count; ++u) {
            uint256 spot;
            uint256[] memory vols;
            for (uint256 i = 0; i < legs.length; ++i) {
                if (uint16(legs[i].id >> 200) != u) continue;
                if (spot == 0) {
                    spot = IOracleGuard(_parts.guard).readFor(u, IOracleGuard.Operation.BID).price;
                    vols = _vols(source, legs, u, spot).vols;
                }
                ScenarioMargin.Short memory s = _short(legs[i], vols[i].mulWad(TAKE_OVER_VOL));
                uint256 value = BlackScholes.price(s.isCall, spot, s.strike, s.secondsToExpiry, s.vol);
                owed += value.fullMulDivUp(s.size, WAD * QUOTE_TO_WAD);
            }
        }
    }

    /// @inheritdoc IMarginRisk
    function settledValue(uint256 id) public view returns (uint256 value, bool done) {
        (uint16 underlying, uint64 expiry, uint256 strike, bool isCall) = SeriesId.decode(id);
        if (expiry > block.timestamp) return (0, false);
        uint256 price;
        (price, done) = ISettlement(_parts.settlement).priceOf(underlying, expiry);
        value = isCall ? price.zeroFloorSub(strike) : strike.zeroFloorSub(price);
    }

    // ── valuation ──────────────────────────────────────────────────────────────────────────────────────

    function _prepare(Valuation memory v) private view {
        v.bits = DefenceBits.bitsOf(_parts.defences);
        v.source = IOptionVault(_parts.vault).volSource();
        v.countsDeviation = v.bits.has(DefenceBits.UNCERTAINTY_MARGIN);
        if (!v.bits.has(DefenceBits.CLOSING_COST_ADD_ON)) return;
        IOptionVault.Terms memory terms = IOptionVault(_parts.vault).terms();
        (v.halfSpread, v.lagSpread) = (terms.halfSpread, terms.lagSpread);
        v.closing = LIQUIDATION_GAS;
    }

    function _position(uint256 held, Leg[] memory legs, uint16 underlying) private view returns (Position memory p) {
        if (held > 0) p.units = held * 10 ** (18 - IOracleGuard(_parts.guard).market(underlying).tokenDecimals);
        for (uint256 i = 0; i < legs.length; ++i) {
            (uint16 u, , , bool isCall) = SeriesId.decode(legs[i].id);
            if (u != underlying) continue;
            if (isCall) p.calls += legs[i].size;
            else p.puts += legs[i].size;
        }
    }

    function _price(
        uint16 underlying,
        PriceMode mode,
        IOracleGuard.Operation operation
    ) private view returns (uint256 price, uint256 confidence, bool disputed) {
        IOracleGuard guard = IOracleGuard(_parts.guard);
        if (mode == PriceMode.POOL_MEAN) {
            price = guard.poolMean(underlying);
            if (price != 0) return (price, WAD, false);
        }
        IOracleGuard.Reading memory r =
            mode == PriceMode.FOR_OPERATION ? guard.readFor(underlying, operation) : guard.read(underlying);
        disputed = r.state == IOracleGuard.State.DISPUTED;
        // The guard disputes a feed by the pool's mean, so there is one.
        price = disputed && mode == PriceMode.DISPUTED_AT_POOL ? guard.poolMean(underlying) : r.price;
        return (price, r.confidence, disputed);
    }

    /// @dev Adds one underlying's marks to the equity and its losses to the joint scenarios.
    function _addUnderlying(
        Valuation memory v,
        Leg[] memory legs,
        uint16 underlying,
        Position memory p,
        ScenarioMargin.Shock[9] memory table
    ) private view {
        bool tails = v.bits.has(DefenceBits.FAR_TAIL_SCENARIOS);
        int256[16] memory losses;
        if (p.units > 0) ScenarioMargin.addCollateral(losses, p.units, p.price, table, tails);
        if (p.calls + p.puts > 0) {
            Vols memory said = _vols(v.source, legs, underlying, p.price);
            int256 logSpot = FixedPointMathLib.lnWad(int256(p.price));
            for (uint256 i = 0; i < legs.length; ++i) {
                if (uint16(legs[i].id >> 200) == underlying) {
                    _addLeg(
                        v,
                        losses,
                        legs[i],
                        said.vols[i],
                        v.countsDeviation ? said.sds[i] : 0,
                        p.price,
                        logSpot,
                        table,
                        tails
                    );
                }
            }
        }
        v.sumOfWorst += ScenarioMargin.worst(losses);
        ScenarioMargin.addTo(v.joint, losses);

        // Calls are covered by the underlying that lies in the account.
        uint256 naked = p.puts + p.calls.zeroFloorSub(p.units);
        v.floor += naked.mulWadUp(p.price).mulWadUp(NAKED_FLOOR);
        if (v.bits.has(DefenceBits.CONFIDENCE_IN_MARGIN) && p.confidence < CONFIDENCE_THRESHOLD) {
            v.doubt += (p.calls + p.puts).mulWadUp(p.price).mulWadUp(WAD - p.confidence);
        }
    }

    function _addLeg(
        Valuation memory v,
        int256[16] memory losses,
        Leg memory leg,
        uint256 vol,
        uint256 sd,
        uint256 spot,
        int256 logSpot,
        ScenarioMargin.Shock[9] memory table,
        bool tails
    ) private view {
        (uint256 settled, bool done) = settledValue(leg.id);
        if (done) {
            v.equity -= int256(settled.mulWadUp(leg.size));
            return;
        }
        (uint256 mark, uint256 delta, uint256 vega) = ScenarioMargin.addShort(
            losses,
            _short(leg, vol),
            spot,
            logSpot,
            table,
            tails
        );
        v.equity -= int256(mark.mulWadUp(leg.size));
        v.closing += (vega.mulWadUp(v.halfSpread + sd) + delta.mulWadUp(spot).mulWadUp(v.lagSpread)).mulWadUp(leg.size);
    }

    function _short(Leg memory leg, uint256 vol) private view returns (ScenarioMargin.Short memory short) {
        uint64 expiry;
        (, expiry, short.strike, short.isCall) = SeriesId.decode(leg.id);
        short.logStrike = leg.logStrike;
        short.size = leg.size;
        short.vol = vol;
        short.secondsToExpiry = uint256(expiry).zeroFloorSub(block.timestamp);
    }

    function _maintenance(Valuation memory v) private pure returns (uint256) {
        uint256 credit = v.sumOfWorst - FixedPointMathLib.min(v.sumOfWorst, ScenarioMargin.worst(v.joint));
        if (v.bits.has(DefenceBits.DIVERSIFICATION_HAIRCUT)) credit = credit.mulWad(DIVERSIFICATION_CREDIT);
        return v.sumOfWorst - credit + v.floor + v.closing;
    }

    /// @dev Vols of the legs of one underlying, one call an expiry; an expired leg has none and needs none. A source that
    /// fails does not stop a liquidation: the vault's fallback stands in, which has no deviation.
    function _vols(
        address source,
        Leg[] memory legs,
        uint16 underlying,
        uint256 spot
    ) private view returns (Vols memory said) {
        uint256[] memory vols = new uint256[](legs.length);
        uint256[] memory sds = new uint256[](legs.length);
        (said.vols, said.sds) = (vols, sds);
        for (uint256 i = 0; i < legs.length; ++i) {
            (uint16 u, uint64 expiry, , ) = SeriesId.decode(legs[i].id);
            if (u != underlying || vols[i] != 0 || expiry <= block.timestamp) continue;
            uint256 key = SeriesId.expiryKey(legs[i].id);
            uint256[] memory strikes = new uint256[](legs.length - i);
            uint256 n;
            for (uint256 j = i; j < legs.length; ++j) {
                if (SeriesId.expiryKey(legs[j].id) == key) strikes[n++] = uint128(legs[j].id >> 8);
            }
            assembly ("memory-safe") {
                mstore(strikes, n)
            }
            (bool ok, uint256[] memory found, uint256 sd) = VolReading.volsOf(
                source,
                underlying,
                expiry,
                strikes,
                spot
            );
            uint256 fallbackVol = ok ? 0 : IOptionVault(_parts.vault).fallbackVol(underlying, expiry);
            n = 0;
            for (uint256 j = i; j < legs.length; ++j) {
                if (SeriesId.expiryKey(legs[j].id) != key) continue;
                vols[j] = ok ? found[n++] : fallbackVol;
                if (ok) sds[j] = sd;
            }
        }
    }
}
