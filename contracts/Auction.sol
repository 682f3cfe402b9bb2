// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";

import {Connected} from "./Connected.sol";
import {Inspectable} from "./Inspectable.sol";
import {IAuction} from "./interfaces/IAuction.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IOptionVault} from "./interfaces/IOptionVault.sol";
import {IOracleGuard} from "./interfaces/IOracleGuard.sol";
import {DefenceBits} from "./libraries/DefenceBits.sol";

/// @notice See `IAuction`.
/// @dev Solvent phase: the price of the whole account falls from 95 % of its equity to 70 % in 15 minutes and to
/// nothing at two hours. What the account loses by that, its penalty, goes to bidder, insurance fund and liquidity
/// providers, 40 : 30 : 30. Insolvent phase, from the moment that equity is negative: the fund pays the bidder, rising
/// from nothing to the maintenance margin in an hour. When a phase has run out the vault may take over.
///
/// Margin of an account is linear in its size but for the fixed cost of gas, so that the state after a bid follows
/// from the one before: equity E(1 − s) + f·E·s, maintenance M(1 − s) for share s at price factor f. The ratio of the
/// two never falls in a bid.
///
/// A bidder needs capital: after the bid its own account must meet initial margin. A bidder without shorts is checked
/// by linearity, cash against the share of the account's initial margin, its collateral left out of account; one with
/// shorts is revalued. So `bid`, `closeShort`, `sellCollateral` and `withdraw` can follow each other in one
/// transaction, but not without money of one's own.
contract Auction is IAuction, Connected, Inspectable {
    using DefenceBits for uint64;
    using FixedPointMathLib for uint256;
    using SafeTransferLib for address;

    /// @dev What a bid comes to. @param factor Price over equity, WAD; zero in the insolvent phase.
    /// @param payment Quote units to the account. @param toFund Penalty to the insurance fund. @param toVault Penalty to
    /// the liquidity providers.
    struct Terms {
        uint256 share;
        uint256 factor;
        uint256 payment;
        uint256 toFund;
        uint256 toVault;
        uint256 fundPays;
    }

    uint256 private constant WAD = 1e18;
    uint256 private constant QUOTE_TO_WAD = 1e12;

    uint256 public constant FAST_START = 0.95e18;
    uint256 public constant FAST_END = 0.7e18;
    uint256 public constant FAST_DURATION = 15 minutes;
    uint256 public constant SOLVENT_DURATION = 2 hours;
    uint256 public constant INSOLVENT_DURATION = 60 minutes;
    /// @notice A partial sale leaves the account at this multiple of maintenance.
    uint256 public constant BUFFER = 1.15e18;
    uint256 public constant MIN_SLICE = 0.1e18;
    /// @notice Of the penalty, which is the equity less the price, WAD; the bidder keeps the rest.
    uint256 public constant PENALTY_TO_FUND = 0.3e18;
    uint256 public constant PENALTY_TO_VAULT = 0.3e18;
    /// @notice A take-over sells collateral at no less than this share of the guarded price in its first hour.
    uint256 public constant TAKE_OVER_SALE_RATIO = 0.9e18;
    uint256 public constant TAKE_OVER_PATIENCE = 1 hours;

    /// @inheritdoc IAuction
    uint256 public fund;

    /// @inheritdoc IAuction
    uint256 public insolventMaintenance;

    mapping(address account => Sale) private _sales;
    /// @dev What each account adds to `insolventMaintenance`.
    mapping(address account => uint256) private _insolventPart;

    constructor(address owner) Connected(owner) {}

    // ── sale ───────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IAuction
    function start(address account) external {
        Sale memory sale = _sales[account];
        IMarginEngine.Health memory h = _margin().healthFor(account, IOracleGuard.Operation.START_AUCTION);
        if (sale.startedAt != 0) {
            if (sale.insolvent || h.equity >= 0) revert AuctionRunning(account);
            _enterInsolvency(account, sale, h.maintenance);
            return;
        }
        _requireBroken(account, h);
        // The feed may be wrong, so the pool is asked too; it alone starts nothing. (Under dispute both were asked.)
        if (_contested(account)) _requireBroken(account, _margin().healthAtPoolMean(account));
        sale = Sale(uint64(block.timestamp), false, msg.sender);
        _sales[account] = sale;
        emit AuctionStarted(account, msg.sender, h.equity, h.maintenance);
        if (h.equity < 0) _enterInsolvency(account, sale, h.maintenance);
    }

    /// @inheritdoc IAuction
    function bid(address account, uint256 share, uint256 maxPay) external returns (uint256 taken) {
        if (msg.sender == account) revert AuctionSelfBid(account);
        if (_sales[msg.sender].startedAt != 0) revert AuctionRunning(msg.sender);
        Sale memory sale = _requireSale(account);
        IMarginEngine.Health memory h = _margin().healthFor(account, IOracleGuard.Operation.BID);
        if (h.equity >= int256(h.maintenance)) revert AuctionAccountHealthy(account, h.equity, h.maintenance);
        if (h.equity < 0 && !sale.insolvent) sale = _enterInsolvency(account, sale, h.maintenance);

        Terms memory terms = _terms(sale, h, share);
        uint256 paid = terms.payment + terms.toFund + terms.toVault;
        if (paid > maxPay) revert AuctionPriceLimit(paid, maxPay);
        _transfer(account, terms, h, paid);
        emit AuctionBid(account, msg.sender, terms.share, paid, terms.fundPays, h.equity, h.maintenance);

        if (_reachesBuffer(h, terms)) _close(account, true);
        else if (sale.insolvent) _setInsolventPart(account, h.maintenance.mulWad(WAD - terms.share));
        return terms.share;
    }

    /// @inheritdoc IAuction
    function takeOverByVault(address account) external {
        Sale memory sale = _requireSale(account);
        uint256 endsAt = sale.startedAt + (sale.insolvent ? INSOLVENT_DURATION : SOLVENT_DURATION);
        if (block.timestamp < endsAt || !_bits().has(DefenceBits.VAULT_LAST_BIDDER)) revert AuctionNotOver(endsAt);
        IMarginEngine.Health memory h = _margin().healthFor(account, IOracleGuard.Operation.BID);
        if (h.equity >= int256(h.maintenance)) revert AuctionAccountHealthy(account, h.equity, h.maintenance);
        _close(account, false);
        bool patient = block.timestamp < endsAt + TAKE_OVER_PATIENCE;
        uint256 shortfall = _margin().absorbByVault(account, patient ? TAKE_OVER_SALE_RATIO : 0);
        if (shortfall > 0) _cover(account, shortfall);
    }

    /// @inheritdoc IAuction
    function end(address account) external {
        _requireSale(account);
        IMarginEngine.Health memory h = _margin().healthFor(account, IOracleGuard.Operation.BID);
        if (h.equity < int256(h.maintenance)) revert AuctionRunning(account);
        _close(account, true);
    }

    // ── fund ───────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IAuction
    function coverShortfall(address account, uint256 shortfall) external returns (uint256 fromFund) {
        if (msg.sender != _parts.margin) revert AuctionNotProtocol(msg.sender);
        return _cover(account, shortfall);
    }

    /// @inheritdoc IAuction
    function contribute(uint256 amount) external {
        if (msg.sender != _parts.vault) revert AuctionNotProtocol(msg.sender);
        _moveFund(int256(amount));
    }

    /// @inheritdoc IAuction
    function seed(uint256 amount) external {
        _moveFund(int256(amount));
        _parts.quote.safeTransferFrom(msg.sender, address(this), amount);
    }

    // ── views ──────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IAuction
    function saleOf(address account) external view returns (Sale memory) {
        return _sales[account];
    }

    /// @inheritdoc IAuction
    function priceNow(address account) external view returns (int256) {
        Sale memory sale = _requireSale(account);
        IMarginEngine.Health memory h = _margin().health(account);
        if (h.equity < 0) {
            return sale.insolvent ? -int256(h.maintenance.mulWad(_insolventFactor(sale.startedAt))) : int256(0);
        }
        uint256 factor = sale.insolvent ? 0 : _solventFactor(sale.startedAt);
        uint256 penalty = uint256(h.equity).mulWad(WAD - factor);
        return int256(uint256(h.equity).mulWad(factor) + penalty.mulWad(PENALTY_TO_FUND + PENALTY_TO_VAULT));
    }

    // ── terms of a bid ─────────────────────────────────────────────────────────────────────────────────

    /// @dev What the bidder pays rounds up, what the fund pays rounds down.
    function _terms(
        Sale memory sale,
        IMarginEngine.Health memory h,
        uint256 share
    ) private view returns (Terms memory terms) {
        if (h.equity > 0) {
            // An account that has come back from insolvency is given away: its clock has run.
            terms.factor = sale.insolvent ? 0 : _solventFactor(sale.startedAt);
            terms.share = _cap(h, terms.factor, share);
            terms.payment = uint256(h.equity).mulWadUp(terms.factor).fullMulDivUp(terms.share, WAD * QUOTE_TO_WAD);
            uint256 penalty = uint256(h.equity).mulWad(WAD - terms.factor).fullMulDiv(terms.share, WAD * QUOTE_TO_WAD);
            terms.toFund = penalty.mulWadUp(PENALTY_TO_FUND);
            terms.toVault = penalty.mulWadUp(PENALTY_TO_VAULT);
        } else {
            terms.share = _cap(h, 0, share);
            uint256 whole = h.maintenance.mulWad(_insolventFactor(sale.startedAt));
            terms.fundPays = FixedPointMathLib.min(whole.fullMulDiv(terms.share, WAD * QUOTE_TO_WAD), fund);
        }
    }

    /// @dev The share at which the account ends at the buffer: E(1 − s(1 − f)) = B·M(1 − s), solved for s.
    function _cap(IMarginEngine.Health memory h, uint256 factor, uint256 share) private view returns (uint256) {
        if (!_bits().has(DefenceBits.PARTIAL_LIQUIDATION)) return WAD;
        uint256 cap = WAD;
        if (h.equity > 0) {
            uint256 target = h.maintenance.mulWadUp(BUFFER);
            uint256 equity = uint256(h.equity);
            cap = (target - equity).divWadUp(target - equity.mulWad(WAD - factor));
        }
        uint256 min = cap.min(MIN_SLICE);
        if (share < min) revert AuctionShareTooSmall(share, min);
        return share.min(cap);
    }

    function _solventFactor(uint256 startedAt) private view returns (uint256) {
        uint256 elapsed = block.timestamp - startedAt;
        if (elapsed <= FAST_DURATION) return FAST_START - ((FAST_START - FAST_END) * elapsed) / FAST_DURATION;
        if (elapsed >= SOLVENT_DURATION) return 0;
        return (FAST_END * (SOLVENT_DURATION - elapsed)) / (SOLVENT_DURATION - FAST_DURATION);
    }

    function _insolventFactor(uint256 startedAt) private view returns (uint256) {
        return FixedPointMathLib.min(((block.timestamp - startedAt) * WAD) / INSOLVENT_DURATION, WAD);
    }

    function _reachesBuffer(IMarginEngine.Health memory h, Terms memory terms) private pure returns (bool) {
        if (terms.share == WAD) return true;
        if (h.equity <= 0) return false;
        uint256 equity = uint256(h.equity).mulWad(WAD - terms.share.mulWad(WAD - terms.factor));
        // One part in a million for roundings and for the fixed part of the margin.
        return equity + equity / 1e6 >= h.maintenance.mulWad(BUFFER).mulWad(WAD - terms.share);
    }

    // ── steps ──────────────────────────────────────────────────────────────────────────────────────────

    /// @param paid Quote units that the bidder pays in all.
    function _transfer(address account, Terms memory terms, IMarginEngine.Health memory h, uint256 paid) private {
        IMarginEngine engine = _margin();
        bool fresh = engine.legsOf(msg.sender).length == 0;
        uint256 cash = uint256(engine.cashOf(msg.sender));
        if (terms.fundPays > 0) {
            _moveFund(-int256(terms.fundPays));
            _parts.quote.safeTransfer(address(engine), terms.fundPays);
            engine.creditCash(msg.sender, terms.fundPays);
        }
        engine.transferShare(account, msg.sender, terms.share, terms.payment);
        if (paid > terms.payment) {
            engine.payPenalty(msg.sender, terms.toFund, terms.toVault);
            _moveFund(int256(terms.toFund));
            emit PenaltySplit(account, terms.toFund, terms.toVault);
        }
        int256 equity;
        uint256 initial;
        if (fresh) {
            initial = h.initial.mulWadUp(terms.share);
            equity = (h.equity * int256(terms.share)) / int256(WAD);
            equity += (int256(cash + terms.fundPays) - int256(paid)) * int256(QUOTE_TO_WAD);
        } else {
            IMarginEngine.Health memory own = engine.healthFor(msg.sender, IOracleGuard.Operation.BID);
            (equity, initial) = (own.equity, own.initial);
        }
        if (equity < int256(initial)) revert IMarginEngine.MarginBelowInitial(equity, initial);
    }

    function _enterInsolvency(address account, Sale memory sale, uint256 maintenance) private returns (Sale memory) {
        sale.startedAt = uint64(block.timestamp);
        sale.insolvent = true;
        _sales[account] = sale;
        _setInsolventPart(account, maintenance);
        return sale;
    }

    function _close(address account, bool healthy) private {
        delete _sales[account];
        _setInsolventPart(account, 0);
        emit AuctionEnded(account, healthy);
    }

    /// @param maintenance USD WAD.
    function _setInsolventPart(address account, uint256 maintenance) private {
        uint256 part = maintenance.divUp(QUOTE_TO_WAD);
        uint256 before = _insolventPart[account];
        if (part == before) return;
        _insolventPart[account] = part;
        insolventMaintenance = insolventMaintenance - before + part;
    }

    function _cover(address account, uint256 shortfall) private returns (uint256 fromFund) {
        fromFund = shortfall.min(fund);
        if (fromFund > 0) {
            _moveFund(-int256(fromFund));
            _parts.quote.safeTransfer(_parts.vault, fromFund);
            IOptionVault(_parts.vault).receiveCash(fromFund);
        }
        emit BadDebt(account, shortfall, fromFund, shortfall - fromFund);
    }

    function _moveFund(int256 amount) private {
        fund = uint256(int256(fund) + amount);
        emit FundMoved(amount, fund);
    }

    // ── checks ─────────────────────────────────────────────────────────────────────────────────────────

    function _requireBroken(address account, IMarginEngine.Health memory h) private pure {
        if (h.equity >= int256(h.maintenance)) revert AuctionAccountHealthy(account, h.equity, h.maintenance);
    }

    function _requireSale(address account) private view returns (Sale memory sale) {
        sale = _sales[account];
        if (sale.startedAt == 0) revert AuctionNotRunning(account);
    }

    /// @dev Whether the price of an underlying that the account depends on is in doubt.
    function _contested(address account) private view returns (bool) {
        IOracleGuard guard = IOracleGuard(_parts.guard);
        IMarginEngine.Leg[] memory legs = _margin().legsOf(account);
        uint16 count = guard.underlyingCount();
        for (uint16 u = 0; u < count; ++u) {
            bool held = _margin().collateralOf(account, u) > 0;
            for (uint256 i = 0; i < legs.length && !held; ++i) held = uint16(legs[i].id >> 200) == u;
            if (held && guard.read(u).state != IOracleGuard.State.GOOD) return true;
        }
        return false;
    }

    function _margin() private view returns (IMarginEngine) {
        return IMarginEngine(_parts.margin);
    }

    function _bits() private view returns (uint64) {
        return DefenceBits.bitsOf(_parts.defences);
    }
}
