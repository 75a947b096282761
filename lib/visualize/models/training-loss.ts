import type { Data } from "plotly.js-dist";
import { formatScore } from "../../common/format";
import type { EpochLoss } from "../../models/autoencoder/train";
import type { Detector } from "../../models/detector";
import { detectorTitle } from "../../models/detectors";
import type { Caption, Figure } from "../figure";
import { createFigure, scaleTitle } from "../layout";
import { palette } from "../palette";

/** The loss of each epoch, counted from 1, on a logarithmic axis if it falls to a quarter, and the epoch with the lowest validation loss. */
export function trainingLossFigure(
  history: readonly (EpochLoss & { readonly epoch: number })[],
  caption: Caption,
): Figure {
  const validated = history.filter(({ validationLoss }) => validationLoss !== undefined);
  const epochs = history.map(({ epoch }) => epoch);
  const trained = history.map(({ loss }) => loss);
  const data = [lossLine("Rows trained on", epochs, trained, 0)];
  if (validated.length > 0) {
    const losses = validated.map(({ validationLoss }) => validationLoss!);
    const epochs = validated.map(({ epoch }) => epoch);
    data.push(lossLine("Rows held out", epochs, losses, 1), lowestMark(epochs, losses));
  }
  const losses = history.flatMap(({ loss, validationLoss }) => [loss, validationLoss ?? loss]);
  const lowest = Math.min(...losses);
  const logarithmic = lowest > 0 && Math.max(...losses) > 4 * lowest;
  return createFigure(caption, "Training loss of the autoencoder", data, {
    height: 460,
    margin: { b: 110 },
    showlegend: true,
    xaxis: {
      title: { text: "Epoch" },
      range: [0, Math.max(0, ...epochs) + 1],
      tickformat: "d",
      ...(history.length <= 20 && { dtick: 1 }),
    },
    yaxis: {
      title: scaleTitle("Mean squared error", logarithmic ? "log" : "linear"),
      tickformat: "~g",
      ...(logarithmic ? { type: "log", dtick: "D2" } : { rangemode: "tozero" }),
    },
  });
}

function lowestMark(epochs: readonly number[], losses: readonly number[]): Data {
  const lowest = Math.min(...losses);
  const best = epochs[losses.indexOf(lowest)];
  return {
    type: "scatter",
    mode: "markers",
    name: `Lowest on rows held out · ${formatScore(lowest)} in epoch ${best}`,
    x: [best],
    y: [lowest],
    marker: { symbol: "circle-open", size: 14, color: "#222", line: { width: 2 } },
    hoverinfo: "skip",
  };
}

function lossLine(name: string, x: number[], y: number[], i: 0 | 1): Data {
  return {
    type: "scatter",
    mode: x.length > 50 ? "lines" : "lines+markers",
    name,
    x,
    y,
    line: { color: palette[i], width: 2, dash: i === 0 ? "solid" : "dash" },
    marker: { symbol: i === 0 ? "circle" : "diamond", size: 6 },
    hovertemplate: "epoch %{x}: %{y:.4~g}",
  };
}

/** {@link trainingLossFigure} of each of some detectors that learns by epochs, by the name of a file. */
export function lossFigures(detectors: readonly Detector[], caption: Caption): Record<string, Figure> {
  return Object.fromEntries(
    detectors.flatMap(({ kind, history }) => {
      if (!history) return [];
      const losses = history.map((loss, i) => ({ epoch: i + 1, ...loss }));
      const title = `Training loss of the ${detectorTitle(kind)}`;
      return [[`training-loss-${kind}`, trainingLossFigure(losses, { title, ...caption })]];
    }),
  );
}
