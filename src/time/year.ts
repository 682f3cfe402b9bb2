/** Seconds in the year of 365 days by which vols are annualised and times to expiry are counted. */
export const YEAR_SECONDS = 31_536_000;
