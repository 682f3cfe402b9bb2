// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Everything that a simulation needs to know of the protocol after a block, in one storage-only call.
/// @dev All fields are whole words and all structs are static, so that a reader can walk the returned words.
interface ILens {
    /// @param holders Whoever can hold tokens or wei. @param accounts Who can hold options, shares or margin.
    /// @param ids Listed series. @param expiryKeys Listed expiries, `underlying << 64 | expiry`.
    /// @param slots Where the lists lie in storage; all empty: everything is asked by its getter, which is slow.
    struct Scope {
        address[] holders;
        address[] accounts;
        uint256[] ids;
        uint256[] expiryKeys;
        Slots slots;
    }

    /// @notice Storage slots of what the lists of a scope name.
    /// @param underlying The one that is traded: nobody holds another.
    /// @param token Supply by series; then the claims that `claimTags` names. @param claimTags Account index << 240 |
    /// series index << 224. @param vault Its own figures (see `Lens`); shares by account; then the line of every call and
    /// put, in the order of series. @param margin Total cash; contracts short by series; then cash, collateral of
    /// `underlying` and number of legs by account. @param auction Fund, insolvent maintenance; sale by account.
    /// @param balances ERC-20 balance of the first holders, contracts and last the owner; the others hold wei only.
    struct Slots {
        uint256 underlying;
        bytes32[] token;
        uint256[] claimTags;
        bytes32[] vault;
        bytes32[] margin;
        bytes32[] auction;
        bytes32[] balances;
    }

    /// @param readable False when the guard refused to read: then price, confidence and state are zero.
    struct Market {
        bool readable;
        uint256 price;
        uint256 confidence;
        uint256 state;
        uint256 roundId;
        int256 answer;
        uint256 observedAt;
        uint256 updatedAt;
        uint256 poolQuote;
        uint256 poolUnderlying;
        uint256 poolMean;
        uint256 inventory;
        int256 netDelta;
        uint256 lastHedgeAt;
    }

    struct Book {
        int256 mark;
        int256 delta;
        int256 vega;
        uint256 markedAt;
        uint256 markedSpot;
        bool settled;
        uint256 settlementPrice;
        uint256 payoutRatio;
    }

    struct SeriesState {
        int256 net;
        uint256 supply;
        uint256 short;
    }

    struct Account {
        uint256 shares;
        int256 marginCash;
        uint256 saleStartedAt;
        bool saleInsolvent;
    }

    /// @param navLow Quote units; the greatest number when it cannot be told. @param navHigh As `navLow`.
    struct Vault {
        uint256 cash;
        uint256 claims;
        uint256 receivable;
        uint256 limitNav;
        uint256 shares;
        uint256 navLow;
        uint256 navHigh;
        int256 totalVega;
        uint256 queueHead;
        uint256 queueTail;
        uint256 epochEndsAt;
        uint256 fund;
        uint256 insolventMaintenance;
        int256 marginCash;
    }

    /// @param balances By holder: wei, quote units, then units of each underlying.
    /// @param collateral By account: units of each underlying.
    /// @param longs Claims held, only where there are any: account index << 240 | series index << 224 | contracts WAD.
    /// @param shorts Short legs in pairs of words: account index << 240 | series id, then contracts WAD.
    /// @param vols State of the vol source in force, in words of its own.
    struct State {
        uint256 timestamp;
        uint256 blockNumber;
        address volSource;
        Vault vault;
        Market[] markets;
        Book[] books;
        SeriesState[] series;
        Account[] accounts;
        uint256[] balances;
        uint256[] collateral;
        uint256[] longs;
        uint256[] shorts;
        uint256[] vols;
    }

    function read(Scope calldata scope) external view returns (State memory);
}
