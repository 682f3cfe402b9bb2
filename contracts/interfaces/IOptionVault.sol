// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Liquidity providers' pool (ERC-4626), counterparty of every option trade.
interface IOptionVault {
    /// @param premium Quote units (6 decimals): rounded up when the vault sells, down when it buys. Fee apart.
    /// @param fee Quote units, paid by the trader.
    /// @param tradeVol Vol at which the trade is priced, WAD (spreads included, lag term not).
    /// @param markVol Vol of the source, WAD.
    /// @param mark Mark of one contract at the source's vol, USD WAD.
    /// @param delta dV/dS of one contract, WAD.
    /// @param vega dV/dvol per 1.00 of vol of one contract, USD WAD.
    struct Quote {
        uint256 premium;
        uint256 fee;
        uint256 tradeVol;
        uint256 markVol;
        uint256 mark;
        int256 delta;
        uint256 vega;
    }

    /// @notice Greeks and mark of the vault's position in one expiry, as of `markedAt` and trades since.
    /// @param mark Value to the vault, USD WAD (negative: liability).
    /// @param delta Units of underlying, WAD. @param vega USD per 1.00 of vol, WAD.
    struct Book {
        int256 mark;
        int256 delta;
        int256 vega;
        uint64 markedAt;
        uint256 markedSpot;
    }

    /// @notice Trading terms; all WAD unless said. The defaults are the table of parameters in the docs.
    struct Terms {
        uint64 halfSpread; // vol, e.g. 0.01e18
        uint64 convexity; // vol at full vega utilisation, e.g. 0.15e18
        uint64 lagSpread; // share of S times |delta|, e.g. 0.005e18
        uint64 feeShare; // share of S, e.g. 0.0003e18
        uint64 feeCap; // share of premium, e.g. 0.125e18
        uint64 vegaFee; // vol, e.g. 0.005e18
        uint64 vegaLimit; // share of NAV per vol point, e.g. 0.01e18
        uint64 maxTrade; // share of the vega limit, e.g. 0.02e18
        uint64 minVol; // e.g. 0.10e18 (bid), asks are floored 1.5 times higher
        uint64 maxVol; // e.g. 4e18
        uint32 noOpenWindow; // seconds before expiry
        uint64 minAbsDelta; // e.g. 0.05e18
        uint64 maxAbsDelta; // e.g. 0.95e18
    }

    error VaultSeriesNotListed(uint256 id);
    error VaultSeriesExpired(uint256 id, uint256 expiry);
    error VaultNotSettled(uint16 underlying, uint64 expiry);
    error VaultOpenWindowClosed(uint256 id, uint256 closesAt);
    error VaultDeltaOutOfRange(int256 delta, uint256 min, uint256 max);
    error VaultTradeTooLarge(uint256 vega, uint256 maxVega);
    error VaultVegaLimit(uint256 vega, uint256 limit);
    error VaultPriceLimit(uint256 actual, uint256 limit);
    error VaultInsufficientCash(uint256 have, uint256 need);
    error VaultZeroSize();
    error VaultTermsInvalid();
    error VaultNotMarginEngine(address caller);
    error VaultNotHedger(address caller);
    error VaultNotAuction(address caller);
    error VaultQueueOnly();
    error VaultEpochOpen(uint256 closesAt);
    error VaultInsolvencyBlocksWithdrawals(uint256 shortfall, uint256 fund);
    error VaultStaleBook(uint16 underlying, uint64 expiry, uint256 markedAt);

    event Traded(
        uint256 indexed id,
        address indexed trader,
        int256 size, // contracts WAD, positive: the vault sold
        uint256 premium,
        uint256 fee,
        uint256 tradeVol,
        uint256 markVol,
        uint256 spot
    );
    event BookMarked(
        uint16 indexed underlying,
        uint64 indexed expiry,
        int256 mark,
        int256 delta,
        int256 vega,
        uint256 spot
    );
    /// @notice The vol source failed: the book keeps its marks and their age.
    event BookNotMarked(uint16 indexed underlying, uint64 indexed expiry);
    event WithdrawalRequested(address indexed owner, uint256 indexed requestId, uint256 shares);
    event WithdrawalProcessed(address indexed owner, uint256 indexed requestId, uint256 shares, uint256 assets);
    event EpochClosed(uint256 indexed epoch, uint256 navPerShare, uint256 sharesBurned);
    event Redeemed(uint256 indexed id, address indexed holder, uint256 size, uint256 payout);
    event ExpiryClosed(uint16 indexed underlying, uint64 indexed expiry, int256 vaultPayoff, uint256 payoutRatio);
    event VolSourceSet(address source);

    // ── trading ────────────────────────────────────────────────────────────────────────────────────────

    /// @notice What a trade costs now. Positive `size`: the vault sells `size` contracts (WAD); negative: it buys.
    function quote(uint256 id, int256 size) external view returns (Quote memory);

    /// @notice Buys a long claim from the vault; pays premium and fee in quote, at most `maxCost`.
    function buy(uint256 id, uint256 size, uint256 maxCost) external returns (uint256 cost);

