// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Connected} from "./Connected.sol";
import {IAuction} from "./interfaces/IAuction.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IOptionToken} from "./interfaces/IOptionToken.sol";
import {IOptionVault} from "./interfaces/IOptionVault.sol";
import {IOracleGuard} from "./interfaces/IOracleGuard.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {SeriesId} from "./libraries/SeriesId.sol";
import {LiquidityPool} from "./vault/LiquidityPool.sol";
import {OptionBook} from "./vault/OptionBook.sol";

/// @notice Liquidity providers' pool, counterparty of every option trade: quotes, trades, and pays at expiry.
contract OptionVault is LiquidityPool {
    using OptionBook for OptionBook.State;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice Share of fees that goes to the insurance fund, WAD.
    uint256 public constant FUND_SHARE = 0.1e18;
    uint256 private constant WAD = 1e18;
    uint256 private constant UNIT = 1e12;

    mapping(uint256 expiryKey => bool) private _closed;
    mapping(uint256 expiryKey => uint256) private _payoutRatio;

    constructor(
        address owner,
        IERC20 quote_,
        Terms memory terms_,
        Schedule memory schedule
    ) Connected(owner) ERC20("Option vault share", "OVS") ERC4626(quote_) LiquidityPool(schedule) {
        _book.setTerms(terms_);
    }

    // ── trading ────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOptionVault
    function buy(uint256 id, uint256 size, uint256 maxCost) external nonReentrant returns (uint256 cost) {
        OptionBook.Deal memory deal = _deal(id, size.toInt256(), IOracleGuard.Operation.OPEN);
        cost = deal.quote.premium + deal.quote.fee;
        if (cost > maxCost) revert VaultPriceLimit(cost, maxCost);
        _book.changePosition(id, -size.toInt256(), deal);
        IOptionToken(_parts.token).mint(msg.sender, id, size);
        _transferIn(msg.sender, cost);
        _finish(id, msg.sender, size.toInt256(), deal);
    }

    /// @inheritdoc IOptionVault
    function sell(uint256 id, uint256 size, uint256 minProceeds) external nonReentrant returns (uint256 proceeds) {
        OptionBook.Deal memory deal = _deal(id, -size.toInt256(), IOracleGuard.Operation.CLOSE);
        proceeds = deal.quote.premium - deal.quote.fee;
        if (proceeds < minProceeds) revert VaultPriceLimit(proceeds, minProceeds);
        IOptionToken(_parts.token).burn(msg.sender, id, size);
        _book.changePosition(id, size.toInt256(), deal);
        _transferOut(msg.sender, proceeds);
        _finish(id, msg.sender, -size.toInt256(), deal);
    }

    /// @inheritdoc IOptionVault
    function tradeForMargin(address account, uint256 id, int256 size) external nonReentrant returns (int256 paid) {
        _requireMargin();
        bool vaultSells = size > 0;
        OptionBook.Deal memory deal = _deal(
            id,
            size,
            vaultSells ? IOracleGuard.Operation.CLOSE : IOracleGuard.Operation.OPEN
        );
        _book.changePosition(id, -size, deal);
        if (vaultSells) {
            uint256 cost = deal.quote.premium + deal.quote.fee;
            _transferIn(msg.sender, cost);
            paid = -cost.toInt256();
        } else {
            uint256 proceeds = deal.quote.premium - deal.quote.fee;
            _transferOut(msg.sender, proceeds);
            paid = proceeds.toInt256();
        }
        _finish(id, account, size, deal);
    }

    /// @inheritdoc IOptionVault
    function absorbShort(uint256 id, uint256 size) external nonReentrant {
        _requireMargin();
        OptionBook.Deal memory deal = _book.price(OptionBook.Kind.CLOSE, id, size.toInt256(), _reading(id), _bits());
        _book.changePosition(id, -size.toInt256(), deal);
    }

    /// @inheritdoc IOptionVault
    /// @dev At the opening spread of the moment, without the limits of a trade; a closing trade costs no more.
    function quote(uint256 id, int256 size) external view returns (Quote memory) {
        return _book.price(OptionBook.Kind.INDICATION, id, size, _reading(id), _bits()).quote;
    }

    // ── after expiry ───────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOptionVault
    /// @dev Claims are paid from the cash and from what the shorts of the same expiry owe, as far as the margin
    /// engine holds it.
    function closeExpiry(uint16 underlying, uint64 expiry) external nonReentrant {
        (uint256 price, bool done) = ISettlement(_parts.settlement).priceOf(underlying, expiry);
        if (!done) revert VaultNotSettled(underlying, expiry);
        uint256 key = SeriesId.keyOf(underlying, expiry);
        (uint256 owed, uint256 due) = _book.remove(IOptionToken(_parts.token), underlying, expiry, price);
        uint256 available = _freeCash() + Math.min(due, _heldByMargin());
        uint256 ratio = owed > available ? (available * WAD) / owed : WAD;

        _closed[key] = true;
        _payoutRatio[key] = ratio;
        _claims += ((owed * ratio) / WAD).toUint128();
        _receivable += due.toUint128();
        _refreshLimits();
        emit ExpiryClosed(underlying, expiry, due.toInt256() - owed.toInt256(), ratio);
    }

    /// @inheritdoc IOptionVault
    function redeem(uint256 id, address holder) external nonReentrant returns (uint256 payout) {
        (uint16 underlying, uint64 expiry, uint256 strike, bool isCall) = SeriesId.decode(id);
        uint256 key = SeriesId.expiryKey(id);
        if (!_closed[key]) revert VaultNotSettled(underlying, expiry);
        uint256 size = IERC6909(_parts.token).balanceOf(holder, id);
        if (size == 0) revert VaultZeroSize();
        (uint256 price, ) = ISettlement(_parts.settlement).priceOf(underlying, expiry);
        uint256 full = (size * _intrinsicValue(isCall, price, strike)) / (WAD * UNIT);
        payout = (full * _payoutRatio[key]) / WAD;

        IOptionToken(_parts.token).burn(holder, id, size);
        _claims -= payout.toUint128();
        if (payout > _cash) revert VaultInsufficientCash(_cash, payout);
        _cash -= payout;
        IERC20(asset()).safeTransfer(holder, payout);
        emit Redeemed(id, holder, size, payout);
    }

    /// @inheritdoc IOptionVault
    function payoutRatio(uint16 underlying, uint64 expiry) external view returns (uint256) {
        return _payoutRatio[SeriesId.keyOf(underlying, expiry)];
    }

    // ── pricing of a trade ─────────────────────────────────────────────────────────────────────────────

    function _deal(
        uint256 id,
        int256 size,
        IOracleGuard.Operation operation
    ) private view returns (OptionBook.Deal memory) {
        if (size == 0) revert VaultZeroSize();
        (uint16 underlying, uint64 expiry, , bool isCall) = SeriesId.decode(id);
        if (expiry <= block.timestamp) revert VaultSeriesExpired(id, expiry);
        IOracleGuard.Reading memory reading = IOracleGuard(_parts.guard).readFor(underlying, operation);
        if (reading.state == IOracleGuard.State.DISPUTED) {
            reading.price = _worseForTrader(underlying, isCall == (size > 0), reading.price);
        }
        bool opening = operation == IOracleGuard.Operation.OPEN;
        return _book.price(opening ? OptionBook.Kind.OPEN : OptionBook.Kind.CLOSE, id, size, reading, _bits());
    }

    function _reading(uint256 id) private view returns (IOracleGuard.Reading memory) {
        return IOracleGuard(_parts.guard).read(uint16(id >> 200));
    }

    /// @dev Of feed and pool price the one that is worse for the trader.
    function _worseForTrader(uint16 underlying, bool higher, uint256 price) private view returns (uint256) {
        uint256 pool = IOracleGuard(_parts.guard).poolMean(underlying);
        if (pool == 0) return price;
        return higher ? Math.max(price, pool) : Math.min(price, pool);
    }

    /// @dev The fund's share of the fee, and the record of the trade.
    function _finish(uint256 id, address trader, int256 size, OptionBook.Deal memory deal) private {
        Quote memory q = deal.quote;
        uint256 share = (q.fee * FUND_SHARE) / WAD;
        if (share != 0 && share <= _freeCash()) {
            address auction = _parts.auction;
            _transferOut(auction, share);
            IAuction(auction).contribute(share);
        }
        emit Traded(id, trader, size, q.premium, q.fee, q.tradeVol, q.markVol, deal.spot);
    }

    // ── settlement arithmetic ──────────────────────────────────────────────────────────────────────────

    function _intrinsicValue(bool isCall, uint256 price, uint256 strike) private pure returns (uint256) {
        return isCall ? Math.saturatingSub(price, strike) : Math.saturatingSub(strike, price);
    }

    function _heldByMargin() private view returns (uint256) {
        int256 held = IMarginEngine(_parts.margin).totalCash();
        return held > 0 ? uint256(held) : 0;
    }

    function _requireMargin() private view {
        if (msg.sender != _parts.margin) revert VaultNotMarginEngine(msg.sender);
    }
}
