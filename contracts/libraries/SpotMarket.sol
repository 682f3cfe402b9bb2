// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {IUniswapV2Pair} from "../interfaces/IUniswapV2Pair.sol";

/// @notice Trades on a Uniswap v2 pair without a router: x·y = k with a fee of 0.3 % on what goes in.
library SpotMarket {
    /// @param base Reserve of the underlying's token. @param quote Reserve of the other one.
    struct Pool {
        address pair;
        bool baseIsToken0;
        uint256 base;
        uint256 quote;
    }

    /// @notice The pool of an underlying's token, as it stands.
    function poolOf(address pair, address token) internal view returns (Pool memory pool) {
        (uint112 reserve0, uint112 reserve1, ) = IUniswapV2Pair(pair).getReserves();
        bool first = IUniswapV2Pair(pair).token0() == token;
        return first ? Pool(pair, true, reserve0, reserve1) : Pool(pair, false, reserve1, reserve0);
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

    /// @notice Sells exactly `amount` of the underlying's token, which this contract holds, at reserves just read.
    /// @return out Quote units, sent to `to`.
    function sellBase(Pool memory pool, address token, uint256 amount, address to) internal returns (uint256 out) {
        out = outputFor(amount, pool.base, pool.quote);
        _swap(pool.pair, token, amount, pool.baseIsToken0, out, to);
    }

    /// @notice Sells exactly `amount` of the quote, which this contract holds, at reserves just read.
    /// @return out Units of the underlying's token, sent to `to`.
    function sellQuote(Pool memory pool, address quote, uint256 amount, address to) internal returns (uint256 out) {
        out = outputFor(amount, pool.quote, pool.base);
        _swap(pool.pair, quote, amount, !pool.baseIsToken0, out, to);
    }

    function _swap(address pair, address tokenIn, uint256 amount, bool isToken0, uint256 out, address to) private {
        SafeTransferLib.safeTransfer(tokenIn, pair, amount);
        IUniswapV2Pair(pair).swap(isToken0 ? 0 : out, isToken0 ? out : 0, to, "");
    }
}
