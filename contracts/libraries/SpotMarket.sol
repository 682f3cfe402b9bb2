// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {IUniswapV2Pair} from "../interfaces/IUniswapV2Pair.sol";

/// @notice Trades on a Uniswap v2 pair without a router: x·y = k with a fee of 0.3 % on what goes in.
library SpotMarket {
    /// @notice Reserves on the side of `token` and on the other one.
    function reserves(address pair, address token) internal view returns (uint256 same, uint256 other) {
        (uint112 reserve0, uint112 reserve1, ) = IUniswapV2Pair(pair).getReserves();
        return IUniswapV2Pair(pair).token0() == token ? (reserve0, reserve1) : (reserve1, reserve0);
    }

    /// @notice Output for an exact input, rounded down as the pair demands.
    function outputFor(uint256 input, uint256 reserveIn, uint256 reserveOut) internal pure returns (uint256) {
        uint256 charged = input * 997;
        return (charged * reserveOut) / (reserveIn * 1000 + charged);
    }

    /// @notice Input for an exact output below the reserve, rounded up.
    function inputFor(uint256 out, uint256 reserveIn, uint256 reserveOut) internal pure returns (uint256) {
        return (reserveIn * out * 1000) / ((reserveOut - out) * 997) + 1;
    }

    /// @notice Sells exactly `amount` of `tokenIn`, which this contract holds, to the pair.
    /// @return out Units of the other token, sent to `to`.
    function sell(address pair, address tokenIn, uint256 amount, address to) internal returns (uint256 out) {
        (uint256 reserveIn, uint256 reserveOut) = reserves(pair, tokenIn);
        out = outputFor(amount, reserveIn, reserveOut);
        SafeTransferLib.safeTransfer(tokenIn, pair, amount);
        bool inIsToken0 = IUniswapV2Pair(pair).token0() == tokenIn;
        IUniswapV2Pair(pair).swap(inIsToken0 ? 0 : out, inIsToken0 ? out : 0, to, "");
    }
}
