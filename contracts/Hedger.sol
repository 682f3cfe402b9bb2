// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {Connected} from "./Connected.sol";
import {Inspectable} from "./Inspectable.sol";
import {IHedger} from "./interfaces/IHedger.sol";
import {IOptionVault} from "./interfaces/IOptionVault.sol";
import {IOracleGuard} from "./interfaces/IOracleGuard.sol";
import {DefenceBits} from "./libraries/DefenceBits.sol";
import {SpotMarket} from "./libraries/SpotMarket.sol";

/// @notice See `IHedger`.
/// @dev The band of each underlying is 5 % of the vault's NAV over spot; a rebalance aims at half of it. A slice is at
/// most the size whose fee-inclusive slippage against the pool's own price is 0.8 %; the guard on top compares with
/// the feed, and allows for its deviation threshold and the pool's fee, so that a fair feed never refuses.
contract Hedger is IHedger, Connected, Inspectable {
    using DefenceBits for uint64;
    using FixedPointMathLib for uint256;
    using FixedPointMathLib for int256;
    using SafeTransferLib for address;

    /// @dev Where and at what a slice is traded. @param spot Guarded price, USD WAD. @param decimals Of the token.
    /// @param tolerance By how much a trade may be worse than the spot, WAD.
    struct Venue {
        uint256 spot;
        address token;
        uint8 decimals;
        uint256 tolerance;
        SpotMarket.Pool pool;
    }

    uint256 private constant WAD = 1e18;
    uint256 private constant QUOTE_TO_WAD = 1e12;

    /// @notice Half-width of the band, share of NAV.
    uint256 public constant BAND = 0.05e18;
    uint256 public constant SLICE_SLIPPAGE = 0.008e18;
    uint256 public constant POOL_FEE = 0.003e18;
    uint256 public constant MIN_INTERVAL = 5 minutes;

    /// @inheritdoc IHedger
    mapping(uint16 underlying => uint256) public inventory;
    /// @inheritdoc IHedger
    mapping(uint16 underlying => uint256) public neutralInventory;
    /// @inheritdoc IHedger
    mapping(uint16 underlying => uint64) public lastHedgeAt;
    /// @dev One past the last underlying that was ever held.
    uint16 private _count;

    event InventorySeeded(uint16 indexed underlying, uint256 units, uint256 quotePaid);

    constructor(address owner) Connected(owner) {}

    /// @inheritdoc IHedger
    function seedInventory(uint16 underlying, uint256 quoteAmount) external onlyOwner {
        if (neutralInventory[underlying] != 0) revert HedgerAlreadySeeded(underlying);
        IOracleGuard.Market memory m = _market(underlying);
        uint256 price = _guardedPrice(underlying);
        uint256 units = (quoteAmount * QUOTE_TO_WAD).fullMulDiv(10 ** m.tokenDecimals, price);
        _hold(underlying, units);
        neutralInventory[underlying] = _toWad(units, m.tokenDecimals);
        IOptionVault(_parts.vault).fundHedge(quoteAmount);
        m.token.safeTransferFrom(msg.sender, address(this), units);
        _parts.quote.safeTransfer(msg.sender, quoteAmount);
        emit InventorySeeded(underlying, units, quoteAmount);
    }

    /// @inheritdoc IHedger
    function rebalance(uint16 underlying) external returns (int256 traded) {
        uint64 bits = DefenceBits.bitsOf(_parts.defences);
        if (!bits.has(DefenceBits.DELTA_HEDGING)) revert HedgerDisabled();
        uint256 next = lastHedgeAt[underlying] + MIN_INTERVAL;
        if (block.timestamp < next) revert HedgerTooSoon(next);
        Venue memory v = _venue(underlying);
        (uint256 nav, int256 delta) = IOptionVault(_parts.vault).hedgeState(underlying, v.spot);
        uint256 band = (nav * QUOTE_TO_WAD).mulWad(BAND).divWad(v.spot);
        uint256 held = inventory[underlying];
        delta += int256(_toWad(held, v.decimals)) - int256(neutralInventory[underlying]);
        if (delta.abs() <= band) revert HedgerWithinBand(delta, band);
        lastHedgeAt[underlying] = uint64(block.timestamp);

        uint256 wanted = _fromWad(delta.abs() - band / 2, v.decimals);
        bool guarded = bits.has(DefenceBits.HEDGE_SLIPPAGE_GUARD);
        int256 paid;
        (traded, paid) = delta > 0
            ? _sell(underlying, wanted, held, v, guarded)
            : _buy(underlying, wanted, held, v, guarded);
        emit Hedged(underlying, delta, traded, paid, _residual(delta + traded, band / 2), v.spot);
    }

    /// @inheritdoc IHedger
    function netDelta(uint16 underlying) external view returns (int256) {
        uint256 held = _toWad(inventory[underlying], _market(underlying).tokenDecimals);
        int256 options = IOptionVault(_parts.vault).optionDelta(underlying);
        return options + int256(held) - int256(neutralInventory[underlying]);
    }

    /// @inheritdoc IHedger
    function inventories() external view returns (uint256[] memory units) {
        units = new uint256[](_count);
        for (uint16 u = 0; u < units.length; ++u) units[u] = inventory[u];
    }

    // ── trades ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Sells inventory, at most what there is and one slice.
    function _sell(
        uint16 underlying,
        uint256 wanted,
        uint256 held,
        Venue memory v,
        bool guarded
    ) private returns (int256 traded, int256 paid) {
        uint256 units = wanted.min(_maxSale(v.pool.base)).min(held);
        if (units == 0) return (0, 0);
        _hold(underlying, held - units);
        uint256 out = SpotMarket.sellBase(v.pool, v.token, units, _parts.vault);
        uint256 fair = v.spot.fullMulDiv(units, 10 ** v.decimals * QUOTE_TO_WAD);
        uint256 min = fair.mulWad(WAD - v.tolerance);
        if (guarded && out < min) revert HedgerSlippage(out, min);
        IOptionVault(_parts.vault).receiveCash(out);
        return (-int256(_toWad(units, v.decimals)), -int256(out));
    }

    /// @dev Buys one slice at most with the vault's cash.
    function _buy(
        uint16 underlying,
        uint256 wanted,
        uint256 held,
        Venue memory v,
        bool guarded
    ) private returns (int256 traded, int256 paid) {
        uint256 units = wanted.min(_maxPurchase(v.pool.base));
        if (units == 0) return (0, 0);
        uint256 cost = SpotMarket.inputFor(units, v.pool.quote, v.pool.base);
        IOptionVault(_parts.vault).fundHedge(cost);
        units = SpotMarket.sellQuote(v.pool, _parts.quote, cost, address(this));
        _hold(underlying, held + units);
        uint256 min = (cost * QUOTE_TO_WAD).fullMulDiv(10 ** v.decimals, v.spot);
        min = min.mulWad(WAD - v.tolerance);
        if (guarded && units < min) revert HedgerSlippage(units, min);
        return (int256(_toWad(units, v.decimals)), int256(cost));
    }

    function _hold(uint16 underlying, uint256 units) private {
        inventory[underlying] = units;
        if (underlying >= _count) _count = underlying + 1;
    }

    /// @dev Largest input whose mean price is 0.8 % below the pool's: with φ = 0.997 of x going to work,
    /// φ·R/(R + φ·x) = 1 − s, so x = R·(φ/(1 − s) − 1)/φ.
    function _maxSale(uint256 reserve) private pure returns (uint256) {
        uint256 kept = WAD - POOL_FEE;
        return reserve.mulWad((kept.divWad(WAD - SLICE_SLIPPAGE) - WAD).divWad(kept));
    }

    /// @dev Largest output whose mean price is 0.8 % above the pool's: R/(R − y)/φ = 1 + s, so
    /// y = R·(1 − 1/(φ·(1 + s))).
    function _maxPurchase(uint256 reserve) private pure returns (uint256) {
        uint256 kept = WAD - POOL_FEE;
        return reserve.mulWad(WAD - WAD.divWadUp(kept.mulWad(WAD + SLICE_SLIPPAGE)));
    }

    /// @dev What is left outside the target, signed.
    function _residual(int256 delta, uint256 target) private pure returns (int256) {
        if (delta.abs() <= target) return 0;
        return delta > 0 ? delta - int256(target) : delta + int256(target);
    }

    // ── reading ────────────────────────────────────────────────────────────────────────────────────────

    function _venue(uint16 underlying) private view returns (Venue memory v) {
        v.spot = _guardedPrice(underlying);
        IOracleGuard.Market memory m = _market(underlying);
        (v.token, v.decimals) = (m.token, m.tokenDecimals);
        v.tolerance = SLICE_SLIPPAGE + m.deviation + POOL_FEE;
        v.pool = SpotMarket.poolOf(m.pair, m.token);
    }

    function _guardedPrice(uint16 underlying) private view returns (uint256) {
        return IOracleGuard(_parts.guard).readFor(underlying, IOracleGuard.Operation.CLOSE).price;
    }

    function _market(uint16 underlying) private view returns (IOracleGuard.Market memory) {
        return IOracleGuard(_parts.guard).market(underlying);
    }

    function _toWad(uint256 units, uint8 decimals) private pure returns (uint256) {
        return units * 10 ** (18 - decimals);
    }

    function _fromWad(uint256 amount, uint8 decimals) private pure returns (uint256) {
        return amount / 10 ** (18 - decimals);
    }
}
