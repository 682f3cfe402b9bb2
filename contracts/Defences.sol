// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IDefences} from "./interfaces/IDefences.sol";
import {DefenceBits} from "./libraries/DefenceBits.sol";

/// @notice The switchboard of the defences.
contract Defences is IDefences, Ownable {
    /// @notice The vault, whose first deposit fixes the genesis bits.
    address public immutable vault;

    /// @inheritdoc IDefences
    uint64 public bits;

    /// @notice True after the first deposit.
    bool public genesisClosed;

    constructor(address owner_, address vault_, uint64 initialBits) Ownable(owner_) {
        vault = vault_;
        _set(initialBits);
    }

    /// @inheritdoc IDefences
    function set(uint64 newBits) external onlyOwner {
        uint64 locked = genesisClosed ? (newBits ^ bits) & DefenceBits.GENESIS_ONLY : 0;
        if (locked != 0) revert DefenceGenesisOnly(_lowestBit(locked));
        _set(newBits);
    }

    /// @inheritdoc IDefences
    function closeGenesis() external {
        if (msg.sender != vault) revert DefencesNotVault(msg.sender);
        genesisClosed = true;
    }

    /// @inheritdoc IDefences
    function implemented() external pure returns (uint64) {
        return DefenceBits.IMPLEMENTED;
    }

    function _set(uint64 newBits) private {
        uint64 unknown = newBits & ~DefenceBits.IMPLEMENTED;
        if (unknown != 0) revert DefenceUnknown(_lowestBit(unknown));
        bits = newBits;
        emit DefencesSet(newBits);
    }

    function _lowestBit(uint64 set_) private pure returns (uint8 bit) {
        while ((set_ >> bit) & 1 == 0) ++bit;
    }
}
