// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {Connected} from "./Connected.sol";
import {Inspectable} from "./Inspectable.sol";
import {IAuction} from "./interfaces/IAuction.sol";
import {IOptionToken} from "./interfaces/IOptionToken.sol";
import {IOptionVault} from "./interfaces/IOptionVault.sol";
import {SeriesId} from "./libraries/SeriesId.sol";
import {BookState} from "./vault/BookState.sol";
import {Dealing} from "./vault/Dealing.sol";
import {LiquidityPool} from "./vault/LiquidityPool.sol";
import {OptionBook} from "./vault/OptionBook.sol";
import {TradingDesk} from "./vault/TradingDesk.sol";

/// @notice Liquidity providers' pool, counterparty of every option trade: quotes, trades, and pays at expiry.
contract OptionVault is LiquidityPool, Inspectable {
    using OptionBook for BookState;
    using TradingDesk for BookState;
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice Share of fees that goes to the insurance fund, WAD.
    uint256 public constant FUND_SHARE = 0.1e18;
    uint256 private constant WAD = 1e18;

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
        cost = _sellTo(msg.sender, Dealing.Kind.OPEN, msg.sender, id, size.toInt256());
        if (cost > maxCost) revert VaultPriceLimit(cost, maxCost);
        IOptionToken(_parts.token).mint(msg.sender, id, size);
    }

    /// @inheritdoc IOptionVault
    function sell(uint256 id, uint256 size, uint256 minProceeds) external nonReentrant returns (uint256 proceeds) {
        IOptionToken(_parts.token).burn(msg.sender, id, size);
        proceeds = _buyFrom(msg.sender, Dealing.Kind.CLOSE, msg.sender, id, size.toInt256());
        if (proceeds < minProceeds) revert VaultPriceLimit(proceeds, minProceeds);
    }

    /// @inheritdoc IOptionVault
    function tradeForMargin(address account, uint256 id, int256 size) external nonReentrant returns (int256) {
        _requireMargin();
        return
            size > 0
                ? -_sellTo(account, Dealing.Kind.CLOSE, msg.sender, id, size).toInt256()
                : _buyFrom(account, Dealing.Kind.OPEN, msg.sender, id, -size).toInt256();
    }

    /// @inheritdoc IOptionVault
    function absorbShort(uint256 id, uint256 size) external nonReentrant {
        _requireMargin();
        _trade(Dealing.Kind.TAKE_OVER, msg.sender, id, size.toInt256());
    }

    /// @inheritdoc IOptionVault
    /// @dev At the opening spread of the moment, without the limits of a trade; a closing trade costs no more.
    function quote(uint256 id, int256 size) external view returns (Quote memory) {
        return _book.indicate(_parts, id, size);
    }

    // ── after expiry ───────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOptionVault
    /// @dev Claims are paid from the cash and from what the shorts of the same expiry owe, as far as the margin
    /// engine holds it.
    function closeExpiry(uint16 underlying, uint64 expiry) external nonReentrant {
        uint256 key = SeriesId.keyOf(underlying, expiry);
        (uint256 owed, uint256 due, uint256 held) = _book.remove(_parts, underlying, expiry);
        uint256 available = _freeCash() + Math.min(due, held);
        uint256 ratio = owed > available ? (available * WAD) / owed : WAD;

        _closed[key] = true;
        _payoutRatio[key] = ratio;
        _claims += ((owed * ratio) / WAD).toUint128();
        _receivable += due.toUint128();
        emit ExpiryClosed(underlying, expiry, due.toInt256() - owed.toInt256(), ratio);
    }

    /// @inheritdoc IOptionVault
    function redeem(uint256 id, address holder) external nonReentrant returns (uint256 payout) {
        uint256 key = SeriesId.expiryKey(id);
        if (!_closed[key]) revert VaultNotSettled(uint16(key >> 64), uint64(key));
        (uint256 size, uint256 full) = OptionBook.burn(_parts, id, holder);
        payout = (full * _payoutRatio[key]) / WAD;

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

    // ── private ────────────────────────────────────────────────────────────────────────────────────────

    /// @dev The vault sells `size` contracts to `trader`, `payer` pays.
    function _sellTo(
        address trader,
        Dealing.Kind kind,
        address payer,
        uint256 id,
        int256 size
    ) private returns (uint256 cost) {
        (uint256 premium, uint256 fee) = _trade(kind, trader, id, size);
        cost = premium + fee;
        _transferIn(payer, cost);
        _shareFee(fee);
    }

    /// @dev The vault buys `size` contracts from `trader`, `payee` is paid.
    function _buyFrom(
        address trader,
        Dealing.Kind kind,
        address payee,
        uint256 id,
        int256 size
    ) private returns (uint256 proceeds) {
        (uint256 premium, uint256 fee) = _trade(kind, trader, id, -size);
        proceeds = premium - fee;
        _transferOut(payee, proceeds);
        _shareFee(fee);
    }

    function _trade(
        Dealing.Kind kind,
        address trader,
        uint256 id,
        int256 size
    ) private returns (uint256 premium, uint256 fee) {
        return _book.trade(_parts, kind, trader, id, size);
    }

    /// @dev The insurance fund's share of a fee; nothing while the vault has no free cash.
    function _shareFee(uint256 fee) private {
        uint256 share = (fee * FUND_SHARE) / WAD;
        if (share == 0 || share > _freeCash()) return;
        address auction = _parts.auction;
        _transferOut(auction, share);
        IAuction(auction).contribute(share);
    }

    function _requireMargin() private view {
        if (msg.sender != _parts.margin) revert VaultNotMarginEngine(msg.sender);
    }
}
