import type { PriceBars } from "../../src/processes/history.ts";
import { createRandom } from "../../src/random/random.ts";

/** Hourly bars of a geometric Brownian motion whose annualised vol depends on the day. */
export function madeBars(days: number, volOn: (day: number) => number, seed = 1): PriceBars {
  const random = createRandom(seed, "made-bars");
  const count = days * 24;
  const bars = {
    source: "made.csv",
    barSeconds: 3600,
    times: new Float64Array(count),
    opens: new Float64Array(count),
    highs: new Float64Array(count),
    lows: new Float64Array(count),
    closes: new Float64Array(count),
  };
  let price = 2000;
  for (let i = 0; i < count; i++) {
    const close = price * Math.exp(volOn(Math.floor(i / 24)) * Math.sqrt(1 / 8760) * random.normal(i, 0));
    bars.times[i] = 1_600_000_000 - (1_600_000_000 % 86_400) + i * 3600;
    bars.opens[i] = price;
    bars.closes[i] = close;
    bars.highs[i] = Math.max(price, close);
    bars.lows[i] = Math.min(price, close);
    price = close;
  }
  return bars;
}
