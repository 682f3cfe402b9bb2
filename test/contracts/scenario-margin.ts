import { blackGreeks, blackPrice } from "../../src/pricing/black-scholes.ts";

/** A short option; contracts, USD, seconds. */
export interface TestShort {
  readonly underlying: number;
  readonly isCall: boolean;
  readonly strike: number;
  readonly seconds: number;
  readonly vol: number;
  readonly size: number;
}

/** Which terms of the margin count, and the prices of the underlyings, their collateral and confidence. */
export interface TestBook {
  readonly shorts: readonly TestShort[];
  /** USD by underlying. */
  readonly spots: readonly number[];
  /** Units of each underlying held as collateral. */
  readonly units: readonly number[];
  /** USD. */
  readonly cash: number;
  readonly farTails: boolean;
  readonly closingCost: boolean;
  /** Standard deviation of vol that the cost of closing counts; 0 by default. */
  readonly deviation?: number;
  readonly haircut: boolean;
}

const YEAR = 365 * 86_400;
const DAY = 86_400;
const SPOT_SHOCKS = [0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3];
const HALF_SPREAD = 0.01;
const LAG_SPREAD = 0.005;
const LIQUIDATION_GAS = 30;

/** The rule of the documentation in floating point, written without a look at the contract. */
export function scenarioMargin(book: TestBook): { equity: number; maintenance: number; initial: number } {
  const scenarios = [
    ...SPOT_SHOCKS.flatMap((spot) => [
      { spot, up: true, damp: 1 },
      { spot, up: false, damp: 1 },
    ]),
    ...(book.farTails
      ? [
          { spot: 0.4, up: true, damp: 0.35 },
          { spot: 2, up: true, damp: 0.2 },
        ]
      : []),
  ];
  const losses = book.spots.map((spot, underlying) =>
    scenarios.map(({ spot: shock, up, damp }) => {
      const collateral = -book.units[underlying] * spot * (shock - 1);
      const options = book.shorts
        .filter((short) => short.underlying === underlying)
        .map(
          (short) => short.size * (price(short, spot * shock, shockedVol(short, up)) - price(short, spot, short.vol)),
        );
      return damp * (collateral + sum(options));
    }),
  );
  const sumOfWorst = sum(losses.map((vector) => Math.max(0, ...vector)));
  const worstOfSum = Math.max(0, ...scenarios.map((_, j) => sum(losses.map((vector) => vector[j]))));
  const credit = (book.haircut ? 0.5 : 1) * (sumOfWorst - worstOfSum);
  const maintenance = sumOfWorst - credit + nakedFloor(book) + (book.closingCost ? closingCost(book) : 0);
  const marks = sum(book.shorts.map((short) => short.size * price(short, book.spots[short.underlying], short.vol)));
  const held = sum(book.units.map((units, underlying) => units * book.spots[underlying]));
  return { equity: book.cash + held - marks, maintenance, initial: 1.25 * maintenance };
}

function shockedVol({ seconds, vol }: TestShort, up: boolean): number {
  const u = ((30 * DAY) / Math.max(seconds, DAY)) ** (seconds > 30 * DAY ? 0.13 : 0.3);
  return up ? vol * (1 + 0.6 * u) : vol * Math.max(0.1, 1 - 0.3 * u);
}

function nakedFloor({ shorts, spots, units }: TestBook): number {
  const perUnderlying = spots.map((spot, underlying) => {
    const own = shorts.filter((short) => short.underlying === underlying);
    const calls = sum(own.filter(({ isCall }) => isCall).map(({ size }) => size));
    const puts = sum(own.filter(({ isCall }) => !isCall).map(({ size }) => size));
    return 0.02 * spot * (puts + Math.max(0, calls - units[underlying]));
  });
  return sum(perUnderlying);
}

function closingCost({ shorts, spots, deviation = 0 }: TestBook): number {
  const perLeg = shorts.map((short) => {
    const spot = spots[short.underlying];
    const { vega, delta } = blackGreeks(short.isCall, spot, short.strike, short.seconds / YEAR, short.vol);
    return short.size * ((HALF_SPREAD + deviation) * vega + LAG_SPREAD * Math.abs(delta) * spot);
  });
  return sum(perLeg) + LIQUIDATION_GAS;
}

function price({ isCall, strike, seconds }: TestShort, spot: number, vol: number): number {
  return blackPrice(isCall, spot, strike, seconds / YEAR, vol);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
