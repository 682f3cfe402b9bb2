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

    /// @notice Premium, delta and vega of many options.
    /// @param words Five words an option, as in `Case`.
    /// @return results Three words an option.
    function evaluate(uint256[] calldata words) external pure returns (int256[] memory results) {
        uint256 count = words.length / 5;
        results = new int256[](3 * count);
        for (uint256 i = 0; i < count; ++i) {
            uint256[] calldata c = words[5 * i:5 * i + 5];
            (uint256 premium, int256 delta, uint256 vega) = BlackScholes.priceAndGreeks(
                c[0] == 1,
                c[1],
                c[2],
                c[3],
                c[4]
            );
            results[3 * i] = int256(premium);
            results[3 * i + 1] = delta;
            results[3 * i + 2] = int256(vega);
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
