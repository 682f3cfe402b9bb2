// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {IOptionVault} from "../interfaces/IOptionVault.sol";
import {BlackScholes} from "./BlackScholes.sol";
import {DefenceBits} from "./DefenceBits.sol";

/// @notice What the vault asks and bids: spread in vol, lag of the feed in spot, fee; rounded against the trader.
/// @dev σ_ask = clamp(σ + s0 + sd + s1·c, 1.5·minVol, maxVol), σ_bid = clamp(σ − s0 − sd − s1·c, minVol, maxVol), with c the
/// mean of max(0, a)² over the trade and a the vault's vega in the direction of the trade as a share of its limit. The
/// mean, not the end point: a trade split in parts pays the same.
library Quoting {
    using DefenceBits for uint64;
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;

    /// @param size Contracts WAD; positive: the vault sells.
    /// @param vol Vol of the source, WAD.
    /// @param sd Model's standard deviation of vol, WAD.
    /// @param spreadMultiple Times the half-spread and sd count; 1 when prices are good.
    /// @param totalVega The vault's, before the trade, USD per 1.00 of vol, WAD.
    /// @param vegaLimit Likewise, in absolute terms.
    struct Inputs {
        bool isCall;
        int256 size;
        uint256 spot;
        uint256 strike;
        uint256 secondsToExpiry;
        uint256 vol;
        uint256 sd;
        uint256 spreadMultiple;
        int256 totalVega;
        uint256 vegaLimit;
        uint64 defences;
    }

    /// @notice Share of spot below which nothing is sold, WAD.
    uint256 internal constant ASK_FLOOR = 0.0005e18;

    uint256 private constant WAD = 1e18;
    /// @dev USD WAD times contracts WAD to quote units of 6 decimals.
    uint256 private constant TO_UNITS = 1e30;

    /// @notice Price, fee and Greeks of a trade, into `q`. Sizes of 80 bits and spots of 96 keep it from overflowing.
    function quote(Inputs memory x, IOptionVault.Terms memory terms, IOptionVault.Quote memory q) internal pure {
        uint256 rootT = BlackScholes.sqrtYears(x.secondsToExpiry);
        int256 logSpotOverStrike = BlackScholes.logMoneyness(x.spot, x.strike);
        _value(x, logSpotOverStrike, rootT, q);

        (uint256 meanSquare, uint256 grown) = _utilisation(x, q.vega);
        q.tradeVol = _tradeVol(x, terms, meanSquare);
        uint256 premium = BlackScholes.priceFrom(
            x.isCall,
            x.spot,
            x.strike,
            logSpotOverStrike,
            BlackScholes.totalVol(q.tradeVol, rootT)
        );
        _charge(x, terms, q, premium, grown);
    }

    /// @dev Lag, floor and fee on the premium of one contract; amounts of the whole trade.
    function _charge(
        Inputs memory x,
        IOptionVault.Terms memory terms,
        IOptionVault.Quote memory q,
        uint256 premium,
        uint256 grown
    ) private pure {
        // The taker owns up to one deviation threshold of unposted move of the feed.
        uint256 size = x.size.abs();
        uint256 fee;
        unchecked {
            uint256 lag = (((uint256(terms.lagSpread) * q.delta.abs()) / WAD) * x.spot) / WAD;
            if (x.size > 0) premium = premium.max((x.spot * ASK_FLOOR) / WAD) + lag;
            else premium = premium.zeroFloorSub(lag);
            fee = ((x.spot * terms.feeShare) / WAD).min((premium * terms.feeCap) / WAD);
        }
        q.fee = size.mulDivUp(fee, TO_UNITS);
        if (x.defences.has(DefenceBits.VEGA_FEE)) q.fee += grown.mulDivUp(terms.vegaFee, TO_UNITS);
        if (x.size > 0) {
            q.premium = size.mulDivUp(premium, TO_UNITS);
        } else {
            q.premium = size.mulDiv(premium, TO_UNITS);
            // A sale never costs the seller more than it brings.
            q.fee = q.fee.min(q.premium);
        }
    }

    function _value(
        Inputs memory x,
        int256 logSpotOverStrike,
        uint256 rootT,
        IOptionVault.Quote memory q
    ) private pure {
        BlackScholes.Valuation memory v = BlackScholes.valueFrom(
            x.spot,
            x.strike,
            logSpotOverStrike,
            BlackScholes.totalVol(x.vol, rootT),
            rootT
        );
        q.markVol = x.vol;
        q.mark = x.isCall ? v.call : v.put;
        q.delta = x.isCall ? int256(v.callDelta) : int256(v.callDelta) - int256(WAD);
        q.vega = v.vega;
    }

    function _tradeVol(
        Inputs memory x,
        IOptionVault.Terms memory terms,
        uint256 meanSquare
    ) private pure returns (uint256) {
        uint256 spread = terms.halfSpread;
        if (x.defences.has(DefenceBits.UNCERTAINTY_PREMIUM)) spread += x.sd;
        spread *= x.spreadMultiple;
        if (x.defences.has(DefenceBits.VEGA_CONVEX_SPREAD)) spread += (terms.convexity * meanSquare) / WAD;
        bool ask = x.size > 0;
        uint256 vol = ask ? x.vol + spread : x.vol.zeroFloorSub(spread);
        uint256 floor = ask ? (uint256(terms.minVol) * 3) / 2 : terms.minVol;
        return vol.max(floor).min(terms.maxVol);
    }

    /// @return meanSquare Mean of max(0, a)² from a0 before the trade to a1 after it, WAD.
    /// @return grown Vega by which the position grew away from zero, USD per 1.00 of vol, WAD.
    function _utilisation(Inputs memory x, uint256 vega) private pure returns (uint256 meanSquare, uint256 grown) {
        int256 traded = int256((vega * x.size.abs()) / WAD);
        // Short vega grows when the vault sells, long vega when it buys.
        int256 before = x.size > 0 ? -x.totalVega : x.totalVega;
        int256 afterwards = before + traded;
        if (afterwards <= 0) return (0, 0);
        grown = uint256(before > 0 ? traded : afterwards);
        if (x.vegaLimit == 0) return (0, grown);
        uint256 a1 = (uint256(afterwards) * WAD) / x.vegaLimit;
        if (before >= 0) {
            uint256 a0 = (uint256(before) * WAD) / x.vegaLimit;
            meanSquare = (a0 * a0 + a0 * a1 + a1 * a1) / (3 * WAD);
        } else {
            // ∫ a² over the part beyond zero, over the whole length of the trade.
            meanSquare = ((a1 * a1) / WAD).mulDiv(uint256(afterwards), 3 * uint256(traded));
        }
    }
}
