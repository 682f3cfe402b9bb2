// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {Inspectable} from "../Inspectable.sol";
import {IVolSource} from "../interfaces/IVolSource.sol";
import {SeriesId} from "../libraries/SeriesId.sol";

/// @notice The true volatility of each listed strike, written by the experiment: the control with which a model is
/// compared, not something that a protocol could have.
/// @dev Eight vols of 32 bits to a word, lowest bits first, in units of 1e-8 (80 % = 8e7).
contract TruthVol is IVolSource, Inspectable {
    /// @param words Vols in the order of the posted strikes, eight to a word.
    struct Smile {
        uint16 underlying;
        uint64 expiry;
        uint256[] words;
    }

    error TruthVolNotWriter(address caller);
    error TruthVolStrikesPosted(uint16 underlying, uint64 expiry);
    error TruthVolWordCount(uint256 words, uint256 expected);

    /// @notice The only account that can write.
    address public immutable writer;

    mapping(uint256 expiryKey => uint256[] words) private _words;
    mapping(uint256 expiryKey => uint256) private _strikeCount;
    /// @dev One more than the place of a strike; the key is the id of the put.
    mapping(uint256 id => uint256) private _placePlusOne;

    modifier onlyWriter() {
        if (msg.sender != writer) revert TruthVolNotWriter(msg.sender);
        _;
    }

    constructor(address writer_) {
        writer = writer_;
    }

    /// @notice Fixes the order of strikes of an expiry, once.
    /// @param strikes USD, WAD.
    function setStrikes(uint16 underlying, uint64 expiry, uint256[] calldata strikes) external onlyWriter {
        uint256 key = SeriesId.keyOf(underlying, expiry);
        if (_strikeCount[key] != 0) revert TruthVolStrikesPosted(underlying, expiry);
        _strikeCount[key] = strikes.length;
        for (uint256 i = 0; i < strikes.length; ++i) {
            _placePlusOne[SeriesId.encode(underlying, expiry, uint128(strikes[i]), false)] = i + 1;
        }
    }

    /// @notice Writes the vols of several expiries.
    function post(Smile[] calldata smiles) external onlyWriter {
        for (uint256 i = 0; i < smiles.length; ++i) {
            Smile calldata smile = smiles[i];
            uint256 key = SeriesId.keyOf(smile.underlying, smile.expiry);
            uint256 expected = (_strikeCount[key] + 7) / 8;
            if (smile.words.length != expected) revert TruthVolWordCount(smile.words.length, expected);
            _words[key] = smile.words;
        }
    }

    /// @inheritdoc IVolSource
    function volOf(
        uint16 underlying,
        uint64 expiry,
        uint256 strike,
        uint256
    ) external view returns (uint256 vol, uint256 sd, uint256 confidence) {
        uint256 place = _place(underlying, expiry, strike);
        uint256[] storage words = _words[SeriesId.keyOf(underlying, expiry)];
        if (words.length == 0) revert VolUnavailable(underlying, expiry);
        return (_vol(words[place / 8], place), 0, 1e18);
    }

    /// @inheritdoc IVolSource
    function volsOf(
        uint16 underlying,
        uint64 expiry,
        uint256[] calldata strikes,
        uint256
    ) external view returns (uint256[] memory vols, uint256 sd, uint256 confidence) {
        uint256[] memory words = _words[SeriesId.keyOf(underlying, expiry)];
        if (words.length == 0) revert VolUnavailable(underlying, expiry);
        vols = new uint256[](strikes.length);
        for (uint256 i = 0; i < strikes.length; ++i) {
            uint256 place = _place(underlying, expiry, strikes[i]);
            vols[i] = _vol(words[place / 8], place);
        }
        return (vols, 0, 1e18);
    }

    function _place(uint16 underlying, uint64 expiry, uint256 strike) private view returns (uint256) {
        uint256 plusOne = _placePlusOne[SeriesId.encode(underlying, expiry, uint128(strike), false)];
        if (plusOne == 0) revert VolUnavailable(underlying, expiry);
        return plusOne - 1;
    }

    function _vol(uint256 word, uint256 place) private pure returns (uint256) {
        return uint256(uint32(word >> (32 * (place % 8)))) * 1e10;
    }
}
