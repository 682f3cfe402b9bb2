// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Connected} from "../Connected.sol";
import {IOptionVault} from "../interfaces/IOptionVault.sol";
import {SeriesId} from "../libraries/SeriesId.sol";
import {BookState, Marked} from "./BookState.sol";
import {OptionBook} from "./OptionBook.sol";
import {TradingDesk} from "./TradingDesk.sol";

/// @notice The vault's book seen from outside: what is listed, at which terms, what is held.
abstract contract BookKeeping is IOptionVault, Connected {
    using OptionBook for BookState;
    using TradingDesk for BookState;

    BookState internal _book;

    // ── owner ──────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOptionVault
    function list(uint16 underlying, uint64 expiry, uint256[] calldata strikes) external onlyOwner {
        _book.list(_parts, underlying, expiry, strikes);
    }

    /// @inheritdoc IOptionVault
    function setVolSource(address source) external onlyOwner {
        _book.volSource = source;
        emit VolSourceSet(source);
    }

    /// @inheritdoc IOptionVault
    function setTerms(Terms calldata newTerms) external onlyOwner {
        _book.setTerms(newTerms);
    }

    // ── marking ────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOptionVault
    function poke(uint16 underlying, uint64[] calldata expiries) external {
        _book.poke(_parts, underlying, expiries, _money());
    }

    // ── views ──────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOptionVault
    function net(uint256 id) external view returns (int256) {
        return _book.net(id);
    }

    /// @inheritdoc IOptionVault
    function book(uint16 underlying, uint64 expiry) external view returns (Book memory) {
        Marked storage marked = _book.books[SeriesId.keyOf(underlying, expiry)];
        return Book(marked.mark, marked.delta, marked.vega, marked.markedAt, marked.spot);
    }

    /// @inheritdoc IOptionVault
    function fallbackVol(uint16 underlying, uint64 expiry) external view returns (uint256) {
        return _book.fallbackVol(SeriesId.keyOf(underlying, expiry));
    }

    /// @inheritdoc IOptionVault
    function optionDelta(uint16 underlying) external view returns (int256) {
        return _book.exposures[underlying].delta;
    }

    /// @inheritdoc IOptionVault
    function totalVega() external view returns (int256) {
        return _book.totals.vega;
    }

    /// @inheritdoc IOptionVault
    function volSource() external view returns (address) {
        return _book.volSource;
    }

    /// @inheritdoc IOptionVault
    function terms() external view returns (Terms memory) {
        return _book.terms;
    }

    /// @inheritdoc IOptionVault
    function listedStrikes(uint16 underlying, uint64 expiry) external view returns (uint256[] memory) {
        return _book.strikesOf(underlying, expiry);
    }

    /// @inheritdoc IOptionVault
    function listedExpiries(uint16 underlying) external view returns (uint64[] memory) {
        return _book.expiries[underlying];
    }

    /// @dev Quote units beside options and hedges.
    function _money() internal view virtual returns (int256);
}
