// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {IOracleGuard} from "./IOracleGuard.sol";

/// @notice Margin accounts that are short options; scenario margin in the manner of SPAN.
interface IMarginEngine {
    /// @param size Contracts WAD, always a short of that size.
    struct Leg {
        uint256 id;
        uint256 size;
    }

    /// @param equity Cash plus collateral less the mark of the shorts, USD WAD.
    /// @param maintenance Maintenance margin, USD WAD. @param initial Initial margin, USD WAD.
    struct Health {
        int256 equity;
        uint256 maintenance;
        uint256 initial;
    }

    error MarginTooManyLegs(uint256 legs, uint256 max);
    error MarginBelowInitial(int256 equity, uint256 initial);
    error MarginInsufficientCash(int256 have, uint256 need);
    error MarginInsufficientCollateral(uint256 have, uint256 need);
    error MarginNoSuchLeg(uint256 id, uint256 have, uint256 need);
    error MarginPriceLimit(uint256 actual, uint256 limit);
    error MarginNotAuction(address caller);
    error MarginInAuction(address account);
    error MarginWithdrawalsBlocked(uint256 shortfall, uint256 fund);
    error MarginNotSettled(uint256 id);
    error MarginZeroAmount();

    event CashMoved(address indexed account, int256 amount, int256 balance);
    event CollateralMoved(address indexed account, uint16 indexed underlying, int256 amount, uint256 balance);
    event ShortChanged(address indexed account, uint256 indexed id, int256 change, uint256 size, int256 cash);
    event ShareTransferred(address indexed from, address indexed to, uint256 share);
    event ShortSettled(address indexed account, uint256 indexed id, uint256 size, uint256 owed, uint256 shortfall);

    function deposit(uint256 amount) external;

    function withdraw(uint256 amount) external;

    /// @param amount Units of the underlying's token, its own decimals.
    function depositCollateral(uint16 underlying, uint256 amount) external;

    function withdrawCollateral(uint16 underlying, uint256 amount) external;

    /// @notice Sells `size` contracts short to the vault; proceeds at least `minProceeds` quote units.
    function openShort(uint256 id, uint256 size, uint256 minProceeds) external returns (uint256 proceeds);

    /// @notice Buys back `size` contracts of a short; cost at most `maxCost` quote units.
    function closeShort(uint256 id, uint256 size, uint256 maxCost) external returns (uint256 cost);

    /// @notice Sells collateral of one's own account on the spot market into its cash. Account or auction only.
    /// @return proceeds Quote units.
    function sellCollateral(uint16 underlying, uint256 amount, uint256 minProceeds) external returns (uint256 proceeds);

    /// @notice Settles all shorts of `account` in a closed expiry; a shortfall goes to fund, then vault. Anybody.
    function settleAccount(address account, uint16 underlying, uint64 expiry) external;

    /// @notice Moves `share` (WAD) of every leg, cash and collateral of `from` to `to`, which then pays `payment`
    /// quote units of its cash to `from`. Legs round up and assets down, against the receiver. Auction only.
    function transferShare(address from, address to, uint256 share, uint256 payment) external;

    /// @notice Takes the fund's and the vault's part of a liquidation's penalty out of a bidder's cash, quote units. Auction
    /// only, which books its own part.
    function payPenalty(address bidder, uint256 toFund, uint256 toVault) external;

    /// @notice Books quote units that the auction's fund sent in this call to the cash of an account. Auction only.
    function creditCash(address account, uint256 amount) external;

    /// @notice The vault takes over all legs of an account against their value at a stressed vol, as far as cash and
    /// collateral (sold on the spot market) go. Auction only.
    /// @param minPriceRatio WAD; collateral is not sold below this share of the guarded price.
    /// @return shortfall Quote units by which the account cannot pay; the fund, then the vault bear them.
    function absorbByVault(address account, uint256 minPriceRatio) external returns (uint256 shortfall);

    /// @notice Equity and margins at the guarded price and the source's vols; while feed and pool are too far apart to say
    /// who is right, at that of the two prices which is worse for the account.
    function health(address account) external view returns (Health memory);

    /// @notice Health after the guard's action table has allowed `operation` for every underlying of the account. Under
    /// dispute a sale is started at the better of the two prices only: the account must be broken at both.
    function healthFor(address account, IOracleGuard.Operation operation) external view returns (Health memory);

    /// @notice Health at the pool's time-weighted mean price, where it is known; the guarded price elsewhere.
    function healthAtPoolMean(address account) external view returns (Health memory);

    function legsOf(address account) external view returns (Leg[] memory);

    /// @notice Legs of many accounts, read from storage as by `IInspectable`.
    /// @param arrays Slot of the list of legs of each account.
    /// @return words By account: number of legs, then two words for each of the most legs that there can be: series; size
    /// and logarithm of the strike.
    function legWordsOf(bytes32[] calldata arrays) external view returns (bytes32[] memory words);

    function cashOf(address account) external view returns (int256);

    function collateralOf(address account, uint16 underlying) external view returns (uint256);

    /// @notice Contracts short in all accounts, WAD: equals supply of longs plus the vault's net.
    function totalShort(uint256 id) external view returns (uint256);

    /// @notice Quote units of all accounts, held by this contract.
    function totalCash() external view returns (int256);
}
