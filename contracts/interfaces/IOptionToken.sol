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

    /// @notice Who holds what, read from storage as by `IInspectable`.
    /// @param supplies Slot of the supplies by id. @param balances Slots of the balances by id, one for each holder.
    /// @return holdings Supplies by id; then balances by holder and id. Once the balances of an id add up to its supply the
    /// other holders have none, and nobody looks.
    function holdingsOf(
        bytes32 supplies,
        bytes32[] calldata balances,
        uint256[] calldata ids
    ) external view returns (uint256[] memory holdings);
}
