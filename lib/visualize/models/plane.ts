import type { Data } from "plotly.js-dist";
import { significant } from "../../common/format";
import type { Matrix } from "../../preprocess/matrix";
import { extentOf } from "../traces";

/** A rectangle of the plane: x from, x to, y from, y to. */
export type Box = readonly [number, number, number, number];

/** One coordinate of each row of a matrix, as a picture needs it. */
function coordinates({ data, rows, columns }: Matrix, column: number): number[] {
  return Array.from({ length: rows }, (_, row) => significant(data[row * columns.length + column]));
}

/** The extent of a matrix of two columns, and a little more. */
export function areaOf(matrix: Matrix): Box {
  return [0, 1].flatMap((column) => {
    const [low, high] = extentOf(coordinates(matrix, column));
    const margin = 0.06 * (high - low) || 1;
    return [low - margin, high + margin];
  }) as unknown as Box;
}

/** The rows of a matrix of two columns as dots. */
export function planeDots(matrix: Matrix, color: string, size: number, opacity = 1) {
  return {
    type: "scatter",
    mode: "markers",
    x: coordinates(matrix, 0),
    y: coordinates(matrix, 1),
    marker: { color, size, opacity },
    hoverinfo: "skip",
  } satisfies Data;
}
