import type { Matrix } from "../../preprocess/matrix";
import { significant } from "../format";

/** A rectangle of the plane: x from, x to, y from, y to. */
export type Box = readonly [number, number, number, number];

/** One coordinate of each row of a matrix, as a picture needs it. */
export function coordinates({ data, rows, columns }: Matrix, column: number): number[] {
  return Array.from({ length: rows }, (_, row) => significant(data[row * columns.length + column]));
}

/** The extent of a matrix of two columns, and a little more. */
export function areaOf(matrix: Matrix): Box {
  return [0, 1].flatMap((column) => {
    const values = coordinates(matrix, column);
    const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const margin = 0.06 * (high - low) || 1;
    return [low - margin, high + margin];
  }) as unknown as Box;
}
