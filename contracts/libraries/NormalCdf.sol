// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice Normal distribution in fixed point.
/// @dev N(−x) = exp(−x²/2)·R(x) for x ≥ 0, with R a rational function of degrees 6 and 7: algorithm 5666 of Hart et
/// al. (1968), as published by West (2005), "Better approximations to cumulative normal functions", Wilmott, p. 71.
/// West changes to a continued fraction beyond 7.07; R itself falls as 1/(x·√(2π)) there, so that the rational is
/// used throughout: the distribution is below 1e-12 from there on, and the error with it (relative error 4e-8 at x = 10).
library NormalCdf {
    /// @notice Beyond this many standard deviations exp(−x²/2) is zero in WAD.
    int256 internal constant FAR = 9.2e18;

    /// @notice 1/√(2π), WAD.
    uint256 internal constant DENSITY_AT_ZERO = 398942280401432678;

    // Hart's coefficients times 2^96.
    uint256 private constant P0 = 17446585517718874516235323432975; // 220.2068679123761
    uint256 private constant P1 = 17526346747716144220653548215914; // 221.2135961699311
    uint256 private constant P2 = 8879836321276920920392100726600; // 112.0792914978709
    uint256 private constant P3 = 2686854064982610631744200026450; // 33.91286607838300
    uint256 private constant P4 = 504997313321183988772789751343; // 6.373962203531650
    uint256 private constant P5 = 55490063251982993362141865400; // 0.7003830644436881
    uint256 private constant P6 = 2793782811274864916714167202; // 0.03526249659989109
    uint256 private constant Q0 = 34893171035437749032470646865950; // 440.4137358247522
    uint256 private constant Q1 = 62893415942062165692105187322751; // 793.8265125199484
    uint256 private constant Q2 = 50494772681144596557089367914148; // 637.3336333788311
    uint256 private constant Q3 = 23496240498236707163345270155953; // 296.5642487796737
    uint256 private constant Q4 = 6875477954081864665735753882736; // 86.78073220294608
    uint256 private constant Q5 = 1272735271903409707881822546804; // 16.06417757920695
    uint256 private constant Q6 = 139098283325591806672861821549; // 1.755667163182642
    uint256 private constant Q7 = 7002846371848267446257640738; // 0.08838834764831844

    /// @notice R(x) = N(−x)/exp(−x²/2), the scaled tail. The error of N(−x) is below 5e-17 for every x.
    /// @param x WAD in [0, 200e18].
    /// @return ratio Scaled by 2^96.
    function scaledTail(uint256 x) internal pure returns (uint256 ratio) {
        // Horner's rule; products stay below 2^256 for every x of the domain.
        assembly ("memory-safe") {
            let z := div(shl(96, x), 1000000000000000000)
            let p := P6
            p := add(shr(96, mul(p, z)), P5)
            p := add(shr(96, mul(p, z)), P4)
            p := add(shr(96, mul(p, z)), P3)
            p := add(shr(96, mul(p, z)), P2)
            p := add(shr(96, mul(p, z)), P1)
            p := add(shr(96, mul(p, z)), P0)
            let q := Q7
            q := add(shr(96, mul(q, z)), Q6)
            q := add(shr(96, mul(q, z)), Q5)
            q := add(shr(96, mul(q, z)), Q4)
            q := add(shr(96, mul(q, z)), Q3)
            q := add(shr(96, mul(q, z)), Q2)
            q := add(shr(96, mul(q, z)), Q1)
            q := add(shr(96, mul(q, z)), Q0)
            ratio := div(shl(96, p), q)
        }
    }
}
