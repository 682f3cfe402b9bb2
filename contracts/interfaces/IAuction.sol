// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Two-phase Dutch liquidation, and the insurance fund.
interface IAuction {
    /// @param startedAt Unix seconds; zero when there is none. @param insolvent Phase in which the fund pays bidders.
    struct Sale {
        uint64 startedAt;
        bool insolvent;
        address starter;
    }

    error AuctionAccountHealthy(address account, int256 equity, uint256 maintenance);
    error AuctionRunning(address account);
    error AuctionNotRunning(address account);
    error AuctionShareTooSmall(uint256 share, uint256 min);
    error AuctionPriceLimit(uint256 actual, uint256 limit);
    error AuctionNotOver(uint256 endsAt);
    error AuctionSelfBid(address account);
    error AuctionNotProtocol(address caller);

    event AuctionStarted(address indexed account, address indexed starter, int256 equity, uint256 maintenance);
    event AuctionBid(
        address indexed account,
        address indexed bidder,
        uint256 share,
        uint256 paid,
        uint256 fundPaid,
        int256 equity,
        uint256 maintenance
    );
    /// @notice The part of a penalty that went to the insurance fund and to the vault, quote units.
    event PenaltySplit(address indexed account, uint256 toFund, uint256 toVault);
    event AuctionEnded(address indexed account, bool healthy);
    event FundMoved(int256 amount, uint256 balance);
    event BadDebt(address indexed account, uint256 shortfall, uint256 fromFund, uint256 socialised);

    /// @notice Starts the sale of an account that is under maintenance margin, or moves a running sale to the
    /// insolvent phase when equity has turned negative.
    function start(address account) external;

    /// @notice Takes a share of the account into the bidder's own margin account.
    /// @param share WAD; capped so that the account ends at the buffer above maintenance (partialLiquidation).
    /// @param maxPay Quote units that the bidder pays from its margin account's cash at most: the price of the share, and
    /// 60 % of its penalty, by which the price is below the share's equity.
    /// @return taken Share that was transferred, WAD.
    function bid(address account, uint256 share, uint256 maxPay) external returns (uint256 taken);

    /// @notice After the sale has run out the vault takes over the account (vaultLastBidder). Anybody may call.
    function takeOverByVault(address account) external;

    /// @notice Ends the sale of an account that is healthy again. Anybody may call.
    function end(address account) external;

    /// @notice Pays a shortfall to the vault from the fund as far as it goes; the rest is the vault's loss.
    /// Margin engine only.
    function coverShortfall(address account, uint256 shortfall) external returns (uint256 fromFund);

    /// @notice Books a contribution that arrived in this call. Vault only.
    function contribute(uint256 amount) external;

    /// @notice Adds quote units of the caller to the insurance fund. Anybody may call.
    function seed(uint256 amount) external;

    function fund() external view returns (uint256);

    /// @notice Sum of the maintenance margins of accounts whose sale is in the insolvent phase, quote units.
    function insolventMaintenance() external view returns (uint256);

    function saleOf(address account) external view returns (Sale memory);

    /// @notice Price of the whole account at this moment: positive the bidder pays, negative the fund pays. USD WAD.
    function priceNow(address account) external view returns (int256);
}
