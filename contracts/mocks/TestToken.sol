// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {Inspectable} from "../Inspectable.sol";

/// @notice An ERC-20 with chosen decimals whose owner mints at will: stands for the quote asset and the underlyings.
contract TestToken is ERC20, Ownable, Inspectable {
    uint8 private immutable _decimals;

    constructor(
        string memory name,
        string memory symbol,
        uint8 tokenDecimals,
        address owner
    ) ERC20(name, symbol) Ownable(owner) {
        _decimals = tokenDecimals;
    }

    /// @notice Creates `amount` units, in the token's own decimals. Owner only.
    function mint(address to, uint256 amount) external onlyOwner {
        _mint(to, amount);
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}
