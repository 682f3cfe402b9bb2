// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {Connected} from "./Connected.sol";
import {Inspectable} from "./Inspectable.sol";
import {IAuction} from "./interfaces/IAuction.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IMarginRisk} from "./interfaces/IMarginRisk.sol";
import {IOptionVault} from "./interfaces/IOptionVault.sol";
import {IOracleGuard} from "./interfaces/IOracleGuard.sol";
import {DefenceBits} from "./libraries/DefenceBits.sol";
import {SeriesId} from "./libraries/SeriesId.sol";
import {SpotMarket} from "./libraries/SpotMarket.sol";

/// @notice See `IMarginEngine`.
/// @dev An account's cash is never negative: what it cannot pay becomes a shortfall, which the fund and then the vault
/// bear. Assets are tracked, never read from `balanceOf`. The tokens are plain ERC-20 without callbacks.
contract MarginEngine is IMarginEngine, Connected, Inspectable {
    using DefenceBits for uint64;
    using FixedPointMathLib for uint256;
    using SafeTransferLib for address;

    uint256 public constant MAX_LEGS = 8;
    /// @notice Collateral is sold at no less than this share of the guarded price, unless initial margin is kept.
    uint256 public constant MIN_SALE_RATIO = 0.95e18;
    /// @notice After expiry plus this time, collateral that an unpaid settlement needs is sold at any price.
    uint256 public constant SETTLEMENT_PATIENCE = 2 hours;

    uint256 private constant WAD = 1e18;
    uint256 private constant QUOTE_TO_WAD = 1e12;

    /// @notice Values accounts.
    IMarginRisk public immutable risk;

    /// @inheritdoc IMarginEngine
    mapping(uint256 id => uint256) public totalShort;

    /// @inheritdoc IMarginEngine
    int256 public totalCash;

    mapping(address account => IMarginRisk.Leg[]) private _legs;
    mapping(address account => int256) private _cash;
    mapping(address account => mapping(uint16 underlying => uint256)) private _collateral;

    modifier onlyAuction() {
        if (msg.sender != _parts.auction) revert MarginNotAuction(msg.sender);
        _;
    }

    constructor(address owner, IMarginRisk risk_) Connected(owner) {
        risk = risk_;
    }

    // ── cash and collateral ────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarginEngine
    function deposit(uint256 amount) external {
        if (amount == 0) revert MarginZeroAmount();
        _addCash(msg.sender, int256(amount));
        _parts.quote.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IMarginEngine
    function withdraw(uint256 amount) external {
        if (amount == 0) revert MarginZeroAmount();
        _requireWithdrawable(msg.sender);
        _takeCash(msg.sender, amount);
        _requireInitial(msg.sender, IOracleGuard.Operation.WITHDRAW_COLLATERAL);
        _parts.quote.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IMarginEngine
    function depositCollateral(uint16 underlying, uint256 amount) external {
        if (amount == 0) revert MarginZeroAmount();
        address asset = _market(underlying).token;
        _addCollateral(msg.sender, underlying, amount);
        asset.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc IMarginEngine
    function withdrawCollateral(uint16 underlying, uint256 amount) external {
        if (amount == 0) revert MarginZeroAmount();
        _requireWithdrawable(msg.sender);
        _takeCollateral(msg.sender, underlying, amount);
        _requireInitial(msg.sender, IOracleGuard.Operation.WITHDRAW_COLLATERAL);
        _market(underlying).token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IMarginEngine
    function sellCollateral(
        uint16 underlying,
        uint256 amount,
        uint256 minProceeds
    ) external returns (uint256 proceeds) {
        if (amount == 0) revert MarginZeroAmount();
        _requireNoSale(msg.sender);
        proceeds = _sell(msg.sender, underlying, amount);
        if (proceeds < minProceeds) revert MarginPriceLimit(proceeds, minProceeds);
        // A sale into a pool that its seller has bent would strip an account whose shorts somebody else must pay.
        if (_legs[msg.sender].length == 0) return proceeds;
        if (proceeds < _fairProceeds(underlying, amount).mulWad(MIN_SALE_RATIO)) {
            _requireInitial(msg.sender, IOracleGuard.Operation.CLOSE);
        }
    }

    // ── shorts ─────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarginEngine
    function openShort(uint256 id, uint256 size, uint256 minProceeds) external returns (uint256 proceeds) {
        if (size == 0) revert MarginZeroAmount();
        _requireNoSale(msg.sender);
        _addLeg(msg.sender, id, size);
        totalShort[id] += size;
        int256 cash = IOptionVault(_parts.vault).tradeForMargin(msg.sender, id, -int256(size));
        _addCash(msg.sender, cash);
        proceeds = cash > 0 ? uint256(cash) : 0;
        if (proceeds < minProceeds) revert MarginPriceLimit(proceeds, minProceeds);
        emit ShortChanged(msg.sender, id, int256(size), _sizeOf(msg.sender, id), cash);
        _requireInitial(msg.sender, IOracleGuard.Operation.OPEN);
    }

    /// @inheritdoc IMarginEngine
    function closeShort(uint256 id, uint256 size, uint256 maxCost) external returns (uint256 cost) {
        if (size == 0) revert MarginZeroAmount();
        _removeLeg(msg.sender, id, size);
        totalShort[id] -= size;
        int256 cash = IOptionVault(_parts.vault).tradeForMargin(msg.sender, id, int256(size));
        cost = cash < 0 ? uint256(-cash) : 0;
        if (cost > maxCost) revert MarginPriceLimit(cost, maxCost);
        _addCash(msg.sender, cash);
        emit ShortChanged(msg.sender, id, -int256(size), _sizeOf(msg.sender, id), cash);
    }

    /// @inheritdoc IMarginEngine
    function settleAccount(address account, uint16 underlying, uint64 expiry) external {
        uint256 key = SeriesId.keyOf(underlying, expiry);
        uint256 minRatio = block.timestamp < uint256(expiry) + SETTLEMENT_PATIENCE ? MIN_SALE_RATIO : 0;
        _closeExpiry(underlying, expiry);
        IMarginRisk.Leg[] storage legs = _legs[account];
        for (uint256 i = legs.length; i > 0; --i) {
            IMarginRisk.Leg memory leg = legs[i - 1];
            if (SeriesId.expiryKey(leg.id) != key) continue;
            (uint256 value, bool done) = risk.settledValue(leg.id);
            if (!done) revert MarginNotSettled(leg.id);
            uint256 owed = value.fullMulDivUp(leg.size, WAD * QUOTE_TO_WAD);
            _dropLeg(legs, i - 1);
            totalShort[leg.id] -= leg.size;
            uint256 paid = _payVault(account, owed, minRatio);
            uint256 shortfall = owed - paid;
            IOptionVault(_parts.vault).receiveSettlement(owed, paid);
            emit ShortSettled(account, leg.id, leg.size, owed, shortfall);
            if (shortfall > 0) IAuction(_parts.auction).coverShortfall(account, shortfall);
        }
    }

    // ── auction ────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarginEngine
    function transferShare(address from, address to, uint256 share, uint256 payment) external onlyAuction {
        IMarginRisk.Leg[] storage legs = _legs[from];
        for (uint256 i = legs.length; i > 0; --i) {
            IMarginRisk.Leg memory leg = legs[i - 1];
            uint256 size = uint256(leg.size).mulWadUp(share);
            _removeLeg(from, leg.id, size);
            _addLeg(to, leg.id, size);
        }
        uint16 count = IOracleGuard(_parts.guard).underlyingCount();
        for (uint16 u = 0; u < count; ++u) {
            uint256 amount = _collateral[from][u].mulWad(share);
            if (amount == 0) continue;
            _takeCollateral(from, u, amount);
            _addCollateral(to, u, amount);
        }
        int256 cash = int256(uint256(_cash[from]).mulWad(share)) - int256(payment);
        _addCash(from, -cash);
        _addCash(to, cash);
        emit ShareTransferred(from, to, share);
    }

    /// @inheritdoc IMarginEngine
    function payPenalty(address bidder, uint256 toFund, uint256 toVault) external onlyAuction {
        _takeCash(bidder, toFund + toVault);
        _parts.quote.safeTransfer(msg.sender, toFund);
        _parts.quote.safeTransfer(_parts.vault, toVault);
        IOptionVault(_parts.vault).receiveCash(toVault);
    }

    /// @inheritdoc IMarginEngine
    function creditCash(address account, uint256 amount) external onlyAuction {
        _addCash(account, int256(amount));
    }

    /// @inheritdoc IMarginEngine
    function absorbByVault(address account, uint256 minPriceRatio) external onlyAuction returns (uint256 shortfall) {
        IMarginRisk.Leg[] storage legs = _legs[account];
        uint256 owed = risk.takeOverValue(legs);
        for (uint256 i = legs.length; i > 0; --i) {
            IMarginRisk.Leg memory leg = legs[i - 1];
            // A series that is over is settled, not taken over.
            if (uint64(leg.id >> 136) <= block.timestamp) revert MarginNotSettled(leg.id);
            _dropLeg(legs, i - 1);
            totalShort[leg.id] -= leg.size;
            IOptionVault(_parts.vault).absorbShort(leg.id, leg.size);
            emit ShortChanged(account, leg.id, -int256(uint256(leg.size)), 0, 0);
        }
        uint256 paid = _payVault(account, owed, minPriceRatio);
        if (paid > 0) IOptionVault(_parts.vault).receiveCash(paid);
        return owed - paid;
    }

    // ── views ──────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IMarginEngine
    function health(address account) external view returns (Health memory) {
        return _assess(account, IMarginRisk.PriceMode.GUARDED, IOracleGuard.Operation.OPEN);
    }

    /// @inheritdoc IMarginEngine
    function healthFor(address account, IOracleGuard.Operation operation) external view returns (Health memory) {
        return _assess(account, IMarginRisk.PriceMode.FOR_OPERATION, operation);
    }

    /// @inheritdoc IMarginEngine
    function healthAtPoolMean(address account) external view returns (Health memory) {
        return _assess(account, IMarginRisk.PriceMode.POOL_MEAN, IOracleGuard.Operation.OPEN);
    }

    /// @inheritdoc IMarginEngine
    function legsOf(address account) external view returns (Leg[] memory legs) {
        IMarginRisk.Leg[] memory stored = _legs[account];
        legs = new Leg[](stored.length);
        for (uint256 i = 0; i < stored.length; ++i) legs[i] = Leg(stored[i].id, stored[i].size);
    }

    /// @inheritdoc IMarginEngine
    /// @dev In assembly for the reason that `IInspectable` gives. Memory that nobody wrote to is zero.
    function legWordsOf(bytes32[] calldata arrays) external view returns (bytes32[] memory) {
        uint256 width = 32 * (1 + 2 * MAX_LEGS);
        assembly ("memory-safe") {
            let start := mload(0x40)
            let row := add(start, 0x40)
            let array := arrays.offset
            for {
                let end := add(array, shl(5, arrays.length))
            } lt(array, end) {
                array := add(array, 0x20)
            } {
                mstore(0, calldataload(array))
                let count := sload(mload(0))
                if count {
                    mstore(row, count)
                    let slot := keccak256(0, 0x20)
                    let free := row
                    for {
                        let last := add(slot, shl(1, count))
                    } lt(slot, last) {
                        slot := add(slot, 1)
                    } {
                        free := add(free, 0x20)
                        mstore(free, sload(slot))
                    }
                }
                row := add(row, width)
            }
            mstore(start, 0x20)
            mstore(add(start, 0x20), shr(5, sub(row, add(start, 0x40))))
            return(start, sub(row, start))
        }
    }

    /// @inheritdoc IMarginEngine
    function cashOf(address account) external view returns (int256) {
        return _cash[account];
    }

    /// @inheritdoc IMarginEngine
    function collateralOf(address account, uint16 underlying) external view returns (uint256) {
        return _collateral[account][underlying];
    }

    // ── legs ───────────────────────────────────────────────────────────────────────────────────────────

    function _addLeg(address account, uint256 id, uint256 size) private {
        IMarginRisk.Leg[] storage legs = _legs[account];
        for (uint256 i = 0; i < legs.length; ++i) {
            if (legs[i].id == id) {
                legs[i].size += _toUint128(size);
                return;
            }
        }
        if (legs.length == MAX_LEGS) revert MarginTooManyLegs(legs.length + 1, MAX_LEGS);
        (, , uint256 strike, ) = SeriesId.decode(id);
        int256 logStrike = FixedPointMathLib.lnWad(int256(strike));
        legs.push(IMarginRisk.Leg(id, _toUint128(size), int128(logStrike)));
    }

    function _removeLeg(address account, uint256 id, uint256 size) private {
        IMarginRisk.Leg[] storage legs = _legs[account];
        for (uint256 i = 0; i < legs.length; ++i) {
            if (legs[i].id != id) continue;
            uint256 have = legs[i].size;
            if (have < size) revert MarginNoSuchLeg(id, have, size);
            if (have == size) _dropLeg(legs, i);
            else legs[i].size = uint128(have - size);
            return;
        }
        revert MarginNoSuchLeg(id, 0, size);
    }

    function _dropLeg(IMarginRisk.Leg[] storage legs, uint256 index) private {
        uint256 last = legs.length - 1;
        if (index != last) legs[index] = legs[last];
        legs.pop();
    }

    function _sizeOf(address account, uint256 id) private view returns (uint256) {
        IMarginRisk.Leg[] storage legs = _legs[account];
        for (uint256 i = 0; i < legs.length; ++i) if (legs[i].id == id) return legs[i].size;
        return 0;
    }

    function _toUint128(uint256 size) private pure returns (uint128) {
        if (size > type(uint128).max) revert MarginInsufficientCollateral(type(uint128).max, size);
        return uint128(size);
    }

    // ── money ──────────────────────────────────────────────────────────────────────────────────────────

    function _addCash(address account, int256 amount) private {
        int256 balance = _cash[account] + amount;
        if (balance < 0) revert MarginInsufficientCash(_cash[account], uint256(-amount));
        _cash[account] = balance;
        totalCash += amount;
        emit CashMoved(account, amount, balance);
    }

    function _takeCash(address account, uint256 amount) private {
        _addCash(account, -int256(amount));
    }

    function _addCollateral(address account, uint16 underlying, uint256 amount) private {
        uint256 balance = _collateral[account][underlying] + amount;
        _collateral[account][underlying] = balance;
        emit CollateralMoved(account, underlying, int256(amount), balance);
    }

    function _takeCollateral(address account, uint16 underlying, uint256 amount) private {
        uint256 have = _collateral[account][underlying];
        if (have < amount) revert MarginInsufficientCollateral(have, amount);
        _collateral[account][underlying] = have - amount;
        emit CollateralMoved(account, underlying, -int256(amount), have - amount);
    }

    function _sell(address account, uint16 underlying, uint256 amount) private returns (uint256 proceeds) {
        IOracleGuard.Market memory m = _market(underlying);
        proceeds = _sellTo(account, underlying, amount, m.token, SpotMarket.poolOf(m.pair, m.token));
    }

    function _sellTo(
        address account,
        uint16 underlying,
        uint256 amount,
        address token,
        SpotMarket.Pool memory pool
    ) private returns (uint256 proceeds) {
        _takeCollateral(account, underlying, amount);
        proceeds = SpotMarket.sellBase(pool, token, amount, address(this));
        _addCash(account, int256(proceeds));
    }

    /// @dev Sends the vault what the account owes, selling collateral as far as needed; the caller has it booked.
    function _payVault(address account, uint256 owed, uint256 minRatio) private returns (uint256 paid) {
        _raiseCash(account, owed, minRatio);
        paid = owed.min(uint256(_cash[account]));
        if (paid == 0) return 0;
        _takeCash(account, paid);
        _parts.quote.safeTransfer(_parts.vault, paid);
    }

    /// @dev The vault counts what shorts owe when it closes an expiry, so that has to come before they pay.
    function _closeExpiry(uint16 underlying, uint64 expiry) private {
        IOptionVault vault = IOptionVault(_parts.vault);
        if (vault.payoutRatio(underlying, expiry) != 0) return;
        // An expiry that pays nothing may have been closed with a ratio of zero.
        try vault.closeExpiry(underlying, expiry) {} catch (bytes memory reason) {
            if (bytes4(reason) != IOptionVault.VaultSeriesNotListed.selector) {
                assembly ("memory-safe") {
                    revert(add(reason, 32), mload(reason))
                }
            }
        }
    }

    /// @dev Sells collateral until the cash reaches `target` or nothing is left.
    function _raiseCash(address account, uint256 target, uint256 minRatio) private {
        uint16 count = IOracleGuard(_parts.guard).underlyingCount();
        for (uint16 u = 0; u < count && uint256(_cash[account]) < target; ++u) {
            uint256 amount = _collateral[account][u];
            if (amount == 0) continue;
            IOracleGuard.Market memory m = _market(u);
            SpotMarket.Pool memory pool = SpotMarket.poolOf(m.pair, m.token);
            uint256 need = target - uint256(_cash[account]);
            if (need < pool.quote) amount = amount.min(SpotMarket.inputFor(need, pool.base, pool.quote));
            uint256 proceeds = _sellTo(account, u, amount, m.token, pool);
            if (minRatio == 0) continue;
            uint256 limit = _fairProceeds(u, amount).mulWad(minRatio);
            if (proceeds < limit) revert MarginPriceLimit(proceeds, limit);
        }
    }

    /// @dev Quote units that `amount` of the underlying's token is worth at the guarded price.
    function _fairProceeds(uint16 underlying, uint256 amount) private view returns (uint256) {
        uint256 price = IOracleGuard(_parts.guard).readFor(underlying, IOracleGuard.Operation.CLOSE).price;
        return price.fullMulDiv(amount, 10 ** _market(underlying).tokenDecimals * QUOTE_TO_WAD);
    }

    // ── checks ─────────────────────────────────────────────────────────────────────────────────────────

    function _requireInitial(address account, IOracleGuard.Operation operation) private view {
        if (_legs[account].length == 0) return;
        Health memory h = _assess(account, IMarginRisk.PriceMode.FOR_OPERATION, operation);
        if (h.equity < int256(h.initial)) revert MarginBelowInitial(h.equity, h.initial);
    }

    function _assess(
        address account,
        IMarginRisk.PriceMode mode,
        IOracleGuard.Operation operation
    ) private view returns (Health memory) {
        uint256[] memory collateral = new uint256[](IOracleGuard(_parts.guard).underlyingCount());
        for (uint16 u = 0; u < collateral.length; ++u) collateral[u] = _collateral[account][u];
        return risk.assess(IMarginRisk.Account(_cash[account], _legs[account], collateral), mode, operation);
    }

    function _requireNoSale(address account) private view {
        if (IAuction(_parts.auction).saleOf(account).startedAt != 0) revert MarginInAuction(account);
    }

    function _requireWithdrawable(address account) private view {
        _requireNoSale(account);
        if (!DefenceBits.bitsOf(_parts.defences).has(DefenceBits.WITHDRAW_BLOCK)) return;
        uint256 insolvent = IAuction(_parts.auction).insolventMaintenance();
        uint256 fund = IAuction(_parts.auction).fund();
        if (insolvent > fund) revert MarginWithdrawalsBlocked(insolvent, fund);
    }

    function _market(uint16 underlying) private view returns (IOracleGuard.Market memory) {
        return IOracleGuard(_parts.guard).market(underlying);
    }

    /// @dev The vault pulls what margin accounts owe it for a trade.
    function _onConnected() internal override {
        _parts.quote.safeApprove(_parts.vault, type(uint256).max);
    }
}
