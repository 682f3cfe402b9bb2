// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice How a volatility model reaches the chain.
interface IVolSource {
    error VolUnavailable(uint16 underlying, uint64 expiry);

    /// @notice Annualised implied volatility for a strike.
    /// @param underlying Index of the underlying.
    /// @param expiry Unix seconds.
    /// @param strike USD, WAD.
    /// @param spot USD, WAD; forward equals spot (zero rates).
    /// @return vol Annualised volatility, WAD (0.8e18 = 80 %).
    /// @return sd Model's standard deviation of vol, WAD.
    /// @return confidence WAD in [0, 1]; falls with age where the source has one.
    function volOf(
        uint16 underlying,
        uint64 expiry,
        uint256 strike,
        uint256 spot
    ) external view returns (uint256 vol, uint256 sd, uint256 confidence);

    /// @notice Volatilities of one expiry at several strikes, one outside call for a whole re-mark.
    function volsOf(
        uint16 underlying,
        uint64 expiry,
        uint256[] calldata strikes,
        uint256 spot
    ) external view returns (uint256[] memory vols, uint256 sd, uint256 confidence);
}
