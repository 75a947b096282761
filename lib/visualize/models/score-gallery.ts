import { escapeHtml } from "../../common/html";
import type { Matrix } from "../../preprocess/matrix";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { palette, scoreColour } from "../palette";
import { panelGrid, panelHeading } from "../panels";
import { planeDots } from "./plane";
import type { ScoreMap } from "./score-map";

/** A set of rows of two columns, and what detectors make of it. */
export interface GalleryLine {
  readonly name: string;
  /** Rows like those that the detectors were fitted on. */
  readonly usual: Matrix;
  /** Rows that they should find. */
  readonly anomalous: Matrix;
  /** A map for each detector, all over the same area, with the score beyond which it flags a row. */
  readonly maps: readonly { readonly map: ScoreMap; readonly threshold: number }[];
}

/** Of the scale of colours: from 0 to the threshold, and on to 1. */
const middle = 50;

/** What is flagged stands out from what is not by a step in the colours. */
const steppedColours: [number, string][] = [
  [0, scoreColour(0)],
  [0.5, scoreColour(0.2)],
  [0.5, scoreColour(0.5)],
  [1, scoreColour(1)],
];

/**
 * A table of pictures: a line for each set of rows, first the rows, then a map for each detector. Scores of different
 * detectors have different scales; so colours are ranks among the map's cells, pale up to the threshold and strong beyond.
 *
 * @param lines at least one, all with maps of the same detectors in the same order
 */
export function scoreGalleryFigure(lines: readonly GalleryLine[], caption: Caption): Figure {
  const headings = ["Rows", ...lines[0].maps.map(({ map }) => map.name)];
  const panels = lines.flatMap(({ name, usual, anomalous, maps }) => {
    const [{ x, y }] = maps.map(({ map }) => map);
    const planted = planeDots(anomalous, palette[0], 3);
    const bare = {
      showticklabels: false,
      ticks: "" as const,
      showgrid: false,
      mirror: true,
      linecolor: "#bbb",
    };
    const axes = { x: { ...bare, range: edges(x) }, y: { ...bare, range: edges(y) } };
    const title = { text: `<b>${escapeHtml(name)}</b>` };
    return [
      { ...axes, y: { ...axes.y, title }, traces: [planeDots(usual, "#777777", 2), planted] },
      ...maps.map(({ map, threshold }) => ({ ...axes, traces: [heatmap(map, threshold), planted] })),
    ];
  });
  const across = headings.length;
  const { data, axes } = panelGrid(panels, { gap: 0.008, across, gapBelow: 0.012 });
  return createFigure(caption, "What detectors make of the same rows", data, {
    height: 120 + 104 * lines.length,
    margin: { t: 110, b: 20, l: 60, r: 20 },
    showlegend: false,
    ...axes,
    annotations: headings.map((words, i) => panelHeading(`<b>${escapeHtml(words)}</b>`, i, "center")),
  });
}

function heatmap(map: ScoreMap, threshold: number) {
  return {
    type: "heatmap" as const,
    x0: map.x[0],
    dx: map.x[1] - map.x[0],
    y0: map.y[0],
    dy: map.y[1] - map.y[0],
    z: ranks(map.scores, threshold),
    zmin: 0,
    zmax: 2 * middle,
    colorscale: steppedColours,
    showscale: false,
    hoverinfo: "skip" as const,
  };
}

/** From 0 to 49 for scores up to the threshold, from 51 to 100 beyond; either half by rank. */
function ranks(scores: ScoreMap["scores"], threshold: number): number[][] {
  const [below, above] = [false, true].map((beyond) =>
    scores
      .flat()
      .filter((score) => score > threshold === beyond)
      .sort((a, b) => a - b),
  );
  const share = (sorted: readonly number[], score: number) =>
    sorted.findIndex((one) => one >= score) / sorted.length;
  return scores.map((line) =>
    line.map((score) =>
      score > threshold
        ? middle + 1 + Math.floor((middle - 1) * share(above, score))
        : Math.floor(middle * share(below, score)),
    ),
  );
}

/** Where a grid begins and ends, of whose cells these are the centres. */
function edges(centres: readonly number[]): [number, number] {
  const half = (centres[1] - centres[0]) / 2;
  return [centres[0] - half, centres[centres.length - 1] + half];
}
