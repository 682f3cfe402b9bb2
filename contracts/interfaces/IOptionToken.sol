// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Long option claims, ERC-6909; one contract is 1e18 units.
interface IOptionToken {
    error OptionTokenNotVault(address caller);

    /// @notice Mints long claims. Vault only.
    function mint(address to, uint256 id, uint256 amount) external;

    /// @notice Burns long claims of `from`. Vault only.
    function burn(address from, uint256 id, uint256 amount) external;

    /// @notice Claims outstanding, WAD contracts.
    function totalSupply(uint256 id) external view returns (uint256);
}
