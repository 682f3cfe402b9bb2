import type { Invariant } from "./adapter.ts";
import type { ProtocolView } from "./view.ts";

/** Laws that every view of the reference protocol keeps, whatever agents, feeds and models do. */
export const invariants: readonly Invariant<ProtocolView>[] = [
  {
    id: "series",
    sentence: "of every series that is open, claims outstanding plus the vault's net are the shorts in accounts",
    check: ({ series, expiries }) => {
      const closed = new Set(expiries.filter(({ closed }) => closed).map(({ expiry }) => expiry));
      const broken = series.find(
        ({ expiry, supplyUnits, netUnits, shortUnits }) => !closed.has(expiry) && supplyUnits + netUnits !== shortUnits,
      );
      if (broken === undefined) return undefined;
      const { id, supplyUnits, netUnits, shortUnits } = broken;
      return `series ${id}: supply ${supplyUnits} + net ${netUnits} is not the shorts ${shortUnits}`;
    },
  },
  {
    id: "supply",
    sentence: "claims outstanding of a series are those that accounts hold",
    check: ({ series, accounts }) => {
      const held = new Float64Array(series.length);
      for (const { longs } of accounts.values()) for (const [index, size] of longs.entries()) held[index] += size;
      const index = series.findIndex(({ supply }, i) => Math.abs(supply - held[i]) > 1e-9 * (1 + supply));
      return index < 0 ? undefined : `series ${series[index].id}: supply ${series[index].supply}, held ${held[index]}`;
    },
  },
  {
    id: "margin-cash",
    sentence: "cash of the margin accounts adds up to the engine's count",
    check: ({ accounts, marginCashUnits }) => {
      let sum = 0n;
      for (const account of accounts.values()) sum += account.marginCashUnits;
      return sum === marginCashUnits ? undefined : `accounts hold ${sum}, the engine counts ${marginCashUnits}`;
    },
  },
  {
    id: "no-debt",
    sentence: "no margin account has negative cash",
    check: ({ accounts }) => {
      const debtor = [...accounts.values()].find(({ marginCashUnits }) => marginCashUnits < 0n);
      return debtor === undefined ? undefined : `${debtor.address} has ${debtor.marginCashUnits}`;
    },
  },
  {
    id: "payout-ratio",
    sentence: "a closed expiry pays at most the intrinsic value",
    check: ({ expiries }) => {
      const broken = expiries.find(({ payoutRatio }) => payoutRatio > 1);
      return broken === undefined ? undefined : `expiry ${broken.expiry} pays ${broken.payoutRatio}`;
    },
  },
  {
    id: "claims-covered",
    sentence: "the vault's cash covers what holders of closed expiries may still redeem, but for what shorts still owe",
    check: ({ vault }) =>
      vault.claims <= vault.cash + vault.receivable + 1e-3
        ? undefined
        : `claims ${vault.claims}, cash ${vault.cash}, receivable ${vault.receivable}`,
  },
];
