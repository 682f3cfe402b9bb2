// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Connected} from "../Connected.sol";
import {IOptionVault} from "../interfaces/IOptionVault.sol";
import {IOracleGuard} from "../interfaces/IOracleGuard.sol";
import {DefenceBits} from "../libraries/DefenceBits.sol";
import {BookState} from "./BookState.sol";
import {Dealing} from "./Dealing.sol";
import {Positions} from "./Positions.sol";

/// @notice Trades against the vault's book, at prices of `Dealing`.
/// @dev A linked library on the vault's storage, beside `OptionBook`.
library TradingDesk {
    uint256 private constant WAD = 1e18;

    function setTerms(BookState storage self, IOptionVault.Terms memory terms) external {
        bool valid =
            terms.minVol > 0 &&
                terms.maxVol >= (uint256(terms.minVol) * 3) / 2 &&
                terms.minAbsDelta <= terms.maxAbsDelta &&
                terms.feeCap <= WAD;
        if (!valid) revert IOptionVault.VaultTermsInvalid();
        self.terms = terms;
    }

    /// @notice Prices a trade and moves the position by it. What the oracle's action table refuses reverts there; a
    /// trade that opens beyond the limits of the terms reverts with the limit, after expiry with `VaultSeriesExpired`, an unlisted series with `VaultSeriesNotListed`.
    /// @param size Contracts WAD; positive: the vault sells.
    /// @return premium Quote units.
    /// @return fee Quote units.
    function trade(
        BookState storage self,
        Connected.Parts storage parts,
        Dealing.Kind kind,
        address trader,
        uint256 id,
        int256 size
    ) external returns (uint256 premium, uint256 fee) {
        if (size == 0) revert IOptionVault.VaultZeroSize();
        IOracleGuard.Reading memory reading = Dealing.readingFor(IOracleGuard(parts.guard), kind, id, size);
        Dealing.Deal memory deal = Dealing.price(self, kind, id, size, reading, DefenceBits.bitsOf(parts.defences));
        IOptionVault.Quote memory q = deal.quote;
        Positions.change(self, id, -size, q, deal.spot, deal.sd);
        if (kind == Dealing.Kind.TAKE_OVER) return (0, 0);
        emit IOptionVault.Traded(id, trader, size, q.premium, q.fee, q.tradeVol, q.markVol, deal.spot);
        return (q.premium, q.fee);
    }

    /// @notice Price of a trade without making it.
    function indicate(
        BookState storage self,
        Connected.Parts storage parts,
        uint256 id,
        int256 size
    ) external view returns (IOptionVault.Quote memory) {
        IOracleGuard.Reading memory reading = IOracleGuard(parts.guard).read(uint16(id >> 200));
        uint64 defences = DefenceBits.bitsOf(parts.defences);
        return Dealing.price(self, Dealing.Kind.INDICATION, id, size, reading, defences).quote;
    }
}
