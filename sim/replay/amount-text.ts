import { formatUnits } from "viem";

/** @returns the amount with thousands separated, at most six places and a true minus sign, for people */
export function amountText(units: bigint, decimals: number): string {
  const [whole, fraction = ""] = formatUnits(units < 0n ? -units : units, decimals).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const places = fraction.slice(0, 6).replace(/0+$/, "");
  return `${units < 0n ? "−" : ""}${grouped}${places === "" ? "" : `.${places}`}`;
}
