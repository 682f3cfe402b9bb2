// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice A part of the protocol that learns the addresses of the other parts once, after all are deployed:
/// they refer to each other in a circle.
abstract contract Connected is Ownable {
    /// @param quote The stable asset, 6 decimals.
    struct Parts {
        address quote;
        address defences;
        address guard;
        address vault;
        address token;
        address margin;
        address auction;
        address hedger;
        address settlement;
    }

    error PartsAlreadyConnected();
    error PartsNotConnected();

    event PartsConnected(Parts parts);

    Parts internal _parts;

    constructor(address owner) Ownable(owner) {}

    /// @notice Fixes the addresses of the other parts. Owner only, once.
    function connect(Parts calldata newParts) external onlyOwner {
        if (_parts.quote != address(0)) revert PartsAlreadyConnected();
        if (newParts.quote == address(0)) revert PartsNotConnected();
        _parts = newParts;
        _onConnected();
        emit PartsConnected(newParts);
    }

    function parts() external view returns (Parts memory) {
        return _parts;
    }

    /// @dev What a part does once it knows the others, such as approvals.
    function _onConnected() internal virtual {}
}
