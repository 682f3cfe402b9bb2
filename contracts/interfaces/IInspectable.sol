// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A contract whose storage anybody can read slot by slot, many at a time, in the manner of Uniswap v4's
/// `Extsload`: a reader that needs a thousand balances after every block cannot afford a thousand calls.
interface IInspectable {
    /// @notice The slots that are not zero.
    /// @return found Pairs of words: place in `slots`, content.
    function nonzeroSlots(bytes32[] calldata slots) external view returns (uint256[] memory found);
}
