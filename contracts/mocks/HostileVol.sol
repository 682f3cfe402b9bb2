// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IVolSource} from "../interfaces/IVolSource.sol";

/// @notice A vol source that fails in a chosen way, or gives absurd vols.
contract HostileVol is IVolSource {
    enum Mode {
        REVERTS,
        BURNS_GAS,
        RETURNS_NOTHING,
        RETURNS_TOO_FEW,
        ABSURD
    }

    Mode public mode;

    function setMode(Mode newMode) external {
        mode = newMode;
    }

    /// @inheritdoc IVolSource
    function volOf(
        uint16 underlying,
        uint64 expiry,
        uint256,
        uint256
    ) external view returns (uint256, uint256, uint256) {
        _misbehave(underlying, expiry);
        if (mode != Mode.ABSURD) _return(mode == Mode.RETURNS_NOTHING ? 0 : 32);
        return (type(uint256).max, type(uint256).max, type(uint256).max);
    }

    /// @inheritdoc IVolSource
    function volsOf(
        uint16 underlying,
        uint64 expiry,
        uint256[] calldata strikes,
        uint256
    ) external view returns (uint256[] memory vols, uint256 sd, uint256 confidence) {
        _misbehave(underlying, expiry);
        if (mode == Mode.RETURNS_NOTHING) _return(0);
        vols = new uint256[](mode == Mode.RETURNS_TOO_FEW ? strikes.length - 1 : strikes.length);
        for (uint256 i = 0; i < vols.length; ++i) vols[i] = type(uint256).max;
        return (vols, type(uint256).max, type(uint256).max);
    }

    function _return(uint256 size) private pure {
        assembly {
            return(0, size)
        }
    }

    function _misbehave(uint16 underlying, uint64 expiry) private view {
        if (mode == Mode.REVERTS) revert VolUnavailable(underlying, expiry);
        // solhint-disable-next-line no-empty-blocks
        while (mode == Mode.BURNS_GAS) {}
    }
}
