import { capitalised } from "../common/format";
import { escapeHtml } from "../common/html";
import type { Category } from "../data/kdd/attacks";
import { labelGroups } from "../data/label-groups";
import type { NominalColumn } from "../data/table";
import { detectorTitle, studyDetectors } from "../models/detectors";

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
  other: okabeIto.black,
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

/** How the rows of a group are shown: see `labelGroups`. */
export interface GroupStyle {
  /** As markup. */
  readonly title: string;
  readonly colour: string;
}

/** The styles of groups, one each: categories have their own, kinds of anomalies take the palette's colours in turn. */
export function groupStyles(names: readonly string[]): GroupStyle[] {
  return names.map((name, i) => {
    if (isCategory(name)) return { title: categoryTitles[name], colour: categoryColours[name] };
    if (name === "anomalous") return { title: "Anomalous", colour: okabeIto.vermilion };
    return { title: escapeHtml(name), colour: palette[Math.max(0, i - 1) % palette.length] };
  });
}

/** The rows of a group of labels, and how they are shown. */
export interface RowGroup extends GroupStyle {
  /** As `labelGroups` names it. */
  readonly name: string;
  readonly rows: readonly number[];
}

/** The groups of labels that have rows, in the order of `labelGroups`. @param labels one a row */
export function rowGroups({ codes, categories }: NominalColumn): RowGroup[] {
  const { names, places } = labelGroups(categories);
  const rows = names.map((): number[] => []);
  codes.forEach((code: number, row: number) => {
    rows[places[code]].push(row);
  });
  return groupStyles(names)
    .map((style, i) => ({ name: names[i], ...style, rows: rows[i] }))
    .filter((group) => group.rows.length > 0);
}

function isCategory(name: string): name is Category {
  return Object.hasOwn(categoryTitles, name);
}

/** The detectors of a study have the first colours of the palette; others take what is left. */
const modelColours = new Map(studyDetectors.map(({ kind }, i): [string, string] => [kind, palette[i]]));

/** For one baseline more than the palette has colours for. */
const brown = "#8C510A";

/** How a detector is drawn: models solid in colours of their own, baselines thin and dashed. */
export interface ModelStyle {
  /** As markup. */
  readonly title: string;
  readonly colour: string;
  readonly line: {
    readonly color: string;
    readonly width: number;
    readonly dash: "solid" | "dash" | "dot" | "dashdot";
  };
  readonly symbol: "circle" | "diamond" | "square" | "triangle-up" | "cross" | "x";
}

/**
 * The styles of detectors named as in `metrics.json`, one each; a name that starts with `baseline:` is a baseline.
 *
 * @example
 * modelStyles(["autoencoder", "baseline:count"]).map((style) => style.title); // ["Autoencoder", "Baseline: count"]
 */
export function modelStyles(names: readonly string[]): ModelStyle[] {
  const free = [...palette.filter((colour) => ![...modelColours.values()].includes(colour)), brown];
  const dashes = ["dash", "dot", "dashdot"] as const;
  const symbols = ["circle", "diamond", "square", "triangle-up", "cross", "x"] as const;
  let coloured = 0;
  let baselines = 0;
  return names.map((name, i) => {
    const baseline = name.startsWith("baseline:");
    const colour = modelColours.get(name) ?? free[coloured++ % free.length];
    const dash = baseline ? dashes[baselines++ % dashes.length] : "solid";
    return {
      title: escapeHtml(modelTitle(name)),
      colour,
      line: { color: colour, width: baseline ? 1.5 : 2.5, dash },
      symbol: symbols[i % symbols.length],
    };
  });
}

/** A detector's name at the start of a line: see {@link detectorTitle}. */
export function modelTitle(name: string): string {
  return capitalised(detectorTitle(name));
}

/** From usual (white) to anomalous (vermilion), for scores and path lengths drawn as an area. */
export const scoreColours: [number, string][] = [
  [0, "#ffffff"],
  [0.5, mix("#ffffff", palette[1], 0.4)],
  [1, palette[1]],
];

/** The colour at a place in [0, 1] of {@link scoreColours}. */
export function scoreColour(place: number): string {
  const clipped = Math.min(1, Math.max(0, place));
  return clipped < 0.5
    ? mix(scoreColours[0][1], scoreColours[1][1], clipped / 0.5)
    : mix(scoreColours[1][1], scoreColours[2][1], (clipped - 0.5) / 0.5);
}

/** A colour between two others, each `#rrggbb`. */
function mix(from: string, to: string, share: number): string {
  const channel = (colour: string, i: number) => Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) =>
    Math.round(channel(from, i) * (1 - share) + channel(to, i) * share)
      .toString(16)
      .padStart(2, "0"),
  );
  return `#${mixed.join("")}`;
}
