// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IDefences} from "../interfaces/IDefences.sol";

/// @notice Bit numbers of the defences; a number is never reused for something else.
library DefenceBits {
    error DefencesUnreadable(address defences);

    uint8 internal constant STALENESS_CHECK = 0;
    uint8 internal constant BOUND_CLAMP_CHECK = 1;
    uint8 internal constant JUMP_CAP = 2;
    uint8 internal constant POOL_DEVIATION = 3;
    uint8 internal constant PINNED_DECIMALS = 6;
    uint8 internal constant ACTION_TABLE = 7;
    uint8 internal constant CONFIDENCE_IN_MARGIN = 8;
    uint8 internal constant SURFACE_BOUNDS = 13;
    uint8 internal constant SURFACE_RATE_LIMIT = 14;
    uint8 internal constant SURFACE_STALENESS = 15;
    uint8 internal constant UNCERTAINTY_PREMIUM = 17;
    uint8 internal constant VEGA_CONVEX_SPREAD = 18;
    uint8 internal constant VEGA_FEE = 19;
    uint8 internal constant DELTA_HEDGING = 23;
    uint8 internal constant HEDGE_SLIPPAGE_GUARD = 24;
    uint8 internal constant FAR_TAIL_SCENARIOS = 26;
    uint8 internal constant CLOSING_COST_ADD_ON = 27;
    uint8 internal constant DIVERSIFICATION_HAIRCUT = 28;
    uint8 internal constant PARTIAL_LIQUIDATION = 29;
    uint8 internal constant VAULT_LAST_BIDDER = 31;
    uint8 internal constant TWO_SIDED_NAV = 33;
    uint8 internal constant EPOCH_QUEUE = 34;
    uint8 internal constant WITHDRAW_BLOCK = 35;
    uint8 internal constant VIRTUAL_SHARES = 37;
    uint8 internal constant MEDIAN_SETTLEMENT = 38;
    uint8 internal constant UNCERTAINTY_SIZE = 40;
    uint8 internal constant UNCERTAINTY_MARGIN = 41;

    /// @notice Bits that these contracts implement.
    uint64 internal constant IMPLEMENTED = uint64(
        (1 << STALENESS_CHECK) |
            (1 << BOUND_CLAMP_CHECK) |
            (1 << JUMP_CAP) |
            (1 << POOL_DEVIATION) |
            (1 << PINNED_DECIMALS) |
            (1 << ACTION_TABLE) |
            (1 << CONFIDENCE_IN_MARGIN) |
            (1 << SURFACE_BOUNDS) |
            (1 << SURFACE_RATE_LIMIT) |
            (1 << SURFACE_STALENESS) |
            (1 << UNCERTAINTY_PREMIUM) |
            (1 << VEGA_CONVEX_SPREAD) |
            (1 << VEGA_FEE) |
            (1 << DELTA_HEDGING) |
            (1 << HEDGE_SLIPPAGE_GUARD) |
            (1 << FAR_TAIL_SCENARIOS) |
            (1 << CLOSING_COST_ADD_ON) |
            (1 << DIVERSIFICATION_HAIRCUT) |
            (1 << PARTIAL_LIQUIDATION) |
            (1 << VAULT_LAST_BIDDER) |
            (1 << TWO_SIDED_NAV) |
            (1 << EPOCH_QUEUE) |
            (1 << WITHDRAW_BLOCK) |
            (1 << VIRTUAL_SHARES) |
            (1 << MEDIAN_SETTLEMENT) |
            (1 << UNCERTAINTY_SIZE) |
            (1 << UNCERTAINTY_MARGIN)
    );

    /// @notice Bits that can change only before the first deposit.
    uint64 internal constant GENESIS_ONLY = uint64((1 << EPOCH_QUEUE) | (1 << VIRTUAL_SHARES));

    /// @notice Bits that are on at a switchboard (`IDefences.bits`), read without the machinery of an outside call.
    function bitsOf(address defences) internal view returns (uint64 bits) {
        bytes4 selector = IDefences.bits.selector;
        bool read;
        assembly ("memory-safe") {
            mstore(0, selector)
            read := and(gt(returndatasize(), 0x1f), staticcall(gas(), defences, 0, 4, 0, 0x20))
            bits := and(mload(0), 0xffffffffffffffff)
        }
        if (!read) revert DefencesUnreadable(defences);
    }

    function has(uint64 bits, uint8 bit) internal pure returns (bool) {
        return (bits >> bit) & 1 == 1;
    }
}
