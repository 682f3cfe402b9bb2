// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {Connected} from "./Connected.sol";
import {Inspectable} from "./Inspectable.sol";
import {IDefences} from "./interfaces/IDefences.sol";
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

    event InventorySeeded(uint16 indexed underlying, uint256 units, uint256 quotePaid);

    constructor(address owner) Connected(owner) {}

    /// @inheritdoc IHedger
    function seedInventory(uint16 underlying, uint256 quoteAmount) external onlyOwner {
        if (neutralInventory[underlying] != 0) revert HedgerAlreadySeeded(underlying);
        IOracleGuard.Market memory m = _market(underlying);
        uint256 price = _guardedPrice(underlying);
        uint256 units = (quoteAmount * QUOTE_TO_WAD).fullMulDiv(10 ** m.tokenDecimals, price);
        inventory[underlying] = units;
        neutralInventory[underlying] = _toWad(units, m.tokenDecimals);
        IOptionVault(_parts.vault).fundHedge(quoteAmount);
        m.token.safeTransferFrom(msg.sender, address(this), units);
        _parts.quote.safeTransfer(msg.sender, quoteAmount);
        emit InventorySeeded(underlying, units, quoteAmount);
    }

    /// @inheritdoc IHedger
    function rebalance(uint16 underlying) external returns (int256 traded) {
        if (!IDefences(_parts.defences).bits().has(DefenceBits.DELTA_HEDGING)) revert HedgerDisabled();
        uint256 next = lastHedgeAt[underlying] + MIN_INTERVAL;
        if (block.timestamp < next) revert HedgerTooSoon(next);
        uint256 spot = _guardedPrice(underlying);
        uint256 band = (IOptionVault(_parts.vault).navLow() * QUOTE_TO_WAD).mulWad(BAND).divWad(spot);
        int256 delta = netDelta(underlying);
        if (delta.abs() <= band) revert HedgerWithinBand(delta, band);
        lastHedgeAt[underlying] = uint64(block.timestamp);

        uint256 wanted = delta.abs() - band / 2;
        int256 quotePaid;
        (traded, quotePaid) = delta > 0 ? _sell(underlying, wanted, spot) : _buy(underlying, wanted, spot);
        emit Hedged(underlying, delta, traded, quotePaid, _residual(delta + traded, band / 2), spot);
    }

    /// @inheritdoc IHedger
    function netDelta(uint16 underlying) public view returns (int256) {
        uint256 held = _toWad(inventory[underlying], _market(underlying).tokenDecimals);
        int256 options = IOptionVault(_parts.vault).optionDelta(underlying);
        return options + int256(held) - int256(neutralInventory[underlying]);
    }

    // ── trades ─────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Sells inventory, at most what there is and one slice.
    function _sell(uint16 underlying, uint256 wanted, uint256 spot) private returns (int256 traded, int256 paid) {
        IOracleGuard.Market memory m = _market(underlying);
        (uint256 base, ) = SpotMarket.reserves(m.pair, m.token);
        uint256 units = _fromWad(wanted, m.tokenDecimals).min(_maxSale(base)).min(inventory[underlying]);
        if (units == 0) return (0, 0);
        inventory[underlying] -= units;
        uint256 out = SpotMarket.sell(m.pair, m.token, units, _parts.vault);
        uint256 fair = _quoteValue(units, m.tokenDecimals, spot);
        uint256 min = fair.mulWad(WAD - _tolerance(m.deviation));
        if (_guarded() && out < min) revert HedgerSlippage(out, min);
        IOptionVault(_parts.vault).receiveCash(out);
        return (-int256(_toWad(units, m.tokenDecimals)), -int256(out));
    }

    /// @dev Buys one slice at most with the vault's cash.
    function _buy(uint16 underlying, uint256 wanted, uint256 spot) private returns (int256 traded, int256 paid) {
        IOracleGuard.Market memory m = _market(underlying);
        (uint256 base, uint256 quote) = SpotMarket.reserves(m.pair, m.token);
        uint256 units = _fromWad(wanted, m.tokenDecimals).min(_maxPurchase(base));
        if (units == 0) return (0, 0);
        uint256 cost = SpotMarket.inputFor(units, quote, base);
        IOptionVault(_parts.vault).fundHedge(cost);
        units = SpotMarket.sell(m.pair, _parts.quote, cost, address(this));
        inventory[underlying] += units;
        uint256 min = (cost * QUOTE_TO_WAD).fullMulDiv(10 ** m.tokenDecimals, spot);
        min = min.mulWad(WAD - _tolerance(m.deviation));
        if (_guarded() && units < min) revert HedgerSlippage(units, min);
        return (int256(_toWad(units, m.tokenDecimals)), int256(cost));
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

    function _tolerance(uint256 deviation) private pure returns (uint256) {
        return SLICE_SLIPPAGE + deviation + POOL_FEE;
    }

    /// @dev What is left outside the target, signed.
    function _residual(int256 delta, uint256 target) private pure returns (int256) {
        if (delta.abs() <= target) return 0;
        return delta > 0 ? delta - int256(target) : delta + int256(target);
    }

    // ── reading ────────────────────────────────────────────────────────────────────────────────────────

    function _guarded() private view returns (bool) {
        return IDefences(_parts.defences).bits().has(DefenceBits.HEDGE_SLIPPAGE_GUARD);
    }

    function _guardedPrice(uint16 underlying) private view returns (uint256) {
        return IOracleGuard(_parts.guard).readFor(underlying, IOracleGuard.Operation.CLOSE).price;
    }

    function _market(uint16 underlying) private view returns (IOracleGuard.Market memory) {
        return IOracleGuard(_parts.guard).market(underlying);
    }

    function _quoteValue(uint256 units, uint8 decimals, uint256 spot) private pure returns (uint256) {
        return spot.fullMulDiv(units, 10 ** decimals * QUOTE_TO_WAD);
    }

    function _toWad(uint256 units, uint8 decimals) private pure returns (uint256) {
        return units * 10 ** (18 - decimals);
    }

    function _fromWad(uint256 amount, uint8 decimals) private pure returns (uint256) {
        return amount / 10 ** (18 - decimals);
    }
}
