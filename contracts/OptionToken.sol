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

    /// @inheritdoc IOptionToken
    /// @dev In assembly for the reason that `IInspectable` gives. Memory that nobody wrote to is zero.
    function holdingsOf(
        bytes32 supplies,
        bytes32[] calldata balances,
        uint256[] calldata ids
    ) external view returns (uint256[] memory) {
        assembly ("memory-safe") {
            let start := mload(0x40)
            let supply := add(start, 0x40)
            let column := shl(5, ids.length)
            let id := ids.offset
            for {
                let end := add(id, column)
            } lt(id, end) {
                id := add(id, 0x20)
            } {
                mstore(0, calldataload(id))
                mstore(0x20, supplies)
                let left := sload(keccak256(0, 0x40))
                mstore(supply, left)
                for {
                    let free := supply
                    let holder := balances.offset
                } left {
                    holder := add(holder, 0x20)
                } {
                    if iszero(lt(holder, add(balances.offset, shl(5, balances.length)))) {
                        break
                    }
                    mstore(0x20, calldataload(holder))
                    let held := sload(keccak256(0, 0x40))
                    free := add(free, column)
                    mstore(free, held)
                    left := sub(left, held)
                }
                supply := add(supply, 0x20)
            }
            let size := mul(column, add(balances.length, 1))
            mstore(start, 0x20)
            mstore(add(start, 0x20), shr(5, size))
            return(start, add(size, 0x40))
        }
    }
}
