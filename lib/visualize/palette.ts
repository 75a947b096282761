import { escapeHtml } from "../common/html";
import type { Category } from "../data/kdd/attacks";

/** Okabe and Ito's colours, which the colour-blind can tell apart (2008, https://jfly.uni-koeln.de/color/). */
const okabeIto = {
  blue: "#0072B2",
  vermilion: "#D55E00",
  green: "#009E73",
  purple: "#CC79A7",
  orange: "#E69F00",
  sky: "#56B4E9",
  black: "#000000",
} as const;

/** The colours in the order in which lines without a fixed one take them. */
export const palette: readonly string[] = Object.values(okabeIto);

/** The colour of guide lines: chance, base rate. */
export const guideColour = "#888888";

/** The same colour for a category in every figure. */
export const categoryColours: Readonly<Record<Category, string>> = {
  normal: "#777777",
  dos: okabeIto.orange,
  probe: okabeIto.sky,
  r2l: okabeIto.green,
  u2r: okabeIto.purple,
  other: okabeIto.vermilion,
};

/** The names of categories as papers write them. */
export const categoryTitles: Readonly<Record<Category, string>> = {
  normal: "Normal",
  dos: "DoS",
  probe: "Probe",
  r2l: "R2L",
  u2r: "U2R",
  other: "Other",
};

const modelColours = new Map<string, string>([
  ["isolation-forest", okabeIto.blue],
  ["autoencoder", okabeIto.vermilion],
]);

/** How a detector is drawn: models solid in colours of their own, baselines thin and dashed. */
export interface ModelStyle {
  /** As markup. */
  readonly title: string;
  readonly colour: string;
  readonly dash: "solid" | "dash" | "dot" | "dashdot";
  readonly width: number;
  readonly symbol: "circle" | "diamond" | "square" | "triangle-up" | "cross" | "x";
}

/**
 * The styles of detectors named as in `metrics.json`, one each; a name that starts with `baseline:` is a baseline.
 *
 * @example
 * modelStyles(["autoencoder", "baseline:count"]).map((style) => style.title); // ["Autoencoder", "Baseline: count"]
 */
export function modelStyles(names: readonly string[]): ModelStyle[] {
  const free = palette.filter((colour) => ![...modelColours.values()].includes(colour));
  const dashes = ["dash", "dot", "dashdot"] as const;
  const symbols = ["circle", "diamond", "square", "triangle-up", "cross", "x"] as const;
  let coloured = 0;
  let baselines = 0;
  return names.map((name, i) => {
    const baseline = name.startsWith("baseline:");
    return {
      title: escapeHtml(modelTitle(name)),
      colour: modelColours.get(name) ?? free[coloured++ % free.length],
      dash: baseline ? dashes[baselines++ % dashes.length] : "solid",
      width: baseline ? 1.5 : 2.5,
      symbol: symbols[i % symbols.length],
    };
  });
}

/** A detector's name as people write it. */
export function modelTitle(name: string): string {
  let words = name.startsWith("baseline:") ? name.replace(":", ": ") : name.replaceAll("-", " ");
  words = words.replace(/\bpca\b/, "PCA");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
