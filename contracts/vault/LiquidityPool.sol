// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IAuction} from "../interfaces/IAuction.sol";
import {IDefences} from "../interfaces/IDefences.sol";
import {IOptionVault} from "../interfaces/IOptionVault.sol";
import {IOracleGuard} from "../interfaces/IOracleGuard.sol";
import {DefenceBits} from "../libraries/DefenceBits.sol";
import {BookKeeping} from "./BookKeeping.sol";
import {BookState} from "./BookState.sol";
import {OptionBook} from "./OptionBook.sol";

/// @notice The money of the vault: tracked cash, net asset value, shares and the queue of withdrawals.
/// @dev Deposits mint at the high NAV at once; withdrawals burn at the low NAV of the close of their epoch.
abstract contract LiquidityPool is BookKeeping, ERC4626, ReentrancyGuardTransient {
    using DefenceBits for uint64;
    using OptionBook for BookState;
    using SafeCast for uint256;

    /// @param epochSeconds Length of an epoch. @param epochAnchor Unix seconds of some close.
    /// @param maxBookAge Seconds after which a book's mark is too old for deposits and withdrawals.
    struct Schedule {
        uint64 epochSeconds;
        uint64 epochAnchor;
        uint64 maxBookAge;
    }

    /// @param epoch Epoch in which the request was made; it is processed at the close of that one or a later one.
    struct Request {
        address owner;
        uint64 epoch;
        uint256 shares;
    }

    /// @dev A close that is under way: value and supply are those of its first call. `budget` in quote units.
    struct Closing {
        uint128 nav;
        uint128 supply;
        uint128 budget;
        uint64 epoch;
        bool running;
        uint256 burned;
    }

    /// @notice Largest share of NAV that leaves in an epoch, WAD.
    uint256 public constant WITHDRAWAL_CAP = 0.25e18;
    /// @notice Share of a queued withdrawal that stays with the others, WAD.
    uint256 public constant WITHDRAWAL_FEE = 0.003e18;

    uint256 private constant WAD = 1e18;
    /// @dev USD WAD of one quote unit.
    uint256 private constant UNIT = 1e12;
    uint8 private constant VIRTUAL_OFFSET = 6;

    uint64 public immutable epochSeconds;
    uint64 public immutable epochAnchor;
    uint64 public immutable maxBookAge;

    /// @dev Everything in quote units. Claims are what holders of closed expiries are still owed out of the cash.
    uint256 internal _cash;
    uint128 internal _claims;
    uint128 internal _receivable;

    uint64 private _openEpoch;
    uint128 private _head;
    mapping(uint256 requestId => Request) private _requests;
    uint256 private _tail;
    Closing private _closing;

    constructor(Schedule memory schedule) {
        epochSeconds = schedule.epochSeconds;
        epochAnchor = schedule.epochAnchor;
        maxBookAge = schedule.maxBookAge;
        _openEpoch = _epochNow();
    }

    // ── shares ─────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOptionVault
    function requestWithdrawal(uint256 shares) external nonReentrant returns (uint256 requestId) {
        if (shares == 0) revert VaultZeroSize();
        requestId = _tail++;
        _requests[requestId] = Request(msg.sender, _epochNow(), shares);
        _transfer(msg.sender, address(this), shares);
        emit WithdrawalRequested(msg.sender, requestId, shares);
    }

    /// @inheritdoc IOptionVault
    function closeEpoch(uint256 maxRequests) external nonReentrant {
        _requireProcessable();
        Closing memory closing = _closing.running ? _closing : _startClosing();
        uint256 head = _head;
        uint256 tail = _tail;
        bool exhausted;
        for (uint256 i = 0; i < maxRequests && head < tail && !exhausted; ++i) {
            Request memory request = _requests[head];
            if (request.epoch > closing.epoch) break;
            exhausted = _process(head, request, closing);
            if (!exhausted) delete _requests[head++];
        }
        _head = uint128(head);
        bool done = exhausted || head == tail || _requests[head].epoch > closing.epoch;
        if (!done) {
            _closing = closing;
            return;
        }
        delete _closing;
        _openEpoch = closing.epoch + 1;
        uint256 perShare = _toAssets(10 ** decimals(), closing.nav, closing.supply, Math.Rounding.Floor) * UNIT;
        emit EpochClosed(closing.epoch, perShare, closing.burned);
    }

    /// @dev Instant only with `epochQueue` off.
    function withdraw(uint256 assets, address receiver, address owner) public override nonReentrant returns (uint256) {
        _requireInstant();
        return super.withdraw(assets, receiver, owner);
    }

    /// @dev Instant only with `epochQueue` off.
    function redeem(uint256 shares, address receiver, address owner) public override nonReentrant returns (uint256) {
        _requireInstant();
        return super.redeem(shares, receiver, owner);
    }

    function deposit(uint256 assets, address receiver) public override nonReentrant returns (uint256) {
        return super.deposit(assets, receiver);
    }

    function mint(uint256 shares, address receiver) public override nonReentrant returns (uint256) {
        return super.mint(shares, receiver);
    }

    // ── cash of the protocol's other parts ─────────────────────────────────────────────────────────────

    /// @inheritdoc IOptionVault
    function fundHedge(uint256 amount) external {
        if (msg.sender != _parts.hedger) revert VaultNotHedger(msg.sender);
        _transferOut(msg.sender, amount);
    }

    /// @inheritdoc IOptionVault
    function receiveCash(uint256 amount) external {
        bool known = msg.sender == _parts.margin || msg.sender == _parts.hedger || msg.sender == _parts.auction;
        if (!known) revert VaultNotMarginEngine(msg.sender);
        _bookArrived(amount);
    }

    /// @inheritdoc IOptionVault
    function receiveSettlement(uint256 owed, uint256 paid) external {
        if (msg.sender != _parts.margin) revert VaultNotMarginEngine(msg.sender);
        _receivable -= uint128(Math.min(owed, _receivable));
        _bookArrived(paid);
    }

    // ── views ──────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IOptionVault
    function cash() external view returns (uint256) {
        return _cash;
    }

    /// @inheritdoc IOptionVault
    function claims() external view returns (uint256) {
        return _claims;
    }

    /// @inheritdoc IOptionVault
    function receivable() external view returns (uint256) {
        return _receivable;
    }

    /// @inheritdoc IOptionVault
    function limitNav() external view returns (uint256) {
        return _book.totals.limitNav;
    }

    /// @inheritdoc IOptionVault
    function navLow() public view returns (uint256 low) {
        (low, ) = _navs(0, 0);
    }

    /// @inheritdoc IOptionVault
    function navHigh() public view returns (uint256 high) {
        (, high) = _navs(0, 0);
    }

    /// @inheritdoc IOptionVault
    function hedgeState(uint16 underlying, uint256 spot) external view returns (uint256 low, int256 delta) {
        (low, ) = _navs(underlying, spot);
        delta = _book.exposures[underlying].delta;
    }

    /// @notice The low NAV: what the shares are worth to somebody who leaves.
    function totalAssets() public view override returns (uint256) {
        return navLow();
    }

    function previewDeposit(uint256 assets) public view override returns (uint256) {
        return _toShares(assets, navHigh(), totalSupply(), Math.Rounding.Floor);
    }

    function previewMint(uint256 shares) public view override returns (uint256) {
        return _toAssets(shares, navHigh(), totalSupply(), Math.Rounding.Ceil);
    }

    function maxRedeem(address owner) public view override returns (uint256) {
        return _bits().has(DefenceBits.EPOCH_QUEUE) ? 0 : super.maxRedeem(owner);
    }

    /// @inheritdoc IOptionVault
    function queueBounds() external view returns (uint256 head, uint256 tail) {
        return (_head, _tail);
    }

    /// @notice A request in the queue; shares that are still to be processed.
    function requestOf(uint256 requestId) external view returns (Request memory) {
        return _requests[requestId];
    }

    /// @inheritdoc IOptionVault
    function epochEndsAt() public view returns (uint64) {
        return epochAnchor + (_openEpoch + 1) * epochSeconds;
    }

    // ── internal ───────────────────────────────────────────────────────────────────────────────────────

    function _bits() internal view returns (uint64) {
        return DefenceBits.bitsOf(_parts.defences);
    }

    /// @dev Cash that is not promised to holders of claims.
    function _freeCash() internal view returns (uint256) {
        return Math.saturatingSub(_cash, _claims);
    }

    function _money() internal view override returns (int256) {
        return int256(_cash + _receivable) - int256(uint256(_claims));
    }

    /// @dev Tracked, never `balanceOf`: a donation changes no price.
    function _transferIn(address from, uint256 assets) internal override {
        _cash += assets;
        super._transferIn(from, assets);
    }

    function _transferOut(address to, uint256 assets) internal override {
        uint256 free = _freeCash();
        if (assets > free) revert VaultInsufficientCash(free, assets);
        _cash -= assets;
        super._transferOut(to, assets);
    }

    function _deposit(address caller, address receiver, uint256 assets, uint256 shares) internal override {
        if (totalSupply() == 0) IDefences(_parts.defences).closeGenesis();
        _requireFreshBooks();
        super._deposit(caller, receiver, assets, shares);
        _book.totals.limitNav += assets.toUint64();
    }

    function _withdraw(
        address caller,
        address receiver,
        address owner,
        uint256 assets,
        uint256 shares
    ) internal override {
        _requireSolvent();
        _requireFreshBooks();
        super._withdraw(caller, receiver, owner, assets, shares);
        _lowerLimits(assets);
    }

    function _convertToShares(uint256 assets, Math.Rounding rounding) internal view override returns (uint256) {
        return _toShares(assets, navLow(), totalSupply(), rounding);
    }

    function _convertToAssets(uint256 shares, Math.Rounding rounding) internal view override returns (uint256) {
        return _toAssets(shares, navLow(), totalSupply(), rounding);
    }

    function _decimalsOffset() internal view override returns (uint8) {
        return _bits().has(DefenceBits.VIRTUAL_SHARES) ? VIRTUAL_OFFSET : 0;
    }

    // ── private ────────────────────────────────────────────────────────────────────────────────────────

    function _toShares(
        uint256 assets,
        uint256 nav,
        uint256 supply,
        Math.Rounding rounding
    ) private view returns (uint256) {
        uint8 offset = _decimalsOffset();
        if (offset != 0) return _mulDiv(assets, supply + 10 ** offset, nav + 1, rounding);
        return supply == 0 ? assets : _mulDiv(assets, supply, nav, rounding);
    }

    function _toAssets(
        uint256 shares,
        uint256 nav,
        uint256 supply,
        Math.Rounding rounding
    ) private view returns (uint256) {
        uint8 offset = _decimalsOffset();
        if (offset != 0) return _mulDiv(shares, nav + 1, supply + 10 ** offset, rounding);
        return supply == 0 ? shares : _mulDiv(shares, nav, supply, rounding);
    }

    function _mulDiv(uint256 x, uint256 y, uint256 d, Math.Rounding rounding) private pure returns (uint256) {
        return
            rounding == Math.Rounding.Ceil
                ? FixedPointMathLib.fullMulDivUp(x, y, d)
                : FixedPointMathLib.fullMulDiv(x, y, d);
    }

    /// @dev NAV = cash + receivable − claims + options ± their uncertainty + hedges, never below zero.
    /// @param known Underlying whose price is given, when `spot` is not zero.
    function _navs(uint16 known, uint256 spot) private view returns (uint256 low, uint256 high) {
        (int256 lowValue, int256 highValue) = _book.value(_parts, known, spot);
        if (!_bits().has(DefenceBits.TWO_SIDED_NAV)) {
            lowValue = (lowValue + highValue) / 2;
            highValue = lowValue;
        }
        int256 money = _money();
        low = _floorAtZero(money + _toUnitsDown(lowValue));
        // Up for those who enter, down for those who leave.
        high = _floorAtZero(money - _toUnitsDown(-highValue));
    }

    function _toUnitsDown(int256 wad) private pure returns (int256 units) {
        units = wad / int256(UNIT);
        if (units * int256(UNIT) > wad) --units;
    }

    function _floorAtZero(int256 x) private pure returns (uint256) {
        return x > 0 ? uint256(x) : 0;
    }

    /// @dev NAV for the limits of trades, less what was paid out; the next mark sets it right.
    function _lowerLimits(uint256 paid) private {
        uint64 nav = _book.totals.limitNav;
        _book.totals.limitNav = uint64(Math.saturatingSub(nav, paid));
    }

    /// @dev Burns what the budget allows of a request. @return exhausted The budget is used up.
    function _process(uint256 id, Request memory request, Closing memory closing) private returns (bool exhausted) {
        uint256 shares = request.shares;
        uint256 assets = _toAssets(shares, closing.nav, closing.supply, Math.Rounding.Floor);
        if (assets > closing.budget) {
            exhausted = true;
            shares = Math.min(shares, _toShares(closing.budget, closing.nav, closing.supply, Math.Rounding.Floor));
            assets = _toAssets(shares, closing.nav, closing.supply, Math.Rounding.Floor);
            _requests[id].shares -= shares;
        }
        if (shares == 0) return exhausted;
        closing.budget -= uint128(assets);
        closing.burned += shares;
        assets = FixedPointMathLib.fullMulDiv(assets, WAD - WITHDRAWAL_FEE, WAD);
        _burn(address(this), shares);
        _lowerLimits(assets);
        _transferOut(request.owner, assets);
        emit WithdrawalProcessed(request.owner, id, shares, assets);
    }

    function _startClosing() private view returns (Closing memory closing) {
        uint64 current = _epochNow();
        if (current <= _openEpoch) revert VaultEpochOpen(epochEndsAt());
        closing.epoch = current - 1;
        closing.running = true;
        closing.nav = navLow().toUint128();
        closing.supply = totalSupply().toUint128();
        closing.budget = Math.min((closing.nav * WITHDRAWAL_CAP) / WAD, _freeCash()).toUint128();
    }

    function _bookArrived(uint256 amount) private {
        _cash += amount;
        uint256 held = IERC20(asset()).balanceOf(address(this));
        // Nothing is booked that did not arrive.
        if (held < _cash) revert VaultInsufficientCash(held, _cash);
    }

    function _epochNow() private view returns (uint64) {
        return (uint64(block.timestamp) - epochAnchor) / epochSeconds;
    }

    function _requireInstant() private view {
        if (_bits().has(DefenceBits.EPOCH_QUEUE)) revert VaultQueueOnly();
    }

    function _requireSolvent() private view {
        if (!_bits().has(DefenceBits.WITHDRAW_BLOCK)) return;
        IAuction auction = IAuction(_parts.auction);
        uint256 shortfall = auction.insolventMaintenance();
        uint256 fund = auction.fund();
        if (shortfall > fund) revert VaultInsolvencyBlocksWithdrawals(shortfall, fund);
    }

    function _requireProcessable() private view {
        _requireSolvent();
        _requireFreshBooks();
        IOracleGuard guard = IOracleGuard(_parts.guard);
        uint16 count = guard.underlyingCount();
        for (uint16 u = 0; u < count; ++u) guard.readFor(u, IOracleGuard.Operation.PROCESS_QUEUE);
    }

    function _requireFreshBooks() private view {
        _book.requireFresh(_parts, maxBookAge);
    }
}