    /// @notice Sells a long claim back; receives premium less fee, at least `minProceeds`.
    function sell(uint256 id, uint256 size, uint256 minProceeds) external returns (uint256 proceeds);

    /// @notice Trade of a margin account: positive `size` the account buys back a short (the vault sells), negative
    /// it opens one (the vault buys). Margin engine only.
    /// @dev The vault sends what it pays to the margin engine, and pulls what it is owed from it by `transferFrom`
    /// (the engine has approved it); the vault books both itself.
    /// @return cash Signed quote units to the account: positive received, negative to be paid by it.
    function tradeForMargin(address account, uint256 id, int256 size) external returns (int256 cash);

    /// @notice Takes `size` contracts of an account's short out of the book at no premium: bidder of last resort.
    /// Margin engine only.
    function absorbShort(uint256 id, uint256 size) external;

    /// @notice Re-marks expiries of an underlying at the source's vols, each at most once a block; anybody may call. While
    /// the source fails, a book keeps its marks (`BookNotMarked`).
    function poke(uint16 underlying, uint64[] calldata expiries) external;

    // ── after expiry ───────────────────────────────────────────────────────────────────────────────────

    /// @notice Closes a settled expiry: fixes the payout ratio and removes it from the book. Anybody may call.
    function closeExpiry(uint16 underlying, uint64 expiry) external;

    /// @notice Pays the intrinsic value of `holder`'s claims on a closed expiry, exactly once. Anybody may call.
    function redeem(uint256 id, address holder) external returns (uint256 payout);

    // ── liquidity (beside ERC-4626 deposit) ────────────────────────────────────────────────────────────

    /// @notice Queues shares for withdrawal at the closing NAV of the epoch.
    function requestWithdrawal(uint256 shares) external returns (uint256 requestId);

    /// @notice Closes the epoch when it is over and processes up to `maxRequests` requests, first in first out.
    function closeEpoch(uint256 maxRequests) external;

    // ── cash moved by the protocol's other parts ───────────────────────────────────────────────────────

    /// @notice Sends quote to the hedger for a purchase. Hedger only; limited to the vault's free cash.
    function fundHedge(uint256 amount) external;

    /// @notice Books quote units that arrived from hedger, margin engine or auction in this call. Those only.
    function receiveCash(uint256 amount) external;

    /// @notice Books the settlement of an account's shorts: of `owed` quote units, which the vault counts as receivable
    /// since the expiry closed, the account paid `paid`, which arrived in this call. What the fund adds comes through
    /// `receiveCash`. Margin engine only.
    function receiveSettlement(uint256 owed, uint256 paid) external;

    // ── views ──────────────────────────────────────────────────────────────────────────────────────────

    /// @notice The vault's position in a series, contracts WAD, long > 0.
    function net(uint256 id) external view returns (int256);

    function book(uint16 underlying, uint64 expiry) external view returns (Book memory);

    /// @notice Vol at which liquidations and closing trades price an expiry while the vol source fails, WAD: the highest of
    /// its last marks, at least 80 %.
    function fallbackVol(uint16 underlying, uint64 expiry) external view returns (uint256);

    /// @notice What a hedge starts from: the low NAV (quote units) with one underlying at `spot` (USD WAD), and the delta
    /// of the options on it (units WAD).
    function hedgeState(uint16 underlying, uint256 spot) external view returns (uint256 low, int256 delta);

    /// @notice Sum of book deltas over the expiries of an underlying, units WAD.
    function optionDelta(uint16 underlying) external view returns (int256);

    /// @notice Sum of book vegas over all books, USD per 1.00 vol WAD.
    function totalVega() external view returns (int256);

    /// @notice Quote units that the vault tracks as its own; never `balanceOf`.
    function cash() external view returns (uint256);

    /// @notice Quote units that holders of closed expiries may still redeem; part of the cash.
    function claims() external view returns (uint256);

    /// @notice Quote units that margin accounts owe for closed expiries.
    function receivable() external view returns (uint256);

    /// @notice NAV that the limits of trades refer to, quote units: that of the last mark or deposit.
    function limitNav() external view returns (uint256);

    /// @notice NAV in quote units: low counts liabilities high (withdrawals), high the reverse (deposits).
    function navLow() external view returns (uint256);

    function navHigh() external view returns (uint256);

    /// @notice WAD at most 1, fixed when the expiry closed.
    function payoutRatio(uint16 underlying, uint64 expiry) external view returns (uint256);

    function terms() external view returns (Terms memory);

    /// @notice The vol source in use.
    function volSource() external view returns (address);

    /// @notice First and one past the last withdrawal request in the queue.
    function queueBounds() external view returns (uint256 head, uint256 tail);

    /// @notice Unix seconds at which the running epoch may be closed.
    function epochEndsAt() external view returns (uint64);

    function listedStrikes(uint16 underlying, uint64 expiry) external view returns (uint256[] memory);

    function listedExpiries(uint16 underlying) external view returns (uint64[] memory);

    // ── owner ──────────────────────────────────────────────────────────────────────────────────────────

    function list(uint16 underlying, uint64 expiry, uint256[] calldata strikes) external;

    function setVolSource(address source) external;

    function setTerms(Terms calldata newTerms) external;
}
