// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {BlackScholes} from "../libraries/BlackScholes.sol";
import {NormalCdf} from "../libraries/NormalCdf.sol";

/// @notice The pricing library in batches, for differential tests and gas measurements.
contract BlackScholesHarness {
    struct Case {
        bool isCall;
        uint256 spot;
        uint256 strike;
        uint256 secondsToExpiry;
        uint256 vol;
    }

    struct Result {
        uint256 price;
        uint256 premium;
        int256 delta;
        uint256 vega;
    }

    function evaluate(Case[] calldata cases) external pure returns (Result[] memory results) {
        results = new Result[](cases.length);
        for (uint256 i = 0; i < cases.length; ++i) {
            Case calldata c = cases[i];
            results[i].price = BlackScholes.price(c.isCall, c.spot, c.strike, c.secondsToExpiry, c.vol);
            (results[i].premium, results[i].delta, results[i].vega) = BlackScholes.priceAndGreeks(
                c.isCall,
                c.spot,
                c.strike,
                c.secondsToExpiry,
                c.vol
            );
        }
    }

    function scaledTail(uint256 x) external pure returns (uint256) {
        return NormalCdf.scaledTail(x);
    }

    function price(Case calldata c) external view returns (uint256 premium, uint256 gasUsed) {
        uint256 before = gasleft();
        premium = BlackScholes.price(c.isCall, c.spot, c.strike, c.secondsToExpiry, c.vol);
        gasUsed = before - gasleft();
    }

    /// @notice Gas of a price from ready logarithm and total vol, as margin scenarios use it.
    function priceFrom(
        bool isCall,
        uint256 spot,
        uint256 strike,
        int256 logSpotOverStrike,
        uint256 sigmaRootT
    ) external view returns (uint256 premium, uint256 gasUsed) {
        uint256 before = gasleft();
        premium = BlackScholes.priceFrom(isCall, spot, strike, logSpotOverStrike, sigmaRootT);
        gasUsed = before - gasleft();
    }
}
