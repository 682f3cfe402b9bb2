// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Inspectable} from "../Inspectable.sol";
import {IVolSource} from "../interfaces/IVolSource.sol";

/// @notice One volatility for every strike and expiry, set by an administrator, as in Hegic v8888.
contract ConstantVol is IVolSource, Inspectable, Ownable {
    struct Level {
        uint128 vol;
        uint128 sd;
    }

    event VolSet(uint16 indexed underlying, uint256 vol, uint256 sd);

    /// @notice Annualised vol and its standard deviation by underlying, WAD.
    mapping(uint16 underlying => Level) public levels;

    constructor(address owner) Ownable(owner) {}

    /// @param vol Annualised, WAD.
    /// @param sd Standard deviation of vol, WAD.
    function setVol(uint16 underlying, uint128 vol, uint128 sd) external onlyOwner {
        levels[underlying] = Level(vol, sd);
        emit VolSet(underlying, vol, sd);
    }

    /// @inheritdoc IVolSource
    function volOf(
        uint16 underlying,
        uint64 expiry,
        uint256,
        uint256
    ) external view returns (uint256 vol, uint256 sd, uint256 confidence) {
        return _level(underlying, expiry);
    }

    /// @inheritdoc IVolSource
    function volsOf(
        uint16 underlying,
        uint64 expiry,
        uint256[] calldata strikes,
        uint256
    ) external view returns (uint256[] memory vols, uint256 sd, uint256 confidence) {
        vols = new uint256[](strikes.length);
        uint256 vol;
        (vol, sd, confidence) = _level(underlying, expiry);
        for (uint256 i = 0; i < vols.length; ++i) vols[i] = vol;
    }

    function _level(uint16 underlying, uint64 expiry) private view returns (uint256, uint256, uint256) {
        Level memory level = levels[underlying];
        if (level.vol == 0) revert VolUnavailable(underlying, expiry);
        return (level.vol, level.sd, 1e18);
    }
}
