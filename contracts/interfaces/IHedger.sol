// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Keeps the vault's net delta in a band by trading inventory on the spot market (Uniswap v2).
interface IHedger {
    error HedgerDisabled();
    error HedgerWithinBand(int256 netDelta, uint256 band);
    error HedgerTooSoon(uint256 next);
    error HedgerSlippage(uint256 out, uint256 minOut);
    error HedgerAlreadySeeded(uint16 underlying);
    error HedgerNotVault(address caller);

    /// @param netDelta Units WAD before the trade. @param traded Units WAD, positive bought. @param quotePaid Quote
    /// units, positive paid. @param residual Units WAD left outside the target after the slice.
    event Hedged(
        uint16 indexed underlying,
        int256 netDelta,
        int256 traded,
        int256 quotePaid,
        int256 residual,
        uint256 spot
    );

    /// @notice Trades back to half the band when the net delta is outside it; one slice a call. Anybody may call.
    function rebalance(uint16 underlying) external returns (int256 traded);

    /// @notice Units of the underlying's token held for the vault, its own decimals.
    function inventory(uint16 underlying) external view returns (uint256);

    /// @notice `inventory` of all underlyings up to the last one that was ever held.
    function inventories() external view returns (uint256[] memory units);

    /// @notice Inventory that counts as neutral, units WAD: bought at genesis so that the vault can go short.
    function neutralInventory(uint16 underlying) external view returns (uint256);

    /// @notice Option delta plus inventory less the neutral inventory, units WAD.
    function netDelta(uint16 underlying) external view returns (int256);

    /// @notice Buys the neutral inventory with the vault's cash at genesis, from the owner at the guarded price, so
    /// that the spot market starts undisturbed. Owner only, once per underlying.
    function seedInventory(uint16 underlying, uint256 quoteAmount) external;

    function lastHedgeAt(uint16 underlying) external view returns (uint64);
}
