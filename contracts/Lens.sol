// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";

import {IAggregatorV3} from "./interfaces/IAggregatorV3.sol";
import {IAuction} from "./interfaces/IAuction.sol";
import {IDefences} from "./interfaces/IDefences.sol";
import {IHedger} from "./interfaces/IHedger.sol";
import {IInspectable} from "./interfaces/IInspectable.sol";
import {ILens} from "./interfaces/ILens.sol";
import {IMarginEngine} from "./interfaces/IMarginEngine.sol";
import {IOptionToken} from "./interfaces/IOptionToken.sol";
import {IOptionVault} from "./interfaces/IOptionVault.sol";
import {IOracleGuard} from "./interfaces/IOracleGuard.sol";
import {ISettlement} from "./interfaces/ISettlement.sol";
import {IUniswapV2Pair} from "./interfaces/IUniswapV2Pair.sol";
import {IVolWords} from "./interfaces/IVolWords.sol";
import {DefenceBits} from "./libraries/DefenceBits.sol";
import {Connected} from "./Connected.sol";

/// @notice Reads the whole protocol at once, see `ILens`.
contract Lens is ILens, Connected {
    using DefenceBits for uint64;

    /// @dev Slots of the vault that are its own, before those of accounts and lines.
    uint256 private constant VAULT_FIGURES = 7;

    constructor(address owner) Connected(owner) {}

    /// @inheritdoc ILens
    function read(Scope calldata scope) external view returns (State memory state) {
        Parts memory p = _parts;
        IOracleGuard guard = IOracleGuard(p.guard);
        address[] memory tokens = _tokens(guard);
        state.timestamp = block.timestamp;
        state.blockNumber = block.number;
        state.volSource = IOptionVault(p.vault).volSource();
        state.markets = new Market[](tokens.length);
        for (uint16 u = 0; u < tokens.length; ++u) state.markets[u] = _market(p, u);
        state.books = _books(p, scope.expiryKeys);
        if (scope.slots.token.length == 0) _readByGetters(state, p, tokens, scope);
        else _readBySlots(state, p, tokens, scope);
        try IVolWords(state.volSource).wordsOf(scope.expiryKeys) returns (uint256[] memory words) {
            state.vols = words;
        } catch {
            // A source that does not show what it holds.
            state.vols = new uint256[](0);
        }
    }

    // ── by getters ─────────────────────────────────────────────────────────────────────────────────────

    function _readByGetters(
        State memory state,
        Parts memory p,
        address[] memory tokens,
        Scope calldata scope
    ) private view {
        state.vault = _vault(p);
        state.series = _series(p, scope.ids);
        state.balances = _balances(p.quote, tokens, scope.holders);
        (state.accounts, state.collateral) = _accounts(p, tokens.length, scope.accounts);
        state.longs = _longs(p.token, scope.accounts, scope.ids);
        state.shorts = _shorts(p.margin, scope.accounts);
    }

    // ── by slots ───────────────────────────────────────────────────────────────────────────────────────

    function _readBySlots(
        State memory state,
        Parts memory p,
        address[] memory tokens,
        Scope calldata scope
    ) private view {
        Slots calldata slots = scope.slots;
        state.series = new SeriesState[](scope.ids.length);
        state.accounts = new Account[](scope.accounts.length);
        state.collateral = new uint256[](scope.accounts.length * tokens.length);
        state.balances = _balancesAt(p.quote, tokens, scope.holders, slots);
        _readToken(state, p.token, slots);
        _readVault(state, p, slots.vault);
        _readMargin(state, p.margin, scope.accounts, slots);
        uint256[] memory found = IInspectable(p.auction).nonzeroSlots(slots.auction);
        for (uint256 i = 0; i < found.length; i += 2) {
            (uint256 place, uint256 content) = (found[i], found[i + 1]);
            if (place == 0) state.vault.fund = content;
            else if (place == 1) state.vault.insolventMaintenance = content;
            else {
                state.accounts[place - 2].saleStartedAt = uint64(content);
                state.accounts[place - 2].saleInsolvent = (content >> 64) & 1 == 1;
            }
        }
    }

    function _readToken(State memory state, address token, Slots calldata slots) private view {
        uint256[] memory found = IInspectable(token).nonzeroSlots(slots.token);
        uint256 width = state.series.length;
        state.longs = new uint256[](found.length / 2);
        uint256 count;
        for (uint256 i = 0; i < found.length; i += 2) {
            (uint256 place, uint256 amount) = (found[i], found[i + 1]);
            if (place < width) state.series[place].supply = amount;
            else state.longs[count++] = slots.claimTags[place - width] | amount;
        }
        _shorten(state.longs, count);
    }

    /// @dev The vault's own figures come first: cash; claims and receivable; shares; mark and vega; uncertainty and
    /// NAV for limits; head of the queue; its tail.
    function _readVault(State memory state, Parts memory p, bytes32[] calldata slots) private view {
        uint256[] memory found = IInspectable(p.vault).nonzeroSlots(slots);
        Vault memory v = state.vault;
        int256 mark;
        uint256 uncertainty;
        uint256 lines = VAULT_FIGURES + state.accounts.length;
        for (uint256 i = 0; i < found.length; i += 2) {
            (uint256 place, uint256 content) = (found[i], found[i + 1]);
            if (place == 0) v.cash = content;
            else if (place == 1) (v.claims, v.receivable) = (uint128(content), content >> 128);
            else if (place == 2) v.shares = content;
            else if (place == 3) (mark, v.totalVega) = (int128(uint128(content)), int256(content) >> 128);
            else if (place == 4) (uncertainty, v.limitNav) = (uint128(content), uint64(content >> 128));
            else if (place == 5) v.queueHead = uint128(content >> 64);
            else if (place == 6) v.queueTail = content;
            else if (place < lines) state.accounts[place - VAULT_FIGURES].shares = content;
            else {
                // A line: strike of 96 bits, then the net of calls and of puts, 80 bits each.
                uint256 series = 2 * (place - lines);
                state.series[series].net = int80(uint80(content >> 96));
                state.series[series + 1].net = int80(uint80(content >> 176));
            }
        }
        v.epochEndsAt = IOptionVault(p.vault).epochEndsAt();
        _valueVault(state, p, mark, uncertainty);
    }

    /// @dev NAV as the vault computes it, from what has been read already.
    function _valueVault(State memory state, Parts memory p, int256 mark, uint256 uncertainty) private view {
        for (uint16 u = 0; u < state.markets.length; ++u) {
            Market memory m = state.markets[u];
            if (m.inventory == 0) continue;
            if (!m.readable) {
                (state.vault.navLow, state.vault.navHigh) = (type(uint256).max, type(uint256).max);
                return;
            }
            mark += int256((m.inventory * m.price) / 10 ** IOracleGuard(p.guard).market(u).tokenDecimals);
        }
        if (!IDefences(p.defences).bits().has(DefenceBits.TWO_SIDED_NAV)) uncertainty = 0;
        state.vault.navLow = _inUnits(state.vault, mark - int256(uncertainty), false);
        state.vault.navHigh = _inUnits(state.vault, mark + int256(uncertainty), true);
    }

    function _inUnits(Vault memory v, int256 value, bool high) private pure returns (uint256) {
        int256 units = value / 1e12;
        if (high && value > 0) ++units;
        if (!high && value < 0) --units;
        units += int256(v.cash + v.receivable) - int256(v.claims);
        return units > 0 ? uint256(units) : 0;
    }

    function _readMargin(
        State memory state,
        address margin,
        address[] calldata accounts,
        Slots calldata slots
    ) private view {
        uint256[] memory found = IInspectable(margin).nonzeroSlots(slots.margin);
        uint256 cash = 1 + state.series.length;
        uint256 collateral = cash + accounts.length;
        uint256 legs = collateral + accounts.length;
        uint256 width = state.markets.length;
        IMarginEngine.Leg[][] memory held = new IMarginEngine.Leg[][](accounts.length);
        for (uint256 i = 0; i < found.length; i += 2) {
            (uint256 place, uint256 content) = (found[i], found[i + 1]);
            if (place == 0) state.vault.marginCash = int256(content);
            else if (place < cash) state.series[place - 1].short = content;
            else if (place < collateral) state.accounts[place - cash].marginCash = int256(content);
            else if (place < legs) state.collateral[(place - collateral) * width + slots.underlying] = content;
            else held[place - legs] = IMarginEngine(margin).legsOf(accounts[place - legs]);
        }
        state.shorts = _packShorts(held);
    }

    function _balancesAt(
        address quote,
        address[] memory tokens,
        address[] calldata holders,
        Slots calldata slots
    ) private view returns (uint256[] memory balances) {
        uint256 width = 2 + tokens.length;
        balances = new uint256[](holders.length * width);
        // Those who can hold tokens are contracts, to which no wei goes; the last of them is the owner, who pays gas.
        for (uint256 i = slots.balances.length - 1; i < holders.length; ++i) balances[i * width] = holders[i].balance;
        _fillColumn(balances, IInspectable(quote).nonzeroSlots(slots.balances), width, 1);
        address token = tokens[slots.underlying];
        _fillColumn(balances, IInspectable(token).nonzeroSlots(slots.balances), width, 2 + slots.underlying);
    }

    function _fillColumn(
        uint256[] memory balances,
        uint256[] memory found,
        uint256 width,
        uint256 column
    ) private pure {
        for (uint256 i = 0; i < found.length; i += 2) balances[found[i] * width + column] = found[i + 1];
    }

    // ── parts ──────────────────────────────────────────────────────────────────────────────────────────

    function _tokens(IOracleGuard guard) private view returns (address[] memory tokens) {
        tokens = new address[](guard.underlyingCount());
        for (uint16 u = 0; u < tokens.length; ++u) tokens[u] = guard.market(u).token;
    }

    function _vault(Parts memory p) private view returns (Vault memory v) {
        IOptionVault vault = IOptionVault(p.vault);
        v.cash = vault.cash();
        v.claims = vault.claims();
        v.receivable = vault.receivable();
        v.limitNav = vault.limitNav();
        v.shares = IERC20(p.vault).totalSupply();
        // The NAV needs a price, and the guard may refuse to give one.
        try vault.navLow() returns (uint256 nav) {
            v.navLow = nav;
        } catch {
            v.navLow = type(uint256).max;
        }
        try vault.navHigh() returns (uint256 nav) {
            v.navHigh = nav;
        } catch {
            v.navHigh = type(uint256).max;
        }
        v.totalVega = vault.totalVega();
        (v.queueHead, v.queueTail) = vault.queueBounds();
        v.epochEndsAt = vault.epochEndsAt();
        v.fund = IAuction(p.auction).fund();
        v.insolventMaintenance = IAuction(p.auction).insolventMaintenance();
        v.marginCash = IMarginEngine(p.margin).totalCash();
    }

    function _market(Parts memory p, uint16 u) private view returns (Market memory m) {
        IOracleGuard guard = IOracleGuard(p.guard);
        IOracleGuard.Market memory market = guard.market(u);
        if (market.pair != address(0)) {
            IUniswapV2Pair pair = IUniswapV2Pair(market.pair);
            (m.poolQuote, m.poolUnderlying, ) = pair.getReserves();
            // Nothing hangs on the price of an underlying that has a pool without liquidity.
            if (m.poolQuote == 0) return m;
            if (pair.token0() == market.token) (m.poolQuote, m.poolUnderlying) = (m.poolUnderlying, m.poolQuote);
            m.poolMean = guard.poolMean(u);
        }
        try guard.read(u) returns (IOracleGuard.Reading memory reading) {
            m.readable = true;
            (m.price, m.confidence, m.state) = (reading.price, reading.confidence, uint256(reading.state));
        } catch {
            m.readable = false;
        }
        (m.roundId, m.answer, m.observedAt, m.updatedAt, ) = IAggregatorV3(market.feed).latestRoundData();
        IHedger hedger = IHedger(p.hedger);
        m.inventory = hedger.inventory(u);
        m.netDelta = hedger.netDelta(u);
        m.lastHedgeAt = hedger.lastHedgeAt(u);
    }

    function _books(Parts memory p, uint256[] calldata keys) private view returns (Book[] memory books) {
        books = new Book[](keys.length);
        for (uint256 i = 0; i < keys.length; ++i) {
            (uint16 u, uint64 expiry) = (uint16(keys[i] >> 64), uint64(keys[i]));
            IOptionVault.Book memory book = IOptionVault(p.vault).book(u, expiry);
            (uint256 price, bool settled) = ISettlement(p.settlement).priceOf(u, expiry);
            books[i] = Book({
                mark: book.mark,
                delta: book.delta,
                vega: book.vega,
                markedAt: book.markedAt,
                markedSpot: book.markedSpot,
                settled: settled,
                settlementPrice: price,
                payoutRatio: IOptionVault(p.vault).payoutRatio(u, expiry)
            });
        }
    }

    function _series(Parts memory p, uint256[] calldata ids) private view returns (SeriesState[] memory series) {
        series = new SeriesState[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            series[i] = SeriesState({
                net: IOptionVault(p.vault).net(ids[i]),
                supply: IOptionToken(p.token).totalSupply(ids[i]),
                short: IMarginEngine(p.margin).totalShort(ids[i])
            });
        }
    }

    function _balances(
        address quote,
        address[] memory tokens,
        address[] calldata holders
    ) private view returns (uint256[] memory balances) {
        uint256 width = 2 + tokens.length;
        balances = new uint256[](holders.length * width);
        for (uint256 i = 0; i < holders.length; ++i) {
            uint256 offset = i * width;
            balances[offset] = holders[i].balance;
            balances[offset + 1] = IERC20(quote).balanceOf(holders[i]);
            for (uint256 u = 0; u < tokens.length; ++u) {
                balances[offset + 2 + u] = IERC20(tokens[u]).balanceOf(holders[i]);
            }
        }
    }

    function _accounts(
        Parts memory p,
        uint256 underlyings,
        address[] calldata addresses
    ) private view returns (Account[] memory accounts, uint256[] memory collateral) {
        accounts = new Account[](addresses.length);
        collateral = new uint256[](addresses.length * underlyings);
        for (uint256 i = 0; i < addresses.length; ++i) {
            IAuction.Sale memory sale = IAuction(p.auction).saleOf(addresses[i]);
            accounts[i] = Account({
                shares: IERC20(p.vault).balanceOf(addresses[i]),
                marginCash: IMarginEngine(p.margin).cashOf(addresses[i]),
                saleStartedAt: sale.startedAt,
                saleInsolvent: sale.insolvent
            });
            for (uint16 u = 0; u < underlyings; ++u) {
                collateral[i * underlyings + u] = IMarginEngine(p.margin).collateralOf(addresses[i], u);
            }
        }
    }

    function _longs(
        address token,
        address[] calldata accounts,
        uint256[] calldata ids
    ) private view returns (uint256[] memory longs) {
        longs = new uint256[](accounts.length * ids.length);
        uint256 count;
        for (uint256 i = 0; i < accounts.length; ++i) {
            for (uint256 j = 0; j < ids.length; ++j) {
                uint256 held = IERC6909(token).balanceOf(accounts[i], ids[j]);
                if (held != 0) longs[count++] = (i << 240) | (j << 224) | held;
            }
        }
        _shorten(longs, count);
    }

    function _shorts(address margin, address[] calldata accounts) private view returns (uint256[] memory) {
        IMarginEngine.Leg[][] memory legs = new IMarginEngine.Leg[][](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) legs[i] = IMarginEngine(margin).legsOf(accounts[i]);
        return _packShorts(legs);
    }

    function _packShorts(IMarginEngine.Leg[][] memory legs) private pure returns (uint256[] memory shorts) {
        uint256 count;
        for (uint256 i = 0; i < legs.length; ++i) count += legs[i].length;
        shorts = new uint256[](2 * count);
        uint256 offset;
        for (uint256 i = 0; i < legs.length; ++i) {
            for (uint256 j = 0; j < legs[i].length; ++j) {
                shorts[offset++] = (i << 240) | legs[i][j].id;
                shorts[offset++] = legs[i][j].size;
            }
        }
    }

    function _shorten(uint256[] memory array, uint256 length) private pure {
        assembly ("memory-safe") {
            mstore(array, length)
        }
    }
}
