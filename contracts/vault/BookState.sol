// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IOptionVault} from "../interfaces/IOptionVault.sol";

/// @notice The vault's net of call and put at a strike, contracts WAD, in one slot.
struct Line {
    uint96 strike;
    int80 calls;
    int80 puts;
}

/// @notice Marks and Greeks of the vault's position in one expiry, in three slots.
/// @param uncertainty Value of half-spread and model uncertainty on the book's vega, USD WAD.
/// @param sd Model's standard deviation of vol at the last mark or trade, WAD.
/// @param highestVol Highest vol of a line at the last mark and of trades since, WAD.
struct Marked {
    int128 mark;
    int128 delta;
    int96 vega;
    uint96 spot;
    uint64 markedAt;
    uint128 uncertainty;
    uint64 sd;
    uint64 highestVol;
}

/// @notice Sums over all books, in two slots.
/// @param limitNav NAV by the last marks, quote units: sizes the limits of trades without a reading of all prices.
/// @param hedges Value of the hedges at the spots of the last marks, quote units.
struct Totals {
    int128 mark;
    int128 vega;
    uint128 uncertainty;
    uint64 limitNav;
    uint64 hedges;
}

/// @param delta Sum of the deltas of the books of an underlying, units WAD.
/// @param hedges Its part of `Totals.hedges`.
struct Exposure {
    int128 delta;
    uint64 hedges;
    uint8 tokenDecimals;
}

struct BookState {
    IOptionVault.Terms terms;
    Totals totals;
    address volSource;
    mapping(uint16 underlying => uint64[]) expiries;
    mapping(uint256 expiryKey => Line[]) lines;
    mapping(uint256 expiryKey => Marked) books;
    mapping(uint16 underlying => Exposure) exposures;
    // One more than the index of a strike's line; the key is the id of the put.
    mapping(uint256 id => uint256) linePlusOne;
}
