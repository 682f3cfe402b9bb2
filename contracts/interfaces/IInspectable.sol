// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A contract whose storage anybody can read slot by slot, many at a time, in the manner of Uniswap v4's
/// `Extsload`: a reader that needs hundreds of balances after every block cannot afford hundreds of calls.
interface IInspectable {
    /// @return contents Of each slot, in order.
    function contentsOf(bytes32[] calldata slots) external view returns (bytes32[] memory contents);
}
