import { createFigure } from "traffic-anomaly/dist/visualize/layout";
import { guideColour, palette } from "traffic-anomaly/dist/visualize/palette";
import type { Figure } from "traffic-anomaly/visualize";
import type { GrowthRecord, Measurement } from "./growth-record";

const symbols = ["circle", "diamond", "square", "triangle-up"] as const;

/** Seconds and peak memory by rows, both axes logarithmic: a straight line beside the dotted ones is linear. */
export function growthFigure({ streaming, study, machine, versions, backend, date }: GrowthRecord): Figure {
  const panels = [
    { place: { xaxis: "x", yaxis: "y" }, of: ({ seconds }: Measurement) => seconds },
    { place: { xaxis: "x2", yaxis: "y2" }, of: (one: Measurement) => one.peakMemoryBytes / 1e6 },
  ] as const;
  const lines = streaming.flatMap(({ title, rowsPerSecond, timeExponent, memoryRatio, measurements }, i) =>
    panels.map(({ place, of }) => ({
      type: "scatter" as const,
      mode: "lines+markers" as const,
      name:
        `${title}: ${rowsPerSecond.toLocaleString("en-US")} rows a second, ` +
        `time ∝ rows<sup>${timeExponent.toFixed(2)}</sup>, memory × ${memoryRatio.toFixed(2)} from 1 million to the most rows`,
      x: measurements.map(({ rows }) => rows),
      y: measurements.map(of),
      ...place,
      line: { color: palette[i], width: 2 },
      marker: { symbol: symbols[i], size: 9 },
      legendgroup: title,
      showlegend: place.xaxis === "x",
    })),
  );
  const limit = study.memoryLimitBytes / 1e6;
  const whole = panels.map(({ place, of }) => ({
    type: "scatter" as const,
    mode: "markers" as const,
    name:
      `the whole study of ${study.rows.toLocaleString("en-US")} rows: ${Math.round(study.seconds)} s, ` +
      `${Math.round(study.peakMemoryBytes / 1e6).toLocaleString("en-US")} of ${limit.toLocaleString("en-US")} MB`,
    x: [study.rows],
    y: [of(study)],
    ...place,
    marker: { symbol: "star" as const, size: 15, color: palette[4] },
    legendgroup: "study",
    showlegend: place.xaxis === "x",
  }));
  const sizes = streaming[0].measurements.map(({ rows }) => rows);
  const ends = [Math.min(...sizes), Math.max(...sizes)];
  const linear = [1e5, 1e6].map((rate, i) => ({
    type: "scatter" as const,
    mode: "lines" as const,
    name: "linear: 100,000 and 1,000,000 rows a second",
    x: ends,
    y: ends.map((rows) => rows / rate),
    line: { color: guideColour, width: 1, dash: "dot" as const },
    showlegend: i === 0,
  }));
  const rowsAxis = {
    type: "log" as const,
    title: { text: "Rows (logarithmic)" },
    tickvals: sizes,
    ticktext: sizes.map((rows) => `${rows / 1e6} M`),
  };
  return createFigure(
    {
      protocol: `Each point is one process. Rates and exponents are of 1 million rows and more. ${machine.processor}, ${machine.threads} threads; Node.js ${versions.node}; autoencoder on the backend ${backend}; ${date}`,
    },
    "Time and memory by the number of rows",
    [...lines, ...whole, ...linear],
    {
      height: 640,
      margin: { b: 215 },
      xaxis: { ...rowsAxis, domain: [0, 0.45] },
      yaxis: { type: "log", title: { text: "Seconds (logarithmic)" }, dtick: 1, tickformat: "~r" },
      xaxis2: { ...rowsAxis, domain: [0.56, 1], anchor: "y2" },
      yaxis2: {
        type: "log",
        title: { text: "Peak memory, MB (logarithmic)" },
        range: [2, Math.log10(1.5 * limit)],
        tickvals: [100, 200, 500, 1000, limit],
        ticktext: ["100", "200", "500", "1,000", "2,000"],
        anchor: "x2",
      },
    },
  );
}
