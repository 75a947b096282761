import type { Data } from "plotly.js-dist";
import type { Curve } from "../../evaluation/curves";
import { formatScore, numbersOf } from "../format";
import type { ModelStyle } from "../palette";

/** A curve as a line; `shape` says how it goes from point to point. */
export function curveTrace(
  curve: Curve,
  style: ModelStyle,
  words: { x: string; y: string },
  shape: "linear" | "hv" | "vh",
) {
  return {
    type: "scatter",
    mode: "lines",
    name: style.title,
    x: numbersOf(curve.x),
    y: numbersOf(curve.y),
    customdata: Array.from(curve.thresholds, (score) => (score === Infinity ? "∞" : formatScore(score))),
    line: { color: style.colour, width: style.width, dash: style.dash, shape },
    hovertemplate: `${words.x} %{x:.4~g}<br>${words.y} %{y:.4f}<br>threshold %{customdata}`,
  } satisfies Data;
}

/** The point of a curve at which the rows with a score above the threshold count as anomalous. */
export function operatingPoint(curve: Curve, threshold: number): { x: number; y: number } {
  const below = curve.thresholds.findIndex((score) => score <= threshold);
  const index = (below === -1 ? curve.thresholds.length : below) - 1;
  return { x: curve.x[Math.max(0, index)], y: curve.y[Math.max(0, index)] };
}

/** An operating point as a dot on its curve. */
export function operatingPointTrace({ x, y }: { x: number; y: number }, style: ModelStyle) {
  return {
    type: "scatter",
    mode: "markers",
    name: style.title,
    x: [x],
    y: [y],
    marker: { ...marker, color: style.colour },
    showlegend: false,
    cliponaxis: false,
    hovertemplate: "at the threshold: (%{x:.4~g}, %{y:.4f})",
  } satisfies Data;
}

/** The legend's entry for operating points; it draws nothing. */
export function operatingPointKey(): Data {
  return {
    type: "scatter",
    mode: "markers",
    name: "at the threshold",
    x: [null],
    y: [null],
    marker: { ...marker, color: "#444" },
  };
}

const marker = { symbol: "circle", size: 10, line: { color: "white", width: 1.5 } } as const;
