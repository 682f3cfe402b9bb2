import { calibrateSabr } from "../pricing/sabr-calibration.ts";
import { sabrVols } from "../pricing/sabr.ts";
import { calibrated, quotesOf } from "./calm-surfaces.ts";
import type { SmileFamily } from "./floating-smile.ts";
import { floatingModels } from "./floating-smile.ts";
import { mixAt, thetaAt } from "./term-structure.ts";

/** What stays of a tenor's smile when its level moves; β = 1, as is customary where prices have no floor in sight. */
interface SabrShape {
  readonly rho: number;
  readonly nu: number;
}

const BETA = 1;
/** α, ρ, ν of a tenor, α being read from the level. */
const PARAMETERS = 2;

/**
 * Hagan's SABR with β = 1, ρ and ν frozen by tenor, α marked to the at-the-money vol as desks do from quote to quote.
 * Where the expansion has no positive value the at-the-money vol stands.
 * @see Hagan, Kumar, Lesniewski & Woodward (2002), "Managing smile risk", equation 2.17a
 */
const family: SmileFamily<readonly SabrShape[]> = {
  name: "sabr",
  what: "SABR of the calm days' mean smiles, β = 1, frozen ρ and ν by tenor, α marked to the level",
  calibrate(model, surface) {
    const days = surface.years.map((tenor) => `${(365 * tenor).toFixed(1)} d`);
    const fits = quotesOf(surface).map((quotes, t) =>
      calibrated(model, `smile of ${days[t]}`, () => calibrateSabr(quotes, 1, BETA)),
    );
    return {
      parameters: fits.map(({ parameters: { rho, nu } }) => ({ rho, nu })),
      degreesOfFreedom: PARAMETERS * fits.length,
      boundsActive: fits.flatMap(({ activeBounds }, t) => activeBounds.map((bound) => `${bound} at ${days[t]}`)),
      conditionNumber: Math.max(...fits.map(({ condition }) => condition)),
    };
  },
  totalVariance(shapes, term, logMoneyness, years) {
    const x = logMoneyness / Math.sqrt(thetaAt(term, years));
    return mixAt(term.years, years, (t) => sabrVariance(shapes[t], term.thetas[t], term.years[t], x));
  },
};

export const [sabrModel, sabrLaggedModel] = floatingModels(family);

const moneyness = new Float64Array(1);
const vol = new Float64Array(1);

function sabrVariance({ rho, nu }: SabrShape, theta: number, years: number, x: number): number {
  const alpha = alphaOf(Math.sqrt(theta / years), years, rho, nu);
  moneyness[0] = x * Math.sqrt(theta);
  sabrVols({ alpha, beta: BETA, rho, nu }, 1, years, moneyness, vol);
  return Number.isFinite(vol[0]) ? vol[0] ** 2 * years : theta;
}

/**
 * α whose at-the-money vol α(1 + (ρνα/4 + (2 − 3ρ²)ν²/24)τ) is `atm`. A level that no α reaches (ρ < 0 bends the curve
 * down) takes the α of its crest, and `atm` itself where the expansion has left its domain altogether.
 */
function alphaOf(atm: number, years: number, rho: number, nu: number): number {
  const square = 0.25 * rho * nu * years;
  const linear = 1 + ((2 - 3 * rho * rho) / 24) * nu * nu * years;
  const root = Math.sqrt(Math.max(0, linear * linear + 4 * square * atm));
  return linear + root > 0 ? (2 * atm) / (linear + root) : atm;
}
