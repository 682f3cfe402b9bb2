// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {NormalCdf} from "./NormalCdf.sol";

/// @notice European options without rates or dividends: Black & Scholes (1973), eq. 13.
/// @dev The side that is out of the money is priced, the other follows by parity, so that no price is a small
/// difference of large numbers. With m = min(S, K), v = σ√T, h = −|ln(S/K)|/v + v/2, l = h − v and
/// E = exp(−h²/2), the ratio of the two densities exp(−l²/2)/exp(−h²/2) is m/max(S, K). So the premium is
/// m·E·(R(−h) − R(−l)) with the scaled tail R of `NormalCdf`: one exponential serves both terms.
///
/// Errors: premium and vega within 1e-15·max(S, K) plus 2 wei, delta within 1e-15, for spot and strike in
/// [1e-6, 1e12] USD, vol in [MIN_VOL, 20], up to 10 years. All results are rounded to nearest or down: the
/// caller rounds against its own counterparty. Nothing reverts in that domain. Spot or strike 0 reverts.
library BlackScholes {
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;

    /// @param call Premium of the call, USD WAD.
    /// @param put Premium of the put, USD WAD.
    /// @param callDelta dCall/dS, WAD in [0, 1]; the put's is this less 1.
    /// @param vega dPremium/dvol per 1.00 of vol, USD WAD; the same for both.
    struct Valuation {
        uint256 call;
        uint256 put;
        uint256 callDelta;
        uint256 vega;
    }

    error PricingZeroSpotOrStrike(uint256 spot, uint256 strike);

    /// @notice Seconds of a year of 365 days.
    uint256 internal constant YEAR = 31_536_000;
    /// @notice A shorter time to expiry counts as one second.
    uint256 internal constant MIN_SECONDS = 1;
    /// @notice A lower vol counts as one hundredth of a vol point.
    uint256 internal constant MIN_VOL = 1e14;
    /// @notice Floor of σ√T for callers that pass it ready made: MIN_VOL over MIN_SECONDS.
    uint256 internal constant MIN_TOTAL_VOL = 1.7e10;

    uint256 private constant WAD = 1e18;

    /// @notice Premium of one option, USD WAD.
    /// @param spot USD, WAD.
    /// @param strike USD, WAD.
    /// @param vol Annualised, WAD.
    function price(
        bool isCall,
        uint256 spot,
        uint256 strike,
        uint256 secondsToExpiry,
        uint256 vol
    ) internal pure returns (uint256) {
        return priceFrom(isCall, spot, strike, logMoneyness(spot, strike), totalVol(vol, sqrtYears(secondsToExpiry)));
    }

    /// @notice Premium, delta (signed, WAD) and vega of one option.
    function priceAndGreeks(
        bool isCall,
        uint256 spot,
        uint256 strike,
        uint256 secondsToExpiry,
        uint256 vol
    ) internal pure returns (uint256 premium, int256 delta, uint256 vega) {
        uint256 rootT = sqrtYears(secondsToExpiry);
        Valuation memory v = valueFrom(spot, strike, logMoneyness(spot, strike), totalVol(vol, rootT), rootT);
        return isCall ? (v.call, int256(v.callDelta), v.vega) : (v.put, int256(v.callDelta) - int256(WAD), v.vega);
    }

    /// @notice √T in √years, WAD.
    function sqrtYears(uint256 secondsToExpiry) internal pure returns (uint256) {
        if (secondsToExpiry < MIN_SECONDS) secondsToExpiry = MIN_SECONDS;
        unchecked {
            // √(t·1e36/year) = 1e18·√T, exact to the last unit.
            return FixedPointMathLib.sqrt((secondsToExpiry * 1e36) / YEAR);
        }
    }

    /// @notice σ√T, WAD, with the floor of vol.
    function totalVol(uint256 vol, uint256 rootYears) internal pure returns (uint256) {
        unchecked {
            return (FixedPointMathLib.max(vol, MIN_VOL) * rootYears) / WAD;
        }
    }

    /// @notice ln(S/K), WAD.
    function logMoneyness(uint256 spot, uint256 strike) internal pure returns (int256) {
        if (spot == 0 || strike == 0) revert PricingZeroSpotOrStrike(spot, strike);
        // The quotient is taken on the side that is at least 1, where its truncation is harmless.
        return
            spot >= strike
                ? FixedPointMathLib.lnWad(int256((spot * WAD) / strike))
                : -FixedPointMathLib.lnWad(int256((strike * WAD) / spot));
    }

    /// @notice Premium from ln(S/K) and σ√T that the caller has, for many prices of one leg.
    /// @param logSpotOverStrike WAD; must be the logarithm of `spot / strike`.
    /// @param sigmaRootT WAD.
    function priceFrom(
        bool isCall,
        uint256 spot,
        uint256 strike,
        int256 logSpotOverStrike,
        uint256 sigmaRootT
    ) internal pure returns (uint256 premium) {
        (uint256 smaller, uint256 intrinsic) = isCall == (spot > strike)
            ? (FixedPointMathLib.min(spot, strike), FixedPointMathLib.dist(spot, strike))
            : (FixedPointMathLib.min(spot, strike), 0);
        (premium, , ) = _outOfTheMoney(smaller, logSpotOverStrike.abs(), sigmaRootT);
        premium += intrinsic;
    }

    /// @notice Both premiums with delta and vega from ln(S/K), σ√T and √T.
    function valueFrom(
        uint256 spot,
        uint256 strike,
        int256 logSpotOverStrike,
        uint256 sigmaRootT,
        uint256 rootYears
    ) internal pure returns (Valuation memory v) {
        bool callIsOut = spot <= strike;
        uint256 smaller = callIsOut ? spot : strike;
        (uint256 premium, uint256 density, uint256 tails) = _outOfTheMoney(
            smaller,
            logSpotOverStrike.abs(),
            sigmaRootT
        );
        unchecked {
            // With the call out, S·N(d1) is the upper term; with the put out, S·N(−d1) is the lower one.
            uint256 spotTerm = callIsOut ? premium + tails : tails;
            uint256 otmDelta = FixedPointMathLib.min((spotTerm * WAD) / spot, WAD);
            if (callIsOut) {
                v.call = premium;
                v.put = premium + (strike - spot);
                v.callDelta = otmDelta;
            } else {
                v.call = premium + (spot - strike);
                v.put = premium;
                v.callDelta = WAD - otmDelta;
            }
            // vega = S·φ(d1)·√T = m·E·√T/√(2π)
            v.vega = (((smaller * density) / WAD) * ((NormalCdf.DENSITY_AT_ZERO * rootYears) / WAD)) / WAD;
        }
    }

    /// @param smaller min(S, K).
    /// @param distance |ln(S/K)|.
    /// @return premium m·N(h) − max(S, K)·N(l).
    /// @return density exp(−h²/2).
    /// @return lower max(S, K)·N(l) = m·E·R(−l), the term that is subtracted.
    function _outOfTheMoney(
        uint256 smaller,
        uint256 distance,
        uint256 sigmaRootT
    ) private pure returns (uint256 premium, uint256 density, uint256 lower) {
        unchecked {
            uint256 v = sigmaRootT < MIN_TOTAL_VOL ? MIN_TOTAL_VOL : sigmaRootT;
            int256 upper = int256(v / 2) - int256((distance * WAD) / v);
            if (upper <= -NormalCdf.FAR) return (0, 0, 0);
            if (upper >= NormalCdf.FAR) return (smaller, 0, 0);
            density = uint256(FixedPointMathLib.expWad(-(upper * upper) / 2e18));
            uint256 scaled = smaller * density;
            // l = h − v is never positive.
            lower = (scaled * NormalCdf.scaledTail(uint256(int256(v) - upper))) >> 96;
            uint256 tail = (scaled * NormalCdf.scaledTail(upper.abs())) >> 96;
            // scaled carries 1e36, so that the terms keep their digits until here.
            uint256 first = upper > 0 ? smaller * WAD - tail : tail;
            premium = first > lower ? (first - lower) / WAD : 0;
            lower /= WAD;
        }
    }
}
