import type { Data } from "plotly.js-dist";
import { square } from "../../common/exact-math";
import { decimals } from "../../common/format";
import { escapeHtml } from "../../common/html";
import { categories, categoryOf, haveCategories } from "../../data/kdd/attacks";
import type { NominalColumn } from "../../data/table";
import { type Matrix, sourceFeature } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { categoryTitles } from "../palette";

/** For each label, the mean over its rows of each feature's share of the row's squared reconstruction error. */
export interface AttackProfile {
  readonly features: readonly string[];
  /** By category, then by name. */
  readonly labels: readonly string[];
  /** `labels × features`, each row of numbers adding up to 1. */
  readonly shares: readonly Float64Array[];
}

/**
 * Where the reconstruction error of each kind of traffic lies. Every row counts the same, however large its error.
 *
 * @param reconstruction of the same rows and columns as `matrix`
 * @param labels one a row
 */
export function attackProfile(matrix: Matrix, reconstruction: Matrix, labels: NominalColumn): AttackProfile {
  const width = matrix.columns.length;
  const features = [...new Set(matrix.columns.map(sourceFeature))];
  const featureOf = matrix.columns.map((name) => features.indexOf(sourceFeature(name)));
  const sums = labels.categories.map(() => new Float64Array(features.length));
  const rows = new Float64Array(labels.categories.length);
  const errors = new Float64Array(features.length);
  for (let row = 0; row < matrix.rows; row++) {
    errors.fill(0);
    for (let i = 0; i < width; i++) {
      errors[featureOf[i]] += square(matrix.data[row * width + i] - reconstruction.data[row * width + i]);
    }
    const total = errors.reduce((sum, error) => sum + error, 0);
    if (total === 0) continue;
    rows[labels.codes[row]]++;
    for (let f = 0; f < features.length; f++) sums[labels.codes[row]][f] += errors[f] / total;
  }
  const present = Array.from(rows.keys())
    .filter((code) => rows[code] > 0)
    .sort((a, b) => place(labels.categories[a]) - place(labels.categories[b]));
  return {
    features,
    labels: present.map((code) => labels.categories[code]),
    shares: present.map((code) => sums[code].map((sum) => sum / rows[code])),
  };
}

/** The profile as a heat map, the features with the largest share anywhere first. */
export function attackProfileFigure(
  { features, labels, shares }: AttackProfile,
  caption: Caption,
  shownFeatures = 22,
): Figure {
  const largest = features.map((_, f) => Math.max(...shares.map((of) => of[f])));
  const shown = Array.from(features.keys())
    .sort((a, b) => largest[b] - largest[a])
    .slice(0, shownFeatures);
  const data: Data[] = [
    {
      type: "heatmap",
      x: shown.map((f) => escapeHtml(features[f])),
      y: labels.map(
        (label) =>
          `${escapeHtml(label)}${haveCategories(labels) ? ` · ${categoryTitles[categoryOf(label)]}` : ""}`,
      ),
      z: shares.map((of) => shown.map((f) => decimals(of[f]))),
      zmin: 0,
      colorscale: [
        [0, "#ffffff"],
        [0.2, "#c6dbef"],
        [0.5, "#6baed6"],
        [1, "#08306b"],
      ],
      xgap: 1,
      ygap: 1,
      colorbar: { title: { text: "Share of the error", side: "right" }, tickformat: ".0%" },
      hovertemplate: "%{y}<br>%{x}: %{z:.1%}<extra></extra>",
    },
  ];
  return createFigure(caption, "Which features give away which attack", data, {
    height: 240 + 18 * labels.length,
    margin: { b: 40 },
    xaxis: { type: "category", tickangle: -50, showgrid: false },
    yaxis: { type: "category", autorange: "reversed", showgrid: false, dtick: 1, tickfont: { size: 12 } },
  });
}

function place(label: string): number {
  return categories.indexOf(categoryOf(label));
}
