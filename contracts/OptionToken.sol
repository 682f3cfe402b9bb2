// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {ERC6909TokenSupply} from "@openzeppelin/contracts/token/ERC6909/extensions/ERC6909TokenSupply.sol";

import {Inspectable} from "./Inspectable.sol";
import {IOptionToken} from "./interfaces/IOptionToken.sol";

/// @notice Long option claims, ERC-6909: the id is the series of `SeriesId`, one contract is 1e18 units.
contract OptionToken is IOptionToken, ERC6909TokenSupply, Inspectable {
    /// @notice The only minter and burner.
    address public immutable vault;

    modifier onlyVault() {
        if (msg.sender != vault) revert OptionTokenNotVault(msg.sender);
        _;
    }

    constructor(address vault_) {
        vault = vault_;
    }

    /// @inheritdoc IOptionToken
    function mint(address to, uint256 id, uint256 amount) external onlyVault {
        _mint(to, id, amount);
    }

    /// @inheritdoc IOptionToken
    function burn(address from, uint256 id, uint256 amount) external onlyVault {
        _burn(from, id, amount);
    }

    function totalSupply(uint256 id) public view override(IOptionToken, ERC6909TokenSupply) returns (uint256) {
        return super.totalSupply(id);
    }
}
