import type { Data } from "plotly.js-dist";
import { extent } from "simple-statistics";
import { power } from "../common/exact-math";
import { guideColour } from "./palette";

/** A line to compare with: chance, a base rate. @param name as markup */
export function guideLine(name: string, x: readonly number[], y: readonly number[]): Data {
  return {
    type: "scatter",
    mode: "lines",
    name,
    x: [...x],
    y: [...y],
    line: { color: guideColour, width: 1, dash: "dot" },
    hoverinfo: "skip",
  };
}

/** The least and the greatest value; [0, 0] of none. */
export function extentOf(values: ArrayLike<number>): [low: number, high: number] {
  // An index and a length are all that the function reads.
  return values.length === 0 ? [0, 0] : extent(values as number[]);
}

/** A linear or logarithmic axis: from values to places on it, and back. */
export function scaleOf(scale: "linear" | "log") {
  const same = (value: number) => value;
  return scale === "log"
    ? { toScale: Math.log10, fromScale: (position: number) => power(10, position) }
    : { toScale: same, fromScale: same };
}
