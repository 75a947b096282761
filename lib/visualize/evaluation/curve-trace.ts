import type { Data } from "plotly.js-dist";
import { formatScore, numbersOf } from "../../common/format";
import { type Curve, thinCurve } from "../../evaluation/curves";
import type { ModelStyle } from "../palette";
import type { NamedCurve } from "./named-curve";

/**
 * A thinned curve as a line, and its operating point as a dot.
 *
 * @param thin with no more points than a picture needs
 * @param words what x and y are
 * @param shape how the line goes from point to point
 */
export function curveTraces(
  { name, curve, threshold }: NamedCurve,
  { title, line, colour }: ModelStyle,
  words: { x: string; y: string },
  shape: "linear" | "hv" | "vh",
  thin = thinCurve(curve),
): [Data, ...Data[]] {
  const drawn = {
    type: "scatter",
    mode: "lines",
    name: title,
    x: numbersOf(thin.x),
    y: numbersOf(thin.y),
    customdata: Array.from(thin.thresholds, (score) => (score === Infinity ? "∞" : formatScore(score))),
    line: { ...line, shape },
    legendgroup: name,
    hovertemplate: `${words.x} %{x:.4~g}<br>${words.y} %{y:.4f}<br>threshold %{customdata}`,
  } satisfies Data;
  if (threshold === undefined) return [drawn];
  const point = operatingPoint(curve, threshold);
  return [
    drawn,
    {
      type: "scatter",
      mode: "markers",
      name: title,
      x: [point.x],
      y: [point.y],
      marker: { ...marker, color: colour },
      legendgroup: name,
      showlegend: false,
      cliponaxis: false,
      hovertemplate: "at the threshold: (%{x:.4~g}, %{y:.4f})",
    },
  ];
}

/** The point of a curve at which the rows with a score above the threshold count as anomalous. */
function operatingPoint({ x, y, thresholds }: Curve, threshold: number): { x: number; y: number } {
  const below = thresholds.findIndex((score) => score <= threshold);
  const index = Math.max(0, (below === -1 ? thresholds.length : below) - 1);
  return { x: x[index], y: y[index] };
}

/** The legend's entry for operating points, where there are some; it draws nothing. */
export function operatingPointKey(curves: readonly NamedCurve[]): Data[] {
  if (curves.every(({ threshold }) => threshold === undefined)) return [];
  const name = "at the threshold";
  return [
    { type: "scatter", mode: "markers", name, x: [null], y: [null], marker: { ...marker, color: "#444" } },
  ];
}

const marker = { symbol: "circle", size: 10, line: { color: "white", width: 1.5 } } as const;
