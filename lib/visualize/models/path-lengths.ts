import type { Data } from "plotly.js-dist";
import { mean } from "simple-statistics";
import { significant } from "../../common/format";
import { escapeHtml } from "../../common/html";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { palette } from "../palette";
import { extentOf } from "../traces";

/** The path lengths of one point, one a tree. */
export interface NamedPathLengths {
  readonly name: string;
  readonly pathLengths: ArrayLike<number>;
}

/**
 * How the path lengths of some points spread over the trees of a forest: the share of the trees in bins of width 1, and
 * the mean of each point as a dashed line.
 */
export function pathLengthFigure(points: readonly NamedPathLengths[], caption: Caption): Figure {
  const longest = Math.max(1, ...points.map(({ pathLengths }) => extentOf(pathLengths)[1]));
  const bins = Math.floor(longest) + 1;
  const means = points.map(({ pathLengths }) => mean(Array.from(pathLengths)));
  const data = points.map(({ name, pathLengths }, i): Data => {
    const shares = Array.from({ length: bins }, () => 0);
    for (const length of Array.from(pathLengths)) shares[Math.floor(length)] += 1 / pathLengths.length;
    return {
      type: "bar",
      name: `${escapeHtml(name)} · mean ${means[i].toFixed(2)}`,
      x: shares.map((_, bin) => bin + 0.5),
      y: shares.map((share) => significant(share)),
      width: 1,
      marker: { color: palette[i], opacity: 0.6 },
      hovertemplate: "path length in bin around %{x}<br>%{y:.0%} of the trees",
    };
  });
  return createFigure(caption, "Path lengths over the trees", data, {
    height: 420,
    margin: { b: 110 },
    barmode: "overlay",
    showlegend: true,
    xaxis: {
      title: { text: "Path length (splits, and c(n) for a leaf of n rows)" },
      range: [0, bins],
      dtick: 1,
    },
    yaxis: { title: { text: "Share of the trees" }, rangemode: "tozero", tickformat: ".0%" },
    shapes: means.map((x, i) => ({ x0: x, x1: x, line: { color: palette[i], width: 2, dash: "dash" } })),
  });
}
