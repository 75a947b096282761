import { requireNumber } from "../common/errors";
import { createRandom, permutation } from "../common/random";
import { labels, type Rows, type Table } from "./table";

/**
 * Splits rows at random into two parts, each in ascending order.
 *
 * @param share the first part's share, in (0, 1), rounded to whole rows
 * @param seed an integer in [0, 2³²)
 */
export function splitRows(rows: Rows, share: number, seed: number): [Rows, Rows] {
  requireNumber("share", share, { min: 0, max: 1, minExcluded: true, maxExcluded: true });
  const order = permutation(rows.length, createRandom(seed, "split"));
  const size = Math.round(share * rows.length);
  const part = (positions: Uint32Array) => positions.map((position) => rows[position]).sort();
  return [part(order.subarray(0, size)), part(order.subarray(size))];
}

/** Rows whose label passes the test. @throws {RangeError} if the table has no labels */
export function rowsWhere(table: Table, wanted: (label: string) => boolean): Rows {
  const { codes, categories } = labels(table);
  const chosen = categories.map(wanted);
  const rows: number[] = [];
  for (let row = 0; row < codes.length; row++) if (chosen[codes[row]]) rows.push(row);
  return Uint32Array.from(rows);
}
