// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IMarginEngine} from "./IMarginEngine.sol";
import {IOracleGuard} from "./IOracleGuard.sol";

/// @notice What a margin account is worth and what margin it needs; holds no accounts itself.
interface IMarginRisk {
    /// @dev A short and the logarithm of its strike, which no price changes.
    /// @param size Contracts WAD. @param logStrike ln of the strike in USD, WAD.
    struct Leg {
        uint256 id;
        uint128 size;
        int128 logStrike;
    }

    /// @param cash Quote units. @param collateral Units of each underlying's token, its own decimals.
    struct Account {
        int256 cash;
        Leg[] legs;
        uint256[] collateral;
    }

    /// @notice Whose price values the account. FOR_OPERATION is GUARDED, after the action table has allowed it. Both look at
    /// DISPUTED_AT_POOL too, which takes the pool's mean for the underlyings whose feed it disputes.
    enum PriceMode {
        GUARDED,
        FOR_OPERATION,
        POOL_MEAN,
        DISPUTED_AT_POOL
    }

    /// @notice Equity and margins of an account.
    /// @param operation Used in mode FOR_OPERATION only.
    function assess(
        Account calldata account,
        PriceMode mode,
        IOracleGuard.Operation operation
    ) external view returns (IMarginEngine.Health memory);

    /// @notice What the vault asks for taking the legs over: their value at a stressed vol, quote units rounded up.
    function takeOverValue(Leg[] calldata legs) external view returns (uint256);

    /// @notice Intrinsic value of one contract at the settlement price, USD WAD.
    /// @return value USD WAD.
    /// @return done False before the series has settled.
    function settledValue(uint256 id) external view returns (uint256 value, bool done);
}
