// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {IUniswapV2Pair} from "../interfaces/IUniswapV2Pair.sol";

/// @notice Time-weighted mean price of a Uniswap v2 pair between an observation and now.
/// @dev Uniswap v2 adds price × seconds to a cumulative sum, in UQ112x112, at the first trade of a block; the sum
/// overflows by design, its differences do not. Source: Adams, Zinsmeister and Robinson (2020), "Uniswap v2 Core", 2.2.
library PoolMean {
    /// @param cumulative Sum of price × seconds, UQ112x112, modulo 2^192: what two of them differ by within `MAX_AGE`
    /// is less for any price below 2^67 quote units per unit. @param timestamp Unix seconds; zero when there is none.
    struct Observation {
        uint192 cumulative;
        uint64 timestamp;
    }

    /// @notice An observation becomes the start of the mean when it is at least this old.
    uint256 internal constant SPACING = 15 minutes;
    /// @notice An observation older than this says nothing about now.
    uint256 internal constant MAX_AGE = 2 hours;

    uint256 private constant QUOTE_TO_WAD = 1e12;

    /// @notice What is observed in this block.
    function observation(uint256 cumulative) internal view returns (Observation memory) {
        return Observation(uint192(cumulative), uint64(block.timestamp));
    }

    /// @notice The pair's cumulative price at this moment, in units of the quote per unit of its token.
    /// @param isToken0 The price is that of the pair's first token.
    function cumulativeNow(address pair, bool isToken0) internal view returns (uint256 cumulative) {
        IUniswapV2Pair pool = IUniswapV2Pair(pair);
        (uint112 reserve0, uint112 reserve1, uint32 updatedAt) = pool.getReserves();
        cumulative = isToken0 ? pool.price0CumulativeLast() : pool.price1CumulativeLast();
        (uint256 base, uint256 quote) = isToken0 ? (reserve0, reserve1) : (reserve1, reserve0);
        if (base == 0) return cumulative;
        unchecked {
            cumulative += ((quote << 112) / base) * (uint32(block.timestamp) - updatedAt);
        }
    }

    /// @notice Mean price since `from`, USD WAD; zero when no time has passed since or too much.
    /// @param tokenDecimals Decimals of the underlying's token.
    function since(
        Observation memory from,
        address pair,
        bool isToken0,
        uint8 tokenDecimals
    ) internal view returns (uint256) {
        unchecked {
            uint256 elapsed = block.timestamp - from.timestamp;
            if (from.timestamp == 0 || elapsed == 0 || elapsed > MAX_AGE) return 0;
            uint256 mean = uint192(cumulativeNow(pair, isToken0) - from.cumulative) / elapsed;
            return FixedPointMathLib.fullMulDiv(mean, 10 ** uint256(tokenDecimals) * QUOTE_TO_WAD, 1 << 112);
        }
    }
}
