import type { Results } from "../results/results.ts";
import { modelNames } from "./selection.ts";

/**
 * Colours are written into charts as tokens (`$m0`) that the page replaces by the reader's light or dark theme.
 * Model colours are Okabe and Ito's set, which stays apart for colour-blind readers; the light theme darkens yellow
 * and sky blue, the dark theme lightens blue, for contrast. Source: Okabe & Ito (2008), Color Universal Design.
 */
export const themes = {
  light: {
    $m0: "#0072b2",
    $m1: "#d55e00",
    $m2: "#009e73",
    $m3: "#a8487f",
    $m4: "#b87f00",
    $m5: "#2f8fc4",
    $m6: "#8a7d00",
    $ink: "#1b1f24",
    $muted: "#59636e",
    $grid: "#d5dae0",
    $paper: "#ffffff",
    $shade: "#8c959f",
    $fault: "#d55e00",
  },
  dark: {
    $m0: "#4da8e0",
    $m1: "#f0803c",
    $m2: "#2cc49a",
    $m3: "#dd93bd",
    $m4: "#e69f00",
    $m5: "#8fd0f5",
    $m6: "#f0e442",
    $ink: "#e6e9ed",
    $muted: "#9aa4af",
    $grid: "#343b43",
    $paper: "#14171b",
    $shade: "#8c959f",
    $fault: "#f0803c",
  },
} as const;

/** How one model is drawn, everywhere. */
export interface Stroke {
  readonly color: string;
  readonly type: "solid" | "dashed" | "dotted";
}

const modelColours = 7;

/** The same colour for the same model in every chart; controls are grey and dashed, the eighth model on is dashed. */
export function strokes(results: Results): (name: string) => Stroke {
  const { models, controls } = modelNames(results);
  return (name) => {
    const index = models.indexOf(name);
    if (index >= 0) return { color: `$m${index % modelColours}`, type: index < modelColours ? "solid" : "dashed" };
    return { color: "$muted", type: controls.indexOf(name) > 0 ? "dotted" : "dashed" };
  };
}

const lineTypes = ["solid", "dashed", "dotted"] as const;

/**
 * How the lines of one chart are drawn, by their names: models as everywhere; variants of several models, named `model,
 * variant`, in the model's colour with a dash of the variant's; all else takes the colours in turn.
 */
export function lineStrokes(results: Results, names: readonly string[]): readonly Stroke[] {
  const stroke = strokes(results);
  if (names.some((name) => stroke(name).color !== "$muted")) return names.map(stroke);
  const { models, controls } = modelNames(results);
  const parts = names.map((name) => name.split(", "));
  const bases = new Set(parts.map(([base]) => base));
  const variants = [...new Set(parts.map(([, ...rest]) => rest.join(", ")))];
  const areVariants = bases.size > 1 && [...bases].every((base) => models.includes(base) || controls.includes(base));
  if (areVariants && variants.length <= lineTypes.length) {
    return parts.map(([base, ...rest]) => ({
      color: stroke(base).color,
      type: lineTypes[variants.indexOf(rest.join(", "))],
    }));
  }
  return names.map((_, index) => ({
    color: `$m${index % modelColours}`,
    type: index < modelColours ? "solid" : "dashed",
  }));
}
