// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

import {Inspectable} from "../Inspectable.sol";
import {IDefences} from "../interfaces/IDefences.sol";
import {IVolSource} from "../interfaces/IVolSource.sol";
import {BlackScholes} from "../libraries/BlackScholes.sol";
import {DefenceBits} from "../libraries/DefenceBits.sol";
import {SeriesId} from "../libraries/SeriesId.sol";

/// @notice A smile of 16 nodes per expiry that a keeper posts: represents any model of the smile.
/// @dev Node i lies at x = −3 + 0.4·i with x = ln(K/S)/(σ_ref·√τ_ref); linear between nodes, flat outside. τ_ref stays
/// as posted, so that vols do not drift between posts; the spot is that of the moment.
contract PostedGrid is IVolSource, Inspectable {
    using DefenceBits for uint64;

    /// @param nodes 16 vols of 16 bits, the lowest bits at x = −3, in units of 1e-4 (80 % = 8000).
    /// @param sigmaRef Vol that scales the axis, units of 1e-8.
    /// @param sd Model's standard deviation of vol, units of 1e-8.
    /// @param tauRef Seconds to expiry for which the nodes were computed.
    struct Surface {
        uint16 underlying;
        uint64 expiry;
        uint256 nodes;
        uint32 sigmaRef;
        uint32 sd;
        uint32 tauRef;
    }

    /// @param hourVol Central vol at the start of the hour of the rate limit, units of 1e-4.
    struct Header {
        uint32 sigmaRef;
        uint32 sd;
        uint32 tauRef;
        uint64 postedAt;
        uint32 hourVol;
        uint64 hourStart;
    }

    error GridNotKeeper(address caller);
    error GridScaleZero(uint32 sigmaRef, uint32 tauRef);
    error GridSdTooLarge(uint32 sd, uint32 max);
    error GridNodeOutOfBounds(uint256 node, uint256 vol, uint256 min, uint256 max);
    error GridStepTooLarge(uint256 vol, uint256 previous, uint256 maxStep);
    error GridHourlyMoveTooLarge(uint256 vol, uint256 hourVol, uint256 maxRatio);

    event SurfacePosted(
        uint16 indexed underlying,
        uint64 indexed expiry,
        uint256 nodes,
        uint32 sigmaRef,
        uint32 sd,
        uint32 tauRef
    );
    event SurfaceRefused(uint16 indexed underlying, uint64 indexed expiry, bytes4 reason);

    /// @notice Largest standard deviation of a post, units of 1e-8: as large as the largest vol.
    uint32 public constant MAX_SD = 4e8;
    /// @notice Bounds of a node, units of 1e-4: 15 % and 400 %.
    uint256 public constant MIN_NODE = 1_500;
    uint256 public constant MAX_NODE = 40_000;
    /// @notice Largest fall of the central vol in one post, units of 1e-4; a rise may be three times as large.
    uint256 public constant MAX_STEP = 1_000;
    /// @notice Largest fall of the central vol within an hour, WAD; a rise may be three times as large.
    uint256 public constant MAX_HOURLY = 0.4e18;
    /// @dev A limit that stops vol from rising in a crash would itself be an attack on liquidity providers.
    uint256 private constant UPWARD = 3;

    uint256 private constant WAD = 1e18;
    int256 private constant LOWEST = -3e18;
    uint256 private constant SPACING = 0.4e18;
    uint256 private constant LAST_NODE = 15;

    /// @dev 1 in each of eight lanes of 32 bits.
    uint256 private constant ONES = type(uint256).max / type(uint32).max;
    uint256 private constant LANES = ONES * type(uint16).max;
    uint256 private constant CARRIES = ONES << 16;
    uint256 private constant FROM_MIN = ONES * ((1 << 16) - MIN_NODE);
    uint256 private constant BEYOND_MAX = ONES * ((1 << 16) - 1 - MAX_NODE);

    IDefences public immutable defences;
    address public immutable keeper;
    /// @notice Seconds for which a post counts in full; its confidence then falls, and is zero at `deadAfter`.
    uint64 public immutable heartbeat;
    uint64 public immutable deadAfter;

    mapping(uint256 expiryKey => uint256) private _nodes;
    mapping(uint256 expiryKey => Header) private _headers;

    constructor(IDefences defences_, address keeper_, uint64 heartbeat_, uint64 deadAfter_) {
        defences = defences_;
        keeper = keeper_;
        heartbeat = heartbeat_;
        deadAfter = deadAfter_;
    }

    /// @notice Posts several surfaces; one that breaks a limit is refused with an event and the others land.
    /// Keeper only.
    function post(Surface[] calldata surfaces) external {
        if (msg.sender != keeper) revert GridNotKeeper(msg.sender);
        uint64 bits = DefenceBits.bitsOf(address(defences));
        for (uint256 i = 0; i < surfaces.length; ++i) {
            Surface memory s = surfaces[i];
            uint256 key = SeriesId.keyOf(s.underlying, s.expiry);
            (uint256 nodes, Header memory header) = (_nodes[key], _headers[key]);
            bytes memory reason = _refusal(s, nodes, header, bits);
            if (reason.length == 0) _store(key, s, nodes, header);
            else emit SurfaceRefused(s.underlying, s.expiry, bytes4(reason));
        }
    }

    /// @notice Reverts with the limit that a surface would break if it were posted now.
    function check(Surface calldata s) external view {
        uint256 key = SeriesId.keyOf(s.underlying, s.expiry);
        bytes memory reason = _refusal(s, _nodes[key], _headers[key], DefenceBits.bitsOf(address(defences)));
        if (reason.length == 0) return;
        assembly ("memory-safe") {
            revert(add(reason, 0x20), mload(reason))
        }
    }

    /// @inheritdoc IVolSource
    function volOf(
        uint16 underlying,
        uint64 expiry,
        uint256 strike,
        uint256 spot
    ) external view returns (uint256 vol, uint256 sd, uint256 confidence) {
        (uint256 nodes, Header memory header) = _surface(underlying, expiry);
        vol = _interpolate(nodes, strike, spot, _scale(header));
        return (vol, uint256(header.sd) * 1e10, _confidence(header.postedAt));
    }

    /// @inheritdoc IVolSource
    function volsOf(
        uint16 underlying,
        uint64 expiry,
        uint256[] calldata strikes,
        uint256 spot
    ) external view returns (uint256[] memory vols, uint256 sd, uint256 confidence) {
        (uint256 nodes, Header memory header) = _surface(underlying, expiry);
        uint256 scale = _scale(header);
        vols = new uint256[](strikes.length);
        for (uint256 i = 0; i < strikes.length; ++i) vols[i] = _interpolate(nodes, strikes[i], spot, scale);
        return (vols, uint256(header.sd) * 1e10, _confidence(header.postedAt));
    }

    /// @notice The surface of an expiry as it was posted.
    function surfaceOf(uint16 underlying, uint64 expiry) external view returns (uint256 nodes, Header memory header) {
        uint256 key = SeriesId.keyOf(underlying, expiry);
        return (_nodes[key], _headers[key]);
    }

    /// @param nodes Posted before. @param header Likewise.
    function _store(uint256 key, Surface memory s, uint256 nodes, Header memory header) private {
        if (block.timestamp >= header.hourStart + 1 hours) {
            header.hourVol = uint32(_centralVol(header.postedAt == 0 ? s.nodes : nodes));
            header.hourStart = uint64(block.timestamp);
        }
        (header.sigmaRef, header.sd, header.tauRef) = (s.sigmaRef, s.sd, s.tauRef);
        header.postedAt = uint64(block.timestamp);
        _headers[key] = header;
        _nodes[key] = s.nodes;
        emit SurfacePosted(s.underlying, s.expiry, s.nodes, s.sigmaRef, s.sd, s.tauRef);
    }

    /// @dev The error, encoded, of the first limit that a surface breaks; empty when it breaks none.
    function _refusal(
        Surface memory s,
        uint256 nodes,
        Header memory header,
        uint64 bits
    ) private view returns (bytes memory) {
        if (s.sigmaRef == 0 || s.tauRef == 0) {
            return abi.encodeWithSelector(GridScaleZero.selector, s.sigmaRef, s.tauRef);
        }
        if (s.sd > MAX_SD) return abi.encodeWithSelector(GridSdTooLarge.selector, s.sd, MAX_SD);
        if (bits.has(DefenceBits.SURFACE_BOUNDS) && !_withinBounds(s.nodes)) {
            uint256 i;
            uint256 vol = _node(s.nodes, 0);
            while (vol >= MIN_NODE && vol <= MAX_NODE) vol = _node(s.nodes, ++i);
            return abi.encodeWithSelector(GridNodeOutOfBounds.selector, i, vol, MIN_NODE, MAX_NODE);
        }
        if (header.postedAt == 0 || !bits.has(DefenceBits.SURFACE_RATE_LIMIT)) return "";
        uint256 central = _centralVol(s.nodes);
        uint256 previous = _centralVol(nodes);
        uint256 maxStep = central > previous ? MAX_STEP * UPWARD : MAX_STEP;
        if (FixedPointMathLib.dist(central, previous) > maxStep) {
            return abi.encodeWithSelector(GridStepTooLarge.selector, central, previous, maxStep);
        }
        uint256 hourVol = block.timestamp >= header.hourStart + 1 hours ? previous : header.hourVol;
        uint256 maxRatio = central > hourVol ? MAX_HOURLY * UPWARD : MAX_HOURLY;
        if (FixedPointMathLib.dist(central, hourVol) * WAD > hourVol * maxRatio) {
            return abi.encodeWithSelector(GridHourlyMoveTooLarge.selector, central, hourVol, maxRatio);
        }
        return "";
    }

    /// @dev All sixteen nodes at once, every other one in a lane of 32 bits: the bit above a node's sixteen is set in
    /// node + (2^16 − MIN_NODE) when the node reaches the minimum, and in node + (2^16 − 1 − MAX_NODE) when it passes
    /// the maximum.
    function _withinBounds(uint256 nodes) private pure returns (bool) {
        unchecked {
            uint256 even = nodes & LANES;
            uint256 odd = (nodes >> 16) & LANES;
            uint256 low = (even + FROM_MIN) & (odd + FROM_MIN) & CARRIES;
            uint256 high = ((even + BEYOND_MAX) | (odd + BEYOND_MAX)) & CARRIES;
            return low == CARRIES && high == 0;
        }
    }

    function _surface(uint16 underlying, uint64 expiry) private view returns (uint256 nodes, Header memory header) {
        uint256 key = SeriesId.keyOf(underlying, expiry);
        header = _headers[key];
        if (header.postedAt == 0) revert VolUnavailable(underlying, expiry);
        nodes = _nodes[key];
    }

    /// @return σ_ref·√τ_ref, WAD; never zero, as neither factor is when it is posted.
    function _scale(Header memory header) private pure returns (uint256) {
        unchecked {
            return (uint256(header.sigmaRef) * 1e10 * BlackScholes.sqrtYears(header.tauRef)) / WAD;
        }
    }

    /// @param scale σ_ref·√τ_ref of the surface, WAD.
    function _interpolate(uint256 nodes, uint256 strike, uint256 spot, uint256 scale) private pure returns (uint256) {
        unchecked {
            // x = ln(K/S)/(σ_ref·√τ_ref); a logarithm is less than 136e18.
            int256 x = (-BlackScholes.logMoneyness(spot, strike) * int256(WAD)) / int256(scale);
            if (x <= LOWEST) return _node(nodes, 0) * 1e14;
            uint256 fromLowest = uint256(x - LOWEST);
            uint256 place = fromLowest / SPACING;
            if (place >= LAST_NODE) return _node(nodes, LAST_NODE) * 1e14;
            uint256 right = fromLowest - place * SPACING;
            nodes >>= 16 * place;
            uint256 weighted = uint16(nodes) * (SPACING - right) + uint16(nodes >> 16) * right;
            return (weighted * 1e14) / SPACING;
        }
    }

    /// @dev 1 until `heartbeat`, then linear to 0 at `deadAfter`.
    function _confidence(uint64 postedAt) private view returns (uint256) {
        uint256 age = block.timestamp - postedAt;
        if (age <= heartbeat || !DefenceBits.bitsOf(address(defences)).has(DefenceBits.SURFACE_STALENESS)) return WAD;
        if (age >= deadAfter) return 0;
        return ((deadAfter - age) * WAD) / (deadAfter - heartbeat);
    }

    /// @dev Mean of the two nodes around x = 0.
    function _centralVol(uint256 nodes) private pure returns (uint256) {
        unchecked {
            return (_node(nodes, 7) + _node(nodes, 8)) / 2;
        }
    }

    function _node(uint256 nodes, uint256 i) private pure returns (uint256) {
        unchecked {
            return uint16(nodes >> (16 * i));
        }
    }
}
