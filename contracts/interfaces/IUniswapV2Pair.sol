// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice What the protocol uses of a Uniswap v2 pair.
interface IUniswapV2Pair {
    function token0() external view returns (address);

    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 blockTimestampLast);

    function price0CumulativeLast() external view returns (uint256);

    function price1CumulativeLast() external view returns (uint256);

    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external;
}
